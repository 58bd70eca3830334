"""A table for the terminal (Rich): the wider it is, the more columns; chosen fields where there are any."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from rich import box
from rich.style import Style
from rich.table import Table
from rich.text import Text

from coopcli import words
from coopcli.fields import Context, Record, cell
from coopcli.formats.screen import DASH, neat, render
from coopcli.language import _

# A bar takes what the names leave over, from 6 to 24 columns; the figures beside it take 48.
BAR_WIDTHS = (6, 24)
FIGURES_WIDTH = 48
HEAD_LINES = 2
# With this many lines a record or more, a blank line sets each record apart.
WRAPPED = 1.25
MATCH_STYLE = "bold black on yellow"
# So many at once: a million begin at once, and are not held in memory.
ROWS = 1_000


@dataclass(frozen=True)
class Column:
    """One column for people: from which terminal width it is shown, and how a record's cell reads."""

    header: str
    cell: Callable[[Record, Context], Text | str | None]
    from_width: int = 0
    justify: Literal["left", "right"] = "left"
    style: str = ""
    wrap: bool = True
    ratio: int | None = None


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """A table drawn for `context.width` columns, and another one after each thousand rows; nothing for no record.

    The columns are made to fit the first thousand.
    """
    records = iter(records)
    columns: list[Column] = []
    while rows := list(islice(records, ROWS)):
        columns = columns or [each for each in _columns(context, rows) if context.width >= each.from_width]
        yield _drawn(columns, rows, context)


def _drawn(columns: list[Column], rows: list[Record], context: Context) -> str:
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        header_style="bold",
        expand=any(c.ratio for c in columns),
    )
    for column in columns:
        table.add_column(
            column.header,
            justify=column.justify,
            style=column.style,
            no_wrap=not column.wrap,
            overflow="fold",
            ratio=column.ratio,
        )
    for row in rows:
        table.add_row(*(_shown(column.cell(row, context)) for column in columns))
    text = render(table, context)
    if text.count("\n") - HEAD_LINES > len(rows) * WRAPPED:
        table.leading = 1  # without a blank line between them, records of two lines run together
        text = render(table, context)
    return text


def _shown(value: Text | str | None) -> Text:
    if isinstance(value, Text):
        return value
    return Text(neat(value)) if value else DASH


def _columns(context: Context, rows: list[Record]) -> Iterable[Column]:
    if context.fields:
        return [Column(field.name, _field(field.value)) for field in context.fields]
    make = _COLUMNS.get(context.kind.name)
    return (
        make(rows, context)
        if make
        else [Column(f.name, _field(f.value)) for f in context.kind.choose(context.kind.row)]
    )


def _field(value: Callable[[Record, Context], Any]) -> Callable[[Record, Context], str]:
    def text(record: Record, context: Context) -> str:
        known = value(record, context)
        parts = known if isinstance(known, list | tuple) else [known]
        return "; ".join(str(cell(part)) for part in parts)

    return text


def _title(record: Record, context: Context) -> Text:
    style = Style(link=record["url"]) if context.colour and record.get("url") else Style()
    return Text(neat(record["title"]), style=style)


def _match(record: Record, context: Context) -> Text:
    """The title and, under it, where the record matches, with the matches marked."""
    title, snippet = (
        _title(record, context),
        Text(neat(record["match"].snippet(record, context, context.language)), style="not bold"),
    )
    for text in (title, snippet):
        for start, end in record["match"].ranges(text.plain):
            text.stylize(MATCH_STYLE, start, end)
    return Text("\n").join([title, snippet]) if snippet else title


def _where(record: Record, context: Context) -> str:
    return ", ".join(context.country(code) for code in record.get("countries", ()))


def _theme_names(record: Record, context: Context) -> str:
    names = (context.text(context.themes[theme]["name"]) for theme in record.get("themes", ()))
    return ", ".join(name for name in names if name)


def _status(record: Record, context: Context) -> Text:
    status = words.status(record, context.on)
    style = {"ongoing": "green", "planned": "cyan", "unknown": "dim"}.get(status, "")
    return Text(words.STATUSES[status][context.language], style=style)


def _role(record: Record, context: Context) -> str | None:
    return words.ROLES[record["role"]][context.language] if record.get("role") else None


def _budget(record: Record, context: Context) -> str | None:
    budget = record.get("budget")
    return words.sum_of_money(budget, context.language) if budget else None


def _projects(_rows: list[Record], _context: Context) -> list[Column]:
    return [
        Column(_("Title"), _title, ratio=2, style="bold"),
        Column(_("Id"), lambda r, _c: r["id"], from_width=150, style="cyan", wrap=False),
        Column(_("Theme"), _theme_names, from_width=120, ratio=1),
        Column(_("Where"), _where, from_width=60, ratio=1),
        Column(_("When"), lambda r, _c: words.years(r.get("start"), r.get("end")), wrap=False),
        Column(_("Status"), _status, wrap=False),
        Column(_("Role"), _role, from_width=100, wrap=False),
        Column(_("Budget"), _budget, from_width=180, justify="right", wrap=False),
    ]


def _matches(rows: list[Record], context: Context) -> list[Column]:
    return [Column(_("Title"), _match, ratio=3, style="bold"), *_projects(rows, context)[1:]]


def _themes(_rows: list[Record], _context: Context) -> list[Column]:
    return [
        Column(_("Theme"), lambda r, c: c.text(r["name"]), style="bold"),
        Column(_("Id"), lambda r, _c: r["id"], style="cyan", wrap=False),
        Column(_("Projects"), lambda r, _c: str(r["projects"]), justify="right", wrap=False),
    ]


def _counts(rows: list[Record], context: Context) -> list[Column]:
    most = max(row["projects"] for row in rows)
    longest = max(len(_count_name(row, context)) for row in rows)
    width = max(BAR_WIDTHS[0], min(BAR_WIDTHS[1], context.width - FIGURES_WIDTH - longest))

    def bar(record: Record, _context: Context) -> Text:
        eighths = round(record["projects"] / most * width * 8)
        return Text("█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip())

    return [
        Column(_("Value"), _count_name, style="bold"),
        Column(_("Projects"), lambda r, c: words.number(r["projects"], c.language), justify="right", wrap=False),
        Column("", bar, style="cyan", wrap=False),
        Column(_("Known budget"), _funding, justify="right"),
        Column(_("Known for"), _known_for, justify="right", wrap=False),
    ]


def _count_name(record: Record, context: Context) -> str:
    """A goal is known by its number and its name, a year by its number, all else by its name."""
    value, name = str(record["value"]), context.text(record["name"])
    if name is None:
        return value
    return f"{value:>2} {name}" if value.isdecimal() else name


def _funding(record: Record, context: Context) -> str:
    sums = record["budgets"].items()
    return ", ".join(words.money(total, currency, context.language) for currency, total in sums)


def _known_for(record: Record, context: Context) -> str:
    known, projects = (words.number(record[key], context.language) for key in ("with_budget", "projects"))
    return _("{known} of {projects}").format(known=known, projects=projects)


def _faults(_rows: list[Record], _context: Context) -> list[Column]:
    """Without the file, which is the same in every row and told beside the table."""
    return [
        Column(_("Line"), lambda r, _c: str(r["line"]) if r["line"] else None, justify="right", wrap=False),
        Column(_("Record"), lambda r, _c: r["record"], style="cyan"),
        Column(_("Field"), lambda r, _c: r["field"], style="bold"),
        Column(_("Found"), lambda r, _c: r["found"]),
        Column(_("Allowed"), lambda r, _c: r["allowed"]),
    ]


def _names_of_fields(_rows: list[Record], _context: Context) -> list[Column]:
    return [
        Column(_("Field"), lambda r, _c: r["name"], style="cyan", wrap=False),
        Column(_("What it holds"), lambda r, _c: r["help"]),
    ]


_COLUMNS: Mapping[str, Callable[[list[Record], Context], list[Column]]] = {
    "project": _projects,
    "match": _matches,
    "theme": _themes,
    "count": _counts,
    "fault": _faults,
    "field": _names_of_fields,
}
