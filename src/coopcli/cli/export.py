"""`coop export`: the catalogue as a file for other programs."""

from typing import Annotated

import typer

from coopcli.cli import completion, options
from coopcli.cli.session import Answer, Destination, Session
from coopcli.fields import PROJECT
from coopcli.formats import FORMATS, Format
from coopcli.language import _
from coopcli.selection import Selection, projects

EXAMPLES = (_("coop export csv -o projects.csv"), "coop export geojson --country Senegal -o senegal.geojson")


def _line(row: Format) -> str:
    lacks = _("It lacks: {what}.").format(what=row.lacks) if row.lacks else ""
    again = _("coop reads it again.") if row.reads else ""
    return " ".join(filter(None, (f"{row.name}: {row.help}.", lacks, again)))


# At the end of the help, a paragraph a format.
EPILOG = tuple(_line(row) for row in FORMATS.values() if row.exports)


@options.command(Destination)
def command(
    session: Session,
    format_: Annotated[
        str,
        typer.Argument(
            metavar=_("FORMAT"),
            help=", ".join(row.name for row in FORMATS.values() if row.exports),
            click_type=completion.choices({row.name: row.help for row in FORMATS.values() if row.exports}),
        ),
    ],
    selection: Selection,
) -> Answer:
    return Answer(PROJECT, projects(session.index, selection), session.index, format_, on=selection.on, catalogue=True)
