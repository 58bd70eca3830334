"""The options that commands share, declared once: a command asks for a family and receives one object."""

import inspect
import sqlite3
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from coopcli import cache
from coopcli.cli import completion
from coopcli.cli.session import Answer, Destination, Output, Session
from coopcli.errors import CatalogueError, UnknownValueError, UsageError
from coopcli.fields import PROJECT, Kind
from coopcli.formats import FORMATS, Format, FormatOption
from coopcli.language import _
from coopcli.selection import FILTERS, CountSelection, Selection

_Parameter = tuple[str, Any, Any]


def _selection_parameters(kind: type[Selection] = Selection) -> list[_Parameter]:
    panel = _("Which projects")
    rows: list[_Parameter] = [
        (
            row.name,
            Annotated[
                list[str],
                typer.Option(
                    *row.flags,
                    metavar=row.metavar,
                    help=row.help,
                    rich_help_panel=panel,
                    click_type=completion.filter_values,
                ),
            ],
            [],
        )
        for row in FILTERS.values()
    ]
    return [
        *rows,
        (
            "on",
            Annotated[
                str,
                typer.Option(metavar=_("DATE"), help=_("the day for --status (today)"), rich_help_panel=panel),
            ],
            "",
        ),
        (
            "sort",
            Annotated[
                str,
                typer.Option(
                    metavar=_("FIELD"),
                    help=_("order by {fields}").format(fields=", ".join(kind.sorts)),
                    rich_help_panel=panel,
                    click_type=completion.choices(dict.fromkeys(kind.sorts, "")),
                ),
            ],
            "",
        ),
        (
            "reverse",
            Annotated[bool, typer.Option("--reverse", help=_("the other way round"), rich_help_panel=panel)],
            False,
        ),
        (
            "limit",
            Annotated[
                int | None,
                typer.Option("--limit", "-n", metavar="N", min=0, help=_("at most so many"), rich_help_panel=panel),
            ],
            None,
        ),
    ]


def _selection(values: dict[str, Any], kind: type[Selection] = Selection) -> Selection:
    return kind(
        values={name: values[name] for name in FILTERS if values[name]},
        on=_day(values["on"]),
        sort=values["sort"] or None,
        reverse=values["reverse"],
        limit=values["limit"],
    )


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value) if value else date.today()
    except ValueError:
        raise UsageError(_("--on: “{value}” is not a day; write it as 2026-11-22.").format(value=value)) from None


def _output_parameters(kind: Kind) -> list[_Parameter]:
    panel = _("How it is written")
    return [
        (
            "format",
            Annotated[
                str,
                typer.Option(
                    "--format",
                    "-f",
                    metavar=_("NAME"),
                    help=_("table, tsv, csv, json, …; a table on a terminal and TSV in a pipe unless chosen"),
                    rich_help_panel=panel,
                    click_type=completion.choices({row.name: row.help for row in FORMATS.values() if row.lists}),
                ),
            ],
            "",
        ),
        ("quiet", Annotated[bool, typer.Option("--quiet", "-q", help=_("ids only"), rich_help_panel=panel)], False),
        *_destination_parameters(kind, lambda row: row.lists),
    ]


def _destination_parameters(
    kind: Kind, fitting: Callable[[Format], bool] = lambda row: row.exports
) -> list[_Parameter]:
    panel = _("How it is written")
    return [
        (
            "fields",
            Annotated[
                str,
                typer.Option(
                    metavar=_("A,B,C"),
                    help=_("only these fields, in this order; “help” lists them"),
                    rich_help_panel=panel,
                    click_type=completion.fields(kind),
                ),
            ],
            "",
        ),
        (
            "output",
            Annotated[
                Path | None,
                typer.Option(
                    "--output",
                    "-o",
                    metavar=_("FILE"),
                    help=_("write to a file; its suffix chooses the format"),
                    rich_help_panel=panel,
                ),
            ],
            None,
        ),
        *(_format_option(row, option, panel) for row in FORMATS.values() if fitting(row) for option in row.options),
    ]


def _format_option(row: Format, option: FormatOption, panel: str) -> _Parameter:
    help_ = f"{row.name}: {option.help}"
    flag = f"--{option.name}"
    if not option.choices:
        return _parameter(option), Annotated[bool, typer.Option(flag, help=help_, rich_help_panel=panel)], False
    choice = typer.Option(
        flag,
        help=help_,
        metavar="|".join(option.choices),
        rich_help_panel=panel,
        click_type=completion.choices(dict.fromkeys(option.choices, "")),
    )
    return _parameter(option), Annotated[str, choice], ""


def _parameter(option: FormatOption) -> str:
    return option.name.replace("-", "_")


def _output(values: dict[str, Any]) -> Output:
    return Output(format=values["format"] or None, quiet=values["quiet"], **_destination(values))


def _destination(values: dict[str, Any]) -> dict[str, Any]:
    options = [option for row in FORMATS.values() for option in row.options]
    chosen = {option.name: values[_parameter(option)] for option in options if values.get(_parameter(option))}
    for option in options:
        if option.choices and chosen.get(option.name, option.choices[0]) not in option.choices:
            raise UnknownValueError(f"--{option.name}", chosen[option.name], option.choices)
    return {
        "fields": tuple(name.strip() for name in values["fields"].split(",") if name.strip()),
        "file": values["output"],
        "options": chosen,
    }


_FAMILIES: dict[type, tuple[Callable[[Kind], list[_Parameter]], Callable[[dict[str, Any]], Any]]] = {
    Selection: (lambda _kind: _selection_parameters(), _selection),
    CountSelection: (
        lambda _kind: _selection_parameters(CountSelection),
        lambda values: _selection(values, CountSelection),
    ),
    Output: (_output_parameters, _output),
    Destination: (_destination_parameters, lambda values: Destination(**_destination(values))),
}


def command(
    family: type[Output] | None = Output, kind: Kind = PROJECT
) -> Callable[[Callable[..., Answer | None]], Callable[..., None]]:
    """Make a function that returns an answer into a Typer command that writes it.

    The command has the options of `family` besides its own, and `kind` is what its answer is made of; a parameter
    annotated `Selection` becomes that family of options, and one annotated `Session` receives the session.
    """

    def decorate(function: Callable[..., Answer | None]) -> Callable[..., None]:
        own = {
            name: parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hint)
            for (name, parameter), hint in zip(
                inspect.signature(function).parameters.items(),
                get_type_hints(function, include_extras=True).values(),
                strict=False,
            )
        }

        @wraps(function)
        def wrapper(*, context: typer.Context, **values: Any) -> None:
            session = Session(**context.obj)
            context.call_on_close(session.close)
            arguments = {
                name: session if parameter.annotation is Session else _value(parameter.annotation, name, values)
                for name, parameter in own.items()
            }
            try:
                answer = function(**arguments)
                if answer is not None and family is not None:
                    raise typer.Exit(session.emit(answer, _value(family, "", values)))
            except sqlite3.DatabaseError as error:
                cache.clear()
                raise CatalogueError(
                    _("The index of the catalogue was damaged ({reason}) and has been thrown away. Try again.").format(
                        reason=error
                    )
                ) from None

        parameters = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
        for parameter in own.values():
            parameters += _expanded(parameter.annotation, kind) if parameter.annotation in _FAMILIES else [parameter]
        parameters += _expanded(family, kind) if family else []
        signature = inspect.Signature([item for item in parameters if item.annotation is not Session])
        setattr(wrapper, "__signature__", signature)  # noqa: B010 - typeshed does not know the attribute
        wrapper.__annotations__ = {name: item.annotation for name, item in signature.parameters.items()}
        return wrapper

    return decorate


def _expanded(family: type, kind: Kind) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in _FAMILIES[family][0](kind)
    ]


def _value(hint: Any, name: str, values: dict[str, Any]) -> Any:
    return _FAMILIES[hint][1](values) if hint in _FAMILIES else values[name]
