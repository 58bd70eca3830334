"""The guide for an Italian office: its tasks are run, in its order, in one folder, and show what happens."""

import os
import re
import sys
from pathlib import Path

import pytest

from coopcli.formats import FORMATS
from helpers import ROOT, shell_on_terminal

GUIDE = ROOT / "LEGGIMI.md"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)|(?<=^```sh\n)coop .*?(?=^```$)", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ufficio")


def run(command: str, folder: Path) -> tuple[int, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    screen = shell_on_terminal(f"cd {folder}; {command}", env={"PATH": path, "COOP_LANG": "it"})
    return screen.code, screen.text


def answered(block: str, folder: Path) -> str:
    lines = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{run(line[2:], folder)[1]}" for line in lines)


def test_the_guide_shows_what_happens(folder: Path, request: pytest.FixtureRequest) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    shown = BLOCK.findall(text)
    assert len(shown) >= 10
    found = []
    for block in shown:
        if block.startswith("$ "):
            found.append(answered(block, folder))
            continue
        for line in block.splitlines():
            if line.split()[2] in FORMATS:
                assert run(line, folder)[0] == 0, line
                assert (folder / line.split()[-1]).stat().st_size > 0
        found.append(block)
    if request.config.getoption("--update-golden"):
        new = iter(found)
        GUIDE.write_text(BLOCK.sub(lambda _match: next(new), text), encoding="utf-8")
    else:
        assert found == shown, "if it should differ, run pytest --update-golden"


def test_the_guide_has_ten_tasks() -> None:
    tasks = re.findall(r"(?m)^### (\d+)\. ", GUIDE.read_text(encoding="utf-8"))
    assert tasks == [str(number) for number in range(1, 11)]
