"""What the streams are: is it a terminal, how wide, may it have colour."""

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from coopcli.text import printable

MAX_WIDTH = 1000
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
