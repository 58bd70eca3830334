"""`coop show`: everything about a project."""

from typing import Annotated

import typer

from coopcli.cli import completion, options
from coopcli.cli.session import Answer, Session
from coopcli.fields import PROJECT
from coopcli.language import _
from coopcli.selection import project

EXAMPLES = ("coop show dakar-reve", "coop show epic --format json")


@options.command()
def command(
    session: Session,
    ids: Annotated[
        list[str],
        typer.Argument(metavar=_("ID…"), help=_("an id, or part of an id or title"), click_type=completion.project_ids),
    ],
) -> Answer:
    # Everything, in a pipe too: the columns of an export.
    kind = PROJECT._replace(row=PROJECT.sheet)
    return Answer(kind, [project(session.index, id_) for id_ in ids], session.index, shown_as="card")
