"""What scripts may rely on (docs/trust.md): what goes from tests/golden/promise.txt needs a new major version."""

from collections.abc import Callable, Iterator

import click
import pytest
import typer

from conftest import GOLDEN
from coopcli import fields
from coopcli.cli.run import COMMANDS, app
from coopcli.errors import ExitCode
from coopcli.formats import FORMATS
from coopcli.selection import FACETS


def _options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield " ".join(sorted(parameter.opts))
        else:
            yield f"{parameter.name}{' …' if parameter.nargs == -1 else ''}"


def _promise() -> Iterator[str]:
    yield "exit codes: " + ", ".join(f"{code.value} {code.name.lower()}" for code in ExitCode)
    root = typer.main.get_command(app)
    assert isinstance(root, click.Group)
    context = click.Context(root)
    yield "coop: " + ", ".join(sorted(_options(root)))
    for name in COMMANDS:
        _name, command, _rest = root.resolve_command(context, [name])
        assert command is not None
        yield f"coop {name}: " + ", ".join(sorted(_options(command)))
    for row in FORMATS.values():
        can = [word for word in ("lists", "exports", "reads") if getattr(row, word)]
        yield f"format {row.name}: {', '.join((*can, *row.suffixes, *(f'--{option.name}' for option in row.options)))}"
    yield "facets: " + ", ".join(FACETS)
    for kind in (fields.PROJECT, fields.MATCH, fields.THEME, fields.COUNT, fields.ABOUT, fields.FAULT):
        yield f"{kind.name} fields: " + ", ".join(sorted(field.name for field in kind.fields))
        yield f"{kind.name} as JSON: " + ", ".join(kind.whole)
        yield f"{kind.name} as TSV: " + ", ".join(kind.row)
        if kind.sheet:
            yield f"{kind.name} as CSV: " + ", ".join(kind.sheet)


def test_nothing_that_was_promised_is_gone(golden: Callable[[str, str], None], request: pytest.FixtureRequest) -> None:
    now_text = "".join(f"{line}\n" for line in _promise())
    if request.config.getoption("--update-golden"):  # what is new becomes a promise with a new version
        golden("promise.txt", now_text)
    promised = (GOLDEN / "promise.txt").read_text(encoding="utf-8").splitlines()
    now = dict(line.split(": ", 1) for line in now_text.splitlines())
    for line in promised:
        what, names = line.split(": ", 1)
        if what.endswith((" as TSV", " as CSV", " as JSON", "exit codes")):
            assert now[what] == names, what
        else:
            assert set(names.split(", ")) <= set(now[what].split(", ")), what
