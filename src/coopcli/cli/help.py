"""The help of a command, in groups: plain text for a pipe, panels for a terminal (Rich)."""

import sys
from collections.abc import Iterable

import click
from typer.core import TyperCommand, TyperGroup

from coopcli.cli import terminal
from coopcli.language import _

MAX_WIDTH = 100
# Click fills paragraphs, but not those that begin with this line.
_AS_IT_IS = "\b\n"


def with_examples(sentence: str, examples: Iterable[str]) -> str:
    """The text that a help begins with."""
    lines = "\n".join([_("Examples:"), *(f"  $ {example}" for example in examples)])
    return f"{sentence}\n\n{_AS_IT_IS}{lines}"


def groups(context: click.Context) -> dict[str, list[tuple[str, str]]]:
    """Commands, arguments and options by title, each as it is written and what it does; `--help` comes last."""
    found: dict[str, list[tuple[str, str]]] = {}
    command = context.command
    if isinstance(command, click.Group):
        rows = ((name, command.get_command(context, name)) for name in command.list_commands(context))
        found[_("Commands")] = [(name, each.help or "") for name, each in rows if each is not None]
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            otherwise = _("Arguments") if isinstance(parameter, click.Argument) else _("Options")
            found.setdefault(getattr(parameter, "rich_help_panel", None) or otherwise, []).append(record)
    return found


def _write(context: click.Context, formatter: click.HelpFormatter) -> None:
    command = context.command
    command.format_usage(context, formatter)
    command.format_help_text(context, formatter)
    for title, rows in groups(context).items():
        with formatter.section(title):
            formatter.write_dl(rows)
    command.format_epilog(context, formatter)
    # Click will write it, and writes UTF-8 where it finds ASCII.
    formatter.buffer = [
        part.encode(sys.stdout.encoding, "legible").decode(sys.stdout.encoding) for part in formatter.buffer
    ]


def _draw(context: click.Context) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    console = Console(width=min(terminal.width(), MAX_WIDTH), highlight=False, markup=False, emoji=False)
    command = context.command
    console.print(Padding(Text(command.get_usage(context), style="bold"), (1, 1, 0, 1)))
    text = Text((command.help or "").replace(_AS_IT_IS, ""))
    text.highlight_regex(r"(?m)^  \$ .*", "green")
    console.print(Padding(text, 1))
    for title, rows in groups(context).items():
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold cyan", width=min(30, max(len(written) for written, _help in rows)))
        table.add_column(ratio=1)
        for row in rows:
            table.add_row(*row)
        console.print(Panel(table, title=title, title_align="left", border_style="dim"))
    console.print(Padding(Text(command.epilog or "", style="dim"), (0, 1, 1, 1)))


def _format(context: click.Context, formatter: click.HelpFormatter) -> None:
    if terminal.draws():
        _draw(context)
    else:
        _write(context, formatter)


class Command(TyperCommand):
    """One command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is left of the arguments. A mistake tells its command, and an option of every command its place."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            option = error.option_name if isinstance(error, click.NoSuchOption) else ""
            if ctx.parent and any(option in each.opts for each in ctx.parent.command.params):
                raise click.UsageError(
                    _("{option} comes before the command: coop {option} … {command}").format(
                        option=option, command=ctx.info_name
                    ),
                    ctx.parent,
                ) from None
            raise

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole help."""
        _format(ctx, formatter)


class Group(TyperGroup):
    """The commands, and the options of them all."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole help."""
        _format(ctx, formatter)
