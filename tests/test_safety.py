"""Text of a catalogue, a file's name or a command line is only text to a terminal, a spreadsheet and a browser."""

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from coopcli.fields import Record
from coopcli.formats import FORMATS
from coopcli.selection import FACETS
from coopcli.text import one_line
from helpers import Screen, coop, coop_inside, exported, milan, on_terminal
from strategies import catalogues

PAYLOADS = [
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;title\x07",
    "\x1bP$qm\x1b\\",
    "\x9b31m",
    "\x9d8;;http://evil.example\x9c",
    "ok\rFAKE",
    "a\b\bb",
    "\x7f\x05\x0e",
    "user\u202egnp.exe",
    "\u2066x\u2069\u200f\u061c",
    "in\u200bvisible\u2060\ufeff\U000e0041",
    "line\u2028break\x85\x0b\x0c",
    "\ufff9note\ufffa\ufffb",
    "[bold red]x[/] [link=http://evil.example]y[/link] :smile:",
    "two\nlines\tand a tab",
]
ALL = " ".join(PAYLOADS)
PAGE = "https://example.org/page"

# Colours, links, and what draws the bar while a catalogue is read.
_OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^;\x1b]*;(?P<link>[^\x1b]*)\x1b\\|\r?\x1b\[(?:2K|1A)|\x1b\[\?25[lh]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound catalogue in which every text is hostile, in a file whose name is, too."""
    text = {"it": ALL, "en": ALL, "xx": ALL}
    row: dict[str, Any] = {
        "id": "p",
        "title": ALL,
        "acronym": ALL,
        "full_title": ALL + "!",
        "url": PAGE,
        "summary": text,
        "themes": ["t"],
        "countries": ["IT"],
        "places": [{"name": ALL, "country": "IT", "lat": 1, "lon": 2}, {"name": ALL + "?"}],
        "start": "2020",
        "end": "2030",
        "role": "lead",
        "participants": [{"organisation": "o", "role": role} for role in ("lead", "partner", "associate", "funder")],
        "programme": ALL,
        "budget": {"amount": 1.5, "currency": "EUR", "approximate": True},
        "contribution": {"amount": 1, "currency": "EUR", "by": "o"},
        "sdgs": [1],
        "sectors": ["31120"],
        "beneficiaries": text,
        "website": PAGE,
        "identifiers": {ALL: ALL},
        "sources": [{"url": PAGE, "supports": ["title"]}],
        "inferred": ["sdgs"],
        "notes": text,
    }
    catalogue = {
        "schema_version": "1.0",
        "language": "it",
        "title": text,
        "publisher": {"name": ALL, "org_id": ALL, "url": PAGE},
        "licence": {"id": ALL, "title": ALL, "url": PAGE},
        "source": {"url": PAGE, "title": ALL, "as_of": "2026"},
        "framework": [{"title": ALL, "url": PAGE}],
        "themes": [{"id": "t", "name": {"it": f"red {ALL}"}, "aliases": [f"red {ALL}"]}],
        "organisations": [{"id": "o", "name": ALL, "acronym": ALL, "country": "IT", "org_id": ALL, "aliases": [ALL]}],
        "projects": [row, {**row, "id": "q"}],
    }
    path = tmp_path_factory.mktemp("hostile") / f"{PAYLOADS[0]} {PAYLOADS[11]}\n.json"
    path.write_text(json.dumps(catalogue), encoding="utf-8")
    return path


def is_safe(screen: Screen) -> None:
    """Only our own colours and links came through, and the links lead where the catalogue's addresses do."""
    links = {match["link"] for match in _OURS.finditer(screen.raw)} - {None, ""}
    assert all(link == PAGE or re.fullmatch(r"https?://[!-~]+", link) for link in links), links
    assert "evil.example" not in "".join(links)
    left = _UNSAFE.findall(_OURS.sub("", screen.raw).replace("\r\n", "\n"))
    assert left == []
    assert "Traceback" not in screen.raw


COMMANDS = [
    ["list"],
    ["list", "-q"],
    ["list", "--fields", "title,summary_it,participants,identifiers"],
    ["show", "p"],
    ["show", "p", "--fields", "title,notes,sources"],
    ["search", "red"],
    ["themes"],
    ["about"],
    ["check"],
    ["open", "p", "--print"],
    *(["stats", facet] for facet in FACETS),
    *(["list", "-f", row.name] for row in FORMATS.values() if row.lists and not row.binary),
    *(["export", row.name] for row in FORMATS.values() if row.exports and not row.binary),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_hostile_catalogue_is_text_on_a_terminal(arguments: list[str], hostile: Path) -> None:
    screen = on_terminal("--catalogue", hostile, "--color", "always", *arguments, columns=120)
    assert screen.code == 0
    is_safe(screen)


MISTAKES = [
    [ALL],
    ["list", ALL],
    ["list", f"--{ALL}"],
    ["list", f"-{ALL}"],
    ["list", "-n", ALL],
    ["list", "--theme", ALL],
    ["list", "--partner", ALL],
    ["list", "--year", ALL],
    ["list", "--on", ALL],
    ["list", "--sort", ALL],
    ["list", "--fields", ALL],
    ["list", "-f", ALL],
    ["list", "-f", "csv", "--dialect", ALL],
    ["list", "-o", f"/nowhere/{ALL.replace('/', '')}.csv"],
    ["list", "-o", ALL.replace("/", "")],
    ["show", ALL],
    ["open", ALL],
    ["search", ALL],
    ["stats", ALL],
    ["export", ALL],
    ["check", ALL],
    ["--catalogue", ALL, "list"],
    ["--lang", ALL, "list"],
    ["--color", ALL, "list"],
    ["init", ALL],
    ["init", f"/nowhere/{ALL.replace('/', '')}.toml"],
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_a_hostile_command_line_is_text_on_a_terminal(number: int) -> None:
    screen = on_terminal(*MISTAKES[number], columns=100)
    assert screen.code in {1, 2, 3, 4}
    is_safe(screen)


def test_a_hostile_environment_is_text_on_a_terminal() -> None:
    for name in ("COOP_CATALOGUE", "COOP_LANG", "COLUMNS", "LANGUAGE", "TERM", "BROWSER", "NO_COLOR", "_COOP_COMPLETE"):
        is_safe(on_terminal("list", env={name: ALL}))
    is_safe(on_terminal("open", "bite", env={"BROWSER": "false"}))


def test_a_faulty_hostile_catalogue_is_text_on_a_terminal(hostile: Path, tmp_path: Path) -> None:
    catalogue = json.loads(hostile.read_text(encoding="utf-8"))
    catalogue["projects"][0] |= {"id": ALL, "themes": [ALL], ALL: ALL, "url": f"https://{ALL}", "sdgs": ALL}
    catalogue["publisher"] = {ALL: {ALL: ALL}}
    for suffix, text in (
        (".json", json.dumps(catalogue)),
        (".json", '{"' + PAYLOADS[0].replace("\x1b", "\x7f") + '": 1, "\x7f": 2, "\x7f": 3}'),
        (".jsonl", json.dumps({"a": 1}) + f"\n{ALL}\n"),
        (".toml", f"{ALL} = 1"),
        (".toml", f'"\\u001b[31m" = "\\u009b"\na = "{PAYLOADS[11]}"'),
    ):
        path = tmp_path / f"{PAYLOADS[2].replace('/', '')}{suffix}"
        path.write_text(text, encoding="utf-8")
        for arguments in (["check", str(path)], ["check", str(path), "-f", "json"], ["--catalogue", str(path), "list"]):
            screen = on_terminal(*arguments)
            assert screen.code == 3
            is_safe(screen)


def test_help_on_a_terminal_has_only_colours() -> None:
    for arguments in (["--help"], ["list", "--help"], ["schema"], ["list", "--fields", "help"]):
        is_safe(on_terminal(*arguments))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("words", ["list --theme ", "list --theme re", "list --partner ", "show ", "show re"])
def test_the_tab_key_offers_text(shell: str, words: str, hostile: Path) -> None:
    done = coop(
        env={
            "COOP_CATALOGUE": str(hostile),
            "_COOP_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": f"coop {words}",
            "COMP_CWORD": str(len(words.split(" "))),
            "COMP_TYPE": "63",
        }
    )
    assert done.code == 0
    assert _UNSAFE.findall(done.out) == []
    assert "Traceback" not in done.err


ADDRESSES = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "ftp://example.org",
    "-version",
    "--new-window=http://x",
    "http://",
    "https:///path",
    "http://user@example.org",
    "https://example.org\\@evil.example",
    "https://evil.example\\.example.org/",
    "https://example.org/\x1b]8;;",
    "https://example.org/\u202e",
    "https://exa\u200bmple.org/",
    "https://example.org/ x",
    'https://example.org/"onclick="x',
    "https://example.org/<script>",
    "https://example.org/\n",
    " https://example.org/",
    "https://example.org/" + "x" * 4000,
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_is_a_fault_and_is_never_opened(address: str, tmp_path: Path) -> None:
    catalogue = milan("bite")
    catalogue["projects"][0]["url"] = address
    path, opened = tmp_path / "c.json", tmp_path / "opened"
    path.write_text(json.dumps(catalogue), encoding="utf-8")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    done = coop_inside("--catalogue", path, "open", "bite", env={"BROWSER": str(browser)})
    assert (done.code, opened.exists()) == (3, False)


def rows_of(written: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(catalogue=catalogues())
def test_a_spreadsheet_runs_nothing_of_it(catalogue: Record) -> None:
    plain = rows_of(exported(catalogue, "csv", "c.csv"), ",")
    safe = rows_of(exported(catalogue, "csv", "c.csv", "--dialect", "excel"), ";")
    assert (
        [len(row) for row in safe] == [len(row) for row in plain] == [len(plain[0])] * (len(catalogue["projects"]) + 1)
    )
    for row, original in zip(safe, plain, strict=True):
        for cell, value in zip(row, original, strict=True):
            assert cell in {value, f"'{value}"}
            if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell):
                float(cell)


@given(catalogue=catalogues())
def test_a_table_of_text_keeps_its_rows_and_columns(catalogue: Record) -> None:
    titles = [one_line(row["title"]) for row in catalogue["projects"]]
    markdown = exported(catalogue, "markdown", "c.md").decode().removesuffix("\n").split("\n")
    columns = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in markdown]
    assert columns == [columns[0]] * (len(titles) + 2)
    with_title = [re.split(r"(?<!\\)(?:\\\\)*\|", line)[2] for line in markdown[2:]]
    assert [re.sub(r"\\(.)", r"\1", cell)[1:-1] for cell in with_title] == titles


@given(catalogue=catalogues())
def test_a_line_of_tsv_is_a_record(catalogue: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tsv") / "c.json"
    path.write_text(json.dumps(catalogue), encoding="utf-8")
    done = coop_inside("--catalogue", path, "list", "--fields", "id,title,notes_it,identifiers,full_title")
    rows = [line.split("\t") for line in done.out.removesuffix("\n").split("\n")] if done.out else []
    assert [(row[0], row[1], len(row)) for row in rows] == [
        (row["id"], one_line(row["title"]), 5) for row in catalogue["projects"]
    ]
    assert _UNSAFE.findall(done.out) == []


def test_color_always_into_a_pipe_is_as_safe(hostile: Path) -> None:
    for arguments in (["list", "-f", "table"], ["show", "p", "-f", "card"], ["about", "-f", "card"]):
        done = coop("--catalogue", hostile, "--color", "always", *arguments, env={"COLUMNS": "100"})
        is_safe(Screen(done.code, done.out, done.out))
    assert os.environ["COLUMNS"] == "80"
