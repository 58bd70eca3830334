"""The user's cache folder: only what is the user's own is trusted, only what is whole is used, and it does not grow."""

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

try:  # by itself: `hashlib` loads OpenSSL, which costs 2 ms at every start
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

KEPT = 10
DAY_SECONDS = 24 * 60 * 60
# A file up to this size is sealed whole; of a larger one its length and its beginning: to read all of it would take
# longer than to answer from it.
SEALED_BYTES = 4 * 1024 * 1024
_BEGINNING = 64 * 1024
_SEAL_BYTES = 16


def cache_folder() -> Path | None:
    """The folder, made where it is missing; None where there is none that this user alone can write to."""
    try:
        folder = _users_own()
    except RuntimeError:  # there is no home
        return None
    if not folder.is_absolute():
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(status.st_mode) and _ours_alone(status) else None


def _users_own() -> Path:
    """Where the system wants it, https://specifications.freedesktop.org/basedir-spec/; RuntimeError without a home.

    By hand, since `platformdirs` takes 2 ms to know it, a twenty-fifth of a run.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", ""), "coop", "Cache")
    asked = Path(os.environ.get("XDG_CACHE_HOME", ""))
    usual = Path("~/Library/Caches" if sys.platform == "darwin" else "~/.cache")
    return (asked if asked.is_absolute() else usual.expanduser()) / "coop"


def _ours_alone(status: os.stat_result) -> bool:
    # Windows has no owners of this kind: there the folder lies in the user's profile, which others cannot write to.
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def digest(*parts: bytes) -> bytes:
    """A checksum of 16 bytes."""
    return blake2b(b"".join(parts), digest_size=_SEAL_BYTES).digest()


def seal(path: Path) -> None:
    """Append a checksum to a file that is complete. SQLite does not read past the pages that its header counts."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        checksum = _checksum(file.read(size if size <= SEALED_BYTES else _BEGINNING), size)
        file.seek(size)
        file.write(checksum)
        if size > SEALED_BYTES:  # the seal does not tell whether all of it outlived a power cut
            file.flush()
            os.fsync(file.fileno())


def read_sealed(path: Path) -> tuple[bytes, bool] | None:
    """The content of a sealed file, and whether that is all: of one larger than `SEALED_BYTES` it is the beginning.

    None where there is no such file, it is not this user's own, or it is not as it was sealed.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        size = status.st_size - _SEAL_BYTES
        if size < 0 or not stat.S_ISREG(status.st_mode) or not _ours_alone(status):
            return None
        content = file.read(size if size <= SEALED_BYTES else _BEGINNING)
        file.seek(size)
        return (content, len(content) == size) if file.read() == _checksum(content, size) else None


def _checksum(content: bytes, size: int) -> bytes:
    return digest(size.to_bytes(8, "little"), content)


def clear() -> None:
    """Throw away everything."""
    if folder := cache_folder():
        for path in folder.iterdir():
            path.unlink(missing_ok=True)


def tidy(made: Path) -> None:
    """Throw away, beside the file just made, all but the newest files and what was left by runs that were killed."""
    now = time.time()
    for left in made.parent.glob(".*.new"):
        with suppress(OSError):
            if abs(now - left.stat().st_mtime) > DAY_SECONDS:
                left.unlink()
    with suppress(OSError):
        others = [path for path in made.parent.glob(f"*{made.suffix}") if path != made]
        for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT - 1 :]:
            old.unlink(missing_ok=True)
