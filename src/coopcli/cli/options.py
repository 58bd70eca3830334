"""The options that commands share, declared once: a command asks for a family and receives one object."""

import inspect
import json
import sqlite3
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from coopcli import cache
from coopcli.cli import completion
from coopcli.cli.session import Answer, Destination, Output, Session
from coopcli.errors import CatalogueError, UnknownValueError, UsageError
from coopcli.fields import PROJECT, Kind
from coopcli.formats import FORMATS, Format, FormatOption
from coopcli.language import _
from coopcli.selection import FILTERS, CountSelection, Selection
from coopcli.text import of_utf8


def _option(
    name: str, type_: Any, help_: str, *flags: str, default: Any, panel: str, **details: Any
) -> inspect.Parameter:
    """An option as a parameter of a function, which is how Typer reads it; `details` are those of `typer.Option`."""
    option = typer.Option(*flags, help=help_, rich_help_panel=panel, **details)
    annotation = Annotated[type_, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _selection_parameters(_kind: Kind, selection: type[Selection]) -> list[inspect.Parameter]:
    option = partial(_option, panel=_("Which projects"))
    return [
        *(
            option(
                row.name,
                list[str],
                row.help,
                *row.flags,
                default=[],
                metavar=row.metavar,
                click_type=completion.filter_values,
            )
            for row in FILTERS.values()
        ),
        option("on", str, _("the day for --status (today)"), default="", metavar=_("DATE")),
        option(
            "sort",
            str,
            _("order by {fields}").format(fields=", ".join(selection.sorts)),
            default="",
            metavar=_("FIELD"),
            click_type=completion.choices(dict.fromkeys(selection.sorts, "")),
        ),
        option("reverse", bool, _("the other way round"), "--reverse", default=False),
        option("limit", int | None, _("at most so many"), "--limit", "-n", default=None, metavar="N"),
    ]


def _selection(values: dict[str, Any], selection: type[Selection]) -> Selection:
    if values["limit"] is not None and values["limit"] < 0:
        raise UsageError(_("--limit: {value} is less than 0.").format(value=values["limit"]))
    return selection(
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


def _output_parameters(kind: Kind) -> list[inspect.Parameter]:
    option = partial(_option, panel=_("How it is written"))
    return [
        option(
            "format",
            str,
            _("{formats}; a table on a terminal and TSV in a pipe unless chosen").format(
                formats=", ".join(row.name for row in FORMATS.values() if row.lists)
            ),
            "--format",
            "-f",
            default="",
            metavar=_("NAME"),
            click_type=completion.choices({row.name: row.help for row in FORMATS.values() if row.lists}),
        ),
        *([option("quiet", bool, _("ids only"), "--quiet", "-q", default=False)] if kind.key else []),
        *_destination_parameters(
            kind,
            lambda row: row.lists,
            _("write to a file; its suffix chooses the format, and - is the standard output"),
        ),
    ]


def _destination_parameters(
    kind: Kind,
    fitting: Callable[[Format], bool] = lambda row: row.exports,
    to_file: str = _("write to a file or, for datapackage, to a folder"),
) -> list[inspect.Parameter]:
    option = partial(_option, panel=_("How it is written"))
    return [
        option(
            "fields",
            str | None,
            _("only these fields, in this order; “help” lists them"),
            default=None,
            metavar=_("A,B,C"),
            click_type=completion.fields(kind),
        ),
        option(
            "output",
            Path | None,
            to_file,
            "--output",
            "-o",
            default=None,
            metavar=_("FILE"),
            click_type=completion.FILE,
        ),
        *(_format_parameter(row, each) for row in FORMATS.values() if fitting(row) for each in row.options),
    ]


def _format_parameter(row: Format, each: FormatOption) -> inspect.Parameter:
    flag, help_, panel = f"--{each.name}", f"{each.help} ({row.name})", _("How it is written")
    if not each.choices:
        return _option(_name(each), bool, help_, flag, default=False, panel=panel)
    click_type = completion.choices(dict.fromkeys(each.choices, ""))
    metavar = "|".join(each.choices)
    return _option(_name(each), str, help_, flag, default="", panel=panel, metavar=metavar, click_type=click_type)


def _name(option: FormatOption) -> str:
    return option.name.replace("-", "_")


def _output(values: dict[str, Any]) -> Output:
    quiet = values.get("quiet", False)
    if quiet and values["fields"] is not None:
        raise UsageError(_("--quiet writes ids only; it does not go with --fields."))
    return Output(format=values["format"] or None, quiet=quiet, **_destination(values))


def _destination(values: dict[str, Any]) -> dict[str, Any]:
    options = [option for row in FORMATS.values() for option in row.options]
    chosen = {option.name: values[_name(option)] for option in options if values.get(_name(option))}
    for option in options:
        if option.choices and chosen.get(option.name, option.choices[0]) not in option.choices:
            raise UnknownValueError(f"--{option.name}", chosen[option.name], option.choices)
    fields = tuple(name.strip() for name in (values["fields"] or "").split(",") if name.strip())
    if values["fields"] is not None and not fields:
        raise UsageError(_("--fields: no field is named; see what there is with --fields help."))
    return {
        "fields": fields,
        "file": None if values["output"] == Path("-") else values["output"],
        "options": chosen,
    }


class _Family(NamedTuple):
    """Options that come together: their parameters, and the one object that a command gets of their values."""

    parameters: Callable[[Kind], list[inspect.Parameter]]
    value: Callable[[dict[str, Any]], Any]


_FAMILIES: dict[Any, _Family] = {
    **{
        each: _Family(partial(_selection_parameters, selection=each), partial(_selection, selection=each))
        for each in (Selection, CountSelection)
    },
    Output: _Family(_output_parameters, _output),
    Destination: _Family(_destination_parameters, lambda values: Destination(**_destination(values))),
}


def command(
    family: type[Output] | None = Output, kind: Kind = PROJECT
) -> Callable[[Callable[..., Answer | None]], Callable[..., None]]:
    """Make a function that returns an answer into a Typer command that writes it.

    The command has the options of `family` besides its own, and `kind` is what its answer is made of; a parameter
    annotated `Selection` becomes that family of options, and one annotated `Session` receives the session.
    """

    def decorate(function: Callable[..., Answer | None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
            for name, parameter in inspect.signature(function).parameters.items()
        ]

        @wraps(function)
        def wrapper(*, context: typer.Context, **values: Any) -> None:
            session = Session(**context.obj)
            values = {name: _as_typed(value) for name, value in values.items()}
            context.call_on_close(session.close)
            arguments = {each.name: _argument(each, session, values) for each in own}
            try:
                answer = function(**arguments)
                if answer is not None and family is not None:
                    raise typer.Exit(session.emit(answer, _FAMILIES[family].value(values)))
            except (sqlite3.DatabaseError, json.JSONDecodeError) as error:  # readers name what is wrong with a file
                cache.clear()
                raise CatalogueError(
                    _("The index of the catalogue was damaged ({reason}) and has been thrown away. Try again.").format(
                        reason=error
                    )
                ) from None

        parameters = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
        for each in own:
            parameters += _FAMILIES[each.annotation].parameters(kind) if each.annotation in _FAMILIES else [each]
        parameters += _FAMILIES[family].parameters(kind) if family else []
        signature = inspect.Signature([each for each in parameters if each.annotation is not Session])
        setattr(wrapper, "__signature__", signature)  # noqa: B010 - typeshed does not know the attribute
        wrapper.__annotations__ = {name: each.annotation for name, each in signature.parameters.items()}
        return wrapper

    return decorate


def _as_typed(value: Any) -> Any:
    """Text of the command line, UTF-8 also where the locale knows only ASCII. A path stays what the system knows."""
    if isinstance(value, list | tuple):
        return [_as_typed(each) for each in value]
    return of_utf8(value) if isinstance(value, str) else value


def _argument(parameter: inspect.Parameter, session: Session, values: dict[str, Any]) -> Any:
    if parameter.annotation is Session:
        return session
    family = _FAMILIES.get(parameter.annotation)
    return family.value(values) if family else values[parameter.name]
