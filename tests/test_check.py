"""`coop check` names every fault of a file, where it is and what is allowed; a file that is none is one sentence."""

import json
from pathlib import Path

import pytest

from helpers import DATA, coop, coop_inside

HEADER = {"schema_version": "1.0", "language": "it", "title": {"it": "Prova"}, "publisher": {"name": "Comune"}}


def faults(path: Path) -> list[tuple[str, ...]]:
    """The faults without the file's name: line, record, field, found, allowed."""
    done = coop_inside("check", path)
    rows = [tuple(line.split("\t")) for line in done.out.splitlines()]
    assert done.code == (3 if rows else 0)
    assert all(row[0] == str(path) for row in rows)
    return [row[1:] for row in rows]


def written(path: Path, *projects: object, **header: object) -> Path:
    path.write_text(json.dumps({**HEADER, **header, "projects": projects}, indent=1), encoding="utf-8")
    return path


def test_milans_catalogue_is_sound() -> None:
    done = coop_inside("check")
    assert (done.code, done.out, done.err) == (0, "", f"{DATA} is sound: 23 projects.\n")


def test_a_project_that_does_not_pass_still_has_its_id_and_references_checked(tmp_path: Path) -> None:
    good = {"id": "a", "title": "A", "themes": ["water"], "participants": [{"organisation": "ngo", "role": "lead"}]}
    bad = {
        "id": "a",
        "themes": ["water", "fire", 7],
        "participants": [{"organisation": "nobody", "role": "boss"}, {"organisation": "ngo", "role": "lead"}],
        "contribution": {"amount": -1, "currency": "EUR", "by": "no-one"},
    }
    path = written(
        tmp_path / "c.json",
        good,
        bad,
        themes=[{"id": "water", "name": {"en": "Water"}}],
        organisations=[{"id": "ngo", "name": "NGO"}],
    )
    assert sorted(row[1:] for row in faults(path)) == [
        ("a", "contribution.amount", "-1", "a number of at least 0"),
        ("a", "contribution.by", '"no-one"', "an id of the catalogue's organisations"),
        ("a", "id", '"a"', "an id that stands once in the catalogue's projects; the first is at line 25"),
        ("a", "participants.0.organisation", '"nobody"', "an id of the catalogue's organisations"),
        ("a", "participants.0.role", '"boss"', "one of lead, partner, funder, associate"),
        ("a", "themes.1", '"fire"', "an id of the catalogue's themes"),
        ("a", "themes.2", "7", 'a text, in quotes: "7"'),
        ("a", "title", "nothing", "a value, as this field is required"),
    ]


def test_a_fault_in_a_theme_or_an_organisation_carries_its_id(tmp_path: Path) -> None:
    path = written(
        tmp_path / "c.json",
        {"id": "a", "title": "A", "themes": ["x"]},
        themes=[{"id": "x", "name": {}}, {"id": "x", "name": {"en": "X"}}, {"name": {"en": "?"}}],
        organisations=[{"id": "o", "name": "O", "country": "XX"}],
    )
    assert [row[1:] for row in faults(path)] == [
        ("x", "name", "{}", "at least one entry"),
        ("x", "id", '"x"', "an id that stands once in the catalogue's themes; the first is at line 11"),
        ("", "themes.2.id", "nothing", "a value, as this field is required"),
        ("o", "country", '"XX"', "an ISO 3166-1 code of two letters, such as MZ"),
    ]


def test_lines_of_json_are_those_an_editor_shows(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(
        """{"schema_version": "1.0", "language": "it", "title": {"it": "Prova"},
 "publisher": {"name": "Comune",
  "org_id": ""},
 "projects": [
  {"id": "a",
   "title": "A: [{\\"\\\\",
   "sdgs": [1,
            18]},
  {
   "id": "b"
  }, 5]}""",
        encoding="utf-8",
    )
    assert [row[:3] for row in faults(path)] == [
        ("3", "", "publisher.org_id"),
        ("8", "a", "sdgs.1"),
        ("9", "b", "title"),
        ("11", "", "projects.2"),
    ]


def test_lines_of_json_lines_are_the_projects_own(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = [json.dumps(HEADER), "", '{"id": "a"}', "[1]", "nonsense", '{"id": "b", "title": "B"}', '{"id": "b"}']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [row[:4] for row in faults(path)] == [
        ("3", "a", "title", "nothing"),
        ("4", "", "projects.1", "a list of 1"),
        ("5", "", "projects.2", "nonsense"),
        ("7", "b", "title", "nothing"),
        ("7", "b", "id", '"b"'),
    ]


def test_faults_as_json_survive_a_lone_surrogate(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**HEADER, "projects": [{"id": "\ud800", "\udfff": 1}]}), encoding="utf-8")
    done = coop_inside("check", path, "-f", "json")
    assert done.code == 3
    assert {fault["record"] for fault in json.loads(done.out)} == {"\\ud800"}


def test_a_file_of_many_faults_is_checked_in_no_time(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", *({"id": f"p{number}", "sdgs": [0]} for number in range(3000)))
    assert len(faults(path)) == 6000


def test_the_other_commands_refuse_a_faulty_file_and_name_the_first_faults(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", *({"id": f"p{number}"} for number in range(30)))
    done = coop_inside("--catalogue", path, "list")
    lines = done.err.splitlines()
    assert (done.code, done.out, len(lines)) == (3, "", 23)
    assert lines[0] == f"coop: {path} is not a sound catalogue (30 faults):"
    assert lines[1].endswith("p0 title: found nothing; allowed: a value, as this field is required")
    assert lines[-2:] == ["  …", f"See all of them with: coop check {path}"]


NOT_A_CATALOGUE = {
    "empty.json": (b"", "{path} is empty."),
    "blank.json": (b" \n", "{path}:2: this is not JSON: Expecting value (column 1)."),
    "truncated.json": (
        DATA.read_bytes()[:3000],
        "{path}:92: this is not JSON: Unterminated string starting at (column 22).",
    ),
    "binary.json": (b"\x00\xff\x00", "{path}:1: this is not UTF-8 text (byte 0xff)."),
    "utf16.json": ('{"a": 1}'.encode("utf-16"), "{path}:1: this is not UTF-8 text (byte 0xff)."),
    "latin.json": ('{"a":\n"Città"}'.encode("latin-1"), "{path}:2: this is not UTF-8 text (byte 0xe0)."),
    "list.json": (b"[]", "{path}: a catalogue is a JSON object."),
    "projects.json": (b'{"projects": {}}', "{path}: “projects” must be a list."),
    "twice.json": (b'{"a": 1, "a": 2}', "{path}: this is not JSON: the key “a” stands twice in one object."),
    "nan.json": (b'{"a": NaN}', "{path}: this is not JSON: NaN is not a number."),
    "deep.json": (b"[" * 100_000, "{path}: the JSON is nested too deeply."),
    "empty.jsonl": (b"", "{path} is empty."),
    "list.jsonl": (b"[]\n", "{path}:1: the first line must be the catalogue's header, an object."),
    "binary.jsonl": (b"\x80\n", "{path}:1: this is not UTF-8 text (byte 0x80)."),
    "deep.jsonl": (b"[" * 100_000, "{path}: the JSON is nested too deeply."),
    "empty.toml": (b"", "{path} is empty."),
    "wrong.toml": (b"a = \n", "{path}:1: this is not TOML: Invalid value (column 5)."),
    "latin.toml": (b"a = '\xe0'\n", "{path}:1: this is not UTF-8 text (byte 0xe0)."),
    "projects.toml": (b"projects = 1\n", "{path}: “projects” must be a list."),
    "deep.toml": (b"a = " + b"[" * 100_000, "{path}: the TOML is nested too deeply."),
    "notes.txt": (
        b"x",
        "{path}: the suffix tells the format of a catalogue; it must be one of .json, .jsonl, .ndjson, .toml, .xml, "
        ".zip.",
    ),
}


@pytest.mark.parametrize("name", NOT_A_CATALOGUE)
def test_a_file_that_is_no_catalogue_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = NOT_A_CATALOGUE[name]
    path = tmp_path / name
    path.write_bytes(content)
    for done in (coop_inside("check", path), coop_inside("--catalogue", path, "list")):
        assert (done.code, done.out, done.err) == (3, "", f"coop: {sentence.format(path=path)}\n")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path / "none.json", "there is no such file."),
        (tmp_path / "no" / "folder.json", "there is no such file."),
    ):
        done = coop_inside("--catalogue", path, "list")
        assert (done.code, done.out, done.err) == (3, "", f"coop: {path}: {sentence}\n")
    done = coop_inside("check", tmp_path.rename(tmp_path.with_suffix(".json")))
    assert done.err.endswith("sources.csv, themes.csv, organisations.csv not found.\n")


def test_check_reads_a_file_without_an_index(tmp_path: Path) -> None:
    done = coop("check", DATA, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert done.code == 0
    assert not (tmp_path / "cache").exists()


LINES_OF_JSON_LINES = {
    "five blank lines before the header": (b"\n" * 5 + b"{broken\n", 6, "this is not JSON"),
    "a blank line before a list": (b"\n[]\n", 2, "the first line must be the catalogue's header, an object."),
    "a project in the header's place": (
        b'{"id": "a"}\n',
        1,
        "the first line must be the catalogue's header, an object.",
    ),
    "a byte that is not UTF-8, after blank lines": (b"\n\n\x80\n", 3, "this is not UTF-8 text"),
}


@pytest.mark.parametrize("name", LINES_OF_JSON_LINES)
def test_a_header_of_json_lines_that_is_none_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    content, line, sentence = LINES_OF_JSON_LINES[name]
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    done = coop_inside("check", path)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"coop: {path}:{line}: {sentence}")


def test_projects_in_the_header_of_json_lines_are_a_fault_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("\n" + json.dumps({**HEADER, "projects": []}) + "\n", encoding="utf-8")
    assert faults(path) == [("2", "", "projects", "a list of 0", "no field of this name exists")]


def test_a_header_of_json_lines_may_be_long_after_a_blank_line_too(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("\n" + " " * 2 * 1024**2 + json.dumps(HEADER) + "\n", encoding="utf-8")
    assert faults(path) == []


def test_a_date_or_time_of_toml_is_a_fault_where_a_text_stands(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        """schema_version = "1.0"
language = "it"
title = {it = "Prova"}
publisher = {name = "Comune"}
[[projects]]
id = "a"
title = 2021-02-03
start = 2021-02-03
end = 10:00:00
acronym = 2021-02-03T10:00:00
"""
    )
    assert [row[2:] for row in faults(path)] == [
        ("title", '"2021-02-03"', "a text"),
        ("acronym", '"2021-02-03 10:00:00"', "a text"),
        ("end", '"10:00:00"', "a year, a month or a day: 2021, 2021-07 or 2021-07-15"),
    ]


def test_a_number_in_a_texts_place_is_told_to_stand_in_quotes(tmp_path: Path) -> None:
    path = written(tmp_path / "c.json", {"id": "a", "title": "A", "start": 2020})
    assert [row[2:] for row in faults(path)] == [("start", "2020", 'a text, in quotes: "2020"')]


def test_faults_in_italian_hold_no_english(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = [HEADER, {"id": "a", "title": "A", "role": "boss"}]
    path.write_text("\n".join(map(json.dumps, lines)) + '\n{"id"\n{"id": x}', encoding="utf-8")
    done = coop("--lang", "it", "check", path)
    assert [line.split("\t")[-1] for line in done.out.splitlines()] == [
        "uno tra lead, partner, funder, associate",
        "JSON valido; questo finisce troppo presto",
        "JSON valido; questo non lo è alla colonna 8",
    ]
    path.write_text("{")
    assert (
        "JSON: manca il nome di un membro tra virgolette doppie (colonna 2)." in coop("--lang", "it", "check", path).err
    )
    done = coop("--lang", "it", "export", "json", "-o", tmp_path / "no" / "e.json")
    assert done.err.endswith("file o cartella inesistente.\n")
    assert coop("--lang", "it", "list", "-n", "x").err.startswith("coop: Valore non valido per '--limit' / '-n'")
    assert "integer" not in coop("--lang", "it", "list", "-n", "x").err


def test_a_repeated_id_tells_where_the_first_stands_and_faults_come_in_the_order_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = [HEADER, {"id": "a", "title": "A"}, {"id": "a", "title": 7, "role": "boss"}, {"id": "b"}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert [(row[0], row[2], row[4]) for row in faults(path)] == [
        ("3", "title", 'a text, in quotes: "7"'),
        ("3", "role", "one of lead, partner, funder, associate"),
        ("3", "id", "an id that stands once in the catalogue's projects; the first is at line 2"),
        ("4", "title", "a value, as this field is required"),
    ]
