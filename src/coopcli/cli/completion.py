"""What the TAB key offers, in bash, zsh and fish: it reads the index, and never disturbs the line being typed."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import islice
from pathlib import Path

import click
from click import Command, Context, Parameter
from click import shell_completion as click_completion
from click.shell_completion import CompletionItem

from coopcli.bundled import bundled_catalogue
from coopcli.errors import CoopError, OutputError, UsageError
from coopcli.fields import Kind
from coopcli.index import HASHED_BYTES, Index, is_compiled, open_index
from coopcli.language import _, current
from coopcli.selection import FACETS, FILTERS, CountSelection, counts, titles
from coopcli.text import fold, one_line
from coopcli.words import text

VARIABLE = "_COOP_COMPLETE"
"""Set by the shell's script: `bash_complete` asks for completions, `bash_source` for the script itself."""

MANY = 200

_Completer = Callable[[Context, Parameter, str], list[CompletionItem]]


class Completed(click.ParamType):
    """Text as it is typed, for which the TAB key offers something."""

    name = "text"

    def __init__(self, completer: _Completer) -> None:
        self._completer = completer

    def shell_complete(self, ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:
        """What the TAB key offers for the word so far."""
        return self._completer(ctx, param, incomplete)


def choices(known: Mapping[str, str]) -> Completed:
    """One of a fixed set of words, each with what it means."""
    return Completed(lambda _context, _parameter, word: _beginning(word, known.items()))


FILE = click.Path(path_type=Path)
"""A file, which the shell completes: the path that Typer makes of an annotation offers nothing."""


def fields(kind: Kind) -> Completed:
    """Names of fields, separated by commas."""

    def completer(_context: Context, _parameter: Parameter, word: str) -> list[CompletionItem]:
        *chosen, last = (name.strip() for name in word.split(","))
        known = [(item.name, item.help) for item in kind.fields if item.name not in chosen]
        return _beginning(last, known, prefix=word.removesuffix(last))

    return Completed(completer)


def _of_catalogue(completer: Callable[[Index, Context, Parameter, str], list[CompletionItem]]) -> Completed:
    """What stands in the catalogue in use: where that cannot be read nothing is offered, and nothing said."""

    def quiet(context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
        given = context.find_root().params.get("catalogue")
        try:
            path = Path(given).expanduser() if given else bundled_catalogue()
            # Compiling a large catalogue takes seconds, and the TAB key is no place to wait for that.
            if path.stat().st_size > HASHED_BYTES and not is_compiled(path):
                return []
            return completer(open_index(path), context, parameter, word)
        except (CoopError, OSError, ValueError, sqlite3.Error):
            return []

    return Completed(quiet)


@_of_catalogue
def filter_values(index: Index, context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
    """The values of a filter that leave something to be found beside the other filters already typed."""
    row = FILTERS[str(parameter.name)]
    spellings = row.names(index)
    if row.name in FACETS:
        rows = counts(index, row.name, _other_filters(context, row.name))
        known = {str(item["value"]): (text(item["name"], current()), f"({item['projects']})") for item in rows}
    else:
        known = {value: (next(iter(names[1:]), None), "") for value, names in spellings.items()}
    by_value = _beginning(word, ((value, " ".join(filter(None, meaning))) for value, meaning in known.items()))
    if by_value:
        return by_value
    # `moz` begins no code, but it begins the name of one.
    names_of = {value: (name or "", *spellings.get(value, ())) for value, (name, _count) in known.items()}
    first = {value: _first_beginning(word, names) for value, names in names_of.items()}
    return [CompletionItem(name, help=value) for value, name in first.items() if name]


@_of_catalogue
def project_ids(index: Index, context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
    """Ids with their titles: those that begin with the word, else those that have it in their id or title."""
    taken = context.params.get(str(parameter.name)) or ()
    return [CompletionItem(id_, help=one_line(title)) for id_, title in titles(index, word, MANY) if id_ not in taken]


def _first_beginning(word: str, names: Iterable[str]) -> str | None:
    # What is no plain text cannot be put on a command line, and must not be written to the terminal as it is.
    plain = (name for name in names if one_line(name) == name)
    return next((name for name in plain if fold(name).startswith(fold(word))), None)


def _other_filters(context: Context, own: str) -> CountSelection:
    given = {name: context.params[name] for name in FILTERS if name != own and context.params.get(name)}
    on = context.params.get("on")
    return CountSelection(values=given, on=date.fromisoformat(on) if on else date.today())


def _beginning(word: str, known: Iterable[tuple[str, str]], prefix: str = "") -> list[CompletionItem]:
    wanted = fold(word)
    fitting = ((value, meaning) for value, meaning in known if value and fold(value).startswith(wanted))
    return [CompletionItem(prefix + value, help=one_line(meaning)) for value, meaning in islice(fitting, MANY)]


class _Bash(click_completion.BashComplete):
    """As Click's, with the meaning beside each word, as zsh and fish have it, and with blanks and quotes escaped."""

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' line type value
    COMPREPLY=()
    for line in $(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD COMP_TYPE=$COMP_TYPE \
%(complete_var)s=bash_complete "$1"); do
        IFS=',' read -r type value <<< "$line"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            *) COMPREPLY+=("$value") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
    # TAB asked for the list of what is possible: ?, ! and @ in bash's manual. Else a word is to be put in.
    _LISTING = frozenset(map(str, map(ord, "?!@")))

    def complete(self) -> str:
        items = self.get_completions(*self.get_completion_args())
        listing = len(items) > 1 and os.environ.get("COMP_TYPE") in self._LISTING
        column = max((len(item.value) for item in items), default=0)
        return "\n".join(
            f"{item.type},{item.value:{column}}  {item.help or ''}".rstrip()
            if listing
            else self.format_completion(item)
            for item in items
        )

    def get_completion_args(self) -> tuple[list[str], str]:
        args, word = super().get_completion_args()
        return [each for each in args if each != "="], word  # bash makes three words of --option=value

    def format_completion(self, item: CompletionItem) -> str:
        [typed] = os.environ["COMP_WORDS"].split("\n")[int(os.environ["COMP_CWORD"]) :][:1] or [""]
        within_quotes = typed.startswith(("'", '"'))
        value = item.value if within_quotes else re.sub(r"([^\w@%+=:,./-])", r"\\\1", item.value)
        return f"{item.type},{value}"


class _Fish(click_completion.FishComplete):
    """As Click's, but a comma belongs to the word or to its meaning."""

    source_template = click_completion.FishComplete.source_template.replace(
        'string split "," $completion', 'string split --max 1 "," $completion'
    )


class _Zsh(click_completion.ZshComplete):
    """As Click's, which answers the first TAB of a session from the fpath, but not the second."""

    source_template = click_completion.ZshComplete.source_template.replace(
        "$zsh_eval_context[-1] == loadautofunc", "$funcstack[1] == _%(prog_name)s"
    )


SHELLS = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def answer(command: Command, instruction: str) -> int:
    """Answer a shell's question on stdout; the exit code for it."""
    for name, shell in SHELLS.items():
        click_completion.add_completion_class(shell, name)
    return click_completion.shell_complete(command, {}, "coop", VARIABLE, instruction)


def install(command: Command) -> str:
    """Write the script of the shell in use where that shell finds it; a sentence that says so.

    Raises UsageError where the shell is none of the three, and OutputError where its files cannot be written.
    """
    shell = _shell_in_use()
    if shell not in SHELLS:
        raise UsageError(
            _("TAB completion is for {shells}; this shell is “{shell}”.").format(shells=", ".join(SHELLS), shell=shell)
        )
    script = SHELLS[shell](command, {}, "coop", VARIABLE).source()
    place, startup, line = _places(Path.home())[shell]
    try:
        _write(place, script)
        if startup is not None:
            _append(startup, line)
    except OSError as error:
        raise OutputError(
            _("{file} cannot be written: {reason}.").format(file=error.filename, reason=error.strerror)
        ) from None
    return _("TAB completion for {shell} is in {file}. It works in every shell that you open from now on.").format(
        shell=shell, file=place
    )


def _shell_in_use() -> str:
    import shellingham

    try:
        name: str = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        name = Path(os.environ.get("SHELL", "")).name
    return name


def _places(home: Path) -> Mapping[str, tuple[Path, Path | None, str]]:
    """For each shell: where its script goes, and the line of its start-up file that reads it, where it needs one."""
    bash = home / ".bash_completions" / "coop.sh"
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return {
        "bash": (bash, home / ".bashrc", f"source '{bash}'"),
        "zsh": (home / ".zfunc" / "_coop", home / ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
        "fish": (config / "fish" / "completions" / "coop.fish", None, ""),
    }


def _write(place: Path, script: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(script, encoding="utf-8")


def _append(startup: Path, line: str) -> None:
    before = startup.read_bytes() if startup.exists() else b""
    if line.encode() not in before.splitlines():
        with startup.open("ab") as file:
            file.write((b"" if not before or before.endswith(b"\n") else b"\n") + line.encode() + b"\n")
