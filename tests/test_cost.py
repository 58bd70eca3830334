"""What a run costs, not by the clock: imports, SQL statements, records read before the first line."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest

from coopcli import formats
from coopcli.fields import PROJECT, Context, Record
from coopcli.index import open_index
from coopcli.selection import Selection, projects
from generate import lines
from helpers import DATA, ROOT, coop, coop_inside, milan


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every SQL statement that a run in this process begins, without those that FTS5 has for its own tables."""
    begun: list[str] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda statement: None if "'main'" in statement else begun.append(statement))
        return connection

    monkeypatch.setattr("sqlite3.connect", traced)
    return begun


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "projects.jsonl"
    path.write_text("".join(lines(300)), encoding="utf-8")
    return path


@pytest.mark.parametrize("arguments", [["list"], ["search", "acqua"], ["show", "epic"]], ids=" ".join)
def test_the_usual_commands_import_nothing_that_only_rare_ones_need(arguments: list[str]) -> None:
    rare = {"pydantic", "rich", "hashlib", "csv", "importlib.metadata", "coopcli.compiling", "dataclasses", "tempfile"}
    coop(*arguments)
    done = coop(*arguments, python=("-X", "importtime"))
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.err.splitlines() if "|" in line}
    assert loaded & rare == set()


@pytest.mark.parametrize(
    ("arguments", "most"),
    [
        (["list"], 4),
        (["list", "-t", "migrazioni", "-c", "KE", "--year", "2020"], 4),
        (["show", "epic", "-f", "json"], 12),  # one for each of its organisations
        (["stats", "country"], 4),
        (["search", "acqua"], 9),
        (["export", "jsonl"], 5),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_asks_the_index_a_few_questions(statements: list[str], arguments: list[str], most: int) -> None:
    coop_inside(*arguments)
    statements.clear()
    coop_inside(*arguments)
    assert 1 <= len(statements) <= most, statements


def test_a_list_asks_as_much_of_many_projects_as_of_few(statements: list[str], generated: Path) -> None:
    asked = []
    for catalogue in (DATA, generated):
        coop_inside("--catalogue", catalogue, "list")
        statements.clear()
        coop_inside("--catalogue", catalogue, "list")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_the_first_projects_come_before_the_others_are_read(statements: list[str], generated: Path) -> None:
    with closing(open_index(generated).connection) as connection:
        statements.clear()
        index = open_index(generated)
        first = next(projects(index, Selection()))
        [asked] = [statement for statement in statements if "FROM project" in statement]
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}"))
        index.connection.close()
    assert first["id"] == json.loads(generated.read_text().splitlines()[1])["id"]
    assert "TEMP B-TREE" not in plan


def _endless() -> Iterator[Record]:
    return repeat(milan("epic")["projects"][0])


@pytest.mark.parametrize("name", ["tsv", "csv", "json", "jsonl", "markdown", "table"])
def test_an_answer_without_end_begins_at_once(name: str) -> None:
    header = {key: value for key, value in milan().items() if key != "projects"}
    context = Context(
        header=header,
        themes={row["id"]: row for row in header["themes"]},
        organisations={row["id"]: row for row in header["organisations"]},
        kind=PROJECT,
        fields=PROJECT.choose(PROJECT.row),
        on=Selection().on,
        messages=[],
    )
    chunks: Iterator[str] = formats.FORMATS[name].module().write(_endless(), context)
    text = "".join(islice(chunks, 3))
    assert text.count("EPIC") >= 1


def test_an_export_passes_on_the_text_of_the_index(generated: Path) -> None:
    done = coop_inside("--catalogue", generated, "export", "jsonl")
    written, original = done.out.splitlines(), generated.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == [json.loads(line) for line in original]


def test_the_invented_catalogue_is_sound_and_always_the_same(generated: Path) -> None:
    assert coop_inside("check", generated).code == 0
    assert "".join(lines(300)) == generated.read_text(encoding="utf-8")


def test_duckdb_writes_parquet_as_the_page_says(generated: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    script = f'coop() {{ "{sys.executable}" -m coopcli "$@"; }}\npython3() {{ "{sys.executable}" "$@"; }}\n{block}'
    environment = {"COOP_CATALOGUE": str(generated), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(["bash", "-euc", script], cwd=tmp_path, env=environment, check=True)
    records = [json.loads(line) for line in generated.read_text(encoding="utf-8").splitlines()[1:]]
    written = str(tmp_path / "projects" / "*" / "*.parquet")
    # Not imported here: DuckDB tells of its leaks when a process ends, after pytest's own last line.
    query = "aggregate('count(*), min(id)').fetchall()"
    count = f"import duckdb; [row] = duckdb.read_parquet({written!r}).{query}; print(*row)"
    found = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["300", min(record["id"] for record in records)]
