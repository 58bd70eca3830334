"""`coop stats`: how many projects, and how much known funding, for each value of a facet."""

from typing import Annotated

import typer

from coopcli.cli import completion, options
from coopcli.cli.session import Answer, Session, found_projects
from coopcli.fields import COUNT
from coopcli.language import _
from coopcli.selection import FACETS, CountSelection, counts, without_value

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
    def summary(_rows: int) -> str:
        number = without_value(session.index, facet, selection)
        said = _("A project with several values counts in each, with its whole budget.")
        about = _("Approximate budgets count like the others.")
        without = _("Without any value: {projects}.").format(projects=found_projects(number))
        return "\n".join([said, about, without] if number else [said, about])

    return Answer(COUNT, counts(session.index, facet, selection), session.index, on=selection.on, summary=summary)
