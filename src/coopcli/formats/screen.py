"""What table and card share: Rich, drawing into a text."""

import io

from rich.console import Console, RenderableType
from rich.text import Text

from coopcli.fields import Context

DASH = Text("—", style="dim")


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
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
