"""The app: the global options, the commands, and the one place that turns errors into words and exit codes."""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import click
import typer
from click.core import ParameterSource

from coopcli import __version__
from coopcli.cli import help as help_
from coopcli.cli import terminal
from coopcli.errors import EXIT_CODES, CoopError, ExitCode, UnknownValueError
from coopcli.formats import FORMATS
from coopcli.language import LANGUAGES, _, code_of

# Name -> one line of help. The module `coopcli.cli.<name>` is imported when its command runs or is asked for help, and
# the order here is the order in the help.
COMMANDS = {
    "list": _("List projects, one a line."),
    "search": _("Search projects by words, the best match first."),
    "show": _("Show everything about a project, with its sources."),
    "open": _("Open a project's page in the browser."),
    "themes": _("List the priority themes, with the number of projects."),
    "stats": _("Count projects and known funding by theme, country, year, …"),
    "about": _("About the catalogue: publisher, legal framework, completeness."),
    "export": _("Write the catalogue as a file for other programs."),
    "check": _("Check a catalogue file and name every fault."),
    "init": _("Write a commented catalogue to start from, for another city."),
    "schema": _("Print the JSON Schema of a catalogue file."),
}


EXAMPLES = (_("coop list --country Mozambique"), _("coop search water"))


class _Language(click.Choice[str]):
    """One of our languages, by its code or as a locale."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The code. Raises UnknownValueError, which says where the value comes from."""
        code = code_of(str(value))
        if code not in LANGUAGES:
            typed = ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
            raise UnknownValueError("--lang" if typed else "COOP_LANG", str(value), LANGUAGES)
        return code


class Commands(help_.Group):
    """Commands that are imported when they are used, so that one does not pay for the others."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Click's signature
        """Every command, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Click's signature
        """A stand-in with the name and the line of help, enough to be listed and completed."""
        if cmd_name not in COMMANDS:
            return None
        return help_.Command(cmd_name, help=COMMANDS[cmd_name])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, imported now. Raises UnknownValueError where there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise UnknownValueError(_("command"), args[0], COMMANDS)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and name is not None:
            command = load(name)
        return name, command, rest


def load(name: str) -> Any:
    """The command of this name, imported now."""
    module = import_module(f"coopcli.cli.{name}")
    sub = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    sub.command(
        name,
        cls=help_.Command,
        help=help_.with_examples(COMMANDS[name], module.EXAMPLES),
        epilog="\n\n".join(
            [
                *getattr(module, "EPILOG", ()),
                _("Options of every command, such as --catalogue and --lang, come before its name: see coop --help."),
            ]
        ),
        options_metavar=_("[OPTIONS]"),
    )(module.command)
    return typer.main.get_command(sub)


app = typer.Typer(
    name="coop",
    cls=Commands,
    help=help_.with_examples(
        _("The catalogue of a city's international-cooperation projects: list, search, count, export."), EXAMPLES
    ),
    epilog=_("coop COMMAND --help tells more about a command. Exit codes: {codes}.").format(
        codes=", ".join(f"{code:d} {meaning}" for code, meaning in EXIT_CODES.items())
    ),
    options_metavar=_("[OPTIONS]"),
    subcommand_metavar=_("COMMAND [ARGS]..."),
    invoke_without_command=True,
    add_completion=False,  # Typer's own imports Rich and speaks English only
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coop {__version__}")
        raise typer.Exit


def _install_completion(context: typer.Context, wanted: bool) -> None:
    if wanted:
        from coopcli.cli import completion

        print(completion.install(context.command))
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    catalogue: Annotated[
        Path | None,
        typer.Option(
            envvar="COOP_CATALOGUE",
            metavar=_("FILE"),
            click_type=click.Path(path_type=Path),  # which the shell completes, and Typer's own does not
            help=_("another catalogue than the bundled one: {formats}").format(
                formats=", ".join(row.name for row in FORMATS.values() if row.reads)
            ),
        ),
    ] = None,
    _lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            envvar="COOP_LANG",
            metavar="it|en",
            help=_("the language of texts and messages"),
            click_type=_Language(LANGUAGES),
        ),
    ] = None,
    color: Annotated[
        str,
        typer.Option(
            metavar="auto|always|never",
            help=_("whether to use colours and links"),
            click_type=click.Choice(terminal.COLOUR_CHOICES),
        ),
    ] = "auto",
    _install: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help=_("set up completion with the TAB key in this shell (bash, zsh or fish) and exit"),
        ),
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=_("show the version and exit"))
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.USAGE)
    context.obj = {"catalogue": catalogue, "color": color}


def run() -> None:
    """Run the app; every error that the user can do something about becomes a sentence and its exit code."""
    _settle_signals()
    terminal.make_legible()
    try:
        if question := os.environ.get("_COOP_COMPLETE"):
            from coopcli.cli import completion

            sys.exit(completion.answer(typer.main.get_command(app), question))
        sys.exit(app(prog_name="coop", standalone_mode=False))
    except click.ClickException as error:
        # Click would write it itself, escape sequences that were typed included, and not in every encoding.
        context = getattr(error, "ctx", None)
        command = f"{context.command_path} --help" if context else "coop --help"
        advice = _("See what there is with: {command}").format(command=command)
        _fail(f"{error.format_message()}\n{advice}", ExitCode(error.exit_code))
    except CoopError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        _fail(_(str(error.strerror or error)), ExitCode.OUTPUT)
    except MemoryError:
        _fail(_("there is not enough memory for this."), ExitCode.CATALOGUE)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


def _fail(message: str, code: ExitCode) -> NoReturn:
    terminal.say(_("coop: {message}").format(message=message))
    sys.exit(code)


def _settle_signals() -> None:
    """A closed pipe ends a run in silence; when it is asked to end, it takes its unfinished files away first."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda received, _frame: sys.exit(128 + received))
