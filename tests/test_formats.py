"""Every command in every format, on Milan's catalogue and on any other; and what each format promises."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from coopcli.fields import PROJECT, Record
from coopcli.formats import FORMATS
from helpers import coop_inside, milan
from strategies import catalogues

LISTED = [row.name for row in FORMATS.values() if row.lists]
EXPORTED = [row.name for row in FORMATS.values() if row.exports]
COMMANDS = {
    "list": 23,
    "search acqua": 3,
    "show epic mils-myanmar": 2,
    "themes": 5,
    "stats theme": 5,
    "stats year": 14,
    "about": 1,
    "list --fields help": len(PROJECT.fields),
}
DAY = "--on", "2026-11-22"
# Terminal escapes, bidi controls, and whatever else may move text about or hide it.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers_in_every_format(command: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    done = coop_inside(*command.split(), "-f", name, "-o", file)
    assert (done.code, done.raw, done.err) == (0, b"", "")
    content = file.read_bytes()
    assert content
    if name in COUNTED:
        assert COUNTED[name](content.decode()) == COMMANDS[command]


COUNTED: dict[str, Callable[[str], int]] = {
    "tsv": lambda text: text.count("\n"),
    "csv": lambda text: len(list(csv.reader(io.StringIO(text)))) - 1,
    "json": lambda text: len(json.loads(text)),
    "jsonl": lambda text: len([json.loads(line) for line in text.splitlines()]),
    "markdown": lambda text: len(text.splitlines()) - 2,
}


@pytest.mark.parametrize("name", LISTED)
def test_an_empty_answer_is_a_valid_document_and_exit_code_1(name: str, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    done = coop_inside("list", "--year", "1999", "-f", name, "-o", file)
    assert (done.code, done.err) == (1, "Nothing matched.\n")
    if name in COUNTED:
        assert COUNTED[name](file.read_text(encoding="utf-8")) == 0


@given(catalogue=catalogues(max_projects=2))
@settings(max_examples=15)
def test_any_catalogue_is_written_in_every_format_and_a_terminal_is_safe(catalogue: Record) -> None:
    with TemporaryDirectory() as folder:
        path, file = Path(folder) / "catalogue.json", Path(folder) / "answer"
        path.write_text(json.dumps(catalogue), encoding="utf-8")
        code = 0 if catalogue["projects"] else 1
        for name in LISTED:
            assert coop_inside("--catalogue", path, "list", "-f", name, "-o", file).code == code, name
        for name in EXPORTED:
            done = coop_inside("--catalogue", path, "export", name, "-o", file.with_suffix(f".{name}"))
            assert done.code == code, name
        ids = [project["id"] for project in catalogue["projects"]]
        for command in (["list"], ["show", *ids], ["about"], ["stats", "partner"]):
            for name in ("table", "card"):
                if command != ["show"]:
                    shown = coop_inside("--catalogue", path, *command, "-f", name)
                    assert UNSAFE.search(shown.out) is None


def test_the_columns_of_tsv_are_a_promise(golden: Callable[[str, str], None]) -> None:
    golden("list.tsv", coop_inside("list", *DAY).out)
    assert PROJECT.row == ("id", "title", "themes", "countries", "start", "end", "status", "role")


def test_csv_has_a_row_a_project_and_a_column_a_field() -> None:
    rows = list(csv.DictReader(io.StringIO(coop_inside("export", "csv", *DAY).out)))
    assert len(rows) == 23
    assert tuple(rows[0]) == PROJECT.sheet
    assert rows[15]["partners"].split(";")[:2] == ["Città di Torino", "Agenzia Piemonte Lavoro"]
    assert (rows[15]["budget_amount"], rows[15]["budget_approximate"], rows[0]["budget_amount"]) == (
        "3260000",
        "true",
        "",
    )


def test_csv_for_excel_is_what_excel_in_italian_opens_with_a_double_click() -> None:
    raw = coop_inside("export", "csv", "--dialect", "excel").raw
    assert raw.startswith(b"\xef\xbb\xbfid;title;acronym;")


@given(catalogue=catalogues(max_projects=2))
def test_no_cell_of_csv_for_excel_is_a_formula(catalogue: Record) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.json"
        path.write_text(json.dumps(catalogue), encoding="utf-8")
        text = coop_inside("--catalogue", path, "export", "csv", "--dialect", "excel").raw.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len(rows) == 1 + len(catalogue["projects"])
        for cell in (cell for row in rows for cell in row):
            assert cell.lstrip()[:1] not in {"=", "+", "@"}
            assert not re.match(r"\s*-(?![0-9])", cell)


def test_json_is_readable_utf_8_with_every_member_in_every_record() -> None:
    done = coop_inside("show", "dakar-reve", "epic", "-f", "json")
    assert "Régénération" in done.out
    records = json.loads(done.out)
    assert [tuple(record) for record in records] == [PROJECT.whole, PROJECT.whole]
    assert records[1]["end"] is None


def test_markdown_is_one_table(golden: Callable[[str, str], None]) -> None:
    golden("list.md", coop_inside("list", "-t", "turismo", "-f", "markdown", *DAY).out)


def test_fields_are_written_in_the_order_asked_for() -> None:
    done = coop_inside("list", "-c", "AL", "--fields", "country_names_it, id,end")
    assert done.out == "Italia;Albania;Marocco;Tunisia\tlanmd\t2024-12\nAlbania\tvalore-green-albania\t2023-01\n"


def test_quiet_is_the_ids_alone() -> None:
    assert coop_inside("list", "-q", "--status", "ongoing").out == "funzionari-senza-frontiere\n"
    assert coop_inside("stats", "role", "-q").out == "partner\nlead\nassociate\n"


def test_a_number_for_excel_has_a_decimal_comma(tmp_path: Path) -> None:
    catalogue = milan("epic")
    catalogue["projects"][0]["budget"] = {"amount": 0.01, "currency": "EUR"}
    catalogue["projects"][0]["title"] = "0.01"
    path = tmp_path / "c.json"
    path.write_text(json.dumps(catalogue), encoding="utf-8")
    done = coop_inside("--catalogue", path, "export", "csv", "--fields", "title,budget_amount", "--dialect", "excel")
    assert done.raw.decode("utf-8-sig").splitlines()[1] == "0.01;0,01"
