"""What can go wrong, each with its exit code. The text of an error is a sentence for the user."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from coopcli.language import _
from coopcli.text import fold

if TYPE_CHECKING:
    from coopcli.faults import Fault

FEW = 20


class ExitCode(IntEnum):
    """The promise to scripts."""

    FOUND = 0
    NOTHING_FOUND = 1
    USAGE = 2
    CATALOGUE = 3
    OUTPUT = 4
    INTERRUPTED = 130


class CoopError(Exception):
    """Something that the user can do something about; any other exception is our bug and keeps its traceback."""

    exit_code = ExitCode.USAGE


class UsageError(CoopError):
    """The command line asks for something that does not exist or does not go together."""


class UnknownValueError(UsageError):
    """A value that names nothing, with the nearest ones that do, or all of them where they are few.

    `known` maps each name to the value it stands for; a plain collection is its own values.
    """

    def __init__(self, what: str, value: str, known: Mapping[str, str] | Iterable[str]) -> None:
        from difflib import get_close_matches

        values = dict(known) if isinstance(known, Mapping) else {name: name for name in known}
        spelled = {fold(name): name for name in reversed(values)}
        near = [spelled[name] for name in get_close_matches(fold(value), spelled, n=6, cutoff=0.6)]
        nearest = {values[name]: name for name in reversed(near)}
        message = _("{what}: “{value}” is not known.").format(what=what, value=value)
        if nearest:
            candidates = [key if key == name else f"{key} ({name})" for key, name in reversed(nearest.items())]
            message += " " + _("Did you mean {candidates}?").format(candidates=", ".join(candidates[:3]))
        elif len(set(values.values())) <= FEW:
            message += " " + _("It may be {values}.").format(values=", ".join(dict.fromkeys(values.values())))
        super().__init__(message)


class AmbiguousValueError(UsageError):
    """A value that names more than one thing, with the candidates."""

    def __init__(self, what: str, value: str, candidates: Sequence[str]) -> None:
        super().__init__(
            _("{what}: “{value}” may mean {candidates}. Write a little more of it.").format(
                what=what, value=value, candidates=", ".join(candidates)
            )
        )


class CatalogueError(CoopError):
    """The catalogue cannot be read."""

    exit_code = ExitCode.CATALOGUE


class InvalidCatalogueError(CatalogueError):
    """The catalogue can be read and is not sound."""

    def __init__(self, path: object, faults: Sequence["Fault"]) -> None:
        self.faults = faults
        shown = "\n".join(f"  {fault}" for fault in faults[:FEW])
        more = "" if len(faults) <= FEW else "\n  …"
        super().__init__(
            _(
                "{path} is not a sound catalogue ({count} faults):\n{faults}{more}\nSee all of them with: coop check"
            ).format(path=path, count=len(faults), faults=shown, more=more)
        )


class OutputError(CoopError):
    """The answer cannot be written."""

    exit_code = ExitCode.OUTPUT
