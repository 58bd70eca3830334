"""The index is a compiled form of a file, nothing more: it may be missing, damaged or in nobody's way."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from coopcli.cache import cache_folder
from coopcli.compiling import compile_catalogue
from coopcli.preparing import batches
from generate import lines
from helpers import coop, coop_inside


def kept(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_the_first_run_compiles_and_the_next_ones_open(tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    first = coop_inside("list", env=env)
    [index] = kept(tmp_path)
    made = index.stat().st_mtime_ns
    assert coop_inside("list", env=env) == first == coop_inside("list")
    assert [path.stat().st_mtime_ns for path in kept(tmp_path)] == [made]


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_a_damaged_index_is_made_anew_in_silence(damage: bytes | None, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    first = coop_inside("list", env=env)
    [index] = kept(tmp_path)
    whole = index.read_bytes()
    index.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert coop_inside("list", env=env) == first
    assert [path.stat().st_size for path in kept(tmp_path)] == [len(whole)]


def test_without_a_cache_folder_the_index_is_in_memory(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    assert coop_inside("list", env={"XDG_CACHE_HOME": str(in_the_way)}) == coop_inside("list")
    assert in_the_way.read_text() == "no folder"


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of other systems")
@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/absolute"}, "/absolute/coop"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/ada"}, "/home/ada/.cache/coop"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/ada"}, "/home/ada/.cache/coop"),
        ({"HOME": "/home/ada"}, "/home/ada/.cache/coop"),
    ],
)
def test_the_index_lies_where_the_base_directory_specification_has_caches(
    environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "mkdir", lambda path, **_options: asked.append(path))
    asked: list[Path] = []
    cache_folder()
    assert asked == [Path(folder)]


def test_eight_first_runs_at_once_leave_one_index(tmp_path: Path) -> None:
    def run(_number: int) -> str:
        return coop("list", env={"XDG_CACHE_HOME": str(tmp_path)}).out

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(run, range(8))) == {coop_inside("list").out}
    assert len(kept(tmp_path)) == 1


def dumped(catalogue: Path) -> list[str]:
    """An index in memory, every row of it."""
    with closing(compile_catalogue(catalogue, None, lambda projects, _share: projects)) as connection:
        return list(connection.iterdump())


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    path = tmp_path / "projects.jsonl"
    path.write_text("".join(lines(1200)), encoding="utf-8")
    return path


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopcli.compiling.LARGE_BYTES", 0)


@pytest.mark.usefixtures("apart")
def test_two_processes_make_the_index_that_one_makes(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("coopcli.compiling.LARGE_BYTES", float("inf"))
        expected = dumped(generated)
    monkeypatch.setattr("coopcli.compiling.Preparation", None)  # the way of one process
    assert dumped(generated) == expected


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("executable", ["", "/nowhere/python", "/bin/false", "/bin/echo"])
def test_without_a_second_process_one_does_all(
    executable: str, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dumped(generated)
    monkeypatch.setattr("sys.executable", executable)
    assert dumped(generated) == expected


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: [*rows, rows[3]],
        lambda rows: [*rows[:700], rows[700].replace('"role"', '"rule"', 1), *rows[701:]],
        lambda rows: [*rows[:700], "{"],
        lambda rows: [rows[0].replace('"id": "org-1"', '"id": "org-0"', 1), *rows[1:]],
        lambda rows: [*rows[:9], rows[9].replace('"org-', '"gro-', 1), *rows[10:], rows[9]],
    ],
    ids=[
        "an id twice",
        "an unknown field",
        "no JSON",
        "two organisations of one id",
        "an unknown organisation, and an id twice",
    ],
)
def test_what_two_processes_refuse_is_said_as_one_says_it(
    damage: Callable[[list[str]], list[str]], generated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    generated.write_text("\n".join(damage(generated.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    refused = coop_inside("--catalogue", generated, "list", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    monkeypatch.setattr("coopcli.compiling.LARGE_BYTES", float("inf"))
    assert refused == coop_inside("--catalogue", generated, "list", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert refused.code == 3
    assert "is not a sound catalogue" in refused.err
    assert kept(tmp_path / "cache") == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads the system's list of processes")
def test_the_second_process_ends_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_text("".join(lines(20_000)), encoding="utf-8")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "coopcli", "--catalogue", path, "list"], env=environment, stdout=subprocess.DEVNULL
    ) as first:
        while not (second := [pid for pid in processes_about(path) if pid != first.pid]):
            assert first.poll() is None
        first.kill()
    deadline = time.monotonic() + 10
    while processes_about(path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (len(second), processes_about(path)) == (1, [])


def processes_about(path: Path) -> list[int]:
    """The processes that have a path on their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.fsencode(path) in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    "written", [b"\0", b"\0\0\0\x01N", b"\0\0\0\x05abcde", b"hello\n", b"coop 0.1.0 /elsewhere\n\0\0\0\x01N"]
)
def test_a_second_process_that_says_something_else_is_not_heard(
    written: bytes, generated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = dumped(generated)
    (tmp_path / "sitecustomize.py").write_text(f"import os; os.write(1, {written!r})", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert dumped(generated) == expected


def test_projects_pass_by_length_and_not_only_by_number() -> None:
    assert [len(each) for each in batches([("x" * 300_000, (), [], [])] * 5)] == [2, 2, 1]
    assert [len(each) for each in batches([("x", (), [], [])] * 250)] == [100, 100, 50]
