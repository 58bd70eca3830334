"""`coop init`: a catalogue to start from."""

from pathlib import Path
from typing import Annotated

import typer

from coopcli.cli import completion, options, terminal
from coopcli.errors import OutputError, UsageError
from coopcli.language import _, current

_STARTERS = Path(__file__).parent.parent / "starter"

EXAMPLES = (_("coop init ours.toml"), "coop --lang it init nostro.toml")


@options.command(None)
def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar=_("FILE"), help=_("the file to write; its name ends in .toml"), click_type=completion.FILE
        ),
    ],
) -> None:
    if file.suffix.lower() != ".toml":
        raise UsageError(
            _("{file}: a catalogue with comments is TOML; choose a name that ends in .toml.").format(file=file)
        )
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write((_STARTERS / f"{current()}.toml").read_text(encoding="utf-8"))
    except FileExistsError:
        raise OutputError(_("{file} is there already and was left as it is.").format(file=file)) from None
    except OSError as error:
        raise OutputError(_("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror)) from None
    terminal.say(_("{file} is written. Replace its two examples, then: coop check {file}").format(file=file))
