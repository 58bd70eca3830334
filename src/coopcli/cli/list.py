"""`coop list`: projects, one a line."""

from coopcli.cli import options
from coopcli.cli.session import Answer, Session, listed
from coopcli.fields import PROJECT
from coopcli.language import _
from coopcli.selection import Selection, projects

EXAMPLES = (
    _("coop list --country Mozambique --status ended"),
    _("coop list --theme migration --sort start --format csv"),
)


@options.command()
def command(session: Session, selection: Selection) -> Answer:
    return Answer(PROJECT, projects(session.index, selection), session.index, on=selection.on, summary=listed)
