"""What of a project is searched, one row each, and which part of it to show for a match."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self

from coopcli.analysis import Marks
from coopcli.keys import key
from coopcli.text import one_line, plain
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.spellings import SPELLINGS

Record = Mapping[str, Any]
SNIPPET_LENGTH = 160
TIERS = (0, 1, 2)


class Tables:
    """What a project's texts are looked up in: themes and organisations by id; texts in `language` come first."""

    def __init__(self, themes: Mapping[str, Record], organisations: Mapping[str, Record], language: str = "it") -> None:
        self.themes = themes
        self.organisations = organisations
        self._language = language
        self.analysed = lru_cache(maxsize=1 << 16)(self._analysed)

    def texts(self, value: Mapping[str, str]) -> list[str]:
        """A text in each of its languages."""
        others = [text for language, text in value.items() if language != self._language]
        return [value[self._language], *others] if self._language in value else others

    def _analysed(self, name: Callable[[Any, Self], str], key: Any) -> str:
        return plain(name(key, self))


class Column(NamedTuple):
    """One searched field.

    `weight` is BM25's, a factor on the number of matches; weak fields stay below 1, since a match counts for less
    the more there are of it. `fields` are the names by which a query asks for it (`title:…`), in both languages.
    `values` makes texts of a project's `member`, or what `text` makes names of, one a line: ids and codes, the same
    ones in many projects; `label` is what stands before such names where none of them is the usual one. Where there
    are few of them, `kind` is that of the labels they are: the index then has their names once, and for each project a
    word that stands for them. Whatever the weights, `tier` 2 (what the project is called) comes before 1 (what is told
    of it) and that before 0 (who takes part, and what its themes and goals are about in general).
    """

    name: str
    weight: float
    fields: tuple[str, ...]
    member: str
    values: Callable[[Any, Tables], Iterable[Any]]
    text: Callable[[Any, Tables], str] | None = None
    tier: int = 1
    label: Callable[[Any, Tables], str] | None = None
    kind: str = ""

    def shown(self, project: Record, tables: Tables, marks: Marks) -> Iterator[str]:
        """What it holds of a project, for a reader: of several names the first, and the one most like the query."""
        for value in self.values(project[self.member], tables) if self.member in project else ():
            if not self.text:
                yield value
                continue
            names = self.text(value, tables).split("\n")
            first = self.label(value, tables).split("\n")[0] if self.label else names.pop(0)
            best = max((first, *names), key=marks.likeness)
            yield first if best == first else f"{first} ({best})"

    def analysed(self, project: Record, tables: Tables) -> str:
        """The same as the index knows it."""
        values = self.values(project[self.member], tables)
        if self.kind:
            return " ".join(map(key, values))
        if self.text is None:
            return " ".join(map(_words, values))
        return " ".join([tables.analysed(self.text, value) for value in values])


def _words(text: str) -> str:
    return text if text.isascii() else plain(text)  # SQLite's tokenizer cuts ASCII as `plain` does, in less


def _itself(value: str, _tables: Tables) -> Iterable[str]:
    return (value,)


def _each(values: Sequence[Any], _tables: Tables) -> Iterable[Any]:
    return values


def _texts(value: Mapping[str, str], tables: Tables) -> Iterable[str]:
    return tables.texts(value)


def _place_names(places: Sequence[Record], _tables: Tables) -> Iterable[str]:
    return [place["name"] for place in places]


def _partners(participants: Sequence[Record], _tables: Tables) -> Iterable[str]:
    return [part["organisation"] for part in participants if part["role"] != "funder"]


def _funders(participants: Sequence[Record], _tables: Tables) -> Iterable[str]:
    return [part["organisation"] for part in participants if part["role"] == "funder"]


def _theme(id_: str, tables: Tables) -> str:
    return "\n".join(tables.texts(tables.themes[id_]["name"]))


def _aliases(theme: str, tables: Tables) -> str:
    return "\n".join(tables.themes[theme].get("aliases", ()))


def _country(code: str, tables: Tables) -> str:
    return "\n".join(dict.fromkeys((*tables.texts(COUNTRIES[code]), *OTHER_NAMES.get(code, ()), code)))


def _place(name: str, _tables: Tables) -> str:
    return "\n".join((name, *_other_spellings().get(plain(name), ())))


def _goal(number: int | str, tables: Tables) -> str:
    return f"SDG {number}: {chr(10).join(tables.texts(SDGS[int(number)].name))}"


def _organisation(id_: str, tables: Tables) -> str:
    row = tables.organisations[id_]
    acronym = row.get("acronym")
    name = f"{row['name']} ({acronym})" if acronym and acronym != row["name"] else row["name"]
    return "\n".join((name, *row.get("aliases", ())))


@cache
def _other_spellings() -> Mapping[str, tuple[str, ...]]:
    # Words are equal to each other through their stems; names of more than one word stand side by side in the index.
    return {plain(name): row for row in SPELLINGS if any(" " in plain(name) for name in row) for name in row}


_ORGANISATION = ("organisation", "organization", "ente")
COLUMNS: tuple[Column, ...] = (
    Column("title", 3.0, ("title", "titolo"), "title", _itself, tier=2),
    Column("acronym", 3.0, ("acronym", "acronimo", "sigla"), "acronym", _itself, tier=2),
    Column("id", 1.0, ("id",), "id", _itself, tier=2),
    Column("full_title", 1.5, ("title", "titolo"), "full_title", _itself),
    Column("theme", 2.0, ("theme", "tema"), "themes", _each, _theme, kind="theme"),
    Column("topic", 0.2, ("theme", "tema"), "themes", _each, _aliases, tier=0, label=_theme, kind="theme"),
    Column("country", 1.0, ("country", "paese"), "countries", _each, _country, kind="country"),
    Column("place", 1.0, ("place", "luogo"), "places", _place_names, _place),
    Column("summary", 1.0, ("summary", "riassunto", "text", "testo"), "summary", _texts),
    Column("beneficiaries", 0.7, ("beneficiaries", "beneficiari"), "beneficiaries", _texts),
    Column("programme", 0.5, ("programme", "program", "programma", "bando"), "programme", _itself),
    Column("goal", 0.5, ("goal", "obiettivo", "sdg", "oss"), "sdgs", _each, _goal, tier=0, kind="sdg"),
    Column("partner", 0.3, ("partner", *_ORGANISATION), "participants", _partners, _organisation, tier=0),
    Column("funder", 0.3, ("funder", "finanziatore", *_ORGANISATION), "participants", _funders, _organisation, tier=0),
)


def analysed(project: Record, tables: Tables) -> list[str]:
    """What of a project is searched, as the index knows it, in the order of `COLUMNS`."""
    return [column.analysed(project, tables) if column.member in project else "" for column in COLUMNS]


def named(kind: str, value: str, tables: Tables) -> Iterator[tuple[str, str, str]]:
    """The names of a label as the index knows them, with the column that they are of and the key."""
    for column in COLUMNS:
        if column.text and column.kind == kind:
            yield plain(column.text(value, tables)), column.name, key(value)


def snippet(project: Record, marks: Marks, tables: Tables) -> str:
    """The part of a project that holds most of the words looked for, beside its title; the summary where none does."""
    texts = [
        text
        for column in sorted(COLUMNS, key=lambda column: -column.tier)
        for text in (column.shown(project, tables, marks) if column.tier < max(TIERS) else ())
    ]
    best = max(texts, key=lambda text: len(marks.answered(text)), default="")
    if not marks.ranges(best):
        best = next(iter(tables.texts(project.get("summary", {}))), "")
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
