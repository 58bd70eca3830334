"""One run of a command: open the catalogue, choose the format, write the answer. Nothing else prints an answer."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from coopcli import formats
from coopcli.bundled import bundled_catalogue
from coopcli.cli import terminal
from coopcli.cli.delivery import deliver
from coopcli.errors import ExitCode, UsageError
from coopcli.fields import FIELD, Context, Kind, Record
from coopcli.formats import Format
from coopcli.index import Index, open_index
from coopcli.language import _, current, ngettext


class Answer(NamedTuple):
    """What a command found.

    `source` is the catalogue that the records come from, if any; `format`, where the command itself has chosen one;
    `catalogue` says that it is a whole catalogue to export; `shown_as` is the format for a terminal; `optional` that an
    empty answer is a good one; `exit_code`, where given, stands whatever was found; `summary` is for a person at a
    terminal; `nothing` says that nothing matched, and what might.
    """

    kind: Kind
    records: Iterable[Record]
    source: Index | None = None
    format: str | None = None
    on: date | None = None
    catalogue: bool = False
    shown_as: str = "table"
    optional: bool = False
    exit_code: ExitCode | None = None
    summary: Callable[[int], str] | None = None
    nothing: Callable[[], str] | None = None


class Output(NamedTuple):
    """How the answer is to be written: what the OUTPUT options say."""

    format: str | None = None
    fields: tuple[str, ...] = ()
    quiet: bool = False
    file: Path | None = None
    options: Mapping[str, Any] = {}


class Destination(Output):
    """Where an export goes: an output of which the command names the format."""


class Session:
    """The global options, and the catalogue they name, opened when it is first needed."""

    def __init__(self, catalogue: Path | None = None, color: str = "auto") -> None:
        self.catalogue = catalogue
        self.color = color

    @cached_property
    def index(self) -> Index:
        """The index of the catalogue in use."""
        path = self.catalogue or bundled_catalogue()
        index = open_index(path, terminal.with_bar)
        if index.passed_over:
            _say_what_was_passed_over(path, index)
        return index

    def close(self) -> None:
        """Close the catalogue, if it was opened."""
        if "index" in self.__dict__:
            self.index.connection.close()

    def emit(self, answer: Answer, output: Output) -> ExitCode:
        """Write an answer; the exit code says whether anything was found."""
        if output.fields == ("help",):
            rows = [{"name": item.name, "help": item.help} for item in answer.kind.fields]
            return self.emit(Answer(FIELD, rows), Output(output.format, file=output.file))
        chosen = self._format(answer, output)
        counted = _Counted(answer.records)
        context = self._context(answer, output, chosen)
        module = chosen.module()
        whole = answer.catalogue and hasattr(module, "write_catalogue")
        if whole and output.fields:
            raise UsageError(_("--fields does not go with {format}: it writes every field.").format(format=chosen.name))
        write = module.write_catalogue if whole else module.write
        deliver(write(counted, context), output.file, chosen)
        for message in context.messages:
            terminal.say(message)
        if answer.exit_code is not None:
            return answer.exit_code
        if not counted.number and not answer.optional:
            terminal.say(answer.nothing() if answer.nothing else _("Nothing matched."))
            return ExitCode.NOTHING_FOUND
        if chosen.name == answer.shown_as and answer.summary:
            terminal.hint("\n" + answer.summary(counted.number))
        return ExitCode.FOUND

    def _format(self, answer: Answer, output: Output) -> Format:
        name = answer.format or output.format
        if name:
            chosen = formats.named(name, exporting=answer.catalogue)
            _refuse_suffix_of_another(output.file, chosen)
        elif output.file:
            by_suffix = formats.by_suffix(output.file)
            if by_suffix is None:
                raise UsageError(
                    _("{file}: the suffix names no format; choose one with --format.").format(file=output.file)
                )
            chosen = formats.named(by_suffix.name, exporting=answer.catalogue)
        elif terminal.is_terminal(sys.stdout) and not output.quiet:
            chosen = formats.FORMATS[answer.shown_as]
        else:
            chosen = formats.FORMATS["tsv"]
        known = {option.name for option in chosen.options}
        for name, value in output.options.items():
            if value and name not in known:
                raise UsageError(
                    _("--{option} does not go with the format {format}.").format(option=name, format=chosen.name)
                )
        return chosen

    def _context(self, answer: Answer, output: Output, chosen: Format) -> Context:
        kind = answer.kind
        if output.quiet:
            names: tuple[str, ...] = (kind.key,)
        elif output.fields:
            names = output.fields
        elif answer.catalogue:
            names = kind.sheet
        else:
            names = kind.whole if chosen.nested else () if chosen.terminal else kind.row
        index = answer.source
        return Context(
            header={} if index is None else index.whole_header if answer.catalogue else index.header,
            themes={} if index is None else {theme["id"]: theme for theme in index.themes},
            organisations={} if index is None else index.organisations,
            kind=kind,
            fields=kind.choose(names),
            on=answer.on or date.today(),
            messages=[],
            language=current(),
            width=terminal.width(),
            colour=terminal.may_colour(self.color, sys.stdout) and output.file is None,
            options=output.options,
            passed_over=frozenset()
            if index is None
            else frozenset(kind for _field, kind, _number in index.passed_over),
        )


def _refuse_suffix_of_another(file: Path | None, chosen: Format) -> None:
    """Whoever opens the file would be told that it is damaged."""
    meant = file and formats.by_suffix(file)
    if file and meant and file.suffix.lower() not in chosen.suffixes:
        raise UsageError(
            _("{file}: the suffix is that of {other}, and {format} was asked for.").format(
                file=file, other=meant.name, format=chosen.name
            )
        )


def _say_what_was_passed_over(path: Path, index: Index) -> None:
    number = sum(number for _field, _kind, number in index.passed_over)
    terminal.say(
        ngettext(
            "{number} statement of this file has no place in a catalogue, or is faulty. See it with: coop check {path}",
            "{number} statements of this file have no place in a catalogue, or are faulty. "
            "See them with: coop check {path}",
            number,
        ).format(number=number, path=path)
    )


class _Counted:
    """Records that are counted as they go by."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self.number = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.number += 1
            yield record


def found_projects(number: int) -> str:
    """How many projects there are."""
    return ngettext("{number} project", "{number} projects", number).format(number=number)


def listed(number: int) -> str:
    """What to say under a list of projects."""
    return _("{projects}. To read one: coop show, with a part of its title.").format(projects=found_projects(number))
