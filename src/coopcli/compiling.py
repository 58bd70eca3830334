"""Compile a catalogue into the tables of an index."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from coopcli.analysis import stems
from coopcli.errors import InvalidCatalogueError
from coopcli.fields import dump
from coopcli.keys import KEY
from coopcli.loading import Catalogue
from coopcli.preparing import ApartError, Label, Preparation, PreparationApart, Prepared, batches
from coopcli.searched import COLUMNS, Tables, named

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
-- What projects are filtered and counted by, once for each currency of their budgets; no currency is ''.
CREATE TABLE label (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, currency TEXT NOT NULL,
    UNIQUE (kind, value, currency)
);
-- The projects of each label with what they cost. The key is the label's number and the project's, of 32 bits each: to
-- find its place, a number is compared in half the time of a row.
CREATE TABLE labelled (key INTEGER PRIMARY KEY, amount NUMERIC);
CREATE VIEW tag AS SELECT number, kind, value, currency, key & 0xFFFFFFFF AS n, amount
    FROM label CROSS JOIN labelled ON key BETWEEN number << 32 AND number << 32 | 0xFFFFFFFF;
-- Words come analysed, with blanks between them: SQLite's tokenizer must not cut them again.
CREATE VIRTUAL TABLE word USING fts5(
    {", ".join(column.name for column in COLUMNS)}, content = '', tokenize = "ascii tokenchars '_'"
);
-- Words are gathered in memory up to 32 MB at a time, not 1 MB: a third less time, and fewer parts to search.
INSERT INTO word (word, rank) VALUES ('hashsize', 33554432);
-- The names of themes, countries and goals, each once: a word stands for them in this column of the table above.
CREATE VIRTUAL TABLE named USING fts5(names, "column" UNINDEXED, key UNINDEXED, tokenize = "ascii tokenchars '_'");
CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, word, row);
CREATE VIRTUAL TABLE temp.named_term USING fts5vocab(main, named, row);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stem (stem TEXT, word TEXT, PRIMARY KEY (stem, word)) WITHOUT ROWID;
"""
_ADD_WORDS = (
    f"INSERT INTO word (rowid, {', '.join(column.name for column in COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"
)
_ADD_PROJECT = f"INSERT INTO project VALUES ({', '.join('?' * 9)})"
# Written last: sorting a million ids once is quicker than finding the place of each.
_INDEXES = "CREATE UNIQUE INDEX project_id ON project (id);"
# From this size on, a second process costs less than it saves.
LARGE_BYTES = 8 * 1024 * 1024
# Labels are kept aside and written in the order of their table, so many projects at a time.
_LABELLED_AT_ONCE = 20_000


def compile_catalogue(path: Path, target: Path | None, watch: Callable[..., Iterator[Any]]) -> sqlite3.Connection:
    """Judge a catalogue and write its index to a file, or to memory where there is none.

    `watch` has the projects pass through it.

    Raises CatalogueError where the file cannot be read, InvalidCatalogueError with every fault where it is not sound.
    """
    catalogue = Catalogue(path)
    if catalogue.share() is not None and path.stat().st_size >= LARGE_BYTES:
        with suppress(ApartError, sqlite3.IntegrityError):  # the latter of an id that stands twice
            return _written(catalogue, PreparationApart(path), target, watch)
    return _written(catalogue, Preparation(catalogue), target, watch)


def _written(
    catalogue: Catalogue,
    preparation: Preparation | PreparationApart,
    target: Path | None,
    watch: Callable[..., Iterator[Any]],
) -> sqlite3.Connection:
    if target:
        target.write_bytes(b"")
    connection = sqlite3.connect(target or ":memory:")
    try:
        with closing(iter(preparation)) as projects:
            _fill(connection, catalogue, watch(projects, preparation.share), preparation)
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(
    connection: sqlite3.Connection,
    catalogue: Catalogue,
    projects: Iterator[Prepared],
    preparation: Preparation | PreparationApart,
) -> None:
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;" + _TABLES
    )
    header = dict(catalogue.header or {})
    with connection:
        connection.executemany(
            "INSERT OR IGNORE INTO organisation (id, record) VALUES (?, ?)",
            ((row["id"], dump(row)) for row in header.pop("organisations", ())),
        )
        tables = Tables({row["id"]: row for row in header.get("themes", ())}, {})
        labelled: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        first = unwritten = 0
        for rows in batches(projects):
            texts, columns, words, labels = zip(*rows, strict=True)
            connection.executemany("INSERT INTO record VALUES (?, ?)", enumerate(texts, first))
            connection.executemany(_ADD_PROJECT, ((n, *row) for n, row in enumerate(columns, first)))
            connection.executemany(_ADD_WORDS, ((n, *row) for n, row in enumerate(words, first)))
            for n, (row, numbers) in enumerate(zip(columns, labels, strict=True), first):
                costing = n, row[-2]
                for number in numbers:
                    labelled[number].append(costing)
            first += len(rows)
            if first >= unwritten + _LABELLED_AT_ONCE:
                unwritten = first
                _write_labelled(connection, labelled)
        if catalogue.faults:
            raise InvalidCatalogueError(catalogue.path, catalogue.faults)
        _write_labelled(connection, labelled)
        _write_labels(connection, preparation.labels, tables)
        _write_vocabulary(connection)
        connection.execute(_INDEXES)
        counted = [(field, kind, number) for (field, kind), number in preparation.passed_over.items()]
        meta = {"header": dump(header), "passed_over": dump(counted)}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


def _write_labelled(connection: sqlite3.Connection, labelled: dict[int, list[tuple[int, Any]]]) -> None:
    """Write which projects have which labels, in the order of the table, and forget them."""
    rows = ((label << 32 | n, amount) for label in sorted(labelled) for n, amount in labelled[label])
    connection.executemany("INSERT INTO labelled VALUES (?, ?)", rows)
    labelled.clear()


def _write_labels(connection: sqlite3.Connection, labels: Mapping[Label, int], tables: Tables) -> None:
    """Write the labels, and the names by which those are found that have few."""
    connection.executemany(
        "INSERT INTO label VALUES (?, ?, ?, ?)", ((number, *label) for label, number in labels.items())
    )
    values = dict.fromkeys(label[:2] for label in labels)
    connection.executemany(
        "INSERT INTO named VALUES (?, ?, ?)", (names for kind, value in values for names in named(kind, value, tables))
    )


def _write_vocabulary(connection: sqlite3.Connection) -> None:
    """Write every word that is searched once, in how many projects or names it stands, and its stems but itself."""
    # Numbers have no other form, and there are as many as ids; no more have the keys, which are no words of anybody's.
    connection.execute(
        f"INSERT INTO vocabulary SELECT term, doc FROM temp.term WHERE term NOT GLOB '*[0-9{KEY}]*'",
    )
    connection.execute(
        "INSERT INTO vocabulary SELECT term, doc FROM temp.named_term WHERE term NOT GLOB '*[0-9]*' "
        "ON CONFLICT (word) DO UPDATE SET documents = documents + excluded.documents"
    )
    words = connection.execute("SELECT word FROM vocabulary").fetchall()
    connection.executemany(
        "INSERT INTO stem VALUES (?, ?)",
        sorted((stem, word) for (word,) in words for stem in stems(word) if stem != word),
    )
