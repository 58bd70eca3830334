"""What table and card share: Rich, drawing into a text."""

import io
import re

from rich.console import Console, RenderableType
from rich.text import Text

from coopcli.fields import Context
from coopcli.text import one_line

DASH = Text("—", style="dim")
# Rich gives each link a random id (to join its parts when the pointer is over one): the same answer must be the same.
_LINK_ID = re.compile("\x1b]8;id=[0-9-]+;")


def render(thing: RenderableType, context: Context) -> str:
    """A Rich renderable as the text to write to a terminal, with colours and links only where they are wanted."""
    console = Console(
        file=io.StringIO(),
        width=context.width,
        force_terminal=context.colour,
        no_color=not context.colour,
        color_system="auto" if context.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as capture:
        console.print(thing)
    text = _LINK_ID.sub("\x1b]8;;", capture.get())
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def neat(text: str) -> str:
    """A text of the catalogue for people: on one line, safe, one blank where the source has two."""
    return re.sub(" {2,}", " ", one_line(text))
