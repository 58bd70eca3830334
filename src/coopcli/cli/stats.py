"""`coop stats`: how many projects, and how much known funding, for each value of a facet."""

from typing import Annotated

import typer

from coopcli.cli import completion, options
from coopcli.cli.session import Answer, Session
from coopcli.fields import COUNT
from coopcli.language import _
from coopcli.selection import FACETS, CountSelection, counts

EXAMPLES = ("coop stats country", _("coop stats year --theme migration"))


@options.command(kind=COUNT)
def command(
    session: Session,
    facet: Annotated[
        str,
        typer.Argument(
            metavar=_("FACET"),
            help=", ".join(FACETS),
            click_type=completion.choices({row.name: row.help for row in FACETS.values()}),
        ),
    ],
    selection: CountSelection,
) -> Answer:
    return Answer(COUNT, counts(session.index, facet, selection), session.index, on=selection.on)
