"""The TAB key: what is offered, at what price, and in real shells."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pexpect
import pyte
import pytest

from coopcli.cli.completion import SHELLS
from coopcli.selection import FILTERS
from helpers import DATA, coop, coop_inside

PROJECTS = json.loads(DATA.read_text(encoding="utf-8"))["projects"]


def offered(line: str, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """What zsh is offered at the end of this line: each word, and what it means."""
    environment = {"_COOP_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = coop(env={**environment, **(env or {})})
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    return dict(zip(lines[1::3], lines[2::3], strict=True))


def of(member: str) -> set[str]:
    return {value for project in PROJECTS for value in project.get(member, ())}


def test_countries_come_with_their_names_and_numbers() -> None:
    countries = offered("coop list --country ")
    assert set(countries) == of("countries")
    assert countries["MZ"] == f"Mozambique ({sum('MZ' in project['countries'] for project in PROJECTS)})"
    assert offered("coop list --country M").keys() == {code for code in of("countries") if code.startswith("M")}


def test_a_name_is_completed_where_no_code_begins_so() -> None:
    assert offered("coop list --country moz") == {"Mozambique": "MZ"}
    assert offered("coop list --country moz", {"LANGUAGE": "it"}) == {"Mozambico": "MZ"}
    assert offered("coop list --country=burk") == {"Burkina Faso": "BF"}


def test_values_are_those_that_the_other_filters_leave() -> None:
    left = {
        theme
        for project in PROJECTS
        if "MZ" in project.get("countries", ()) and project.get("role") == "partner"
        for theme in project["themes"]
    }
    assert offered("coop list -c mozambico --role partner --theme ").keys() == left
    assert len(left) < len(of("themes"))


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_completes(name: str) -> None:
    assert offered(f"coop list {FILTERS[name].flags[0]} ")


def test_ids_come_with_their_titles() -> None:
    assert offered("coop show ") == {project["id"]: project["title"] for project in PROJECTS}
    assert offered("coop show da") == {"dakar-reve": "DAKAR REVE - Dakar Régénération Verte"}
    assert offered("coop open reve") == {"dakar-reve": "DAKAR REVE - Dakar Régénération Verte"}
    assert "dakar-reve" not in offered("coop show dakar-reve ")


def test_the_shell_is_told_to_complete_files() -> None:
    lines = ("check c.t", "--catalogue c.t", "--catalogue=c.t", "init c.t", "export csv -o c.t", "list --output c.t")
    for line in lines:
        words = f"coop {line}".split()
        env = {"_COOP_COMPLETE": "bash_complete", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
        assert coop_inside(env=env).out == "file,c.t\n", line


def test_bash_makes_three_words_of_an_option_and_its_value() -> None:
    env = {"_COOP_COMPLETE": "bash_complete", "COMP_WORDS": "coop\nlist\n--country\n=\nMoz", "COMP_CWORD": "4"}
    assert coop_inside(env=env).out == "plain,Mozambique\n"


def test_a_list_of_fields_may_have_blanks() -> None:
    env = {"_COOP_COMPLETE": "bash_complete", "COMP_WORDS": 'coop\nlist\n--fields\n"id, summary_i', "COMP_CWORD": "3"}
    assert coop_inside(env=env).out == "plain,id, summary_it\n"


def test_a_list_of_fields_is_completed_after_its_last_comma() -> None:
    assert offered("coop list --fields id,ti") == {"id,title": "title"}
    assert "id,id" not in offered("coop list --fields id,")
    assert offered("coop stats theme --fields with") == {"with_budget": "how many of them have a known budget"}


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("coop ", {"list", "show", "export"}),
        ("coop --lang ", {"it", "en"}),
        ("coop list --format ", {"table", "tsv", "csv", "json"}),
        ("coop export ", {"csv", "json", "toml"}),
        ("coop stats ", {"theme", "country", "sdg", "funder"}),
        ("coop list --sort ", {"id", "title", "start"}),
        ("coop list --st", {"--status"}),
    ],
)
def test_fixed_words_are_completed(line: str, some: set[str]) -> None:
    assert some <= offered(line).keys()


def test_another_catalogue_is_the_one_completed_from(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    catalogue = json.loads(DATA.read_text(encoding="utf-8"))
    other.write_text(json.dumps({**catalogue, "projects": [{"id": "only", "title": "The only one"}]}))
    assert offered(f"coop --catalogue {other} show ") == {"only": "The only one"}
    assert offered("coop show ", {"COOP_CATALOGUE": str(other)}) == {"only": "The only one"}


def test_what_cannot_be_read_is_completed_with_silence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert offered(f"coop --catalogue {broken} show ") == {}
    assert offered(f"coop --catalogue {tmp_path}/none.json list --theme ") == {}
    assert offered("coop list --theme nothing-like-it --country ") == {}
    assert offered("coop list --on tomorrow --status ") == {}


def test_a_large_catalogue_is_not_compiled_while_someone_types(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    catalogue = json.loads(DATA.read_text(encoding="utf-8"))
    large.write_text(json.dumps(catalogue) + " " * 9_000_000)
    assert offered(f"coop --catalogue {large} show ") == {}
    assert coop("--catalogue", large, "list", "-q", "-n", "1").code == 0
    assert len(offered(f"coop --catalogue {large} show ")) == len(PROJECTS)


def test_completion_loads_neither_pydantic_nor_rich() -> None:
    coop("list", "-q")
    code = """
import sys, atexit
atexit.register(lambda: print(*(n for n in ("pydantic", "rich", "typer.rich_utils") if n in sys.modules), "end"))
from coopcli.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "_COOP_COMPLETE": "zsh_complete", "COMP_WORDS": "coop list --country ", "COMP_CWORD": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "end"


class Shell:
    """A shell on a terminal of 100 columns, and what a person sees there."""

    def __init__(self, name: str, home: Path) -> None:
        flags = {"bash": ["-i"], "zsh": ["-o", "no_global_rcs"], "fish": []}[name]
        environment = {
            **{
                key: value
                for key, value in os.environ.items()
                if key not in {"COLUMNS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}
            },
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "TERM": "xterm",
            "ZDOTDIR": str(home),
        }
        self._process = pexpect.spawn(name, flags, env=environment, encoding="utf-8", dimensions=(60, 100), cwd=home)
        self._screen = pyte.Screen(100, 60)
        self._stream = pyte.Stream(self._screen)
        self.sees("ready>")

    def type(self, keys: str) -> None:
        self._process.send(keys)

    def sees(self, expected: str) -> None:
        """Wait until the screen shows this regular expression."""
        end = time.monotonic() + 20
        while not re.search(expected, "\n".join(self._screen.display)):
            assert time.monotonic() < end, "\n".join(line.rstrip() for line in self._screen.display).strip()
            with suppress(pexpect.TIMEOUT):
                self._stream.feed(self._process.read_nonblocking(4096, 0.1))

    def clear(self) -> None:
        self._process.send("\x15")
        self._screen.reset()

    def close(self) -> None:
        self._process.close()


@pytest.fixture(params=sorted(SHELLS))
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """A shell as a person opens it, after `coop --install-completion` in two before."""
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    fish = tmp_path / ".config" / "fish" / "config.fish"
    fish.parent.mkdir(parents=True)
    fish.write_text("function fish_prompt; echo -n 'ready> '; end\nset -g fish_greeting\n")
    # Where this folder is missing, fish reads every manual page of the machine, in a process that outlives it.
    (tmp_path / ".local" / "share" / "fish" / "generated_completions").mkdir(parents=True)
    (tmp_path / ".zshrc").write_text("PS1='ready> '\n")
    (tmp_path / ".bashrc").write_text("PS1='ready> '")
    coop("list", "-q")
    coop("init", tmp_path / "nostro.toml")
    for _again in range(2):
        first = Shell(name, tmp_path)
        first.type("coop --install-completion\r")
        first.sees(r"open\s+from\s+now\s+on")
        first.close()
    second = Shell(name, tmp_path)
    yield second
    second.close()


def test_real_shells_complete(shell: Shell) -> None:
    shell.type("coop sta\t")
    shell.sees("coop stats")
    shell.clear()
    shell.type("coop list --theme migr\t")
    shell.sees("--theme migrazioni-e-sviluppo")
    shell.clear()
    shell.type("coop list --country burk\t-q\r")
    shell.sees(r"(?m)^imprese-sociali-burkina-faso")
    shell.clear()
    shell.type("coop check nos\t")
    shell.sees(r"coop check nostro\.toml")
    shell.clear()
    shell.type("coop list --country M\t\t")
    shell.sees(r"MZ\W.*Mozambique \(\d\)")


def test_installing_twice_adds_one_line(shell: Shell, tmp_path: Path) -> None:
    shell.sees("ready>")
    for startup in (tmp_path / ".bashrc", tmp_path / ".zshrc"):
        lines = startup.read_text().splitlines()
        assert lines[0] == "PS1='ready> '"
        assert len(lines) == len(set(lines)) <= 2


@pytest.mark.parametrize(
    ("shell_in_use", "home", "code", "said"),
    [
        ("dash", "", 2, "coop: TAB completion is for bash, zsh, fish; this shell is “dash”.\n"),
        ("bash", "/dev/null", 4, "coop: /dev/null/.bash_completions cannot be written: Not a directory.\n"),
    ],
)
def test_what_cannot_be_set_up_is_said(shell_in_use: str, home: str, code: int, said: str, tmp_path: Path) -> None:
    if shutil.which(shell_in_use) is None:
        pytest.skip(f"{shell_in_use} is not installed")
    line = f"{sys.executable} -m coopcli --install-completion; exit $?"
    environment = {**os.environ, "HOME": home or str(tmp_path)}
    done = subprocess.run([shell_in_use, "-c", line], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", said)
    assert list(tmp_path.iterdir()) == []
