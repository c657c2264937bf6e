"""The file that holds the master key: two lines of text, so that it can be read, printed and typed in again.

    covertops/key/1 plain                                     covertops/key/1 argon2id t=3 p=4 m=65536 salt=<32 hex>
    <64 hex digits>                                           <hex of an envelope that holds the key>

With a passphrase the key is sealed by Argon2id of that passphrase (RFC 9106, second recommended option: t=3, p=4,
64 MiB), with the whole first line as associated data. A file anybody else could read or write is refused, because a
key that others may have read is not a key.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import unicodedata
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from covertops.vault.envelope import KEY_BYTES, SealBroken, VaultError, close_envelope, open_envelope

KIND: Final = b"covertops/master-key/1"
PLAIN: Final = "covertops/key/1 plain"
LOCKED: Final = re.compile(r"covertops/key/1 argon2id t=(\d{1,2}) p=(\d{1,2}) m=(\d{1,7}) salt=([0-9a-f]{32})")
ITERATIONS: Final = 3
LANES: Final = 4
MEMORY_KIB: Final = 64 * 1024
# A file somebody altered may ask for any amount of work; beyond these the machine would stand still.
MOST_ITERATIONS: Final = 16
MOST_LANES: Final = 16
MOST_MEMORY_KIB: Final = 1024 * 1024
LONGEST_FILE: Final = 1024
WIDER_THAN_0600: Final = 0o177


class KeyFileError(VaultError):
    """The key file cannot be made or cannot be used."""


class WrongPassphrase(KeyFileError):
    """The passphrase does not open the key file, or the file was altered: the two cannot be told apart."""


def create_key_file(path: Path, master: bytes, passphrase: str | None) -> None:
    """Write `master` to a new file of mode 0600 and return once file and folder entry are on the disk.

    Raises KeyFileError when a file stands there already or the system refuses; then no file of ours is left.
    """
    attempted = f"create the key file {path.name}"
    content = _compose(master, passphrase)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        _write_new(part, content)
        # A hard link, unlike a rename, never replaces a key that is already there, and the name appears only
        # when the whole key is on the disk: no crash leaves half a key under the name that start-up reads.
        os.link(part, path)
        _sync_folder(path.parent)
    except FileExistsError:
        raise KeyFileError(attempted, "a file of that name", "none, because a key is never overwritten") from None
    except OSError as error:
        raise KeyFileError(attempted, str(error.strerror), "a folder this process may write to") from error
    finally:
        part.unlink(missing_ok=True)


def read_key_file(path: Path, passphrase: str | None) -> bytes:
    """Return the 32 bytes in the file; raise KeyFileError or WrongPassphrase and never show what it holds."""
    return _parse(_read_guarded(path), passphrase, f"read the key file {path.name}")


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_guarded(path: Path) -> bytes:
    attempted = f"read the key file {path.name}"
    try:
        with open(path, "rb", buffering=0) as file:
            # Asked of the open file and not of the path, so that nobody can exchange it in between.
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise KeyFileError(attempted, "something that is not a regular file", "a regular file")
            if found.st_mode & WIDER_THAN_0600:
                raise KeyFileError(attempted, f"mode {stat.S_IMODE(found.st_mode):04o}", "mode 0600 or narrower")
            return file.read(LONGEST_FILE)
    except OSError as error:
        raise KeyFileError(attempted, str(error.strerror), "a file this process may read") from error


def _compose(master: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        return f"{PLAIN}\n{master.hex()}\n".encode()
    salt = secrets.token_bytes(16)
    line = f"covertops/key/1 argon2id t={ITERATIONS} p={LANES} m={MEMORY_KIB} salt={salt.hex()}"
    locked = close_envelope(_cipher(passphrase, salt, ITERATIONS, LANES, MEMORY_KIB), master, KIND, line.encode())
    return f"{line}\n{locked.hex()}\n".encode()


def _parse(content: bytes, passphrase: str | None, attempted: str) -> bytes:
    line, payload = _lines(content, attempted)
    if line == PLAIN:
        if passphrase is not None:
            raise KeyFileError(attempted, "a key without a passphrase", "a key locked by the passphrase that was given")
        key = payload
    else:
        key = _unlock(line, payload, passphrase, attempted)
    if len(key) != KEY_BYTES:
        raise KeyFileError(attempted, f"a key of {len(key)} bytes", f"a key of {KEY_BYTES} bytes")
    return key


def _lines(content: bytes, attempted: str) -> tuple[str, bytes]:
    try:
        line, digits, rest = content.decode("ascii").split("\n")
        payload = bytes.fromhex(digits)
    except ValueError:
        # The parser's own message would quote what it could not read, and that may be most of a key.
        raise KeyFileError(attempted, "something else", "a first line and a line of hexadecimal digits") from None
    if rest or payload.hex() != digits:
        raise KeyFileError(attempted, "more than a key", "a first line and a line of hexadecimal digits")
    return line, payload


def _unlock(line: str, locked: bytes, passphrase: str | None, attempted: str) -> bytes:
    match = LOCKED.fullmatch(line)
    if match is None:
        raise KeyFileError(attempted, "an unknown first line", "one of the two forms of covertops/key/1")
    iterations, lanes, memory = (int(match[position]) for position in (1, 2, 3))
    if not (1 <= iterations <= MOST_ITERATIONS and 1 <= lanes <= MOST_LANES and 8 * lanes <= memory <= MOST_MEMORY_KIB):
        raise KeyFileError(attempted, f"t={iterations} p={lanes} m={memory}", "an amount of work this system asks for")
    if passphrase is None:
        raise KeyFileError(attempted, "a key locked by a passphrase", "that passphrase")
    try:
        cipher = _cipher(passphrase, bytes.fromhex(match[4]), iterations, lanes, memory)
        return open_envelope(cipher, locked, KIND, line.encode())
    except SealBroken:
        raise WrongPassphrase(attempted, "one that does not open it", "the passphrase it was made with") from None


def _cipher(passphrase: str, salt: bytes, iterations: int, lanes: int, memory: int) -> AESGCM:
    if not passphrase:
        raise KeyFileError("lock or unlock a key file", "an empty passphrase", "a passphrase, or none at all")
    # The same letters typed on two keyboards may differ in form; NFC makes them one (RFC 8265, 4.2.2).
    typed = unicodedata.normalize("NFC", passphrase).encode()
    work = Argon2id(salt=salt, length=KEY_BYTES, iterations=iterations, lanes=lanes, memory_cost=memory)
    return AESGCM(work.derive(typed))
