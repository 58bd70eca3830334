"""A table for the terminal (Rich): the wider it is, the more columns; chosen fields where there are any."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rich import box
from rich.style import Style
from rich.table import Table
from rich.text import Text

from coopcli import words
from coopcli.fields import Context, Record, cell
from coopcli.formats.screen import DASH, render
from coopcli.language import _
from coopcli.text import one_line

BAR_WIDTH = 24


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
    """The whole table, drawn for `context.width` columns; nothing at all where there is no record."""
    rows = list(records)
    if not rows:
        return
    columns = [column for column in _columns(context, rows) if context.width >= column.from_width]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=any(c.ratio for c in columns))
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
    yield render(table, context)


def _shown(value: Text | str | None) -> Text:
    if isinstance(value, Text):
        return value
    return Text(one_line(value)) if value else DASH


def _columns(context: Context, rows: list[Record]) -> Iterable[Column]:
    if context.fields:
        return [Column(field.name, _field(field.value)) for field in context.fields]
    make = _COLUMNS.get(context.kind.name)
    return make(rows) if make else [Column(f.name, _field(f.value)) for f in context.kind.choose(context.kind.row)]


def _field(value: Callable[[Record, Context], Any]) -> Callable[[Record, Context], str]:
    return lambda record, context: str(cell(value(record, context))).replace(";", "; ")


def _title(record: Record, context: Context) -> Text:
    style = Style(link=record["url"]) if context.colour and record.get("url") else Style()
    return Text(one_line(record["title"]), style=style)


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


def _projects(_rows: list[Record]) -> list[Column]:
    return [
        Column(_("Title"), _title, ratio=5, style="bold"),
        Column(_("Id"), lambda r, _c: r["id"], from_width=120, style="cyan", wrap=False),
        Column(_("Theme"), _theme_names, from_width=150, ratio=3),
        Column(_("Where"), _where, ratio=2),
        Column(_("When"), lambda r, _c: words.years(r.get("start"), r.get("end")), wrap=False),
        Column(_("Status"), _status, wrap=False),
        Column(_("Role"), _role, from_width=100, wrap=False),
        Column(_("Budget"), _budget, from_width=180, justify="right", wrap=False),
    ]


def _themes(_rows: list[Record]) -> list[Column]:
    return [
        Column(_("Theme"), lambda r, c: c.text(r["name"]), style="bold"),
        Column(_("Id"), lambda r, _c: r["id"], style="cyan", wrap=False),
        Column(_("Projects"), lambda r, _c: str(r["projects"]), justify="right", wrap=False),
    ]


def _counts(rows: list[Record]) -> list[Column]:
    most = max(row["projects"] for row in rows)

    def bar(record: Record, _context: Context) -> Text:
        eighths = round(record["projects"] / most * BAR_WIDTH * 8)
        return Text("█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else ""))

    def name(record: Record, context: Context) -> str:
        label = context.text(record["name"])
        return (
            f"{record['value']}  {label}"
            if label and context.kind.name == "count" and str(record["value"]).isdigit()
            else label or str(record["value"])
        )

    def funding(record: Record, context: Context) -> str | None:
        return ", ".join(
            words.money(total, currency, context.language) for currency, total in record["budgets"].items()
        )

    return [
        Column(_("Value"), name, style="bold"),
        Column(_("Projects"), lambda r, c: words.number(r["projects"], c.language), justify="right", wrap=False),
        Column("", bar, style="cyan", wrap=False),
        Column(_("Known budget"), funding, justify="right"),
        Column(
            _("of"), lambda r, c: words.number(r["with_budget"], c.language), justify="right", wrap=False, from_width=80
        ),
    ]


_COLUMNS: Mapping[str, Callable[[list[Record]], list[Column]]] = {
    "project": _projects,
    "match": _projects,
    "theme": _themes,
    "count": _counts,
}
