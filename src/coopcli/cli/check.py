"""`coop check`: every fault of a catalogue."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coopcli.bundled import bundled_catalogue
from coopcli.cli import options, terminal
from coopcli.cli.session import Answer, Session, found_projects
from coopcli.errors import ExitCode, said_faults
from coopcli.fields import FAULT
from coopcli.language import _

EXAMPLES = ("coop check ours.toml", "coop check ours.toml --format json")


@options.command(kind=FAULT)
def command(
    session: Session,
    file: Annotated[Path | None, typer.Argument(metavar=_("FILE"), help=_("the catalogue in use unless given"))] = None,
) -> Answer:
    from coopcli.faults import allowed, found
    from coopcli.loading import Catalogue

    path = file or session.catalogue or bundled_catalogue()
    catalogue = Catalogue(path)
    number = sum(1 for _project in terminal.with_bar(catalogue.projects(), catalogue.share))
    if catalogue.faults:
        terminal.say(_("{path}: {faults}.").format(path=path, faults=said_faults(len(catalogue.faults))))
        return Answer(FAULT, map(asdict, catalogue.faults), exit_code=ExitCode.CATALOGUE)
    terminal.say(_("{path} is sound: {projects}.").format(path=path, projects=found_projects(number)))
    if catalogue.passed_over:
        terminal.say(_("Passed over in it: {number}.").format(number=len(catalogue.passed_over)))
    rows = (
        {**each._asdict(), "file": str(path), "found": found(each.found), "allowed": allowed(each.kind, {}, each.kind)}
        for each in catalogue.passed_over
    )
    return Answer(FAULT, rows, optional=True)
