"""What can go wrong, each with its exit code. The text of an error is a sentence for the user."""

import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING

from coopcli.language import _, ngettext
from coopcli.text import fold, one_line

if TYPE_CHECKING:
    from coopcli.faults import Fault

FEW = 20
SOME = 6


class ExitCode(IntEnum):
    """The promise to scripts."""

    FOUND = 0
    NOTHING_FOUND = 1
    USAGE = 2
    CATALOGUE = 3
    OUTPUT = 4
    INTERRUPTED = 130


EXIT_CODES = {
    ExitCode.FOUND: _("found"),
    ExitCode.NOTHING_FOUND: _("nothing matched"),
    ExitCode.USAGE: _("usage"),
    ExitCode.CATALOGUE: _("the catalogue cannot be read or is not sound"),
    ExitCode.OUTPUT: _("the output cannot be written"),
    ExitCode.INTERRUPTED: _("interrupted"),
}
"""What each exit code means."""


class CoopError(Exception):
    """Something that the user can do something about; any other exception is our bug and keeps its traceback."""

    exit_code = ExitCode.USAGE

    def __init__(self, *lines: str) -> None:
        # Whatever a value or a file's name holds, it can begin no line of its own.
        super().__init__("\n".join(map(one_line, lines)))


class UsageError(CoopError):
    """The command line asks for something that does not exist or does not go together."""


class UnknownValueError(UsageError):
    """A value that names nothing, with the nearest ones that do, and all that is allowed where that is little.

    `known` are the values; `names`, the names by which people may mean one; `see`, a command that lists them all.
    """

    def __init__(
        self,
        what: str,
        value: str,
        known: Collection[str],
        names: Mapping[str, Sequence[str]] | None = None,
        see: str | None = None,
    ) -> None:
        spelled = {
            fold(name): (name, meant) for meant in known for name in reversed((meant, *(names or {}).get(meant, ())))
        }
        # A number is no other number written wrongly.
        near = [] if value.isdecimal() else get_close_matches(fold(value), spelled, n=6, cutoff=0.6)
        nearest = {meant: name for name, meant in (spelled[each] for each in reversed(near))}
        sentences = [_("{what}: “{value}” is not known.").format(what=what, value=value)]
        if nearest:
            candidates = [meant if meant == name else f"{meant} ({name})" for meant, name in reversed(nearest.items())]
            sentences.append(_("Did you mean {candidates}?").format(candidates=", ".join(candidates[:3])))
        if not known:
            sentences.append(_("There is none."))
        elif len(known) <= FEW:
            sentences.append(_("It may be {values}.").format(values=", ".join(known)))
        elif see:
            sentences.append(_("See what there is with: {command}").format(command=see))
        super().__init__(" ".join(sentences))


class AmbiguousValueError(UsageError):
    """A value that names more than one thing, with the candidates."""

    def __init__(self, what: str, value: str, candidates: Sequence[str]) -> None:
        more = "" if len(candidates) <= SOME else ", …"
        super().__init__(
            _("{what}: “{value}” may mean {candidates}. Write a little more of it.").format(
                what=what, value=value, candidates=", ".join(candidates[:SOME]) + more
            )
        )


class CatalogueError(CoopError):
    """The catalogue cannot be read."""

    exit_code = ExitCode.CATALOGUE


class UnreadableError(CatalogueError):
    """The system does not let the catalogue be read."""

    def __init__(self, path: object, error: OSError) -> None:
        if isinstance(error, FileNotFoundError):
            super().__init__(_("{path}: there is no such file.").format(path=path))
        elif isinstance(error, IsADirectoryError):
            super().__init__(_("{path} is a folder; a catalogue is a file.").format(path=path))
        else:
            reason = _(os.strerror(error.errno or 0))
            super().__init__(_("{path} cannot be read: {reason}.").format(path=path, reason=reason))


def said_faults(number: int) -> str:
    """How many faults there are."""
    return ngettext("{number} fault", "{number} faults", number).format(number=number)


class InvalidCatalogueError(CatalogueError):
    """The catalogue can be read and is not sound."""

    def __init__(self, path: object, faults: Sequence["Fault"]) -> None:
        self.faults = faults
        super().__init__(
            _("{path} is not a sound catalogue ({faults}):").format(path=path, faults=said_faults(len(faults))),
            *(f"  {fault}" for fault in faults[:FEW]),
            *(["  …"] if len(faults) > FEW else []),
            _("See all of them with: {command}").format(command=f"coop check {shlex.quote(str(path))}"),
        )


class OutputError(CoopError):
    """The answer cannot be written."""

    exit_code = ExitCode.OUTPUT
