"""`coop search`: ranked full-text search."""

from typing import Annotated

import typer

from coopcli import search
from coopcli.cli import options
from coopcli.cli.session import Answer, Session, listed
from coopcli.fields import MATCH
from coopcli.language import _
from coopcli.selection import Selection


@options.command(kind=MATCH)
def command(
    session: Session,
    words: Annotated[list[str], typer.Argument(metavar=_("WORDS…"), help=_("the words to look for"))],
    selection: Selection,
) -> Answer:
    return Answer(
        MATCH, search.matches(session.index, " ".join(words), selection), session.index, on=selection.on, summary=listed
    )
