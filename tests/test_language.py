"""Which language is spoken, how dates and money read in it, and what a terminal sees that cannot show it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopcli import words
from coopcli.cli import terminal
from coopcli.formats import FORMATS
from coopcli.language import LANGUAGES, language
from helpers import coop


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ("", {}, "en"),
        ("", {"LANG": "it_IT.UTF-8"}, "it"),
        ("", {"LANG": "it"}, "it"),
        ("", {"LANG": "it_CH@euro"}, "it"),
        ("", {"LANG": "item"}, "en"),
        ("", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("", {"LC_ALL": "it_IT.UTF-8", "LANG": "en_US.UTF-8"}, "it"),
        ("", {"LC_MESSAGES": "it_IT.UTF-8", "LANG": "en_US.UTF-8"}, "it"),
        ("", {"LC_ALL": "en_GB", "LC_MESSAGES": "it_IT"}, "en"),
        ("", {"LC_ALL": "", "LANG": "it_IT.UTF-8"}, "it"),
        ("", {"LANGUAGE": "it:en", "LANG": "en_US.UTF-8"}, "it"),
        ("", {"LANGUAGE": "fr:it:en", "LANG": "en_US.UTF-8"}, "it"),
        ("", {"LANGUAGE": "it"}, "it"),
        ("", {"LANGUAGE": "it", "LANG": "C.UTF-8"}, "it"),
        ("", {"LANGUAGE": "it", "LC_ALL": "C", "LANG": "it_IT.UTF-8"}, "en"),
        ("", {"LANGUAGE": "it", "LANG": "POSIX"}, "en"),
        ("", {"COOP_LANG": "it", "LC_ALL": "C"}, "it"),
        ("", {"COOP_LANG": "it_IT.UTF-8", "LC_ALL": "C"}, "it"),
        ("--lang IT", {"LC_ALL": "C"}, "it"),
        ("--lang it-CH", {"COOP_LANG": "en"}, "it"),
        ("", {"COOP_LANG": "en", "LANG": "it_IT.UTF-8"}, "en"),
        ("", {"COOP_LANG": "", "LANG": "it_IT.UTF-8"}, "it"),
        ("", {"COOP_LANG": "xx", "LANG": "it_IT.UTF-8"}, "it"),
        ("--lang it list", {"COOP_LANG": "en"}, "it"),
        ("list --lang=it", {}, "it"),
        ("--lang en --lang it", {}, "it"),
        ("--lang", {"LANG": "it_IT.UTF-8"}, "it"),
        ("search -- --lang it", {}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(arguments: str, environment: Mapping[str, str], expected: str) -> None:
    assert language(arguments.split(), environment) == expected


@pytest.mark.parametrize(
    ("options", "variable", "blamed"), [([], "xx", "COOP_LANG"), (["--lang", "xx"], "en", "--lang")]
)
def test_a_language_that_is_not_spoken_is_refused(options: list[str], variable: str, blamed: str) -> None:
    done = coop(*options, "list", env={"COOP_LANG": variable, "LANGUAGE": "en"})
    assert (done.code, done.out) == (2, "")
    assert done.err == f"coop: {blamed}: “xx” is not known. It may be it, en.\n"


@pytest.mark.parametrize("options", [["--lang", "IT"], ["--lang=it_IT.UTF-8"]])
def test_a_language_may_be_written_as_a_locale(options: list[str]) -> None:
    assert coop(*options, "themes").raw == coop("--lang", "it", "themes").raw


def test_what_is_typed_is_read_as_utf_8_where_the_locale_knows_only_ascii(tmp_path: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert coop("search", "città", "-q", env=ascii_only).out == coop("search", "città", "-q").out != ""
    assert coop("list", "--country", "Perù", env=ascii_only).err == "Nothing matched.\n"
    done = coop("init", "così.toml", env=ascii_only, cwd=tmp_path)
    assert done.err.startswith("cosi.toml is written.")
    assert [path.name for path in tmp_path.iterdir()] == ["così.toml"]
    assert coop("--catalogue", "così.toml", "list", "-q", env=ascii_only, cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("date", "italian", "english"),
    [
        ("2020", "2020", "2020"),
        ("2020-12", "dicembre 2020", "December 2020"),
        ("2021-07-01", "1º luglio 2021", "1 July 2021"),
        ("2021-07-11", "11 luglio 2021", "11 July 2021"),
    ],
)
def test_dates_read_as_people_write_them(date: str, italian: str, english: str) -> None:
    assert (words.day(date, "it"), words.day(date, "en")) == (italian, english)


@pytest.mark.parametrize(
    ("amount", "currency", "italian", "english"),
    [
        (1311894, "EUR", "1.311.894 €", "€1,311,894"),
        (999, "EUR", "999 €", "€999"),
        (1234.5, "USD", "1.234,50 $", "$1,234.50"),
        (2000000, "XOF", "2.000.000 XOF", "XOF 2,000,000"),
    ],
)
def test_money_reads_as_people_write_it(amount: float, currency: str, italian: str, english: str) -> None:
    assert (words.money(amount, currency, "it"), words.money(amount, currency, "en")) == (italian, english)


LOCALES = ("it_IT.UTF-8", "en_US.UTF-8", "C", "POSIX")
MACHINE = [
    *(["list", "-f", row.name] for row in FORMATS.values() if row.lists and not row.terminal),
    # `snippet` is a text for people, in the language of the reader first.
    ["search", "acqua", "-f", "json", "--fields", "id,title,score"],
    ["stats", "country", "-f", "csv"],
    ["themes", "-f", "tsv"],
    ["about", "-f", "json"],
    ["schema"],
    # The page and the map of KML are for people, and their texts follow the language.
    *(
        ["export", row.name]
        for row in FORMATS.values()
        if row.exports and not row.binary and row.name not in {"html", "kml"}
    ),
]


@pytest.fixture(scope="module")
def in_each_locale() -> list[dict[str, str]]:
    """For each locale, a fingerprint of what each of these commands writes for machines: one process a locale."""
    code = """
import hashlib, json, sys
from helpers import coop_inside
def fingerprint(line):
    run = coop_inside(*line)
    return f"{run.code} {len(run.raw)} {hashlib.sha256(run.raw).hexdigest()}"
print(json.dumps({" ".join(line): fingerprint(line) for line in json.loads(sys.argv[1])}))
"""
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    return [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code, json.dumps(MACHINE)],
                env={**os.environ, "PYTHONPATH": path, "LANGUAGE": "", "LANG": locale},
                capture_output=True,
                check=True,
            ).stdout
        )
        for locale in LOCALES
    ]


@pytest.mark.parametrize("line", [" ".join(line) for line in MACHINE])
def test_what_machines_read_is_the_same_bytes_in_every_locale(line: str, in_each_locale: list[dict[str, str]]) -> None:
    found = {run[line] for run in in_each_locale}
    assert len(found) == 1
    code, size, _digest = found.pop().split()
    assert code == "0"
    assert int(size) > 100


def on_terminal_of(encoding: str, *arguments: str) -> str:
    """All that `coop` writes to a terminal that has only this encoding."""
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "C",
        "TERM": "dumb",
    }
    done = subprocess.Popen(
        [sys.executable, "-m", "coopcli", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    done.wait()
    return written.decode(encoding)


@pytest.mark.parametrize(("encoding", "title"), [("ascii", "Regeneration"), ("latin-1", "Régénération")])
@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "dakar-reve"),
        ("--lang", "it", "show", "dakar-reve"),
        ("--lang", "it", "list", "--country", "Senegal", "--format", "markdown"),
        ("list", "-f", "json", "-c", "SN"),
    ],
    ids=" ".join,
)
def test_a_terminal_without_the_letters_gets_a_legible_answer(
    encoding: str, title: str, arguments: tuple[str, ...]
) -> None:
    seen = on_terminal_of(encoding, *arguments)
    assert title in seen
    assert "Traceback" not in seen
    assert "?" not in seen


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize(
    "arguments", [("stats", "theme"), ("--lang", "it", "--help"), ("--lang", "it", "list", "-c", "“è”")]
)
def test_boxes_bars_and_errors_are_legible_too(encoding: str, arguments: tuple[str, ...]) -> None:
    seen = on_terminal_of(encoding, *arguments)
    assert seen
    assert "Traceback" not in seen
    assert "\\u" not in seen


def test_a_pipe_is_utf_8_whatever_the_terminal_is() -> None:
    poor = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    assert coop("list", env=poor).raw == coop("list").raw


@given(st.text(), st.sampled_from(["ascii", "latin-1", "cp437", "cp1252"]))
def test_any_text_can_be_written_in_any_encoding(text: str, encoding: str) -> None:
    terminal.make_legible()
    written = text.encode(encoding, "legible").decode(encoding)
    assert all(char in text or char.isascii() for char in written)
    kept = "".join(char for char in text if char.encode(encoding, "ignore"))
    assert (written == text) == (kept == text)


def test_how_things_are_spelled_in_ascii() -> None:
    terminal.make_legible()
    text = "“Città” – perché… 5 €  ┌─┐│█ Straße ǆ 中"
    assert text.encode("ascii", "legible") == b'"Citta" - perche... 5 EUR  +-+|# Strasse dz ?'


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_texts_of_a_project_follow_the_language(code: str) -> None:
    shown = coop("--lang", code, "show", "dakar-reve", "--format", "card").out
    assert ("luglio 2021" in shown) == (code == "it")
    assert ("July 2021" in shown) == (code == "en")


def test_a_text_falls_back_to_the_language_there_is() -> None:
    assert words.text({"it": "Acqua"}, "en") == "Acqua"
    assert words.text({"en": "Water", "fr": "Eau"}, "it") == "Water"
    assert words.text({"fr": "Eau"}, "it") == "Eau"
    assert words.text(None, "it") is None
