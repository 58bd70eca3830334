"""`coop about`: the catalogue itself."""

from coopcli.cli import options
from coopcli.cli.session import Answer, Session
from coopcli.fields import ABOUT, PROJECT

EXAMPLES = ("coop about", "coop about --format json")


@options.command(kind=ABOUT)
def command(session: Session) -> Answer:
    index = session.index
    known = dict.fromkeys(PROJECT.whole, 0)
    known |= index.connection.execute(
        "SELECT member.key, count(*) FROM record, json_each(record.json) AS member GROUP BY 1"
    ).fetchall()
    projects, organisations = index.connection.execute(
        "SELECT (SELECT count(*) FROM project), (SELECT count(*) FROM organisation)"
    ).fetchone()
    record = {
        **index.header,
        "projects": projects,
        "themes": len(index.themes),
        "organisations": organisations,
        "completeness": {name: number for name, number in known.items() if name != "id"},
    }
    return Answer(ABOUT, [record], session.index, shown_as="card")
