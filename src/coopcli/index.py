"""The compiled form of a catalogue: one SQLite database, made on first use and kept in the user's cache folder.

It holds nothing that the file does not, so it may be deleted at any time. Its name says what it was made from: the
file's content, the version of this layout and the version of coop. It is written beside its place and renamed.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from coopcli import __version__
from coopcli.analysis import COLUMNS, columns
from coopcli.dates import first_day, last_day
from coopcli.errors import CatalogueError, InvalidCatalogueError
from coopcli.text import fold

try:  # by itself, as the standard library's `random` does: `hashlib` loads OpenSSL, which costs 2 ms at every start
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

LAYOUT = 1
# Up to this size the content itself is the key; hashing more would cost more than it is worth.
HASHED_BYTES = 8 * 1024 * 1024

_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE organisation (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE project (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    first TEXT,
    last TEXT,
    status TEXT,
    role TEXT,
    amount NUMERIC,
    currency TEXT,
    record TEXT NOT NULL
);
CREATE TABLE tag (kind TEXT, value TEXT, n INTEGER, PRIMARY KEY (kind, value, n)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5({", ".join(COLUMNS)}, tokenize = "unicode61 remove_diacritics 0");
"""


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
        connection.execute("SELECT n, id, record FROM project LIMIT 1").fetchone()
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
    from coopcli.loading import Catalogue

    catalogue = Catalogue(path)
    connection = sqlite3.connect(target or ":memory:")
    try:
        _fill(connection, catalogue)
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection, catalogue: Any) -> None:
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
    header = catalogue.header.model_dump(mode="json", exclude_defaults=True) if catalogue.header else {}
    organisations = {row["id"]: row for row in header.pop("organisations", ())}
    themes = {row["id"]: row for row in header.get("themes", ())}
    with connection:
        connection.executemany(
            "INSERT INTO organisation (id, record) VALUES (?, ?)",
            ((id_, _dump(row)) for id_, row in organisations.items()),
        )
        for n, project in enumerate(catalogue.projects()):
            if catalogue.faults:
                continue
            record = project.model_dump(mode="json", exclude_defaults=True)
            connection.execute(f"INSERT INTO project VALUES ({', '.join('?' * 10)})", (n, *_row(record)))
            connection.executemany("INSERT INTO tag VALUES (?, ?, ?)", ((*tag, n) for tag in set(_tags(record))))
            connection.execute(
                f"INSERT INTO word (rowid, {', '.join(COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})",
                (n, *columns(record, themes, organisations)),
            )
        if catalogue.faults:
            raise InvalidCatalogueError(catalogue.path, catalogue.faults)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [("header", _dump(header)), ("complete", "1")])


def _row(record: Mapping[str, Any]) -> tuple[Any, ...]:
    start, end, budget = record.get("start"), record.get("end"), record.get("budget") or {}
    return (
        record["id"],
        fold(record["title"]),
        first_day(start).isoformat() if start else None,
        last_day(end).isoformat() if end else None,
        record.get("status"),
        record.get("role"),
        budget.get("amount"),
        budget.get("currency"),
        _dump(record),
    )


def _tags(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a project is filtered and counted by."""
    for kind, member in (("theme", "themes"), ("country", "countries"), ("sdg", "sdgs"), ("sector", "sectors")):
        for value in record.get(member, ()):
            yield kind, str(value)
    for part in record.get("participants", ()):
        yield "funder" if part["role"] == "funder" else "partner", part["organisation"]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
