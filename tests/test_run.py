"""`coop open` and `coop schema`, and where the catalogue of a run comes from."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from helpers import DATA, coop, coop_inside, without_projects


def test_open_print_is_the_address_alone() -> None:
    done = coop("open", "epic", "--print")
    [url] = [project["url"] for project in json.loads(DATA.read_text())["projects"] if project["id"] == "epic"]
    assert (done.code, done.out, done.err) == (0, f"{url}\n", "")


def test_open_without_a_browser_says_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _url: False)
    done = coop_inside("open", "epic")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("coop: No browser could be started. The address is https://www.comune.milano.it/")


def test_open_starts_the_browser_with_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def start(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", start)
    assert coop_inside("open", "bite").code == 0
    assert opened == [coop_inside("open", "bite", "--print").out.strip()]


def test_a_project_without_a_page_cannot_be_opened(tmp_path: Path) -> None:
    header = {"schema_version": "1.0", "language": "en", "title": {"en": "T"}, "publisher": {"name": "P"}}
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**header, "projects": [{"id": "a", "title": "A"}]}))
    done = coop_inside("--catalogue", path, "open", "a")
    assert (done.code, done.err) == (2, "coop: a has no page.\n")


def test_schema_is_a_json_schema_that_milans_catalogue_passes() -> None:
    schema = json.loads(coop_inside("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(DATA.read_text(encoding="utf-8")), schema)


def test_the_catalogue_is_the_option_then_the_variable_then_the_bundled_one(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.toml"
    assert coop_inside("export", "jsonl", "-n", "1", "-o", one).code == 0
    assert coop_inside("export", "toml", "-n", "2", "-o", two).code == 0
    env = {"COOP_CATALOGUE": str(two)}
    assert coop("--catalogue", one, "list", "-q", env=env).out.count("\n") == 1
    assert coop("list", "-q", env=env).out.count("\n") == 2
    assert coop("list", "-q").out.count("\n") == 23


def test_an_edit_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(DATA.read_bytes())
    assert "Green school" in coop_inside("--catalogue", path, "list").out
    path.write_bytes(DATA.read_bytes().replace(b'"Green school"', b'"Scuola verde"'))
    done = coop_inside("--catalogue", path, "list").out
    assert "Scuola verde" in done
    assert "Green school" not in done


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{sys.executable} -m coopcli list --fields summary_it | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    assert done.stdout in {b"0\n", b"141\n"}  # 141 where the pipe was closed before the last line


@pytest.mark.parametrize("target", ["no/such/folder.csv", "folder.csv"])
def test_what_cannot_be_written_leaves_everything_as_it_was(target: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    done = coop("list", "-o", target, cwd=tmp_path)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith(f"coop: {target} cannot be written: ")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_an_answer_that_fails_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "list.csv"
    file.write_text("old")

    def half(*_arguments: object) -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coopcli.formats.csv.write", half)
    done = coop_inside("list", "-o", file)
    assert (done.code, done.err) == (4, f"coop: {file} cannot be written: No space left on device.\n")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    assert coop_inside("list", "-o", link).code == 0
    assert link.is_symlink()
    assert real.read_text().startswith("id,title,")


def test_a_device_stays_a_device() -> None:
    done = coop("list", "-q", "-f", "tsv", "-o", "/dev/stderr")
    assert (done.code, done.out) == (0, "")
    assert done.err.count("\n") == 23


@pytest.mark.parametrize(
    ("arguments", "other", "chosen"),
    [
        (["export", "csv", "-o", "a.xlsx"], "xlsx", "csv"),
        (["export", "datapackage", "-o", "a.CSV"], "csv", "datapackage"),
        (["list", "-f", "table", "-o", "a.json"], "json", "table"),
    ],
)
def test_a_file_is_not_given_the_suffix_of_another_format(
    arguments: list[str], other: str, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = coop_inside(*arguments)
    message = f"{arguments[-1]}: the suffix is that of {other}, and {chosen} was asked for."
    assert (done.code, done.raw, done.err) == (2, b"", f"coop: {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_geojson_may_be_called_json_and_an_unknown_suffix_anything(tmp_path: Path) -> None:
    for name, file in (("geojson", "map.json"), ("iati", "a.txt"), ("sqlite", "a")):
        assert coop_inside("export", name, "-n", "1", "-o", tmp_path / file).code == 0


REFUSED = {
    "export json --fields id": "--fields does not go with json: it writes every field.",
    "export sqlite --fields id": "--fields does not go with sqlite: it writes every field.",
    "list -q --fields title": "--quiet writes ids only; it does not go with --fields.",
    "list --fields ,": "--fields: no field is named; see what there is with --fields help.",
    "list --theme": "Option '--theme' requires an argument.\nSee what there is with: coop list --help",
    "stats theme --sort": "Option '--sort' requires an argument.\nSee what there is with: coop stats --help",
    "list --catalogue x": "--catalogue comes before the command: coop --catalogue … list\n"
    "See what there is with: coop --help",
    "check -q": "No such option: -q\nSee what there is with: coop check --help",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_does_not_go_together_is_refused_in_a_sentence(line: str) -> None:
    done = coop_inside(*line.split())
    assert (done.code, done.out, done.err) == (2, "", f"coop: {REFUSED[line]}\n")


def test_a_catalogue_without_themes_or_projects_says_that_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**without_projects(), "themes": []}), encoding="utf-8")
    assert coop_inside("--catalogue", path, "show", "x").err == "coop: project: “x” is not known. There is none.\n"
    assert (
        coop_inside("--catalogue", path, "list", "-t", "x").err == "coop: --theme: “x” is not known. There is none.\n"
    )


def test_a_hyphen_is_the_standard_output(tmp_path: Path) -> None:
    for command in (("export", "json"), ("list", "-f", "csv")):
        done = coop(*command, "-o", "-", cwd=tmp_path)
        assert (done.code, done.out) == (0, coop_inside(*command).out)
    assert list(tmp_path.iterdir()) == []


def test_show_in_a_pipe_has_the_columns_of_an_export() -> None:
    shown = coop_inside("show", "epic", "-f", "csv").out.splitlines()
    assert shown[0] == coop_inside("export", "csv").out.splitlines()[0]


@pytest.mark.parametrize("goal", ["08", "SDG 8", "SDG8", "OSS8", "oss 8"])
def test_a_goal_may_be_written_as_people_write_it(goal: str) -> None:
    assert coop_inside("list", "-q", "--sdg", goal).out == coop_inside("list", "-q", "--sdg", "8").out


def test_a_theme_in_another_language_has_a_name_in_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    theme = {"id": "eau", "name": {"fr": "L'eau"}}
    path.write_text(json.dumps({**without_projects(), "themes": [theme]}), encoding="utf-8")
    assert coop_inside("--catalogue", path, "themes").out == "eau\tL'eau\tL'eau\t0\n"


def test_about_in_a_pipe_is_no_json() -> None:
    cells = coop_inside("about").out.rstrip("\n").split("\t")
    assert cells[2:4] == ["Comune di Milano", "CC-BY-4.0"]
    assert not [cell for cell in cells if cell.startswith(("{", "["))]
