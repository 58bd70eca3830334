"""The compiled form of a catalogue: one SQLite database, made on first use and kept in the user's cache folder.

It holds nothing that the file does not, so it may be deleted at any time. Its name says what it was made from: the
file's content, the version of this layout and the version of coop. It is written beside its place, sealed and renamed.
"""

import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from coopcli import __version__
from coopcli.cache import cache_folder, digest, read_sealed, seal, tidy
from coopcli.errors import CatalogueError, UnreadableError
from coopcli.language import _

LAYOUT = 9
# Up to this size the content itself is the key; hashing more would cost more than it is worth.
HASHED_BYTES = 8 * 1024 * 1024

Watch = Callable[[Iterator[Any], Callable[[], float | None]], Iterator[Any]]
"""What projects pass through while they are compiled; its second argument tells how much of the file has been read."""


def _unwatched(projects: Iterator[Any], _share: Callable[[], float | None]) -> Iterator[Any]:
    return projects


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

    @cached_property
    def passed_over(self) -> list[tuple[str, str, int]]:
        """What the reader of the file could not take: the field, the kind (see `faults.allowed`) and how often."""
        return [tuple(row) for row in json.loads(self.meta("passed_over"))]

    def meta(self, key: str) -> str:
        """One value of the index's own."""
        row: tuple[str] | None = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise sqlite3.DatabaseError(key)
        return row[0]


def open_index(path: Path, watch: Watch = _unwatched) -> Index:
    """The index of a catalogue file, compiled first where there is none.

    Raises CatalogueError where the file cannot be read, InvalidCatalogueError with every fault where it is not sound.
    """
    key = _key(path)
    folder = cache_folder()
    compiled = partial(_compile, path, key, watch)
    try:
        connection = _cached(compiled, folder / f"{key}.sqlite") if folder else None
    except (OSError, sqlite3.OperationalError):  # a full disk, for one
        connection = None
    return Index(connection or compiled(None))


def is_compiled(path: Path) -> bool:
    """Whether a catalogue file can be opened without being read. Raises CatalogueError where there is no such file."""
    key = _key(path)
    folder = cache_folder()
    return folder is not None and read_sealed(folder / f"{key}.sqlite") is not None


def _key(path: Path) -> str:
    try:
        if path.is_dir():  # the tables of a catalogue, and its header
            files = sorted(file for file in path.iterdir() if file.suffix in {".csv", ".json"})
            parts = [part for file in files for part in (os.fsencode(file.name), _content(file))]
        else:
            parts = [os.fsencode(path.suffix), _content(path)]
    except OSError as error:
        raise UnreadableError(path, error) from None
    return digest(f"{LAYOUT} {__version__} ".encode(), *parts).hex()


def _content(path: Path) -> bytes:
    """The length and the content of a file or, where it is large, what tells it from another."""
    status = path.stat()
    marks = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    if not stat.S_ISREG(status.st_mode) or status.st_size > HASHED_BYTES:
        return os.fsencode(path.resolve()) + repr(marks).encode()
    with path.open("rb") as file:
        return repr(marks[:1]).encode() + file.read(status.st_size)


def _cached(compiled: Callable[[Path], sqlite3.Connection], place: Path) -> sqlite3.Connection | None:
    """The database at this place, made where there is none or it is damaged."""
    if (found := _open(place)) is not None:
        return found
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=place.parent, prefix=".", suffix=".new", delete=False) as file:
        beside = Path(file.name)
    try:
        compiled(beside).close()
        seal(beside)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    tidy(place)
    return _open(place)


def _open(place: Path) -> sqlite3.Connection | None:
    """The database at this place, or None where there is none or it is damaged."""
    sealed = read_sealed(place)
    if sealed is None:
        return None
    content, whole = sealed
    if not whole:
        return sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    return connection


def _compile(path: Path, key: str, watch: Watch, target: Path | None) -> sqlite3.Connection:
    """Judge a catalogue and write its index. Raises CatalogueError where the file is no longer that of the key."""
    from coopcli.compiling import compile_catalogue

    connection = None
    try:
        connection = compile_catalogue(path, target, watch)
    finally:
        if _key(path) != key:
            if connection is not None:
                connection.close()
            raise CatalogueError(_("{path} was changed while it was being read. Try again.").format(path=path))
    return connection
