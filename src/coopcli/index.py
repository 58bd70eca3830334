"""The compiled form of a catalogue: one SQLite database, made on first use and kept in the user's cache folder.

It holds nothing that the file does not, so it may be deleted at any time. Its name says what it was made from: the
file's content, the version of this layout and the version of coop. It is written beside its place and renamed.
"""

import json
import sqlite3
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from coopcli import __version__
from coopcli.errors import CatalogueError

try:  # by itself, as the standard library's `random` does: `hashlib` loads OpenSSL, which costs 2 ms at every start
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

LAYOUT = 4
# Up to this size the content itself is the key; hashing more would cost more than it is worth.
HASHED_BYTES = 8 * 1024 * 1024


class Organisations(dict[str, Mapping[str, Any]]):
    """Organisations by id, each looked up when it is first asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, key: str) -> Mapping[str, Any]:
        row = self._connection.execute("SELECT record FROM organisation WHERE id = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        value: Mapping[str, Any] = json.loads(row[0])
        self[key] = value
        return value


class Index:
    """An open catalogue. Records come out as plain dicts, as they stand in the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.organisations = Organisations(connection)

    @cached_property
    def header(self) -> Mapping[str, Any]:
        """The catalogue without its projects and organisations."""
        header: dict[str, Any] = json.loads(self.meta("header"))
        return header

    @cached_property
    def whole_header(self) -> Mapping[str, Any]:
        """The catalogue without its projects."""
        rows = self.connection.execute("SELECT record FROM organisation ORDER BY n")
        return {**self.header, "organisations": [json.loads(row[0]) for row in rows]}

    @property
    def themes(self) -> list[Mapping[str, Any]]:
        """The themes, in the catalogue's order."""
        return list(self.header.get("themes", ()))

    def meta(self, key: str) -> str:
        """One value of the index's own."""
        value: str = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]
        return value


def open_index(path: Path) -> Index:
    """The index of a catalogue file, compiled first where there is none.

    Raises CatalogueError where the file cannot be read, InvalidCatalogueError with every fault where it is not sound.
    """
    place = _place(path)
    if place is None:
        return Index(_compile(path, None))
    try:
        connection = _open(place) or _compile_to(path, place)
    except (OSError, sqlite3.OperationalError):
        connection = None
    return Index(connection or _compile(path, None))


def is_compiled(path: Path) -> bool:
    """Whether a catalogue file can be opened without being read. Raises CatalogueError where there is no such file."""
    place = _place(path)
    return place is not None and place.exists()


def _place(path: Path) -> Path | None:
    """Where the index of this file belongs, or None where there is no cache folder to write to."""
    from platformdirs import user_cache_path

    folder = user_cache_path("coop", appauthor=False)
    try:
        key = _key(path)
    except OSError as error:
        from coopcli.loading import unreadable

        raise CatalogueError(unreadable(path, error)) from None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    return folder / f"{key}.sqlite"


def _key(path: Path) -> str:
    digest = blake2b(f"{LAYOUT} {__version__} {path.suffix}".encode(), digest_size=16)
    status = path.stat()
    if status.st_size <= HASHED_BYTES:
        digest.update(path.read_bytes())
    else:
        digest.update(
            f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}".encode()
        )
    return digest.hexdigest()


def _open(place: Path) -> sqlite3.Connection | None:
    """The database at this place, or None where there is none or it is damaged."""
    if not place.exists():
        return None
    connection = sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        done = connection.execute("SELECT value FROM meta WHERE key = 'complete'").fetchone()
        connection.execute("SELECT n, json FROM project JOIN record USING (n) LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        done = None
    if done is None:
        connection.close()
        return None
    return connection


def _compile_to(path: Path, place: Path) -> sqlite3.Connection | None:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=place.parent, prefix=".", suffix=".new", delete=False) as file:
        beside = Path(file.name)
    try:
        _compile(path, beside).close()
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    return _open(place)


def _compile(path: Path, target: Path | None) -> sqlite3.Connection:
    """Judge a catalogue and write its index."""
    from coopcli.compiling import compile_catalogue

    return compile_catalogue(path, target)
