"""Text of a catalogue, a file's name or a command line is only text to a terminal, a spreadsheet and a browser."""

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from lxml.etree import fromstring
from python_calamine import load_workbook

from coopcli.fields import Record
from coopcli.formats import FORMATS
from coopcli.selection import FACETS
from coopcli.text import for_xml, one_line
from helpers import Screen, coop, coop_inside, exported, milan, on_terminal
from strategies import HOSTILE, catalogues

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
        for column, cell, value in zip(plain[0], row, original, strict=True):
            if column in {"budget_amount", "contribution_amount"}:
                assert cell == value.replace(".", ",")  # a number, with Italian Excel's decimal comma
            else:
                assert cell in {value, f"'{value}"}
                assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell)


ATTACKS = [
    *HOSTILE,
    *PAYLOADS,
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "=1+1",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://evil.example/",
    "internal:projects!A1",
    "external:c:\\windows\\x.xlsx",
    "mailto:a@evil.example",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></template></textarea><svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{ 7 * 7 }} ${7*7} {% raw %}",
]


def one_project_each(texts: Sequence[str]) -> dict[str, Any]:
    """A catalogue in which each of these texts stands wherever a project can have a text."""
    projects = []
    for number, line in enumerate(texts):
        text = {"it": line, "en": line, "xx": line}
        row = {
            "id": f"p{number}",
            **dict.fromkeys(("title", "acronym", "full_title", "programme"), line),
            **dict.fromkeys(("summary", "beneficiaries", "notes"), text),
            **dict.fromkeys(("url", "website"), "https://example.org/'onclick='x()"),
            "themes": [f"t{number}"],
            "places": [{"name": line, "country": "IT", "lat": 1, "lon": 2}],
            "participants": [{"organisation": f"o{number}", "role": "lead"}],
            "identifiers": {line: line},
            "sources": [{"url": PAGE, "supports": ["title"]}],
        }
        projects.append(row)
    line = " ".join(texts)
    return {
        "schema_version": "1.0",
        "language": "it",
        "title": {"it": line, "en": line},
        "publisher": {"name": line, "org_id": line, "url": PAGE},
        "licence": {"id": line, "title": line, "url": PAGE},
        "source": {"url": PAGE, "title": line, "as_of": "2026"},
        "framework": [{"title": line, "url": PAGE}],
        "themes": [{"id": f"t{number}", "name": {"it": each}} for number, each in enumerate(texts)],
        "organisations": [
            {"id": f"o{number}", "name": each, "acronym": each, "org_id": each, "aliases": [each]}
            for number, each in enumerate(texts)
        ],
        "projects": projects,
    }


def test_a_workbook_of_attacks_has_no_formula_and_links_to_the_web_alone() -> None:
    written = exported(one_project_each(ATTACKS), "xlsx", "book.xlsx")
    sheet = load_workbook(io.BytesIO(written)).get_sheet_by_name("projects").to_python()
    titles = [row[sheet[0].index("title")] for row in sheet[1:]]
    assert [re.sub("\r\n?", "\n", str(title)) for title in titles] == [
        re.sub("\r\n?", "\n", for_xml(text)) for text in ATTACKS
    ]
    with ZipFile(io.BytesIO(written)) as book:
        parts = {name: fromstring(book.read(name)) for name in book.namelist() if name.endswith((".xml", ".rels"))}
    elements = [element for part in parts.values() for element in part.iter()]
    names = {str(element.tag).rpartition("}")[2] for element in elements}
    assert names.isdisjoint({"f", "formula1", "ddeLink", "oleLink", "externalReference"})
    types = {element.get("t", "n") for element in elements if str(element.tag).endswith("}c")}
    assert types <= {"inlineStr", "n"}
    targets = {element.get("Target", "") for element in elements if element.get("TargetMode") == "External"}
    assert targets == {"https://example.org/'onclick='x()", PAGE}


class _Elements(HTMLParser):
    """What a browser would make of a page: its elements with the names of their attributes, and all addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.kinds: set[tuple[str, frozenset[str]]] = set()
        self.addresses: set[str] = set()
        self.scripts = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.kinds.add((tag, frozenset(name for name, _value in attrs)))
        links = {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href", "content"}
        self.addresses |= {value or "" for name, value in attrs if name in links and (tag, name) != ("meta", "content")}


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_page_of_attacks_has_the_elements_of_a_harmless_one(language: str, tmp_path: Path) -> None:
    pages = {}
    for name, texts in (("attacks", ATTACKS), ("harmless", [f"نص {number}" for number in range(len(ATTACKS))])):
        path, page = tmp_path / f"{name}.json", tmp_path / f"{name}.html"
        path.write_text(json.dumps(one_project_each(texts)), encoding="utf-8")
        done = coop("--lang", language, "--catalogue", path, "export", "html", "-o", page)
        assert done.code == 0
        pages[name] = _Elements(page.read_text(encoding="utf-8"))
    attacks, harmless = pages["attacks"], pages["harmless"]
    assert (attacks.kinds, attacks.scripts) == (harmless.kinds, harmless.scripts)
    assert not [name for _tag, names in attacks.kinds for name in names if name.startswith("on")]
    assert attacks.addresses == harmless.addresses
    # The one `data:` address is the page's own icon.
    assert sorted({address.partition(":")[0] for address in attacks.addresses if ":" in address}) == ["data", "https"]


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
