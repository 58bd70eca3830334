"""`coop open`: a project's page in the browser."""

import webbrowser
from typing import Annotated

import typer

from coopcli.cli import completion, options, terminal
from coopcli.cli.delivery import deliver
from coopcli.cli.session import Session
from coopcli.errors import OutputError, UsageError
from coopcli.language import _
from coopcli.selection import project

EXAMPLES = ("coop open dakar-reve", "coop open dakar-reve --print")


@options.command(None)
def command(
    session: Session,
    id_: Annotated[
        str,
        typer.Argument(metavar=_("ID"), help=_("an id, or part of an id or title"), click_type=completion.project_ids),
    ],
    print_: Annotated[bool, typer.Option("--print", help=_("print the address instead of opening it"))] = False,
) -> None:
    record = project(session.index, id_)
    url = record.get("url") or record.get("website")
    if url is None:
        raise UsageError(_("{id} has no page.").format(id=record["id"]))
    if print_:
        deliver([f"{url}\n"])
    elif not webbrowser.open(url):
        raise OutputError(_("No browser could be started. The address is {url}").format(url=url))
    else:
        terminal.hint(url)
