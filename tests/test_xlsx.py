"""The Excel workbook, read back by another reader (calamine), and what Excel cannot hold."""

import json
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from python_calamine import load_workbook

from coopcli.fields import PROJECT, Record
from coopcli.formats import xlsx
from coopcli.text import for_xml
from helpers import coop, coop_inside, exported, milan, on_terminal, without_projects
from strategies import catalogues

Sheet = list[list[Any]]


def sheets(catalogue: Record, *options: str) -> dict[str, Sheet]:
    book = load_workbook(BytesIO(exported(catalogue, "xlsx", "book.xlsx", *options)))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def column(sheet: Sheet, name: str) -> list[Any]:
    position = sheet[0].index(name)
    return [row[position] for row in sheet[1:]]


def test_a_workbook_of_one_project() -> None:
    book = sheets(milan("dakar-reve"))
    project = dict(zip(*book["projects"], strict=True))
    assert (project["id"], project["start"], project["end"]) == ("dakar-reve", date(2021, 7, 1), date(2024, 6, 30))
    assert (project["sdgs"], project["countries"]) == ("1;11;13;16", "SN")
    assert book["participants"][:2] == [
        ["project", "organisation", "name", "acronym", "country", "kind", "role"],
        ["dakar-reve", "comune-di-milano", "Comune di Milano", "", "IT", "local-government", "lead"],
    ]
    assert book["places"][:2] == [
        ["project", "name", "country", "lat", "lon"],
        ["dakar-reve", "Dakar", "SN", 14.69, -17.44],
    ]
    assert book["sources"][1][:1] + book["sources"][1][2:] == ["dakar-reve", "title;url"]


def test_dates_are_days_of_excel_only_where_a_day_is_known() -> None:
    catalogue = milan("epic", "dakar-reve", "green-school", "bite")
    dates = ["2021", "2021-07", "2021-07-15", "1899-12-31"]
    for project, start in zip(catalogue["projects"], dates, strict=True):
        project["start"] = start
        project.pop("end", None)
    assert column(sheets(catalogue)["projects"], "start") == ["2021", "2021-07", date(2021, 7, 15), "1899-12-31"]


@pytest.mark.parametrize("catalogue", [without_projects(), milan("epic"), milan()])
def test_a_workbook_has_a_row_for_each_thing(catalogue: Record) -> None:
    book = sheets(catalogue)
    assert book["projects"][0] == list(PROJECT.sheet)
    assert column(book["projects"], "id") == [project["id"] for project in catalogue["projects"]]
    for name in ("participants", "places", "sources"):
        assert len(book[name]) == 1 + sum(len(project.get(name, [])) for project in catalogue["projects"])


def test_chosen_fields_are_the_columns_of_the_projects() -> None:
    book = sheets(milan("epic"), "--fields", "id")
    assert book["projects"] == [["id"], ["epic"]]
    assert "Comune di Milano" in column(book["participants"], "name")


@given(catalogue=catalogues())
def test_any_catalogue_is_a_workbook_without_formulas(catalogue: Record) -> None:
    written = exported(catalogue, "xlsx", "book.xlsx")
    book = load_workbook(BytesIO(written))
    projects = book.get_sheet_by_name("projects").to_python(skip_empty_area=False)
    assert [as_read(title) for title in column(projects, "title")] == [
        as_read(for_xml(project["title"])) for project in catalogue["projects"]
    ]
    amounts = [(project.get("budget") or {}).get("amount", "") for project in catalogue["projects"]]
    assert column(projects, "budget_amount") == pytest.approx(amounts)
    with ZipFile(BytesIO(written)) as parts:
        assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist() if "worksheets" in name)


def as_read(text: str) -> str:
    """Readers of XML differ about carriage returns."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_the_same_catalogue_makes_the_same_workbook() -> None:
    assert exported(milan(), "xlsx", "a.xlsx") == exported(milan(), "xlsx", "b.xlsx")


def test_only_web_addresses_are_links() -> None:
    catalogue = milan("epic")
    catalogue["projects"][0] |= {"title": "https://example.org/title", "website": "http://example.org/" + "a" * 3000}
    with ZipFile(BytesIO(exported(catalogue, "xlsx", "book.xlsx"))) as book:
        links = book.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert links.count("Target=") == 1
    assert catalogue["projects"][0]["url"] in links


def test_a_text_that_no_cell_holds_is_refused(tmp_path: Path) -> None:
    catalogue = milan("epic")
    catalogue["projects"][0]["summary"]["it"] = "𝄞" * 16_384
    (tmp_path / "long.json").write_text(json.dumps(catalogue), encoding="utf-8")
    done = coop_inside("--catalogue", tmp_path / "long.json", "export", "xlsx", "-o", tmp_path / "book.xlsx")
    assert (done.code, done.err) == (
        4,
        "coop: epic: the text of “summary_it” is longer than the 32767 characters that Excel allows.\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["long.json"]


def test_rows_and_links_beyond_what_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_LINKS", 3)
    with ZipFile(BytesIO(exported(milan(), "xlsx", "book.xlsx"))) as book:
        assert book.read("xl/worksheets/_rels/sheet1.xml.rels").count(b"Target=") == 3
    assert sheets(milan())["projects"][-1][-6] == milan()["projects"][-1]["url"]
    monkeypatch.setattr(xlsx, "MAX_ROWS", 24)
    done = coop_inside("export", "xlsx")
    assert (done.code, done.raw) == (4, b"")
    assert done.err == (
        "coop: The sheet participants would have more than the 24 rows that Excel allows; narrow the selection.\n"
    )


def test_without_the_extra_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    done = coop_inside("export", "xlsx")
    assert (done.code, done.raw, done.err) == (
        2,
        b"",
        "coop: Excel workbooks need the package XlsxWriter. Install it with: pip install XlsxWriter\n",
    )


def test_a_workbook_goes_to_a_pipe_and_not_to_a_terminal() -> None:
    assert coop("export", "xlsx").raw.startswith(b"PK\x03\x04")
    shown = on_terminal("export", "xlsx")
    assert (shown.code, shown.text) == (2, "coop: xlsx is not for a terminal; write it to a file with -o FILE.\n")
