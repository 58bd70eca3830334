"""Compile a catalogue into the tables of an index."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coopcli.analysis import stems
from coopcli.dates import first_day, last_day
from coopcli.errors import InvalidCatalogueError
from coopcli.fields import dump
from coopcli.loading import Catalogue
from coopcli.searched import COLUMNS, Tables, analysed
from coopcli.text import fold, plain

_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE organisation (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE project (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    first TEXT,
    last TEXT,
    status TEXT,
    role TEXT,
    amount NUMERIC,
    currency TEXT
);
-- By itself, so that reading through the rows above does not read a million texts.
CREATE TABLE record (n INTEGER PRIMARY KEY, json TEXT NOT NULL);
-- Every name by which a project may be called, as `| one name | another |`: read through where no id is the one given.
CREATE TABLE name (n INTEGER PRIMARY KEY, names TEXT NOT NULL);
CREATE TABLE label (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, value));
-- The projects of each label with what they cost, in the order in which they are counted and summed; no currency is ''.
CREATE TABLE labelled (
    label INTEGER, currency TEXT, n INTEGER, amount NUMERIC, PRIMARY KEY (label, currency, n)
) WITHOUT ROWID;
CREATE VIEW tag AS SELECT kind, value, n FROM label JOIN labelled ON label = number;
-- Words come analysed, with blanks between them: SQLite's tokenizer must not cut them again.
CREATE VIRTUAL TABLE word USING fts5(
    {", ".join(column.name for column in COLUMNS)}, content = '', tokenize = "ascii tokenchars '_'"
);
-- Words are gathered in memory up to 32 MB at a time, not 1 MB: a third less time, and fewer parts to search.
INSERT INTO word (word, rank) VALUES ('hashsize', 33554432);
CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, word, row);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stem (stem TEXT, word TEXT, PRIMARY KEY (stem, word)) WITHOUT ROWID;
"""
_ADD_WORDS = (
    f"INSERT INTO word (rowid, {', '.join(column.name for column in COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"
)
_ADD_PROJECT = f"INSERT INTO project VALUES ({', '.join('?' * 9)})"
Labels = dict[int, list[tuple[str, int, Any]]]
"""Of each label, by its number, the projects that have it: currency, number, amount."""

# Written last: sorting a million ids once is quicker than finding the place of each.
_INDEXES = "CREATE UNIQUE INDEX project_id ON project (id);"
# Labels are kept aside and written in the order of their table, so many projects at a time.
_LABELLED_AT_ONCE = 100_000


def compile_catalogue(path: Path, target: Path | None, watch: Callable[..., Iterator[Any]]) -> sqlite3.Connection:
    """Judge a catalogue and write its index to a file, or to memory where there is none.

    `watch` has the projects pass through it.

    Raises CatalogueError where the file cannot be read, InvalidCatalogueError with every fault where it is not sound.
    """
    catalogue = Catalogue(path)
    connection = sqlite3.connect(target or ":memory:")
    try:
        _fill(connection, catalogue, watch)
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection, catalogue: Catalogue, watch: Callable[..., Iterator[Any]]) -> None:
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;" + _TABLES
    )
    header = dict(catalogue.header or {})
    organisations = {row["id"]: row for row in header.pop("organisations", ())}
    tables = Tables({row["id"]: row for row in header.get("themes", ())}, organisations)
    numbers: dict[tuple[str, str], int] = {}  # of each label, its kind and value
    labels: Labels = defaultdict(list)
    passed_over: Counter[tuple[str, str]] = Counter()
    with connection:
        connection.executemany(
            "INSERT INTO organisation (id, record) VALUES (?, ?)",
            ((id_, dump(row)) for id_, row in organisations.items()),
        )
        for n, record in enumerate(watch(catalogue.projects(), catalogue.share)):
            if not catalogue.sound:
                continue
            connection.execute("INSERT INTO record VALUES (?, ?)", (n, record.text))
            connection.execute("INSERT INTO name VALUES (?, ?)", (n, _names(record)))
            *row, amount, currency = _row(record)
            connection.execute(_ADD_PROJECT, (n, *row, amount, currency))
            connection.execute(_ADD_WORDS, (n, *analysed(record, tables)))
            labelled = (currency or "", n, amount)
            for label in dict.fromkeys(_tags(record)):
                labels[numbers.setdefault(label, len(numbers))].append(labelled)
            if catalogue.passed_over:
                passed_over.update((each.field, each.kind) for each in catalogue.passed_over)
                catalogue.passed_over.clear()
            if n % _LABELLED_AT_ONCE == _LABELLED_AT_ONCE - 1:
                _write_labels(connection, labels)
        if catalogue.faults:
            raise InvalidCatalogueError(catalogue.path, catalogue.faults)
        _write_labels(connection, labels)
        connection.executemany("INSERT INTO label VALUES (?, ?, ?)", ((n, *label) for label, n in numbers.items()))
        _write_vocabulary(connection)
        connection.execute(_INDEXES)
        counted = [(field, kind, number) for (field, kind), number in passed_over.items()]
        meta = {"header": dump(header), "passed_over": dump(counted)}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


def _write_labels(connection: sqlite3.Connection, labels: Labels) -> None:
    """Write which projects have which labels, in the order of the table, and forget them."""
    rows = ((label, *project) for label in sorted(labels) for project in sorted(labels[label]))
    connection.executemany("INSERT INTO labelled VALUES (?, ?, ?, ?)", rows)
    labels.clear()


def _write_vocabulary(connection: sqlite3.Connection) -> None:
    """Write every word that is searched once, in how many projects it stands, and its stems but itself."""
    # Numbers have no other form, and there are as many as ids.
    connection.execute("INSERT INTO vocabulary SELECT term, doc FROM temp.term WHERE term NOT GLOB '*[0-9]*'")
    words = connection.execute("SELECT word FROM vocabulary").fetchall()
    connection.executemany(
        "INSERT INTO stem VALUES (?, ?)",
        sorted((stem, word) for (word,) in words for stem in stems(word) if stem != word),
    )


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
    )


def _names(record: Mapping[str, Any]) -> str:
    names = (record.get(member) for member in ("id", "title", "acronym", "full_title"))
    return f"| {' | '.join(plain(name) for name in names if name)} |"


def _tags(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a project is filtered and counted by."""
    for kind, member in (("theme", "themes"), ("country", "countries"), ("sdg", "sdgs"), ("sector", "sectors")):
        for value in record.get(member, ()):
            yield kind, str(value)
    for part in record.get("participants", ()):
        yield "funder" if part["role"] == "funder" else "partner", part["organisation"]
