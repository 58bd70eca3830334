"""Everything about a record, for a person at a terminal (Rich)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from coopcli import words
from coopcli.fields import Context, Record, cell
from coopcli.formats.screen import render
from coopcli.language import _
from coopcli.text import one_line
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS

MAX_WIDTH = 100
_LABEL = 16
_Row = tuple[str, str, Text | None]


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """One card a record."""
    draw = _CARDS.get(context.kind.name) if not context.fields else None
    for record in records:
        yield render(draw(record, context) if draw else _plain(record, context), context)


def _plain(record: Record, context: Context) -> RenderableType:
    fields = context.fields or context.kind.choose(context.kind.whole)
    return _grid([(field.name, "", _text(str(cell(field.value(record, context))))) for field in fields], ())


def _text(value: str | None, style: str = "") -> Text | None:
    return Text(one_line(value), style=style) if value else None


def _link(url: str, context: Context, label: str | None = None) -> Text:
    return Text(one_line(label or url), style=Style(link=url, underline=True) if context.colour else Style())


def _joined(parts: Iterable[Text], separator: str = ", ") -> Text | None:
    items = list(parts)
    return Text(separator).join(items) if items else None


def _grid(rows: Iterable[_Row], inferred: Iterable[str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", width=_LABEL, no_wrap=False)
    table.add_column(overflow="fold", ratio=1)
    for label, field, value in rows:
        if value is not None:
            table.add_row(label + (" *" if field in inferred else ""), value)
    return table


def _project(record: Record, context: Context) -> RenderableType:
    inferred = record.get("inferred", ())
    head = Text(one_line(record["title"]), style="bold")
    parts: list[RenderableType] = [head, Text(record["id"], style="cyan")]
    if summary := _text(context.text(record.get("summary"))):
        parts.append(Padding(summary, (1, 0)))
    parts.append(_grid(_project_rows(record, context), inferred))
    if record.get("sources"):
        parts.append(Padding(Text(_("Sources"), style="bold"), (1, 0, 0, 0)))
        parts.append(_sources(record["sources"], context))
    if inferred:
        parts.append(
            Padding(Text(_("* Some or all of this is inferred: no source states it."), style="dim"), (1, 0, 0, 0))
        )
    return _narrow(Group(*parts), context)


def _narrow(thing: RenderableType, context: Context) -> RenderableType:
    return Padding(thing, (1, max(2, context.width - MAX_WIDTH), 0, 2))


def _project_rows(record: Record, context: Context) -> list[_Row]:
    get = record.get
    return [
        (_("Full title"), "full_title", _text(get("full_title")) if get("full_title") != get("title") else None),
        (_("Themes"), "themes", _text(", ".join(_theme_names(record, context)))),
        (_("Where"), "places" if get("places") else "countries", _text(_where(record, context))),
        (_("When"), "start" if "start" in get("inferred", ()) else "end", _when(record, context)),
        (_("Role"), "role", _role(record, context)),
        *_participants(record, context),
        (_("Programme"), "programme", _text(get("programme"))),
        (_("Budget"), "budget", _text(words.sum_of_money(get("budget"), context.language))),
        (_("Contribution"), "contribution", _contribution(record, context)),
        (_("Goals (SDG)"), "sdgs", _goals(record, context)),
        (_("Sectors (DAC)"), "sectors", _text("; ".join(_sector(code) for code in get("sectors", ())))),
        (_("Beneficiaries"), "beneficiaries", _text(context.text(get("beneficiaries")))),
        (_("Page"), "url", _link(record["url"], context) if get("url") else None),
        (_("Website"), "website", _link(record["website"], context) if get("website") else None),
        (
            _("Identifiers"),
            "identifiers",
            _text(", ".join(f"{scheme} {value}" for scheme, value in get("identifiers", {}).items())),
        ),
        (_("Notes"), "notes", _text(context.text(get("notes")))),
    ]


def _theme_names(record: Record, context: Context) -> list[str]:
    return [context.text(context.themes[theme]["name"]) or theme for theme in record.get("themes", ())]


def _where(record: Record, context: Context) -> str:
    """Places behind their country: `Marocco (Tangeri), Italia`."""
    lines = []
    places = record.get("places", ())
    for code in record.get("countries", ()):
        names = [place["name"] for place in places if place.get("country") == code]
        lines.append(context.country(code) + (f" ({', '.join(names)})" if names else ""))
    elsewhere = [place["name"] for place in places if place.get("country") not in record.get("countries", ())]
    return ", ".join([*lines, *elsewhere])


def _when(record: Record, context: Context) -> Text | None:
    start, end = (words.day(record[key], context.language) if record.get(key) else None for key in ("start", "end"))
    period = (
        f"{start} – {end}"
        if start and end
        else _("from {day}").format(day=start)
        if start
        else _("until {day}").format(day=end)
        if end
        else ""
    )
    status = words.STATUSES[words.status(record, context.on)][context.language]
    return _text(f"{period} ({status})" if period else status)


def _role(record: Record, context: Context) -> Text | None:
    role = record.get("role")
    if not role:
        return None
    publisher = one_line(context.header["publisher"]["name"])
    return Text.assemble(publisher, ": ", (words.ROLES[role][context.language], "bold"))


def _participants(record: Record, context: Context) -> Iterator[_Row]:
    labels = {
        "lead": _("Lead"),
        "partner": _("Partners"),
        "associate": _("Associates"),
        "funder": _("Funders"),
    }
    order = list(labels)
    parts = sorted(record.get("participants", ()), key=lambda part: order.index(part["role"]))
    for role, group in groupby(parts, key=lambda part: part["role"]):
        names = (_organisation(context.organisations[part["organisation"]]) for part in group)
        yield labels[role], "participants", _text("; ".join(names))


def _organisation(row: Record) -> str:
    return f"{row['name']} ({row['acronym']})" if row.get("acronym") else str(row["name"])


def _contribution(record: Record, context: Context) -> Text | None:
    contribution = record.get("contribution")
    if not contribution:
        return None
    by = contribution.get("by")
    name = f", {context.organisations[by]['name']}" if by else ""
    return _text(f"{words.sum_of_money(contribution, context.language)}{name}")


def _goals(record: Record, context: Context) -> Text | None:
    def goal(number: int) -> Text:
        known = SDGS[number]
        chip = f"{'black' if known.dark_text else 'white'} on {known.colour}"
        return Text.assemble((f" {number} ", chip if context.colour else ""), " ", known.name[context.language])

    return _joined((goal(number) for number in record.get("sdgs", ())), "\n")


def _sector(code: str) -> str:
    return f"{code} {SECTORS.get(code, '')}".strip()


def _sources(sources: Iterable[Record], context: Context) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold", ratio=1)
    for number, source in enumerate(sources, start=1):
        line = _link(source["url"], context)
        if source.get("supports"):
            line = Text("\n").join([line, Text(", ".join(source["supports"]), style="dim")])
        table.add_row(f"{number}.", line)
    return table


def _about(record: Record, context: Context) -> RenderableType:
    publisher, source, licence = record["publisher"], record.get("source"), record.get("licence")
    total = record["projects"]
    rows: list[_Row] = [
        (_("Publisher"), "", _text(" · ".join(filter(None, (publisher["name"], publisher.get("org_id")))))),
        (_("Made from"), "", _link(source["url"], context, source["title"]) if source else None),
        (_("Address"), "", _link(source["url"], context) if source else None),
        (_("On"), "", _text(words.day(source["as_of"], context.language)) if source else None),
        (_("Licence"), "", _text(f"{licence['title']} ({licence['id']})") if licence else None),
        (_("Projects"), "", _text(words.number(total, context.language))),
        (_("Themes"), "", _text(words.number(record["themes"], context.language))),
        (_("Organisations"), "", _text(words.number(record["organisations"], context.language))),
        (
            _("Framework"),
            "",
            _joined((_text(one_line(act["title"])) or Text() for act in record.get("framework", ())), "\n"),
        ),
    ]
    known = Table.grid(padding=(0, 2))
    known.add_column(style="bold cyan", width=_LABEL)
    known.add_column(justify="right")
    known.add_column(style="cyan")
    for name, number in record["completeness"].items():
        known.add_row(name, f"{number}/{total}", "█" * round(number / total * 20 if total else 0))
    title = Text(one_line(context.text(record["title"]) or ""), style="bold")
    return _narrow(
        Group(title, Padding(_grid(rows, ()), (1, 0)), Text(_("How many projects have…"), style="bold"), known), context
    )


_CARDS: dict[str, Callable[[Any, Context], RenderableType]] = {"project": _project, "match": _project, "about": _about}
