"""What of a project is searched, one row each, and which part of it to show for a match."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coopcli.analysis import Marks
from coopcli.text import one_line, plain
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.spellings import SPELLINGS

Record = Mapping[str, Any]
SNIPPET_LENGTH = 160
# Longer texts stand once in a catalogue, shorter ones (names) often.
_NAME_LENGTH = 200


@dataclass(frozen=True)
class Tables:
    """What a project's texts are looked up in: themes and organisations by id; texts in `language` come first."""

    themes: Mapping[str, Record]
    organisations: Mapping[str, Record]
    language: str = "it"

    def texts(self, value: Mapping[str, str] | None) -> list[str]:
        """A text in each of its languages."""
        value = value or {}
        return [value[language] for language in sorted(value, key=lambda language: language != self.language)]


@dataclass(frozen=True)
class Column:
    """One searched field.

    `weight` is BM25's, a factor on the number of matches; weak fields stay below 1, since a match counts for less the
    more there are of it. `fields` are the names by which a query asks for it (`title:…`), in both languages. A match in
    a `first` column comes before any match elsewhere.
    """

    name: str
    weight: float
    fields: tuple[str, ...]
    texts: Callable[[Record, Tables], Iterable[str | None]]
    first: bool = False


def _theme_names(project: Record, tables: Tables) -> Iterator[str]:
    for theme in project.get("themes", ()):
        yield " / ".join(tables.texts(tables.themes[theme]["name"]))


def _theme_aliases(project: Record, tables: Tables) -> Iterator[str]:
    for theme in project.get("themes", ()):
        yield ", ".join(tables.themes[theme].get("aliases", ()))


def _countries(project: Record, tables: Tables) -> Iterator[str]:
    for code in project.get("countries", ()):
        yield ", ".join(dict.fromkeys((*tables.texts(COUNTRIES[code]), *OTHER_NAMES.get(code, ()))))


def _places(project: Record, _tables: Tables) -> Iterator[str]:
    for place in project.get("places", ()):
        yield ", ".join((place["name"], *_OTHER_SPELLINGS.get(plain(place["name"]), ())))


def _goals(project: Record, tables: Tables) -> Iterator[str]:
    for number in project.get("sdgs", ()):
        yield f"SDG {number}: {' / '.join(tables.texts(SDGS[number].name))}"


def _organisations(funders: bool) -> Callable[[Record, Tables], Iterator[str]]:
    def texts(project: Record, tables: Tables) -> Iterator[str]:
        for part in project.get("participants", ()):
            if (part["role"] == "funder") is funders:
                row = tables.organisations[part["organisation"]]
                acronym = row.get("acronym")
                name = f"{row['name']} ({acronym})" if acronym and acronym != row["name"] else row["name"]
                yield ", ".join((name, *row.get("aliases", ())))

    return texts


# Words are equal to each other through their stems; names of more than one word stand beside each other in the index.
_OTHER_SPELLINGS = {plain(name): row for row in SPELLINGS if any(" " in plain(name) for name in row) for name in row}

COLUMNS: tuple[Column, ...] = (
    Column("title", 3.0, ("title", "titolo"), lambda p, _: (p["title"],), first=True),
    Column("acronym", 3.0, ("acronym", "acronimo", "sigla"), lambda p, _: (p.get("acronym"),), first=True),
    Column("id", 1.0, ("id",), lambda p, _: (p["id"],), first=True),
    Column("full_title", 1.5, ("title", "titolo"), lambda p, _: (p.get("full_title"),)),
    Column("theme", 2.0, ("theme", "tema"), _theme_names),
    Column("topic", 0.2, ("theme", "tema"), _theme_aliases),
    Column("country", 1.0, ("country", "paese"), _countries),
    Column("place", 1.0, ("place", "luogo"), _places),
    Column("summary", 1.0, ("summary", "riassunto", "text", "testo"), lambda p, t: t.texts(p.get("summary"))),
    Column("beneficiaries", 0.7, ("beneficiaries", "beneficiari"), lambda p, t: t.texts(p.get("beneficiaries"))),
    Column("programme", 0.5, ("programme", "program", "programma", "bando"), lambda p, _: (p.get("programme"),)),
    Column("goal", 0.5, ("goal", "obiettivo", "sdg", "oss"), _goals),
    Column("partner", 0.3, ("partner", "organisation", "organization", "ente"), _organisations(funders=False)),
    Column(
        "funder", 0.3, ("funder", "finanziatore", "organisation", "organization", "ente"), _organisations(funders=True)
    ),
)


def analysed(project: Record, tables: Tables) -> list[str]:
    """What of a project is searched, as the index knows it, in the order of `COLUMNS`."""
    return [" ".join(_analysed(text) for text in column.texts(project, tables) if text) for column in COLUMNS]


def _analysed(text: str) -> str:
    return _analysed_name(text) if len(text) <= _NAME_LENGTH else plain(text)


_analysed_name = lru_cache(maxsize=1 << 16)(plain)


def snippet(project: Record, marks: Marks, tables: Tables) -> str:
    """The part of a project that holds most of the words looked for, beside its title; the summary where none does."""
    best, most = next(iter(tables.texts(project.get("summary"))), ""), 0
    for column in COLUMNS:
        for text in column.texts(project, tables) if not column.first else ():
            number = len({text[start:end].casefold() for start, end in marks.ranges(text or "")}) if text else 0
            if text and number > most:
                best, most = text, number
    return _cut(one_line(best), marks)


def _cut(text: str, marks: Marks) -> str:
    """A part of a text with most of the marked words in it, cut between words."""
    if len(text) <= SNIPPET_LENGTH:
        return text
    starts = [start for start, _ in marks.ranges(text)] or [0]
    best = max(starts, key=lambda first: sum(first <= start < first + SNIPPET_LENGTH - 40 for start in starts))
    start = (
        0 if best < SNIPPET_LENGTH // 2 else text.rfind(" ", 0, max(0, min(best - 30, len(text) - SNIPPET_LENGTH))) + 1
    )
    if len(text) - start <= SNIPPET_LENGTH:
        return f"… {text[start:]}"
    end = text.rfind(" ", start, start + SNIPPET_LENGTH)
    end = end if end > start else start + SNIPPET_LENGTH
    return f"{'… ' if start else ''}{text[start:end]} …"
