"""No command talks to a network, only `open` starts a program, and nothing is written but the cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coopcli.cli.run import COMMANDS
from coopcli.formats import FORMATS
from helpers import DATA

# Runs coop with every event that Python audits (PEP 578) watched: what is forbidden ends the process at once.
WATCHED = """
import os, sys
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")) or event in {
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "webbrowser.open"
    }:
        sys.stderr.write(f"FORBIDDEN {event} {arguments}\\n")
        sys.stderr.flush()
        os._exit(66)
sys.addaudithook(watch)
from coopcli.__main__ import main
main()
"""
RUNS = {
    "list": [["list"], *(["list", "-f", row.name] for row in FORMATS.values() if row.lists)],
    "search": [["search", "acqua"], ["search", "wather"]],
    "show": [["show", "bite"], ["show", "nothing"]],
    "open": [["open", "bite", "--print"]],
    "themes": [["themes"]],
    "stats": [["stats", "country"]],
    "about": [["about"]],
    "export": [["export", row.name, "-o", f"out{row.suffixes[0]}"] for row in FORMATS.values() if row.exports],
    "check": [["check"], ["check", "none.json"]],
    "init": [["init", "new.toml"]],
    "schema": [["schema"]],
    "": [["--help"], ["--version"], ["nothing"]],
}


def watched(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments],
        env={**clean, "HOME": str(home), "BROWSER": "true"},
        cwd=home / "work",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "work").mkdir()
    return home


def test_every_command_is_watched() -> None:
    assert set(RUNS) - {""} == set(COMMANDS)


@pytest.mark.parametrize("command", RUNS)
def test_no_network_and_no_other_program(command: str, home: Path) -> None:
    for arguments in RUNS[command]:
        done = watched(*arguments, home=home)
        assert done.returncode in {0, 1, 2, 3}, (arguments, done.stderr)
        assert "FORBIDDEN" not in done.stderr


def test_the_watch_would_see_a_browser(home: Path) -> None:
    assert watched("open", "bite", home=home).returncode == 66


def test_nothing_is_written_but_the_cache_and_what_was_asked_for(home: Path) -> None:
    watched("list", home=home)
    written = {path.relative_to(home).parts[:3] for path in home.rglob("*") if path.is_file()}
    assert {parts for parts in written if parts[0] != "work"} <= {(".cache", "coop", name) for *_, name in written}
    for path in (home / ".cache" / "coop").iterdir():
        content = path.read_bytes()
        assert str(home).encode() not in content
        assert os.uname().nodename.encode() not in content or os.uname().nodename.encode() in DATA.read_bytes()
