r"""A catalogue as flat tables: which there are, what their columns hold, how a value becomes a cell and comes back.

A list is one cell, its values separated by `;`; an object of words is a list of `name=word`. Within such a cell a `;`,
`=` or `\` that belongs to a value, and a blank at its ends, follows a `\`. A text has a column for each language. A
cell that a spreadsheet would run as a formula begins with an apostrophe.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from coopcli.fields import Record
from coopcli.language import _
from coopcli.text import FORMULA

HEADER = "catalogue.json"
DESCRIPTOR = "datapackage.json"
LANGUAGES = ("it", "en")
DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
ROLES = ("lead", "partner", "funder", "associate")
STATUSES = ("planned", "ongoing", "ended")

_BLANKS = " \t\r\n\xa0"
# What a spreadsheet would run is a text after an apostrophe.
_FORMULA = f" *[{re.escape(FORMULA)}]"
# Spreadsheets write them in capitals and in the user's language.
_BOOLEANS = {"true": True, "vero": True, "false": False, "falso": False}


@dataclass(frozen=True)
class Column:
    """One column.

    `path` is where the value is in a record, such as `budget.amount`. A column of type `text` stands for one of each
    language; `numbers` is a list of whole numbers; `words` an object. `refers` is the table whose ids it holds.
    """

    path: str
    help: str
    type: Literal["string", "date", "number", "boolean", "list", "numbers", "words", "text"] = "string"
    required: bool = False
    one_of: tuple[str, ...] = ()
    refers: str | None = None
    within: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """The name in the header: `budget.amount` is `budget_amount`."""
        return self.path.replace(".", "_")


@dataclass(frozen=True)
class Table:
    """One table: a row for each record, or for each of a project's `parts`, which begin with the project's id."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    parts: bool = False

    def rows(self, records: Iterable[Record]) -> Iterator[Mapping[str, Any]]:
        """The rows of these records: of the themes or organisations themselves, or of projects."""
        if not self.parts:
            yield from records
            return
        for project in records:
            for part in project.get(self.name, ()):
                yield {"project": project["id"], **part}

    def expanded(self, languages: Iterable[str]) -> list[Column]:
        """The columns with those of type `text` made one for each language."""
        found: list[Column] = []
        for column in self.columns:
            if column.type == "text":
                found += (Column(f"{column.path}.{code}", f"{column.help} ({code})") for code in languages)
            else:
                found.append(column)
        return found

    def column(self, name: str) -> Column | None:
        """The column of this name, where there may be one: `summary_fr` is the summary in French."""
        for column in self.columns:
            if column.type == "text":
                if re.fullmatch(rf"{column.name}_[a-z]{{2}}", name):
                    return Column(f"{column.path}.{name[-2:]}", column.help)
            elif column.name == name:
                return column
        return None


_PROJECT = Column("project", _("the project's id"), required=True, refers="projects")

PROJECTS = Table(
    "projects",
    _("the projects"),
    (
        Column("id", _("the project's id"), required=True),
        Column("title", _("title"), required=True),
        Column("acronym", _("acronym")),
        Column("full_title", _("full title")),
        Column("status", _("status as a source states it, where the dates do not tell"), one_of=STATUSES),
        Column("start", _("start: a year, a month or a day"), "date"),
        Column("end", _("end: a year, a month or a day"), "date"),
        Column("role", _("the publisher's role"), one_of=ROLES),
        Column("themes", _("ids of the themes"), "list"),
        Column("countries", _("ISO 3166-1 codes of the countries"), "list"),
        Column("programme", _("programme or call")),
        Column("budget.amount", _("total budget"), "number"),
        Column("budget.currency", _("its currency, ISO 4217")),
        Column("budget.approximate", _("whether the budget is approximate"), "boolean"),
        Column("contribution.amount", _("the main funder's contribution"), "number"),
        Column("contribution.currency", _("its currency, ISO 4217")),
        Column("contribution.approximate", _("whether the contribution is approximate"), "boolean"),
        Column("contribution.by", _("who gives it"), refers="organisations"),
        Column("sdgs", _("Sustainable Development Goals, 1 to 17"), "numbers"),
        Column("sectors", _("OECD DAC purpose codes"), "list"),
        Column("summary", _("summary, by language"), "text"),
        Column("beneficiaries", _("beneficiaries, by language"), "text"),
        Column("url", _("the publisher's page")),
        Column("website", _("the project's own site, or a partner's page about it")),
        Column("identifiers", _("identifiers in other systems"), "words"),
        Column("inferred", _("fields of which some or all is stated by no source"), "list"),
        Column("notes", _("notes, by language"), "text"),
    ),
    key=("id",),
)
PARTS = (
    Table(
        "participants",
        _("organisations and their roles"),
        (
            _PROJECT,
            Column("organisation", _("the organisation's id"), required=True, refers="organisations"),
            Column("role", _("its role in the project"), required=True, one_of=ROLES),
        ),
        key=("project", "organisation", "role"),
        parts=True,
    ),
    Table(
        "places",
        _("places with country and coordinates"),
        (
            _PROJECT,
            Column("name", _("name"), required=True),
            Column("country", _("ISO 3166-1 code of the country")),
            Column("lat", _("latitude in degrees, WGS 84"), "number", within=(-90, 90)),
            Column("lon", _("longitude in degrees, WGS 84"), "number", within=(-180, 180)),
        ),
        parts=True,
    ),
    Table(
        "sources",
        _("sources and the fields that each supports"),
        (
            _PROJECT,
            Column("url", _("address of the source"), required=True),
            Column("supports", _("the fields of the project that it states"), "list"),
        ),
        parts=True,
    ),
)
LISTS = (
    Table(
        "themes",
        _("priority themes"),
        (
            Column("id", _("the theme's id"), required=True),
            Column("name", _("name, by language"), "text"),
            Column("aliases", _("other words for it"), "list"),
        ),
        key=("id",),
    ),
    Table(
        "organisations",
        _("organisations that take part"),
        (
            Column("id", _("the organisation's id"), required=True),
            Column("name", _("name"), required=True),
            Column("acronym", _("acronym")),
            Column("country", _("ISO 3166-1 code of the country")),
            Column("kind", _("what it is, as in IATI's OrganisationType")),
            Column("org_id", _("its identifier, https://org-id.guide")),
            Column("aliases", _("its other names"), "list"),
        ),
        key=("id",),
    ),
)
TABLES: Mapping[str, Table] = {table.name: table for table in (PROJECTS, *PARTS, *LISTS)}


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value at a path of a record, or None."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if value else None
    return value


def to_cell(value: Any) -> str:
    """A value as a cell; nothing known is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        value = ";".join(f"{_escaped(name)}={_escaped(word)}" for name, word in value.items())
    elif isinstance(value, list | tuple):
        value = ";".join(_escaped(str(item)) for item in value)
    return f"'{value}" if re.match(f"'*{_FORMULA}", value) else str(value)


def _escaped(text: str) -> str:
    text = re.sub(r"([\\;=])", r"\\\1", text)
    if text[0] in _BLANKS:
        text = f"\\{text}"
    return f"{text[:-1]}\\{text[-1]}" if text[-1] in _BLANKS else text


def blank(cell: str) -> bool:
    """Whether a cell says nothing."""
    return not cell.strip(_BLANKS)


def from_cell(cell: str, column: Column, *, decimal_comma: bool = False) -> Any:
    """A cell that is not blank as a value, or as the text that it is where it is none: the models judge."""
    if column.type == "number":
        return _number(cell.strip(_BLANKS), decimal_comma=decimal_comma)
    if column.type == "boolean":
        return _BOOLEANS.get(cell.strip(_BLANKS).lower(), cell)
    if re.match(f"'+{_FORMULA}", cell):
        cell = cell[1:]
    if column.type == "list":
        return [_plain(item) for item in _items(cell)]
    if column.type == "numbers":
        return [int(item) if re.fullmatch("[0-9]{1,9}", item, re.ASCII) else item for item in _items(cell)]
    if column.type == "words":
        return _words(cell)
    return cell


def _number(cell: str, *, decimal_comma: bool) -> int | float | str:
    if re.fullmatch(r"[+-]?[0-9]{1,400}", cell, re.ASCII):
        return int(cell)
    point = "[.,]" if decimal_comma else "[.]"
    if re.fullmatch(rf"[+-]?[0-9]*{point}?[0-9]+(?:[eE][+-]?[0-9]+)?", cell, re.ASCII):
        return float(cell.replace(",", "."))
    return cell


def _items(cell: str) -> Iterator[str]:
    """The items of a list, their blanks stripped and their backslashes still in place."""
    for raw in re.findall(r"(?:[^\\;]|\\.|\\\Z)+", cell, re.DOTALL):
        item = _stripped(raw)
        if item:
            yield item


def _stripped(raw: str) -> str:
    item = raw.lstrip(_BLANKS)
    stripped = item.rstrip(_BLANKS)
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return item[: len(stripped) + backslashes % 2]


def _words(cell: str) -> dict[str, str] | str:
    found: dict[str, str] = {}
    for item in _items(cell):
        match = re.fullmatch(r"((?:[^\\=]|\\.)+)=(.+)", item, re.DOTALL)
        name = _plain(_stripped(match[1])) if match else ""
        if match is None or not name or name in found:
            return cell
        found[name] = _plain(_stripped(match[2]))
    return found


def _plain(item: str) -> str:
    return re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL)
