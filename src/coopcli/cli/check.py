"""`coop check`: every fault of a catalogue."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coopcli.bundled import bundled_catalogue
from coopcli.cli import completion, options, terminal
from coopcli.cli.session import Answer, Session, found_projects
from coopcli.errors import ExitCode, said_faults
from coopcli.fields import FAULT
from coopcli.formats import PassedOver
from coopcli.language import _

# All that a large file of IATI is likely to have, and no more than fits into memory.
MAX_PASSED_OVER = 100_000
EXAMPLES = (_("coop check ours.toml"), _("coop check ours.toml --format json"))


@options.command(kind=FAULT)
def command(
    session: Session,
    file: Annotated[
        Path | None,
        typer.Argument(metavar=_("FILE"), help=_("the catalogue in use unless given"), click_type=completion.FILE),
    ] = None,
) -> Answer:
    from coopcli.faults import allowed, found
    from coopcli.loading import Catalogue

    path = file or session.catalogue or bundled_catalogue()
    catalogue = Catalogue(path)
    passed_over: list[PassedOver] = []
    number = not_taken = 0
    for _project in terminal.with_bar(catalogue.projects(), catalogue.share):
        number += 1
        not_taken += len(catalogue.passed_over)
        passed_over += catalogue.passed_over[: MAX_PASSED_OVER - len(passed_over)]
        catalogue.passed_over.clear()
    if catalogue.faults:
        terminal.say(_("{path}: {faults}.").format(path=path, faults=said_faults(len(catalogue.faults))))
        return Answer(FAULT, map(asdict, catalogue.faults), exit_code=ExitCode.CATALOGUE)
    terminal.say(_("{path} is sound: {projects}.").format(path=path, projects=found_projects(number)))
    if not_taken:
        terminal.say(_("Passed over in it: {number}.").format(number=not_taken))
    if not_taken > MAX_PASSED_OVER:
        terminal.say(_("The first {number} of them are named.").format(number=MAX_PASSED_OVER))
    rows = (
        {**each._asdict(), "file": str(path), "found": found(each.found), "allowed": allowed(each.kind, {}, each.kind)}
        for each in passed_over
    )
    return Answer(FAULT, rows, optional=True)
