"""The help that a newcomer reads."""

import gettext
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from coopcli.cli.run import COMMANDS, EXAMPLES
from helpers import ROOT, coop, coop_inside, on_terminal

LOCALE = ROOT / "src" / "coopcli" / "locale"


def examples() -> list[tuple[str, str]]:
    own = [(name, line) for name in COMMANDS for line in import_module(f"coopcli.cli.{name}").EXAMPLES]
    return [*own, *(("", line) for line in EXAMPLES)]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_two_examples_of_itself(name: str) -> None:
    own = [line for command, line in examples() if command == name]
    assert len(own) == 2
    assert [name in shlex.split(line) for line in own] == [True, True]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    (folder / "coop").write_text(f'#!/bin/sh\nexec {sys.executable} -m coopcli "$@"\n')
    (folder / "coop").chmod(0o755)
    return folder


def in_italian(line: str) -> str:
    return gettext.translation("coop", LOCALE, ["it"]).gettext(line)


@pytest.mark.parametrize("line", sorted({line for _command, own in examples() for line in (own, in_italian(own))}))
def test_the_examples_work_as_they_are_printed(line: str, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office)
    monkeypatch.setenv("PATH", str(office), prepend=":")
    monkeypatch.setenv("BROWSER", "true")
    if "init" in line:
        Path(line.rsplit(maxsplit=1)[-1]).unlink(missing_ok=True)
    elif "check" in line:
        coop("init", line.split()[2])
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - as people type it
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_begins_with_what_it_does_and_the_examples(name: str) -> None:
    done = coop_inside(*name.split(), "--help")
    assert (done.code, done.err) == (0, "")
    usage, blank, *text = done.out.splitlines()
    assert usage.startswith(f"Usage: coop {name}".rstrip() + " ")
    assert blank == ""
    at = text.index("  Examples:")
    assert [line.strip() for line in text[at + 1 : at + 3]] == [f"$ {line}" for own, line in examples() if own == name]
    assert " ".join(line.strip() for line in text[: at - 1]) == COMMANDS.get(
        name, "The catalogue of a city's international-cooperation projects: list, search, count, export."
    )


def test_help_in_a_pipe_is_plain_and_has_its_options_in_groups() -> None:
    out = coop_inside("list", "--help").out
    assert [line for line in out.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "Which projects:",
        "How it is written:",
        "Options:",
    ]
    assert out.isprintable() or not set("\x1b╭│\b") & set(out)


@pytest.mark.parametrize("columns", [80, 160])
def test_help_on_a_terminal_has_panels_no_wider_than_is_read_with_ease(columns: int) -> None:
    screen = on_terminal("stats", "--help", columns=columns)
    assert screen.code == 0
    titles = [line for line in screen.text.splitlines() if line.startswith("╭")]
    assert [line.split()[1] for line in titles] == ["Arguments", "Which", "How", "Options"]
    assert {len(line) for line in titles} == {min(columns, 100)}
    assert "  $ coop stats country" in screen.text


def test_help_on_a_dumb_terminal_is_plain() -> None:
    assert "╭" not in on_terminal("stats", "--help", env={"TERM": "dumb"}).text


def test_coop_alone_is_its_help() -> None:
    alone = coop_inside()
    assert coop_inside("--help").out.splitlines() == (alone.out or alone.err).splitlines()


def test_a_command_that_does_not_exist_has_a_neighbour() -> None:
    done = coop_inside("lst")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("coop: command: “lst” is not known. Did you mean list?")


def test_a_limit_is_no_negative_number() -> None:
    done = coop_inside("list", "--limit", "-1")
    assert (done.code, done.err) == (2, "coop: --limit: -1 is less than 0.\n")
