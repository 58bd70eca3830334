"""Everything about a record, for a person at a terminal (Rich)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from coopcli import words
from coopcli.fields import Context, Record, cell
from coopcli.formats.screen import neat, render
from coopcli.language import _
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS

MAX_WIDTH = 100
_Row = tuple[str, str, Text | None]


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """One card a record, with a rule between two."""
    draw = _CARDS.get(context.kind.name, _plain) if not context.fields else _plain
    for number, record in enumerate(records):
        if number:
            yield render(Rule(style="dim"), context)
        yield render(draw(record, context), context)


def _plain(record: Record, context: Context) -> RenderableType:
    fields = context.fields or context.kind.choose(context.kind.whole)
    return _grid([(field.name, "", _text(str(cell(field.value(record, context))))) for field in fields], {})


def _text(value: str | None, style: str = "") -> Text | None:
    return Text(neat(value), style=style) if value else None


def _link(url: str, context: Context, label: str | None = None) -> Text:
    return Text(neat(label or url), style=Style(link=url, underline=True) if context.colour else Style())


def _joined(parts: Iterable[Text], separator: str = ", ") -> Text | None:
    items = list(parts)
    return Text(separator).join(items) if items else None


def _grid(rows: Iterable[_Row], marks: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for label, field, value in rows:
        if value is not None:
            table.add_row(label + marks.get(field, ""), value)
    return table


def _project(record: Record, context: Context) -> RenderableType:
    supported = {field for source in record.get("sources", ()) for field in source.get("supports", ())}
    marks = {field: " (*)" if field in supported else " *" for field in record.get("inferred", ())}
    head = Text(neat(record["title"]), style="bold")
    parts: list[RenderableType] = [head, Text(record["id"], style="cyan")]
    if summary := _text(context.text(record.get("summary"))):
        parts.append(Padding(summary, (1, 0)))
    parts.append(_grid(_project_rows(record, context), marks))
    if record.get("sources"):
        parts.append(Padding(Text(_("Sources"), style="bold"), (1, 0, 0, 0)))
        parts.append(_sources(record["sources"], context))
    notes = {
        " *": _("* No source states this: it is inferred."),
        " (*)": _("(*) Sources state a part of this; the rest is inferred."),
    }
    if marks:
        said = "\n".join(note for mark, note in notes.items() if mark in marks.values())
        parts.append(Padding(Text(said, style="dim"), (1, 0, 0, 0)))
    return _narrow(Group(*parts), context)


def _narrow(thing: RenderableType, context: Context) -> RenderableType:
    return Padding(thing, (1, max(2, context.width - MAX_WIDTH), 0, 2))


def _labels() -> dict[str, str]:
    """What people call the fields of a project, in the order of a card."""
    return {
        "title": _("Title"),
        "acronym": _("Acronym"),
        "full_title": _("Full title"),
        "summary": _("Summary"),
        "themes": _("Themes"),
        "countries": _("Countries"),
        "places": _("Where"),
        "start": _("Start"),
        "end": _("End"),
        "status": _("Stated status"),
        "role": _("Role"),
        "participants": _("Organisations"),
        "programme": _("Programme"),
        "budget": _("Budget"),
        "contribution": _("Contribution"),
        "sdgs": _("Goals (SDG)"),
        "sectors": _("Sectors (DAC)"),
        "beneficiaries": _("Beneficiaries"),
        "url": _("Page"),
        "website": _("Website"),
        "identifiers": _("Identifiers"),
        "sources": _("Sources"),
        "inferred": _("Inferred fields"),
        "notes": _("Notes"),
    }


def _project_rows(record: Record, context: Context) -> list[_Row]:
    get, labels = record.get, _labels()

    def row(field: str, value: Text | None) -> _Row:
        return labels[field], field, value

    return [
        row("full_title", _text(get("full_title")) if get("full_title") != get("title") else None),
        row("themes", _text(", ".join(_theme_names(record, context)))),
        (labels["places"], "places" if get("places") else "countries", _text(_where(record, context))),
        (_("When"), "start" if "start" in get("inferred", ()) else "end", _when(record, context)),
        row("role", _role(record, context)),
        *_participants(record, context),
        row("programme", _text(get("programme"))),
        row("budget", _text(words.sum_of_money(get("budget"), context.language))),
        row("contribution", _contribution(record, context)),
        row("sdgs", _goals(record, context)),
        row("sectors", _text("; ".join(_sector(code) for code in get("sectors", ())))),
        row("beneficiaries", _text(context.text(get("beneficiaries")))),
        row("url", _link(record["url"], context) if get("url") else None),
        row("website", _link(record["website"], context) if get("website") else None),
        row("identifiers", _text(", ".join(f"{scheme} {value}" for scheme, value in get("identifiers", {}).items()))),
        row("notes", _text(context.text(get("notes")))),
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
        if start and end and start != end
        else start
        if start == end
        else _("from {day}").format(day=start)
        if start
        else _("until {day}").format(day=end)
        if end
        else ""
    )
    status = words.status(record, context.on)
    if period and status == "unknown":
        return _text(period)
    said = words.STATUSES[status][context.language]
    return _text(f"{period} ({said})" if period else said)


def _role(record: Record, context: Context) -> Text | None:
    role = record.get("role")
    if not role:
        return None
    publisher = neat(context.header["publisher"]["name"])
    return Text.assemble(publisher, ": ", (words.ROLES[role][context.language], "bold"))


def _participants(record: Record, context: Context) -> Iterator[_Row]:
    labels = {
        "lead": _("Lead"),
        "partner": _("Partners"),
        "associate": _("Associates"),
        "funder": _("Funders"),
    }
    # The row above has told the publisher's own part.
    told = context.header["publisher"]["name"] if record.get("role") else None
    parts = record.get("participants", ())
    for role, label in labels.items():
        rows = (context.organisations[part["organisation"]] for part in parts if part["role"] == role)
        yield label, "participants", _text("; ".join(_organisation(row) for row in rows if row["name"] != told))


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
        chip = f"{'#000000' if known.dark_text else '#ffffff'} on {known.colour}"
        return Text.assemble((f" {number} ", chip if context.colour else ""), " ", known.name[context.language])

    return _joined((goal(number) for number in record.get("sdgs", ())), "\n")


def _sector(code: str) -> str:
    return f"{code} {SECTORS.get(code, '')}".strip()


def _sources(sources: Iterable[Record], context: Context) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold", ratio=1)
    labels = _labels()
    for number, source in enumerate(sources, start=1):
        line = _link(source["url"], context)
        if source.get("supports"):
            line = Text("\n").join([line, Text(", ".join(labels[field] for field in source["supports"]), style="dim")])
        table.add_row(f"{number}.", line)
    return table


def _origin(source: Record, context: Context) -> Text:
    said = _("{title}, as it was on {day}").format(
        title=source["title"], day=words.day(source["as_of"], context.language)
    )
    return Text("\n").join([Text(neat(said)), _link(source["url"], context)])


def _act(act: Record, context: Context) -> Text:
    return _link(act["url"], context, act["title"]) if act.get("url") and context.colour else Text(neat(act["title"]))


def _about(record: Record, context: Context) -> RenderableType:
    publisher, source, licence = record["publisher"], record.get("source"), record.get("licence")
    total = record["projects"]
    rows: list[_Row] = [
        (_("Publisher"), "", _text(" · ".join(filter(None, (publisher["name"], publisher.get("org_id")))))),
        (_("Made from"), "", _origin(source, context) if source else None),
        (_("Licence"), "", _text(f"{licence['title']} ({licence['id']})") if licence else None),
        (_("Framework"), "", _joined((_act(act, context) for act in record.get("framework", ())), "\n")),
        *(
            (label, "", _text(words.number(record[name], context.language)))
            for name, label in (
                ("projects", _("Projects")),
                ("themes", _("Themes")),
                ("organisations", _("Organisations")),
            )
        ),
    ]
    labels = _labels()
    known = Table.grid(padding=(0, 2))
    known.add_column(style="bold cyan", no_wrap=True)
    known.add_column(justify="right")
    known.add_column(style="cyan")
    for name, number in record["completeness"].items():
        known.add_row(labels[name], f"{number}/{total}", "█" * round(number / total * 20 if total else 0))
    title = Text(neat(context.text(record["title"]) or ""), style="bold")
    return _narrow(
        Group(title, Padding(_grid(rows, {}), (1, 0)), Text(_("How many projects have…"), style="bold"), known), context
    )


_CARDS: dict[str, Callable[[Any, Context], RenderableType]] = {"project": _project, "match": _project, "about": _about}
