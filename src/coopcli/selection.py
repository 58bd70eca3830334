"""Filters, facets and orders: a row each. A selection becomes one SQL condition over the index."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from coopcli.errors import SOME, AmbiguousValueError, UnknownValueError
from coopcli.fields import Stored
from coopcli.index import Index
from coopcli.keys import key
from coopcli.language import _
from coopcli.text import plain
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS
from coopcli.words import ROLES, STATUSES

Names = Mapping[str, Sequence[str]]
"""What may be asked for: the value that the index knows, and every other name by which people may mean it."""

_GOAL_WORDS = ("SDG ", "SDG", "OSS ", "OSS", "Goal ", "Obiettivo ")
_STATUS = """CASE
    WHEN project.first > :on THEN 'planned'
    WHEN project.last < :on THEN 'ended'
    WHEN project.first IS NOT NULL AND project.last IS NOT NULL THEN 'ongoing'
    ELSE coalesce(project.status, 'unknown')
END"""
_NAMES = ("id", "title", "acronym", "full_title")
_FIRST_YEAR = "CAST(substr(coalesce(project.first, project.last), 1, 4) AS INTEGER)"
# SQLite refuses a sum of whole numbers beyond 2**63, but not of one that is decimal.
_SUM = "sum(CASE WHEN amount < 1e12 THEN amount ELSE CAST(amount AS REAL) END)"
# A project without an end is known to be active in the year of its start, and to this day where a source says so.
_LAST_YEAR = """CAST(substr(coalesce(
    project.last, CASE WHEN project.status = 'ongoing' THEN max(:on, project.first) ELSE project.first END
), 1, 4) AS INTEGER)"""


class Filter(NamedTuple):
    """An option that narrows a selection.

    `names` lists what may be asked for; `where` is an SQL condition with `{values}` where the values go, or `column` is
    the searched one that has the keys of the values; `several` says that a part of a name may mean all that it fits; a
    word that matches `pattern` is taken as it is.
    """

    name: str
    flags: tuple[str, ...]
    metavar: str
    help: str
    names: Callable[[Index], Names]
    where: str = ""
    column: str = ""
    several: bool = False
    pattern: str | None = None

    def values(self, index: Index, words: Sequence[str]) -> list[str]:
        """The values that these words mean. Raises UnknownValueError and AmbiguousValueError."""
        named = [word for word in words if not (self.pattern and re.fullmatch(self.pattern, word, re.ASCII))]
        names = self.names(index) if named else {}
        return [value for word in words for value in (self._meant(word, names) if word in named else [word])]

    def _meant(self, word: str, names: Names) -> list[str]:
        fitting = resolve(names, word)
        if not fitting:
            raise UnknownValueError(self.flags[0], word, names, names, see=f"coop stats {self.name}")
        if len(fitting) > 1 and not self.several:
            raise AmbiguousValueError(self.flags[0], word, [_with_name(value, names) for value in fitting])
        return fitting


def _themes(index: Index) -> Names:
    return {theme["id"]: (*theme["name"].values(), *theme.get("aliases", ())) for theme in index.themes}


def _countries(_index: Index) -> Names:
    return {code: (*names.values(), *OTHER_NAMES.get(code, ())) for code, names in COUNTRIES.items()}


def _sdgs(_index: Index) -> Names:
    return {
        str(number): (*goal.name.values(), f"{number:02}", *(f"{word}{number}" for word in _GOAL_WORDS))
        for number, goal in SDGS.items()
    }


def _sectors(index: Index) -> Names:
    """Every code, and every beginning of one: the first three digits of a purpose are its category."""
    used = index.connection.execute("SELECT value FROM label WHERE kind = 'sector'")
    codes = SECTORS.keys() | {row[0] for row in used}
    beginnings = {code[:length] for code in codes for length in range(1, len(code) + 1)}
    return {code: (SECTORS[code],) if code in SECTORS else () for code in sorted(beginnings)}


def _statuses(_index: Index) -> Names:
    return {status: (*names.values(),) for status, names in STATUSES.items()}


def _roles(_index: Index) -> Names:
    return {role: (*names.values(),) for role, names in ROLES.items()}


def _years(index: Index) -> Names:
    first, last = index.connection.execute(
        f"SELECT min({_FIRST_YEAR}), max({_LAST_YEAR}) FROM project", {"on": date.today().isoformat()}
    ).fetchone()
    return {str(year): () for year in range(first, last + 1)} if first else {}


def _organisations(index: Index) -> Names:
    rows = (organisation for organisation in index.whole_header["organisations"])
    return {row["id"]: (row["name"], *filter(None, [row.get("acronym")]), *row.get("aliases", ())) for row in rows}


def _tagged(kind: str) -> str:
    return f"project.n IN (SELECT n FROM tag WHERE kind = '{kind}' AND value IN ({{values}}))"


FILTERS: Mapping[str, Filter] = {
    row.name: row
    for row in (
        Filter(
            "theme", ("--theme", "-t"), _("THEME"), _("theme: an id, a name or part of one"), _themes, column="theme"
        ),
        Filter(
            "country", ("--country", "-c"), _("COUNTRY"), _("country: a code or a name"), _countries, column="country"
        ),
        Filter("sdg", ("--sdg",), _("GOAL"), _("Sustainable Development Goal: 1 to 17"), _sdgs, column="goal"),
        Filter(
            "sector",
            ("--sector",),
            _("SECTOR"),
            _("OECD DAC sector: a code, its first digits or part of its English name"),
            _sectors,
            "project.n IN (SELECT n FROM tag, (VALUES {rows}) "
            "WHERE kind = 'sector' AND value >= column1 AND value < column1 || ':')",
            several=True,
        ),
        Filter(
            "status",
            ("--status",),
            _("STATUS"),
            _("planned, ongoing, ended or unknown"),
            _statuses,
            f"{_STATUS} IN ({{values}})",
        ),
        Filter(
            "year",
            ("--year",),
            _("YEAR"),
            _("a year in which the project was active"),
            _years,
            "EXISTS (SELECT 1 FROM (VALUES {rows}) "
            f"WHERE CAST(column1 AS INTEGER) BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR})",
            pattern="[0-9]{4}",
        ),
        Filter(
            "role",
            ("--role",),
            _("ROLE"),
            _("the publisher's role: lead, partner, funder or associate"),
            _roles,
            "project.role IN ({values})",
        ),
        Filter(
            "partner",
            ("--partner",),
            _("NAME"),
            _("an organisation that takes part: an id, an acronym or part of a name"),
            _organisations,
            _tagged("partner"),
            several=True,
        ),
        Filter(
            "funder",
            ("--funder",),
            _("NAME"),
            _("an organisation that funds: an id, an acronym or part of a name"),
            _organisations,
            _tagged("funder"),
            several=True,
        ),
    )
}

# Field -> SQL expression; what has no value comes last in either direction.
SORTS: Mapping[str, str] = {
    "id": "project.id",
    "title": "project.title",
    "start": "project.first",
    "end": "project.last",
    "status": _STATUS,
    "role": "project.role",
    "budget": "project.amount",
}


class Selection:
    """Which projects, in which order: what the SELECTION options say. Raises UnknownValueError for an unknown order."""

    sorts = tuple(SORTS)

    def __init__(
        self,
        values: Mapping[str, Sequence[str]] | None = None,
        *,
        on: date | None = None,
        sort: str | None = None,
        reverse: bool = False,
        limit: int | None = None,
    ) -> None:
        if sort is not None and sort not in self.sorts:
            raise UnknownValueError("--sort", sort, self.sorts)
        self.values = values or {}
        self.on = on or date.today()
        self.sort = sort
        self.reverse = reverse
        self.limit = limit

    def where(self, index: Index) -> tuple[str, dict[str, Any]]:
        """The SQL condition on `project` and its parameters.

        The same filter twice means either, different filters mean both. Raises UnknownValueError and
        AmbiguousValueError.
        """
        conditions, parameters = ["1"], {"on": self.on.isoformat()}
        keyed = []
        for name, wanted in self.values.items():
            row = FILTERS[name]
            values = row.values(index, wanted)
            if values and row.column:
                words = " OR ".join(f'"{key(value)}"' for value in values)
                keyed.append(f"{row.column} : ({words})")
            elif values:
                names = [f"{name}{position}" for position in range(len(values))]
                parameters |= zip(names, values, strict=True)
                conditions.append(
                    row.where.format(
                        values=", ".join(f":{each}" for each in names), rows=", ".join(f"(:{each})" for each in names)
                    )
                )
        if keyed:  # at once, since the index has each of them in the order of the projects
            conditions.append("project.n IN (SELECT rowid FROM word WHERE word MATCH :keys)")
            parameters["keys"] = " AND ".join(keyed)
        return " AND ".join(conditions), parameters

    def order(self) -> str:
        """The SQL ORDER BY of this selection; the catalogue's own order unless `sort` names another."""
        direction = "DESC" if self.reverse else "ASC"
        if self.sort is None:
            return f"project.n {direction}"
        expression = SORTS[self.sort]
        return f"({expression}) IS NULL, {expression} {direction}, project.n {direction}"

    def limited(self) -> str:
        """The SQL LIMIT of this selection."""
        return "" if self.limit is None else f" LIMIT {min(self.limit, sys.maxsize)}"


def _with_name(value: str, names: Names) -> str:
    """A value, with its name where that says more: `CG (Congo-Brazzaville)`, and `turismo-responsabile` alone."""
    name = next(iter(names[value]), value)
    return value if plain(name) == plain(value) else f"{value} ({name})"


def resolve(names: Names, word: str) -> list[str]:
    """The values that a word means: those with that very name, else those with a name of which it begins a word."""
    wanted = plain(word)
    if not wanted:
        return []
    known = {value: [plain(name) for name in (value, *others)] for value, others in names.items()}
    return [value for value, spelled in known.items() if wanted in spelled] or [
        value for value, spelled in known.items() if any(f" {wanted}" in f" {name}" for name in spelled)
    ]


def projects(index: Index, selection: Selection) -> Iterator[dict[str, Any]]:
    """The selected records, one at a time."""
    where, parameters = selection.where(index)
    rows = index.connection.execute(
        # The text by itself, so that a sort carries numbers and not a million texts.
        "SELECT (SELECT json FROM record WHERE record.n = project.n) "
        f"FROM project WHERE {where} ORDER BY {selection.order()}{selection.limited()}",
        parameters,
    )
    return (Stored(row[0]) for row in rows)


def project(index: Index, word: str) -> dict[str, Any]:
    """The record of one project: by its id, its title or its acronym, or by a part of them that no other has.

    Raises UnknownValueError and AmbiguousValueError.
    """
    row = index.connection.execute(
        "SELECT id, json FROM project JOIN record USING (n) WHERE id = ?", (word,)
    ).fetchone()
    if row is None:
        fitting = _called(index, plain(word)) or _beginning(index, plain(word), SOME + 1)
        if len(fitting) > 1:
            raise AmbiguousValueError(_("project"), word, [each[0] for each in fitting])
        if not fitting:
            ids = index.connection.execute("SELECT id FROM project LIMIT 10000")
            raise UnknownValueError(_("project"), word, [each[0] for each in ids], see="coop list")
        row = fitting[0]
    record: dict[str, Any] = json.loads(row[1])
    return record


def _called(index: Index, name: str) -> list[tuple[str, str]]:
    """Ids and records of at most a few projects with this very name."""
    rows = _named(index, f'^"{name}"') if name else ()
    return list(islice((row for row in rows if name in _names(json.loads(row[1]))), SOME + 1))


def _beginning(index: Index, words: str, limit: int) -> list[tuple[str, str]]:
    """Ids and records of at most so many projects in a name of which these words stand, the last one as it begins."""
    return list(islice(_named(index, f'"{words}" *'), limit)) if words else []


def _named(index: Index, phrase: str) -> Iterator[tuple[str, str]]:
    return index.connection.execute(
        "SELECT project.id, json FROM word JOIN project ON project.n = word.rowid JOIN record USING (n) "
        "WHERE word MATCH :expression ORDER BY word.rowid",
        {"expression": f"{{{' '.join(_NAMES)}}} : {phrase}"},
    )


def _names(record: Mapping[str, Any]) -> list[str]:
    return [plain(record[member]) for member in _NAMES if member in record]


def titles(index: Index, word: str, limit: int) -> list[tuple[str, str]]:
    """Ids and titles of at most so many projects whose id begins so, else of those that `project` would find."""
    begins = "SELECT id, json FROM project JOIN record USING (n) WHERE id >= ? AND id < ? || char(1114111) ORDER BY n"
    found = index.connection.execute(f"{begins} LIMIT ?", (word, word, limit)).fetchall()
    return [(id_, json.loads(text)["title"]) for id_, text in found or _beginning(index, plain(word), limit)]


class Facet(NamedTuple):
    """Something that projects are counted by.

    `group` is an SQL expression over the rows of `source`, each of which has a project's `n`, `amount` and `currency`;
    `key` is the value that a group stands for.
    """

    name: str
    help: str
    group: str
    key: str
    source: str = "project WHERE 1"
    label: Callable[[str, Index], Mapping[str, str] | None] = lambda _value, _index: None
    expand: Callable[[Any], Iterable[Any]] = lambda value: (value,)
    by_value: bool = False


def _by_tag(kind: str) -> tuple[str, str, str]:
    # With the plus, labels are read by number and not by kind: so they need not be sorted to be counted.
    return "number", "value", f"tag WHERE +kind = '{kind}'"


def _by(expression: str) -> tuple[str, str]:
    return expression, expression


def _theme_name(value: str, index: Index) -> Mapping[str, str]:
    return next(theme["name"] for theme in index.themes if theme["id"] == value)


def _organisation_name(value: str, index: Index) -> Mapping[str, str]:
    name = index.organisations[value]["name"]
    return {"it": name, "en": name}


def _sector_name(value: str, _index: Index) -> Mapping[str, str] | None:
    return {"en": SECTORS[value]} if value in SECTORS else None


def _span(value: str) -> Iterable[int]:
    first, last = value.split("-")
    return range(int(first), int(last) + 1)


FACETS: Mapping[str, Facet] = {
    row.name: row
    for row in (
        Facet("theme", _("priority themes"), *_by_tag("theme"), label=_theme_name),
        Facet("country", _("countries"), *_by_tag("country"), label=lambda value, _index: COUNTRIES[value]),
        Facet(
            "sdg",
            _("Sustainable Development Goals"),
            *_by_tag("sdg"),
            label=lambda value, _index: SDGS[int(value)].name,
            by_value=True,
        ),
        Facet("sector", _("OECD DAC sectors"), *_by_tag("sector"), label=_sector_name),
        Facet(
            "year",
            _("years in which projects were active"),
            *_by(f"{_FIRST_YEAR} || '-' || {_LAST_YEAR}"),
            expand=_span,
            by_value=True,
        ),
        Facet("status", _("status on the day"), *_by(_STATUS), label=lambda value, _index: STATUSES[value]),
        Facet("role", _("the publisher's role"), *_by("project.role"), label=lambda value, _index: ROLES[value]),
        Facet("partner", _("organisations that take part"), *_by_tag("partner"), label=_organisation_name),
        Facet("funder", _("organisations that fund"), *_by_tag("funder"), label=_organisation_name),
    )
}


def _by_value(row: Mapping[str, Any]) -> tuple[int, str]:
    value = str(row["value"])
    return (int(value) if value.isdecimal() else 0), value


# The most projects come first, and the largest sums, unless the order is reversed.
COUNT_SORTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "value": _by_value,
    "projects": lambda row: -row["projects"],
    "budget": lambda row: -sum(row["budgets"].values()),
}


class CountSelection(Selection):
    """Which projects are counted, and in which order the counts come."""

    sorts = tuple(COUNT_SORTS)


def counts(index: Index, facet_name: str, selection: CountSelection) -> list[dict[str, Any]]:
    """How many of the selected projects, and how much known budget by currency, for each value of a facet."""
    if facet_name not in FACETS:
        raise UnknownValueError(_("facet"), facet_name, FACETS)
    facet = FACETS[facet_name]
    where, parameters = selection.where(index)
    narrowed = f"n IN (SELECT n FROM project WHERE {where})" if selection.values else "1"
    rows = index.connection.execute(
        f"SELECT {facet.key}, currency, count(*), count(amount), {_SUM} FROM {facet.source} "
        f"AND {narrowed} AND {facet.group} IS NOT NULL GROUP BY {facet.group}, currency ORDER BY min(n), {facet.group}",
        parameters,
    )
    found: dict[Any, dict[str, Any]] = {}
    for group, currency, number, with_budget, amount in rows:
        for value in facet.expand(group):
            row = found.setdefault(
                value, {"value": value, "name": None, "projects": 0, "with_budget": 0, "budgets": {}}
            )
            row["projects"] += number
            row["with_budget"] += with_budget
            if currency:
                row["budgets"][currency] = row["budgets"].get(currency, 0) + amount
    for value, row in found.items():
        row["name"] = facet.label(value, index)
    by = COUNT_SORTS[selection.sort or ("value" if facet.by_value else "projects")]
    ordered = sorted(found.values(), key=by, reverse=selection.reverse)
    return ordered[: selection.limit]


def without_value(index: Index, facet_name: str, selection: CountSelection) -> int:
    """How many of the selected projects have no value of a facet: no count has them."""
    facet = FACETS[facet_name]
    where, parameters = selection.where(index)
    number: int = index.connection.execute(
        f"SELECT count(*) FROM project WHERE {where} "
        f"AND n NOT IN (SELECT n FROM {facet.source} AND {facet.group} IS NOT NULL)",
        parameters,
    ).fetchone()[0]
    return number
