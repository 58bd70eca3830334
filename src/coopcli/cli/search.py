"""`coop search`: ranked full-text search."""

import shlex
from typing import Annotated

import typer

from coopcli import search
from coopcli.cli import options, terminal
from coopcli.cli.session import Answer, Session, listed
from coopcli.fields import MATCH
from coopcli.index import Index
from coopcli.language import _
from coopcli.selection import Selection

EXAMPLES = (_("coop search water"), _("coop search waste --country Mozambique --format csv"))


@options.command(kind=MATCH)
def command(
    session: Session,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar=_("WORDS…"),
            help=_('the words to look for; in single quotes also: "a phrase", beg*, -without, field:value'),
        ),
    ],
    selection: Selection,
) -> Answer:
    question = search.ask(session.index, " ".join(words))
    for word, nearest in question.corrections.items():
        terminal.say(f"{word} → {', '.join(nearest)}")
    if question.shortened:
        terminal.say(_("Only the first {number} words are looked for.").format(number=search.MOST_TERMS))
    return Answer(
        MATCH,
        search.matches(session.index, question, selection),
        session.index,
        on=selection.on,
        summary=listed,
        nothing=lambda: _nothing(session.index, question, selection),
    )


def _nothing(index: Index, question: search.Question, selection: Selection) -> str:
    if not question.wanted:
        return _("There is no word to look for.")
    near = search.nearest(index, question, selection)
    if not near:
        return _("Nothing matched.")
    held = near[0].held
    missing = [f"“{term}”" for term in question.wanted if term not in held]
    return "\n".join(
        (
            _("No project holds all the words. Without {missing} there are:").format(missing=", ".join(missing)),
            *(f"  {item.id}  {item.title}" for item in near if item.held == held),
            _("Try: {command}").format(command=f"coop search {shlex.quote(' '.join(map(str, held)))}"),
        )
    )
