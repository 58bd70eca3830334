"""The data package: valid for other people's readers, edited in a spreadsheet and read again, and never a trap."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from frictionless import Package
from hypothesis import given, settings
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

from coopcli.faults import MAX_FAULTS
from coopcli.fields import Record
from coopcli.formats.datapackage import reading
from coopcli.loading import Catalogue
from helpers import DATA, coop, coop_inside, milan, on_terminal, without_projects
from strategies import catalogues

AP_IT = Namespace("http://dati.gov.it/onto/dcatapit#")
EU = "http://publications.europa.eu/resource/authority/"
FILES = [
    "catalogue.json",
    "datapackage.json",
    "dcat.ttl",
    "organisations.csv",
    "participants.csv",
    "places.csv",
    "projects.csv",
    "projects.json",
    "sources.csv",
    "themes.csv",
]


@contextmanager
def bundle(catalogue: Record) -> Iterator[Path]:
    """A folder that holds the bundle of a catalogue."""
    with TemporaryDirectory() as folder:
        original = Path(folder) / "original.json"
        original.write_text(json.dumps(catalogue), encoding="utf-8")
        written = Path(folder) / "bundle"
        assert coop_inside("--catalogue", original, "export", "datapackage", "-o", written).code in {0, 1}
        yield written


def sound(path: Path) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    catalogue = Catalogue(path)
    projects = [dict(record) for record in catalogue.projects()]
    assert catalogue.faults == []
    return catalogue.header, projects


def faults(path: Path) -> list[str]:
    catalogue = Catalogue(path)
    assert list(catalogue.projects()) is not None
    return [str(fault).removeprefix(f"{path}{os.sep}") for fault in catalogue.faults]


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def save(path: Path, rows: list[list[str]], delimiter: str = ",", begin: str = "") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes((begin + text.getvalue()).encode("utf-8"))


def edit(path: Path, row: int, column: str, cell: str) -> None:
    """Change one cell; the header is row 1, as in a spreadsheet."""
    rows = table(path)
    rows[row - 1][rows[0].index(column)] = cell
    save(path, rows)


def judge(folder: Path) -> list[Any]:
    """What frictionless finds, hashes and foreign keys among it."""
    report = Package(str(folder / "datapackage.json")).validate()
    found: list[Any] = report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    return found


@pytest.mark.parametrize("catalogue", [without_projects(), milan("epic"), milan()])
def test_frictionless_finds_the_bundle_valid(catalogue: Record) -> None:
    with bundle(catalogue) as folder:
        assert sorted(path.name for path in folder.iterdir()) == FILES
        assert judge(folder) == []
        assert len(table(folder / "organisations.csv")) == 1 + len(catalogue["organisations"])


@settings(max_examples=8)
@given(catalogue=catalogues())
def test_frictionless_finds_any_bundle_valid(catalogue: Record) -> None:
    with bundle(catalogue) as folder:
        assert judge(folder) == []


def test_frictionless_sees_what_is_broken() -> None:
    with bundle(milan("epic")) as folder:
        edit(folder / "participants.csv", 2, "organisation", "nobody")
        assert {row[3] for row in judge(folder)} == {"hash-count", "byte-count", "foreign-key"}


def test_the_descriptor_tells_size_hash_licence_and_source() -> None:
    with bundle(milan()) as folder:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource in package["resources"]:
            data = (folder / resource["path"]).read_bytes()
            assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{sha256(data).hexdigest()}")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-4.0"]
    assert package["sources"][0]["title"] == "Cooperazione internazionale"
    assert package["contributors"] == [
        {"title": "Comune di Milano", "path": "https://www.comune.milano.it", "roles": ["publisher"]}
    ]


def test_the_whole_catalogue_is_in_the_bundle_for_programs_too() -> None:
    with bundle(milan()) as folder:
        assert sound(folder / "projects.json") == sound(folder) == sound(DATA)


@given(catalogue=catalogues())
def test_a_catalogue_comes_back_from_a_spreadsheet_that_saved_it_its_own_way(catalogue: Record) -> None:
    with bundle(catalogue) as folder:
        before = sound(folder)
        for path in folder.glob("*.csv"):
            rows = table(path)
            save(path, [*rows[:1], [""] * len(rows[0]), *rows[1:]], delimiter=";", begin="\ufeff")
        for name in ("projects.json", "datapackage.json", "dcat.ttl"):
            (folder / name).unlink()
        assert sound(folder) == before


def test_a_spreadsheets_own_words_and_marks_are_understood() -> None:
    with bundle(milan("imprese-sociali-burkina-faso")) as folder:
        (project,) = sound(folder)[1]
        assert project["budget"] == {"amount": 1900000, "currency": "EUR", "approximate": True}
        rows = table(folder / "projects.csv")
        row = dict(zip(*rows, strict=True))
        row |= {"budget_amount": "1900000,50", "budget_approximate": "VERO", "countries": " BF ; IT;"}
        save(folder / "projects.csv", [rows[0], [row[name] for name in rows[0]]], delimiter=";")
        (changed,) = sound(folder)[1]
    assert changed["budget"] == {"amount": 1900000.5, "currency": "EUR", "approximate": True}
    assert changed["countries"] == ["BF", "IT"]


@given(catalogue=catalogues())
def test_no_cell_of_the_tables_is_a_formula(catalogue: Record) -> None:
    with bundle(catalogue) as folder:
        for path in folder.glob("*.csv"):
            header, *cells = table(path)
            for row in cells:
                for name, cell in zip(header, row, strict=True):
                    assert name in {"lat", "lon"} or not cell.lstrip(" ").startswith(
                        ("=", "+", "-", "@", "\t", "\r", "＝")
                    )


def test_an_apostrophe_of_the_texts_own_stays() -> None:
    catalogue = milan("epic")
    for title in ("'s-Hertogenbosch", "'=1", "''-", "=1+1", "- a", "'"):
        catalogue["projects"][0]["title"] = title
        with bundle(catalogue) as folder:
            assert sound(folder)[1][0]["title"] == title
            rows = table(folder / "projects.csv")
            rows[1][rows[0].index("title")] = "'s-Hertogenbosch"
            save(folder / "projects.csv", rows)
            assert sound(folder)[1][0]["title"] == "'s-Hertogenbosch"


def test_columns_in_another_order_and_without_those_that_are_not_needed() -> None:
    with bundle(milan("epic")) as folder:
        rows = [list(reversed(row)) for row in table(folder / "organisations.csv")]
        gone = rows[0].index("aliases")
        save(folder / "organisations.csv", [row[:gone] + row[gone + 1 :] for row in rows])
        header, _projects = sound(folder)
    assert header is not None
    expected = [{name: row[name] for name in row if name != "aliases"} for row in milan("epic")["organisations"]]
    assert header["organisations"] == expected


def test_every_fault_is_named_by_file_row_and_column(golden: Callable[[str, str], None]) -> None:
    with bundle(milan("epic", "bite")) as folder:
        edit(folder / "projects.csv", 2, "start", "15/01/2019")
        edit(folder / "projects.csv", 3, "budget_amount", "1.506.724")
        edit(folder / "projects.csv", 3, "sdgs", "8;eight")
        edit(folder / "projects.csv", 3, "identifiers", "AID")
        edit(folder / "projects.csv", 3, "summary_en", " ")
        edit(folder / "participants.csv", 2, "organisation", "nobody")
        edit(folder / "participants.csv", 3, "role", "boss")
        edit(folder / "participants.csv", 4, "project", "nothing")
        edit(folder / "places.csv", 2, "lat", "91")
        edit(folder / "sources.csv", 2, "url", "example.org")
        edit(folder / "themes.csv", 3, "id", "sicurezza-alimentare")
        edit(folder / "organisations.csv", 2, "country", "XX")
        places = table(folder / "places.csv")
        save(folder / "places.csv", [[*places[0], "altitude"], *([*row, ""] for row in places[1:]), ["epic"] * 7])
        found = faults(folder)
    golden("faults-of-a-bundle.txt", "".join(f"{fault}\n" for fault in found))


def test_the_header_of_a_bundle_names_its_faults_by_line() -> None:
    with bundle(milan("epic")) as folder:
        text = (folder / "catalogue.json").read_text(encoding="utf-8")
        (folder / "catalogue.json").write_text(text.replace('"language": "it"', '"language": "Italian"'))
        assert faults(folder) == [
            'catalogue.json:3: language: found "Italian"; '
            "allowed: an ISO 639-1 language code of two letters, such as it"
        ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "places.csv",
            b'project,name\r\nepic,"a"b\r\n',
            "{}/places.csv, row 2: this is not CSV: ',' expected after '\"'.",
        ),
        (
            "places.csv",
            "project,name\r\nepic,Città\r\n".encode("cp1252"),
            "{}/places.csv:2: this is not UTF-8 text (byte 0xe0). In Excel, save it as “CSV UTF-8”.",
        ),
        ("catalogue.json", b"[]", "{}/catalogue.json: a catalogue is a JSON object."),
        ("places.csv", None, "{} is not a catalogue that coop export datapackage wrote: places.csv not found."),
    ],
)
def test_a_file_of_a_bundle_that_cannot_be_read(name: str, data: bytes | None, message: str) -> None:
    with bundle(milan("epic")) as folder:
        (folder / name).unlink()
        if data is not None:
            (folder / name).write_bytes(data)
        done = coop_inside("--catalogue", folder, "list")
        assert (done.code, done.raw, done.err) == (3, b"", f"coop: {message.format(folder)}\n")


def test_a_folder_that_is_no_bundle(tmp_path: Path) -> None:
    done = coop_inside("--catalogue", tmp_path, "list")
    assert done.code == 3
    assert done.err.startswith(
        f"coop: {tmp_path} is not a catalogue that coop export datapackage wrote: catalogue.json,"
    )


def zipped(path: Path, folder: Path, **more: bytes) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for file in sorted(folder.iterdir()):
            package.write(file, file.name)
        for name, data in more.items():
            package.writestr(name, data)
    return path


def test_a_zip_file_is_read_as_it_is(tmp_path: Path) -> None:
    with bundle(milan()) as folder:
        assert sound(zipped(tmp_path / "bundle.zip", folder)) == sound(DATA)
    written = tmp_path / "written.ZIP"
    assert coop_inside("export", "datapackage", "-o", written).code == 0
    assert sound(written) == sound(DATA)
    assert written.read_bytes() == coop("export", "datapackage").raw


def test_a_zip_file_of_a_folder_as_explorer_and_finder_make_it_is_read(tmp_path: Path) -> None:
    with bundle(milan("epic")) as folder:
        expected = sound(folder)
        with ZipFile(tmp_path / "packed.zip", "w") as package:
            for file in folder.iterdir():
                package.write(file, f"our data/{file.name}")
                package.writestr(f"__MACOSX/our data/._{file.name}", b"\0")
    assert sound(tmp_path / "packed.zip") == expected


def test_a_first_line_for_excel_and_capitals_in_the_header_are_understood() -> None:
    with bundle(milan("epic", "bite")) as folder:
        expected = sound(folder)
        for path in folder.glob("*.csv"):
            header, *rows = table(path)
            save(path, [[name.title() for name in header], *rows], delimiter=";", begin="\ufeffsep=;\r\n")
        assert sound(folder) == expected
        rows = table(folder / "projects.csv", ";")[1:]
        rows[1][rows[0].index("Start")] = "soon"
        save(folder / "projects.csv", rows, delimiter=";", begin="sep=;\n")
        assert [fault.split(":")[:3] for fault in faults(folder)] == [["projects.csv", "2", " bite start"]]


def test_a_misspelt_column_is_told_the_nearest() -> None:
    with bundle(milan("epic")) as folder:
        edit(folder / "projects.csv", 1, "start", "strat")
        assert faults(folder) == ['projects.csv:1: strat: found "strat"; allowed: one of the columns start, status']


@pytest.mark.parametrize("id_", ["", "bite"])
def test_an_id_that_is_gone_is_two_faults_however_many_rows_have_it(id_: str) -> None:
    with bundle(milan("epic", "bite")) as folder:
        gone = table(folder / "projects.csv")[2][0]
        edit(folder / "projects.csv", 3, "id", id_)
        parts = ("participants", "places", "sources")
        rows = [row[0] for name in parts for row in table(folder / f"{name}.csv")]
        first, second = faults(folder)
    assert f'project: found "{gone}" ({rows.count(gone)} rows); allowed: an id of projects.csv' in first
    assert second.startswith("projects.csv:3: ")


def test_a_row_that_was_cut_is_named() -> None:
    with bundle(milan()) as folder:
        rows = table(folder / "projects.csv")
        save(folder / "projects.csv", [*rows[:5], rows[5][:5], *rows[6:]])
        assert faults(folder) == [
            f"projects.csv:6: the row: found 5; allowed: as many cells as the rows above have, {len(rows[0])}"
        ]


def test_rows_that_excel_wrote_short_are_whole() -> None:
    """Excel leaves out the cells at the end that are empty in all of 16 rows, counted from the first."""
    with bundle(milan()) as folder:
        for path in folder.glob("*.csv"):
            rows = table(path)
            blocks = [rows[at : at + 16] for at in range(0, len(rows), 16)]
            widths = [
                max(at for row in block for at, cell in enumerate(row, start=1) if cell or at == 1) for block in blocks
            ]
            save(path, [row[:width] for block, width in zip(blocks, widths, strict=True) for row in block])
        assert sound(folder) == sound(DATA)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("../../etc/passwd", b"x", "the name “../../etc/passwd” leads out of the zip file."),
        ("/etc/passwd", b"x", "the name “/etc/passwd” leads out of the zip file."),
        ("c:\\x", b"x", "the name “c:\\x” leads out of the zip file."),
        ("bomb.csv", b"0" * 11 * 1024**2, "bomb.csv would be 1028 times its size unpacked; that is no catalogue."),
        ("places.csv", b"x", "two files in the zip file have the same name."),
    ],
)
def test_a_zip_file_that_is_a_trap_is_refused(name: str, data: bytes, message: str, tmp_path: Path) -> None:
    with bundle(milan("epic")) as folder:
        path = zipped(tmp_path / "trap.zip", folder, **{name: data})
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.raw, done.err) == (3, b"", f"coop: {path}: {message}\n")


def test_a_zip_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    with bundle(milan("epic")) as folder:
        path = zipped(tmp_path / "large.zip", folder)
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.err) == (3, f"coop: {path}: the files would have more than 0 GiB unpacked.\n")


def test_tables_of_too_many_rows_or_too_long_a_row_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 10)
    with bundle(milan("epic")) as folder:
        path = zipped(tmp_path / "rows.zip", folder)
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.err) == (
        3,
        f"coop: {path}: the tables but that of the projects have more than 10 rows in all.\n",
    )
    monkeypatch.undo()
    for wide in ("," * reading.MAX_ROW + "\n", '"\n",' * (reading.MAX_ROW // 4 + 1)):
        with bundle(milan("epic")) as folder:
            (folder / "places.csv").write_text("project,name\n" + wide)
            done = coop_inside("check", folder)
            assert (done.code, done.err) == (
                3,
                f"coop: {folder}/places.csv, row 2: a row may have at most 1048576 characters.\n",
            )


def test_no_more_faults_of_a_bundle_are_named_than_of_another_file() -> None:
    with bundle(milan("epic")) as folder:
        (folder / "places.csv").write_text("project,name\n" + "".join(f"n{n},x\n" for n in range(MAX_FAULTS + 1)))
        assert coop_inside("check", folder).err == f"{folder}: {MAX_FAULTS} faults.\n"
        (folder / "places.csv").write_text("project,name\n" + ",," + "x," * 2 * MAX_FAULTS + "\n")
        assert coop_inside("check", folder).err == f"{folder}: {MAX_FAULTS} faults.\n"


def test_a_damaged_zip_file_is_refused(tmp_path: Path) -> None:
    with bundle(milan()) as folder:
        path = zipped(tmp_path / "damaged.zip", folder)
    data = bytearray(path.read_bytes())
    with ZipFile(path) as package:
        at = package.getinfo("projects.csv").header_offset + 200
    data[at : at + 40] = bytes(40)
    path.write_bytes(data)
    done = coop_inside("--catalogue", path, "list")
    assert done.code == 3
    assert done.err.startswith(f"coop: {path}/projects.csv cannot be unpacked: ")
    path.write_bytes(data[:1000])
    assert coop_inside("--catalogue", path, "list").err == (
        f"coop: {path}: this is not a sound zip file: File is not a zip file.\n"
    )


def test_a_change_in_any_file_of_a_bundle_is_seen() -> None:
    with bundle(milan("epic")) as folder:
        assert coop_inside("--catalogue", folder, "show", "epic", "-f", "json").code == 0
        edit(folder / "places.csv", 2, "name", "Elsewhere")
        (shown,) = json.loads(coop_inside("--catalogue", folder, "show", "epic", "-f", "json").out)
        assert shown["places"][0]["name"] == "Elsewhere"


def test_a_bundle_replaces_an_older_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    target.mkdir()
    assert coop_inside("export", "datapackage", "-o", target).code == 0
    assert coop_inside("export", "datapackage", "-o", target, "--theme", "turismo", "--limit", "1").code == 0
    only = json.loads(coop_inside("list", "--theme", "turismo", "--limit", "1", "-f", "json").out)[0]["id"]
    assert [project["id"] for project in sound(target)[1]] == [only]
    (target / "notes.txt").write_text("mine")
    (target / ".~lock.projects.csv#").write_text("LibreOffice's")
    done = coop_inside("export", "datapackage", "-o", target)
    message = "holds .~lock.projects.csv#, notes.txt, which would be lost; give another name."
    assert (done.code, done.err) == (4, f"coop: {target} {message}\n")
    assert [project["id"] for project in sound(target)[1]] == [only]
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    shutil.copy(DATA, tmp_path)
    done = coop_inside("export", "datapackage", "-o", tmp_path)
    assert done.code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["projects.json"]
    file = tmp_path / "projects"
    file.touch()
    done = coop_inside("export", "datapackage", "-o", file)
    assert (done.code, done.err) == (
        4,
        f"coop: {file} is a file; give the name of a folder, or of a .zip file.\n",
    )
    done = coop_inside("export", "datapackage", "-o", tmp_path / "no" / "folder")
    assert (done.code, done.err) == (
        4,
        f"coop: {tmp_path}/no/folder cannot be written: No such file or directory.\n",
    )


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_the_folder_one_stands_in_is_not_replaced(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "bundle" / "inside"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    done = coop_inside("export", "datapackage", "-o", name)
    folder = inside.parent if name == ".." else inside
    assert (done.code, done.err) == (4, f"coop: {folder} is the folder you are in; give the name of a new one.\n")
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("name", ["catalogue.json", "projects.csv"])
def test_a_bundle_that_was_edited_is_not_replaced(name: str, tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    assert coop_inside("export", "datapackage", "-o", target).code == 0
    data = (target / name).read_bytes().replace(b"M", b"m")
    (target / name).write_bytes(data)
    done = coop_inside("export", "datapackage", "-n", "1", "-o", target)
    message = f"edits of {name} in {target} would be lost; give another name."
    assert (done.code, done.err) == (4, f"coop: {message}\n")
    assert (target / name).read_bytes() == data


def test_a_bundle_is_not_for_a_terminal() -> None:
    shown = on_terminal("export", "datapackage")
    assert (shown.code, shown.text) == (
        2,
        "coop: datapackage is not for a terminal; write it to a file with -o FILE.\n",
    )


# DCAT-AP_IT (AgID, 2025): what each class must have, for a dataset that is open data.
MANDATORY = {
    AP_IT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.modified, DCAT.dataset],
    AP_IT.Dataset: [
        DCTERMS.identifier,
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.modified,
        DCTERMS.rightsHolder,
        DCTERMS.accrualPeriodicity,
        DCAT.theme,
        DCAT.distribution,
    ],
    AP_IT.Distribution: [DCTERMS["format"], DCAT.accessURL, DCTERMS.license],
    AP_IT.Agent: [FOAF.name, DCTERMS.identifier],
    AP_IT.LicenseDocument: [FOAF.name],
}


def described(folder: Path, site: str = "https://example.org/data/") -> Graph:
    return Graph().parse(data=(folder / "dcat.ttl").read_bytes(), format="turtle", publicID=site + "dcat.ttl")


def test_dcat_has_what_the_italian_profile_asks_for() -> None:
    with bundle(milan()) as folder:
        graph = described(folder)
    for kind, properties in MANDATORY.items():
        subjects = list(graph.subjects(RDF.type, kind))
        assert subjects, kind
        lacking = [(subject, name) for subject in subjects for name in properties if not graph.value(subject, name)]
        assert lacking == []
    (dataset,) = graph.subjects(RDF.type, AP_IT.Dataset)
    (catalogue,) = graph.subjects(RDF.type, AP_IT.Catalog)
    assert catalogue != dataset
    assert graph.value(dataset, DCAT.theme) == URIRef(EU + "data-theme/INTR")
    assert Literal("International cooperation projects of the Municipality of Milan", "en") in set(
        graph.objects(dataset, DCTERMS.title)
    )
    addresses = {graph.value(file, DCAT.accessURL) for file in graph.objects(dataset, DCAT.distribution)}
    names = [name for name in FILES if name not in {"catalogue.json", "datapackage.json", "dcat.ttl"}]
    assert addresses == {URIRef(f"https://example.org/data/{name}") for name in names}


def test_dcat_invents_nothing_and_says_what_is_lacking() -> None:
    catalogue = {name: value for name, value in milan("epic").items() if name not in {"licence", "source"}}
    with bundle({**catalogue, "publisher": {"name": "City of Exampleton"}}) as folder:
        graph = described(folder)
        comments = [line for line in (folder / "dcat.ttl").read_text().splitlines() if line.startswith("#")]
    assert len(comments) == 3
    assert not list(graph.subject_objects(DCTERMS.license))
    assert not list(graph.subject_objects(DCTERMS.modified))


@given(catalogue=catalogues())
def test_dcat_of_any_catalogue_is_turtle(catalogue: Record) -> None:
    with bundle(catalogue) as folder:
        graph = described(folder)
    (dataset,) = graph.subjects(RDF.type, AP_IT.Dataset)
    titles = {
        str(title.language): str(title) for title in graph.objects(dataset, DCTERMS.title) if isinstance(title, Literal)
    }
    assert titles == catalogue["title"]


@pytest.mark.skipif("DCAT_AP_IT" not in os.environ, reason="DCAT_AP_IT=/path/to/dcat-ap-it (it needs Python 3.13)")
def test_the_rules_of_dcat_ap_it_by_their_own_tool() -> None:
    with bundle(milan()) as folder:
        command = [os.environ["DCAT_AP_IT"], "validate", "--errors-only", str(folder / "dcat.ttl")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
