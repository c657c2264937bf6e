"""What every action is given: the store, the sealed files, the policy in force and the folds this process keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

from covertops.actions.folding import Folds
from covertops.actions.recent_views import RecentViews
from covertops.domain.policy import Policy
from covertops.storage.files import FileStore
from covertops.storage.unit_of_work import Store


@dataclass(frozen=True)
class Installation:
    """One installation, opened in this process."""

    store: Store
    files: FileStore
    policy: Policy
    lookup_key: bytes = field(repr=False)
    """The key of the conflict check's digests; a kept secret, so that it outlives a rotation of the master key."""
    folds: Folds = field(default_factory=Folds)
    views: RecentViews = field(default_factory=RecentViews)
