"""The index is a compiled form of a file, nothing more: it may be missing, damaged or in nobody's way."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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


def test_eight_first_runs_at_once_leave_one_index(tmp_path: Path) -> None:
    def run(_number: int) -> str:
        return coop("list", env={"XDG_CACHE_HOME": str(tmp_path)}).out

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(run, range(8))) == {coop_inside("list").out}
    assert len(kept(tmp_path)) == 1
