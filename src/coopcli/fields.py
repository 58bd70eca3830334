"""What a record is made of: for each kind of record its fields, one row each.

A record is a plain dict: a project as it stands in the catalogue, or a row that a command made. A field reads one thing
out of it, as a JSON value; what needs a look-up (names of themes, organisations, countries) asks the context.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from coopcli import words
from coopcli.errors import UnknownValueError
from coopcli.language import _
from coopcli.vocabulary.countries import COUNTRIES
from coopcli.vocabulary.sdgs import SDGS

Record = Mapping[str, Any]


class Stored(dict[str, Any]):
    """The record of a project with the JSON text that it has in the index, for a writer that passes it on unchanged."""

    def __init__(self, text: str, parse: Callable[[str], dict[str, Any]] = json.loads) -> None:
        super().__init__(parse(text))
        self.text = text


def dump(value: Any) -> str:
    """A record, or any other JSON value, as compact JSON."""
    if isinstance(value, Stored):
        return value.text
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Context(NamedTuple):
    """What a writer may need beside the records.

    `header` is the catalogue without its projects; `themes` and `organisations` map an id to its record; `fields` are
    the columns or members to write; `on` is the day for which the status is worked out. A writer adds to `messages`
    what the user is to be told besides, a sentence each. `width` and `colour` describe the terminal; `options` are
    those of one format (`dialect`, …); `passed_over` are the kinds of what the reader could not take.
    """

    header: Mapping[str, Any]
    themes: Mapping[str, Record]
    organisations: Mapping[str, Record]
    kind: "Kind"
    fields: tuple["Field", ...]
    on: date
    messages: list[str]
    language: str = "en"
    width: int = 80
    colour: bool = False
    options: Mapping[str, Any] = {}
    passed_over: frozenset[str] = frozenset()

    def members(self, record: Record) -> dict[str, Any]:
        """The chosen fields of a record, for JSON: every key present, null where nothing is known."""
        return {item.name: item.value(record, self) for item in self.fields}

    def cells(self, record: Record) -> list[str | int | float]:
        """The chosen fields of a record, one cell each: lists joined by `;`, empty where nothing is known."""
        return [cell(item.value(record, self)) for item in self.fields]

    def text(self, value: Mapping[str, str] | None) -> str | None:
        """A text of the catalogue in the reader's language, or in the one there is."""
        return words.text(value, self.language)

    def country(self, code: str, language: str | None = None) -> str:
        """The name of a country."""
        return COUNTRIES[code][language or self.language] if code in COUNTRIES else code


def cell(value: Any) -> str | int | float:
    """A JSON value as one cell of a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value):
        return ";".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


class Field(NamedTuple):
    """One field: its name (a promise to scripts), what it holds, how it is read."""

    name: str
    help: str
    value: Callable[[Record, Context], Any]


class Kind(NamedTuple):
    """A kind of record: its fields, and which of them are written where nobody chose any.

    `row` are the columns of TSV, CSV and Markdown; `whole` the members of JSON; `sheet` the columns of `coop export`.
    `key` is the field that names a record, if one does.
    """

    name: str
    fields: tuple[Field, ...]
    row: tuple[str, ...]
    whole: tuple[str, ...]
    sheet: tuple[str, ...] = ()
    key: str = ""

    def choose(self, names: Iterable[str]) -> tuple[Field, ...]:
        """The fields of these names, in this order. Raises UnknownValueError."""
        known = {item.name: item for item in self.fields}
        chosen = []
        for name in names:
            if name not in known:
                raise UnknownValueError(_("field"), name, known, see="--fields help")
            chosen.append(known[name])
        return tuple(chosen)


def _member(name: str, help_: str) -> Field:
    return Field(name, help_, lambda record, _context: record.get(name))


def _list(name: str, help_: str) -> Field:
    return Field(name, help_, lambda record, _context: record.get(name, []))


def _inner(name: str, member: str, key: str, help_: str) -> Field:
    return Field(name, help_, lambda record, _context: (record.get(member) or {}).get(key))


def _text(name: str, member: str, language: str, help_: str) -> Field:
    return Field(name, help_, lambda record, _context: words.text(record.get(member), language))


def _names(name: str, role: str, help_: str) -> Field:
    def value(record: Record, context: Context) -> list[str]:
        return [
            context.organisations[part["organisation"]]["name"]
            for part in record.get("participants", ())
            if part["role"] == role
        ]

    return Field(name, help_, value)


def _theme_names(language: str) -> Callable[[Record, Context], list[str]]:
    def value(record: Record, context: Context) -> list[str]:
        names = (context.themes[theme]["name"] for theme in record.get("themes", ()))
        return [words.text(name, language) or "" for name in names]

    return value


def _country_names(language: str) -> Callable[[Record, Context], list[str]]:
    return lambda record, context: [context.country(code, language) for code in record.get("countries", ())]


def _sdg_names(language: str) -> Callable[[Record, Context], list[str]]:
    def value(record: Record, _context: Context) -> list[str]:
        return [SDGS[goal].name[language] for goal in record.get("sdgs", ())]

    return value


def _participants(record: Record, context: Context) -> list[dict[str, Any]]:
    def named(part: Record) -> dict[str, Any]:
        organisation = context.organisations[part["organisation"]]
        return {
            "organisation": part["organisation"],
            "name": organisation["name"],
            "acronym": organisation.get("acronym"),
            "country": organisation.get("country"),
            "role": part["role"],
        }

    return [named(part) for part in record.get("participants", ())]


# One cell each.
_FLAT = (
    _member("id", _("the project's id")),
    _member("title", _("title")),
    _member("acronym", _("acronym")),
    _member("full_title", _("full title")),
    Field("status", _("planned, ongoing, ended or unknown"), lambda r, c: words.status(r, c.on)),
    _member("start", _("start: a year, a month or a day")),
    _member("end", _("end: a year, a month or a day")),
    _member("role", _("the publisher's role")),
    _list("themes", _("ids of the themes")),
    Field("theme_names_it", _("themes in Italian"), _theme_names("it")),
    Field("theme_names_en", _("themes in English"), _theme_names("en")),
    _list("countries", _("ISO 3166-1 codes of the countries")),
    Field("country_names_it", _("countries in Italian"), _country_names("it")),
    Field("country_names_en", _("countries in English"), _country_names("en")),
    Field("place_names", _("places"), lambda r, _c: [place["name"] for place in r.get("places", ())]),
    _names("lead", "lead", _("the lead organisation")),
    _names("partners", "partner", _("partner organisations")),
    _names("associates", "associate", _("associated organisations")),
    _names("funders", "funder", _("funders")),
    _member("programme", _("programme or call")),
    _inner("budget_amount", "budget", "amount", _("total budget")),
    _inner("budget_currency", "budget", "currency", _("its currency, ISO 4217")),
    Field(
        "budget_approximate",
        _("whether the budget is approximate"),
        lambda r, _c: r["budget"].get("approximate", False) if r.get("budget") else None,
    ),
    _inner("contribution_amount", "contribution", "amount", _("the main funder's contribution")),
    _inner("contribution_currency", "contribution", "currency", _("its currency, ISO 4217")),
    _inner("contribution_by", "contribution", "by", _("who gives it")),
    _list("sdgs", _("Sustainable Development Goals, 1 to 17")),
    Field("sdg_names_it", _("goals in Italian"), _sdg_names("it")),
    Field("sdg_names_en", _("goals in English"), _sdg_names("en")),
    _list("sectors", _("OECD DAC purpose codes")),
    _inner("summary_it", "summary", "it", _("summary in Italian")),
    _inner("summary_en", "summary", "en", _("summary in English")),
    _inner("beneficiaries_it", "beneficiaries", "it", _("beneficiaries in Italian")),
    _inner("beneficiaries_en", "beneficiaries", "en", _("beneficiaries in English")),
    _member("url", _("the publisher's page")),
    _member("website", _("the project's own site, or a partner's page about it")),
    Field("source_urls", _("addresses of the sources"), lambda r, _c: [s["url"] for s in r.get("sources", ())]),
    _list("inferred", _("fields of which some or all is stated by no source")),
    _inner("notes_it", "notes", "it", _("notes in Italian")),
    _inner("notes_en", "notes", "en", _("notes in English")),
)
# What only JSON can hold as it is.
_NESTED = (
    _member("summary", _("summary, by language")),
    _list("places", _("places with country and coordinates")),
    Field("participants", _("organisations and their roles"), _participants),
    _member("budget", _("budget: amount, currency, approximate")),
    _member("contribution", _("contribution: amount, currency, by, approximate")),
    _member("beneficiaries", _("beneficiaries, by language")),
    Field("identifiers", _("identifiers in other systems"), lambda r, _c: r.get("identifiers", {})),
    _list("sources", _("sources and the fields that each supports")),
    _member("notes", _("notes, by language")),
)

PROJECT = Kind(
    name="project",
    fields=(*_FLAT, *_NESTED),
    key="id",
    row=("id", "title", "themes", "countries", "start", "end", "status", "role"),
    whole=(
        "id",
        "title",
        "acronym",
        "full_title",
        "url",
        "summary",
        "themes",
        "countries",
        "places",
        "start",
        "end",
        "status",
        "role",
        "participants",
        "programme",
        "budget",
        "contribution",
        "sdgs",
        "sectors",
        "beneficiaries",
        "website",
        "identifiers",
        "sources",
        "inferred",
        "notes",
    ),
    sheet=tuple(field.name for field in _FLAT),
)

_MATCH_FIELDS = (
    _member(
        "score",
        _("how well it matches: 2 in the title, 1 in its own texts, 0 in names of partners and goals, then BM25"),
    ),
    Field("snippet", _("where it matches beside the title"), lambda r, c: r["match"].snippet(r, c)),
    Field(
        "highlights",
        _("the matches in title and snippet: start and end of each, in characters"),
        lambda r, c: {
            "title": r["match"].ranges(r["title"]),
            "snippet": r["match"].ranges(r["match"].snippet(r, c)),
        },
    ),
)
MATCH = Kind(
    name="match",
    fields=(*PROJECT.fields, *_MATCH_FIELDS),
    key=PROJECT.key,
    row=PROJECT.row,
    whole=(*PROJECT.whole, *(item.name for item in _MATCH_FIELDS)),
)

_THEME_FIELDS = ("id", "name_it", "name_en", "projects")
THEME = Kind(
    name="theme",
    fields=(
        _member("id", _("the theme's id")),
        _text("name_it", "name", "it", _("name in Italian, or in the language there is")),
        _text("name_en", "name", "en", _("name in English, or in the language there is")),
        _member("projects", _("number of projects")),
        _member("name", _("name, by language")),
        _list("aliases", _("other words for it")),
    ),
    key="id",
    row=_THEME_FIELDS,
    whole=("id", "name", "aliases", "projects"),
)

COUNT = Kind(
    name="count",
    fields=(
        _member("value", _("the value: an id, a code or a year")),
        _text("name_it", "name", "it", _("its name in Italian, or in the language there is")),
        _text("name_en", "name", "en", _("its name in English, or in the language there is")),
        _member("projects", _("number of projects")),
        _member("with_budget", _("how many of them have a known budget")),
        Field(
            "budget",
            _("sum of the known budgets, by currency"),
            lambda r, _c: [
                f"{total:g} {currency}" if total % 1 else f"{total:.0f} {currency}"
                for currency, total in r["budgets"].items()
            ],
        ),
        _member("budgets", _("sum of the known budgets, by currency")),
        _member("name", _("its name, by language")),
    ),
    key="value",
    row=("value", "name_it", "name_en", "projects", "with_budget", "budget"),
    whole=("value", "name", "projects", "with_budget", "budgets"),
)

ABOUT = Kind(
    name="about",
    fields=(
        _member("title", _("title, by language")),
        _member("publisher", _("publisher")),
        _member("licence", _("licence")),
        _member("source", _("where the catalogue comes from, and the day of the snapshot")),
        _list("framework", _("legal framework")),
        _member("language", _("language of titles and names")),
        _member("projects", _("number of projects")),
        _member("themes", _("number of themes")),
        _member("organisations", _("number of organisations")),
        _member("completeness", _("how many projects have each field")),
        _text("title_it", "title", "it", _("title in Italian, or in the language there is")),
        _text("title_en", "title", "en", _("title in English, or in the language there is")),
        _inner("publisher_name", "publisher", "name", _("name of the publisher")),
        _inner("licence_id", "licence", "id", _("SPDX identifier of the licence")),
        _inner("source_url", "source", "url", _("address of the source")),
        _inner("source_as_of", "source", "as_of", _("day of the snapshot")),
        Field(
            "framework_titles",
            _("titles of the legal framework"),
            lambda r, _c: [act["title"] for act in r.get("framework", ())],
        ),
    ),
    row=(
        "title_it",
        "title_en",
        "publisher_name",
        "licence_id",
        "source_url",
        "source_as_of",
        "framework_titles",
        "language",
        "projects",
        "themes",
        "organisations",
    ),
    whole=(
        "title",
        "publisher",
        "licence",
        "source",
        "framework",
        "language",
        "projects",
        "themes",
        "organisations",
        "completeness",
    ),
)

_FAULT_FIELDS = ("file", "line", "record", "field", "found", "allowed")
FAULT = Kind(
    name="fault",
    fields=(
        _member("file", _("file")),
        _member("line", _("line, counted from 1")),
        _member("record", _("id of the record")),
        _member("field", _("path of the field")),
        _member("found", _("what was found")),
        _member("allowed", _("what is allowed")),
    ),
    row=_FAULT_FIELDS,
    whole=_FAULT_FIELDS,
)

FIELD = Kind(
    name="field",
    fields=(_member("name", _("name of the field")), _member("help", _("what it holds"))),
    key="name",
    row=("name", "help"),
    whole=("name", "help"),
)
