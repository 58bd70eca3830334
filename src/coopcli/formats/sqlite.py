"""A SQLite database: the catalogue as related tables, with views for people and a full-text table."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coopcli.dates import first_day, last_day
from coopcli.fields import Context, Record
from coopcli.vocabulary.countries import COUNTRIES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS

_CHUNK = 1 << 20
_LANGUAGES = ("it", "en")
_OWN = ("id", "title", "acronym", "full_title", "role", "programme", "url", "website")
_TEXTS = ("summary", "beneficiaries", "notes")
_COORDINATES = {"lat": "latitude", "lon": "longitude"}

# A list of a project -> the table that holds it, and the column for its values.
_LISTS: Mapping[str, tuple[str, str]] = {
    "themes": ("project_themes", "theme"),
    "countries": ("project_countries", "country"),
    "sdgs": ("project_sdgs", "sdg"),
    "sectors": ("project_sectors", "sector"),
    "inferred": ("inferred_fields", "field"),
}

# `start_date` and `end_date` are as precise as the source: 2021, 2021-07 or 2021-07-15; `first_day` and `last_day` are
# the days that they stand for, to sort and compare by.
_TABLES = """
CREATE TABLE catalogue (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE framework (title TEXT NOT NULL, url TEXT);
CREATE TABLE themes (id TEXT PRIMARY KEY, name_it TEXT, name_en TEXT);
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    acronym TEXT,
    country TEXT REFERENCES countries (code),
    kind TEXT,
    org_id TEXT
);
CREATE TABLE organisation_aliases (
    organisation TEXT NOT NULL REFERENCES organisations (id), alias TEXT NOT NULL, PRIMARY KEY (organisation, alias)
);
CREATE TABLE theme_aliases (
    theme TEXT NOT NULL REFERENCES themes (id), alias TEXT NOT NULL, PRIMARY KEY (theme, alias)
);
CREATE TABLE countries (code TEXT PRIMARY KEY, name_it TEXT NOT NULL, name_en TEXT NOT NULL);
CREATE TABLE sdgs (number INTEGER PRIMARY KEY, name_it TEXT NOT NULL, name_en TEXT NOT NULL);
CREATE TABLE sectors (code TEXT PRIMARY KEY, name_en TEXT);
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    acronym TEXT,
    full_title TEXT,
    summary_it TEXT,
    summary_en TEXT,
    start_date TEXT,
    end_date TEXT,
    first_day TEXT,
    last_day TEXT,
    stated_status TEXT,
    role TEXT,
    programme TEXT,
    budget_amount NUMERIC,
    budget_currency TEXT,
    budget_approximate INTEGER,
    contribution_amount NUMERIC,
    contribution_currency TEXT,
    contribution_approximate INTEGER,
    contribution_by TEXT REFERENCES organisations (id),
    beneficiaries_it TEXT,
    beneficiaries_en TEXT,
    url TEXT,
    website TEXT,
    notes_it TEXT,
    notes_en TEXT
);
CREATE TABLE project_themes (
    project TEXT NOT NULL REFERENCES projects (id),
    theme TEXT NOT NULL REFERENCES themes (id),
    PRIMARY KEY (project, theme)
);
CREATE TABLE project_countries (
    project TEXT NOT NULL REFERENCES projects (id),
    country TEXT NOT NULL REFERENCES countries (code),
    PRIMARY KEY (project, country)
);
CREATE TABLE project_sdgs (
    project TEXT NOT NULL REFERENCES projects (id),
    sdg INTEGER NOT NULL REFERENCES sdgs (number),
    PRIMARY KEY (project, sdg)
);
CREATE TABLE project_sectors (
    project TEXT NOT NULL REFERENCES projects (id),
    sector TEXT NOT NULL REFERENCES sectors (code),
    PRIMARY KEY (project, sector)
);
CREATE TABLE participants (
    project TEXT NOT NULL REFERENCES projects (id),
    organisation TEXT NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL,
    PRIMARY KEY (project, organisation, role)
);
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    country TEXT REFERENCES countries (code),
    latitude REAL,
    longitude REAL
);
CREATE TABLE sources (id INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), url TEXT NOT NULL);
CREATE TABLE source_fields (
    source INTEGER NOT NULL REFERENCES sources (id), field TEXT NOT NULL, PRIMARY KEY (source, field)
);
CREATE TABLE inferred_fields (
    project TEXT NOT NULL REFERENCES projects (id), field TEXT NOT NULL, PRIMARY KEY (project, field)
);
CREATE TABLE identifiers (
    project TEXT NOT NULL REFERENCES projects (id),
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (project, scheme)
);
-- Texts in other languages than Italian and English, which have columns of their own.
CREATE TABLE project_texts (
    project TEXT NOT NULL REFERENCES projects (id),
    field TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (project, field, language)
);
CREATE TABLE theme_names (
    theme TEXT NOT NULL REFERENCES themes (id),
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (theme, language)
);
"""
_LAST = """
CREATE INDEX participants_organisation ON participants (organisation);
CREATE INDEX places_project ON places (project);
CREATE INDEX sources_project ON sources (project);
CREATE INDEX project_themes_theme ON project_themes (theme);
CREATE INDEX project_countries_country ON project_countries (country);
CREATE INDEX project_sdgs_sdg ON project_sdgs (sdg);
CREATE INDEX project_sectors_sector ON project_sectors (sector);
CREATE VIEW project_overview AS SELECT
    id, title, start_date, end_date,
    CASE
        WHEN first_day > date('now', 'localtime') THEN 'planned'
        WHEN last_day < date('now', 'localtime') THEN 'ended'
        WHEN first_day IS NOT NULL AND last_day IS NOT NULL THEN 'ongoing'
        ELSE coalesce(stated_status, 'unknown')
    END AS status,
    role,
    (SELECT group_concat(coalesce(name_it, name_en), '; ') FROM project_themes JOIN themes ON themes.id = theme
        WHERE project = projects.id) AS themes_it,
    (SELECT group_concat(coalesce(name_en, name_it), '; ') FROM project_themes JOIN themes ON themes.id = theme
        WHERE project = projects.id) AS themes_en,
    (SELECT group_concat(name_it, '; ') FROM project_countries JOIN countries ON code = country
        WHERE project = projects.id) AS countries_it,
    (SELECT group_concat(name_en, '; ') FROM project_countries JOIN countries ON code = country
        WHERE project = projects.id) AS countries_en,
    (SELECT group_concat(name, '; ') FROM participants AS part JOIN organisations ON organisations.id = organisation
        WHERE project = projects.id AND part.role = 'lead') AS lead,
    (SELECT group_concat(name, '; ') FROM participants AS part JOIN organisations ON organisations.id = organisation
        WHERE project = projects.id AND part.role = 'partner') AS partners,
    (SELECT group_concat(name, '; ') FROM participants AS part JOIN organisations ON organisations.id = organisation
        WHERE project = projects.id AND part.role = 'funder') AS funders,
    budget_amount, budget_currency, budget_approximate, summary_it, summary_en, url
FROM projects;
CREATE VIEW organisation_overview AS SELECT
    organisations.id, name, acronym, country, kind,
    count(DISTINCT project) AS projects,
    count(DISTINCT CASE role WHEN 'lead' THEN project END) AS as_lead,
    count(DISTINCT CASE role WHEN 'partner' THEN project END) AS as_partner,
    count(DISTINCT CASE role WHEN 'funder' THEN project END) AS as_funder,
    count(DISTINCT CASE role WHEN 'associate' THEN project END) AS as_associate
FROM organisations LEFT JOIN participants ON organisation = organisations.id GROUP BY organisations.id;
CREATE VIEW country_overview AS SELECT
    code, name_it, name_en, count(*) AS projects, count(budget_amount) AS with_known_budget
FROM countries JOIN project_countries ON country = code JOIN projects ON projects.id = project GROUP BY code;
CREATE VIRTUAL TABLE projects_fts USING fts5(
    title, acronym, full_title, summary_it, summary_en, beneficiaries_it, beneficiaries_en, programme,
    content="projects", tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO projects_fts (projects_fts) VALUES ('rebuild');
"""


def write_catalogue(projects: Iterable[Record], context: Context) -> Iterator[bytes]:
    """The whole database, made in a temporary folder."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        connection = sqlite3.connect(path)
        try:
            _fill(connection, projects, context.header)
        finally:
            connection.close()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _fill(connection: sqlite3.Connection, projects: Iterable[Record], header: Mapping[str, Any]) -> None:
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
    with connection:
        for name, value in _about(header):
            _add(connection, "catalogue", name=name, value=value)
        for act in header.get("framework", ()):
            _add(connection, "framework", **act)
        for theme in header.get("themes", ()):
            _add(connection, "themes", id=theme["id"], **_texts(theme, "name"))
            for alias in theme.get("aliases", ()):
                _add(connection, "theme_aliases", theme=theme["id"], alias=alias)
            for language, name in _others(theme, "name"):
                _add(connection, "theme_names", theme=theme["id"], language=language, name=name)
        for organisation in header.get("organisations", ()):
            row = dict(organisation)
            aliases = row.pop("aliases", ())
            _add_countries(connection, [row])
            _add(connection, "organisations", **row)
            for alias in aliases:
                _add(connection, "organisation_aliases", organisation=row["id"], alias=alias)
        for project in projects:
            _add_project(connection, project)
    connection.executescript(_LAST)


def _about(header: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The header's own facts, a name and a value each: `publisher_name`, `licence_url`."""
    yield "language", header["language"]
    for group in ("title", "publisher", "licence", "source"):
        for name, value in header.get(group, {}).items():
            yield f"{group}_{name}", value


def _add_project(connection: sqlite3.Connection, project: Record) -> None:
    for goal in project.get("sdgs", ()):
        names = SDGS[goal].name
        _add(connection, "sdgs", "OR IGNORE", number=goal, name_it=names["it"], name_en=names["en"])
    for code in project.get("sectors", ()):
        _add(connection, "sectors", "OR IGNORE", code=code, name_en=SECTORS.get(code))
    _add_countries(connection, [{"country": code} for code in project.get("countries", ())])
    _add_countries(connection, project.get("places", ()))
    _add(connection, "projects", **_own(project))
    for table, row in _parts(project):
        _add(connection, table, project=project["id"], **row)
    for source in project.get("sources", ()):
        number = _add(connection, "sources", project=project["id"], url=source["url"])
        for field in source.get("supports", ()):
            _add(connection, "source_fields", source=number, field=field)


def _own(project: Record) -> dict[str, Any]:
    """The row of a project itself."""
    row = {name: project[name] for name in _OWN if name in project} | {"stated_status": project.get("status")}
    for group in ("budget", "contribution"):
        row |= {f"{group}_{name}": value for name, value in project.get(group, {}).items()}
    for field in _TEXTS:
        row |= _texts(project, field)
    if start := project.get("start"):
        row |= {"start_date": start, "first_day": first_day(start).isoformat()}
    if end := project.get("end"):
        row |= {"end_date": end, "last_day": last_day(end).isoformat()}
    return row


def _parts(project: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows that belong to a project, each with its table."""
    for name, (table, column) in _LISTS.items():
        for value in project.get(name, ()):
            yield table, {column: value}
    for field in _TEXTS:
        for language, text in _others(project, field):
            yield "project_texts", {"field": field, "language": language, "text": text}
    for part in project.get("participants", ()):
        yield "participants", part
    for place in project.get("places", ()):
        yield "places", {_COORDINATES.get(name, name): value for name, value in place.items()}
    for scheme, value in project.get("identifiers", {}).items():
        yield "identifiers", {"scheme": scheme, "value": value}


def _add(connection: sqlite3.Connection, table: str, conflict: str = "", /, **row: Any) -> int | None:
    """Insert a row; its number."""
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    return connection.execute(f"INSERT {conflict} INTO {table} ({names}) VALUES ({places})", row).lastrowid


def _add_countries(connection: sqlite3.Connection, records: Iterable[Record]) -> None:
    for record in records:
        if code := record.get("country"):
            names = COUNTRIES[code]
            _add(connection, "countries", "OR IGNORE", code=code, name_it=names["it"], name_en=names["en"])


def _texts(record: Record, field: str) -> dict[str, str]:
    """The columns of a text: `summary_it` and `summary_en`."""
    return {f"{field}_{code}": text for code, text in record.get(field, {}).items() if code in _LANGUAGES}


def _others(record: Record, field: str) -> Iterator[tuple[str, str]]:
    """A text in the languages that have no column."""
    return ((code, text) for code, text in record.get(field, {}).items() if code not in _LANGUAGES)
