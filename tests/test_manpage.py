"""The manual page: up to date, without warnings, in both languages."""

import os
import shutil
import subprocess

import pytest

import manpage
from coopcli.cli.run import COMMANDS


@pytest.mark.parametrize("language", manpage.PLACES)
def test_the_page_says_what_the_help_says(language: str) -> None:
    written = manpage.PLACES[language].read_text(encoding="ascii")
    assert written == manpage.page(language), "run python tools/manpage.py"


@pytest.mark.parametrize("language", manpage.PLACES)
def test_the_page_renders_without_a_warning(language: str) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    done = subprocess.run(
        ["man", "--warnings", "--local-file", "-Tutf8", str(manpage.PLACES[language])],
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANROFFOPT": "-ww"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    for command in COMMANDS:
        assert f"coop {command}" in _plain(done.stdout)
    assert max(map(len, _plain(done.stdout).splitlines())) <= 80


def _plain(text: str) -> str:
    """Overstrikes, by which a terminal shows bold, taken out."""
    return "".join(char for at, char in enumerate(text) if char != "\x08" and text[at + 1 : at + 2] != "\x08")


def test_both_languages_have_the_same_sections() -> None:
    shapes = [
        [
            line.split()[0]
            for line in place.read_text(encoding="ascii").splitlines()
            if line.startswith((".SH", ".SS", ".TP"))
        ]
        for place in manpage.PLACES.values()
    ]
    assert shapes[0] == shapes[1]
    assert shapes[0].count(".SS") == len(COMMANDS)
