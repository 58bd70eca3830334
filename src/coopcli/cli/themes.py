"""`coop themes`: the priority themes, each with its number of projects."""

from coopcli.cli import options
from coopcli.cli.session import Answer, Session
from coopcli.fields import THEME
from coopcli.selection import CountSelection, counts

EXAMPLES = ("coop themes", "coop themes --format json")


@options.command(kind=THEME)
def command(session: Session) -> Answer:
    numbers = {row["value"]: row["projects"] for row in counts(session.index, "theme", CountSelection())}
    return Answer(
        THEME, [{**theme, "projects": numbers.get(theme["id"], 0)} for theme in session.index.themes], session.index
    )
