"""What the documents show is what happens."""

import os
import re
import sys
from pathlib import Path

import pytest

from helpers import ROOT, shell_on_terminal

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")


def answered(block: str) -> str:
    """The block's commands, each with what it writes to a terminal of 80 columns."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{shell_on_terminal(line[2:], env={'PATH': path}).text}" for line in commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_what_happens(document: Path, request: pytest.FixtureRequest) -> None:
    text = document.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        document.write_text(BLOCK.sub(lambda match: answered(match[0]), text), encoding="utf-8")
        return
    for block in BLOCK.findall(text):
        assert block == answered(block), "if it should differ, run pytest --update-golden"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_documents_links_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_has_the_two_commands_of_a_new_user() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in (
        "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/coop list --theme migrazioni",
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest -q",
    ):
        assert f"\n{command}\n" in readme
