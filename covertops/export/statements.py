"""What a package says about itself: what it proves and what it does not. Printed on each paper in it."""

from __future__ import annotations

from typing import Final

FORMAT: Final = "covertops/package/1"

LEGAL: Final = "This is not legal advice."

CONTINUOUS: Final = (
    "CONTINUOUS, NOT COMPLETE: the entries run from number 1 to the release without a gap. No outside copy (witness) "
    "confirms yet that no other version of this record was ever shown."
)

PROVES: Final = (
    (
        "Every file of the bag is the one that was sealed: its SHA-256 stands in the manifest, the manifest’s in the "
        "tag manifest, and the tag manifest’s in the record’s next entry, which lies beside the bag."
    ),
    (
        "Each entry of this operation stood in the department’s signed log, in this order, from number 1 to the "
        "release, with no number left out."
    ),
    (
        "What is disclosed is what was recorded at the time. What is withheld is listed and counted, each field "
        "with its digest, so that it can be shown later and recognized."
    ),
    "Each capture is byte for byte the file that was received.",
)

DOES_NOT_PROVE: Final = (
    "That the record is complete: it is continuous, as the line in capitals says.",
    "That the log’s key is the department’s: compare its fingerprint with one that did not come with this package.",
    "That a capture shows the truth, or who ran the account it shows.",
    "That everything done was recorded.",
    "That the department’s clock was right. The order of entries does not depend on it.",
    (
        "More about a signature than its level says: a password confirmed on the department’s own server is weaker "
        "than a key that only the signer holds."
    ),
)
