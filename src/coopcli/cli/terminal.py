"""What the streams are: is it a terminal, how wide, may it have colour."""

import codecs
import io
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TextIO, TypeVar

from coopcli.language import _
from coopcli.text import legible, printable

T = TypeVar("T")

MAX_WIDTH = 1000
# Fewer than these are done before a bar is drawn.
FEW = 5_000
COLOUR_CHOICES = ("auto", "always", "never")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is looking at this stream."""
    return stream.isatty()


def may_colour(choice: str, stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether colour and hyperlinks may go to a stream.

    `--color`, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE (https://no-color.org, https://bixense.com/clicolors),
    then whether it is a terminal that is not dumb.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and environment.get("TERM") != "dumb"


def draws() -> bool:
    """Whether help and errors may be drawn with colours and panels: stdout is a terminal that takes colour."""
    return is_terminal(sys.stdout) and may_colour("auto", sys.stdout)


def make_legible() -> None:
    """Let the streams write in ASCII what their encoding does not have: legible, and never a traceback."""
    codecs.register_error("legible", legible)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="legible")


def width() -> int:
    """The width of the terminal in columns: COLUMNS, then what the terminal says, then 80."""
    return min(shutil.get_terminal_size((80, 24)).columns, MAX_WIDTH)


def say(message: str) -> None:
    """Tell the user something that is not the answer, without a control character but tabs and line breaks."""
    with suppress(OSError):  # where it cannot be said, the exit code still tells
        print(printable(message), file=sys.stderr)


def hint(message: str) -> None:
    """Tell the user something helpful, if there is a user to see it."""
    if is_terminal(sys.stderr) and is_terminal(sys.stdout):
        say(message)


def with_bar(things: Iterator[T], share: Callable[[], float | None]) -> Generator[T, None, None]:
    """The same things, with a bar on stderr for a person who has to wait for them; `share` tells how many have gone."""
    yield from islice(things, FEW)
    if not is_terminal(sys.stderr):
        yield from things
        return
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    progress.start()
    try:
        bar = progress.add_task(_("Reading the catalogue"), total=None)
        for number, thing in enumerate(things):
            if number % FEW == 0 and (done := share()) is not None:
                progress.update(bar, completed=done, total=1)
            yield thing
    finally:
        with suppress(OSError):  # the terminal may be gone, and what ends the run is to be heard
            progress.stop()
