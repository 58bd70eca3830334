"""The SQLite database: whole by SQLite's own checks, right in what it says, and served by datasette."""

import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from hypothesis import given

from coopcli.fields import Record
from coopcli.words import status
from helpers import coop_inside, exported, milan, on_terminal, without_projects
from strategies import catalogues


@contextmanager
def database(catalogue: Record) -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "projects.db"
        path.write_bytes(exported(catalogue, "sqlite", "projects.db"))
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            connection.execute("INSERT INTO projects_fts (projects_fts) VALUES ('integrity-check')")
            yield connection


def rows(connection: sqlite3.Connection, query: str, *values: str) -> list[Any]:
    found = connection.execute(query, values).fetchall()
    return [row[0] for row in found] if found and len(found[0]) == 1 else found


PARTS = {
    "themes": "SELECT theme FROM project_themes WHERE project = ? ORDER BY rowid",
    "countries": "SELECT country FROM project_countries WHERE project = ? ORDER BY rowid",
    "sdgs": "SELECT sdg FROM project_sdgs WHERE project = ? ORDER BY rowid",
    "sectors": "SELECT sector FROM project_sectors WHERE project = ? ORDER BY rowid",
    "inferred": "SELECT field FROM inferred_fields WHERE project = ? ORDER BY rowid",
    "identifiers": "SELECT scheme, value FROM identifiers WHERE project = ? ORDER BY rowid",
    "participants": "SELECT organisation, role FROM participants WHERE project = ? ORDER BY rowid",
    "places": "SELECT name, country, latitude, longitude FROM places WHERE project = ? ORDER BY id",
    "sources": "SELECT url FROM sources WHERE project = ? ORDER BY id",
    "supports": "SELECT url, field FROM sources JOIN source_fields ON source = id WHERE project = ? "
    "ORDER BY id, source_fields.rowid",
    "texts": "SELECT field, language, text FROM project_texts WHERE project = ? ORDER BY rowid",
}


def rebuilt(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """The projects put together again from the tables."""
    cursor = connection.execute("SELECT * FROM projects ORDER BY rowid")
    names = [column[0] for column in cursor.description]
    projects = [dict(zip(names, row, strict=True)) for row in cursor]
    return [
        project | {name: rows(connection, query, project["id"]) for name, query in PARTS.items()}
        for project in projects
    ]


def expected(project: Record) -> dict[str, Any]:
    """What `rebuilt` finds, made from the catalogue's record."""
    texts = [
        (field, language, text)
        for field in ("summary", "beneficiaries", "notes")
        for language, text in project.get(field, {}).items()
    ]
    sources, places = project.get("sources", ()), project.get("places", ())
    return {
        **{name: project.get(name) for name in ("id", "title", "acronym", "full_title", "role", "programme", "url")},
        **{name: list(project.get(name, ())) for name in ("themes", "countries", "sdgs", "sectors", "inferred")},
        **{f"{field}_{language}": text for field, language, text in texts if language in {"it", "en"}},
        "texts": [row for row in texts if row[1] not in {"it", "en"}],
        "start_date": project.get("start"),
        "end_date": project.get("end"),
        "stated_status": project.get("status"),
        "budget_amount": project.get("budget", {}).get("amount"),
        "contribution_by": project.get("contribution", {}).get("by"),
        "website": project.get("website"),
        "identifiers": list(project.get("identifiers", {}).items()),
        "participants": [(part["organisation"], part["role"]) for part in project.get("participants", ())],
        "places": [(row["name"], row.get("country"), row.get("lat"), row.get("lon")) for row in places],
        "sources": [source["url"] for source in sources],
        "supports": [(source["url"], field) for source in sources for field in source.get("supports", ())],
    }


@pytest.mark.parametrize("catalogue", [without_projects(), milan("epic"), milan()])
def test_the_database_holds_the_catalogue(catalogue: Record) -> None:
    with database(catalogue) as connection:
        found = rebuilt(connection)
        assert len(found) == len(catalogue["projects"])
        for row, project in zip(found, catalogue["projects"], strict=True):
            assert {name: row[name] for name in expected(project)} == expected(project)
        assert rows(connection, "SELECT id FROM organisations ORDER BY rowid") == [
            row["id"] for row in catalogue["organisations"]
        ]
        assert dict(rows(connection, "SELECT * FROM catalogue"))["licence_id"] == "CC-BY-4.0"


@given(catalogue=catalogues())
def test_the_database_holds_any_catalogue(catalogue: Record) -> None:
    with database(catalogue) as connection:
        found = rebuilt(connection)
        for row, project in zip(found, catalogue["projects"], strict=True):
            assert {name: row[name] for name in expected(project)} == expected(project)


def test_the_views_say_what_coop_says() -> None:
    catalogue = milan()
    with database(catalogue) as connection:
        statuses = dict(rows(connection, "SELECT id, status FROM project_overview"))
        funders = dict(rows(connection, "SELECT id, as_funder FROM organisation_overview WHERE as_funder"))
        countries = dict(rows(connection, "SELECT code, projects FROM country_overview"))
    assert statuses == {project["id"]: status(project, date.today()) for project in catalogue["projects"]}
    for facet, found in (("funder", funders), ("country", countries)):
        counted = json.loads(coop_inside("stats", facet, "-f", "json").out)
        assert found == {row["value"]: row["projects"] for row in counted}


def test_full_text_finds_words_without_their_accents() -> None:
    with database(milan()) as connection:
        match = "SELECT rowid FROM projects_fts WHERE projects_fts MATCH 'regeneration'"
        numbers = rows(connection, match)
        ids = rows(connection, "SELECT id FROM projects ORDER BY rowid")
    assert "dakar-reve" in [ids[number - 1] for number in numbers]


def test_a_database_is_not_for_a_terminal() -> None:
    shown = on_terminal("export", "sqlite")
    assert (shown.code, shown.text) == (2, "coop: sqlite is not for a terminal; write it to a file with -o FILE.\n")


def test_datasette_serves_the_database(tmp_path: Path) -> None:
    path = tmp_path / "milano.db"
    assert coop_inside("export", "sqlite", "-o", path).code == 0
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "datasette", "serve", path, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        site = f"http://127.0.0.1:{port}/milano"
        found = fetched(f"{site}/projects.json?_search=migrantour&_shape=array")
        assert [row["id"] for row in found] == ["migrantour"]
        (project,) = fetched(f"{site}/projects/dakar-reve.json?_shape=array")
        assert project["title"] == "DAKAR REVE - Dakar Régénération Verte"
        parts = fetched(f"{site}/participants.json?project=dakar-reve&role=lead&_labels=on&_shape=array")
        assert [part["organisation"]["label"] for part in parts] == ["Comune di Milano"]
        assert len(fetched(f"{site}/project_overview.json?_shape=array&_size=max")) == 23
    finally:
        server.terminate()
        server.wait(timeout=10)


def fetched(address: str) -> list[dict[str, Any]]:
    """What the server answers, once it is there."""
    for _attempt in range(150):
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310 - http, on this machine
                found: list[dict[str, Any]] = json.load(answer)
                return found
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.2)
    raise TimeoutError(address)
