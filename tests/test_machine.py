"""What a machine does to a program: kill it, fill its disk, break its cache. The right answer or a refusal, always."""

import json
import os
import random
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from coopcli import cache, index
from helpers import DATA, Result, coop, coop_inside, milan

NOBODY = 65534
# Besides those at each step of the work, of which there are more than 200; and damaged indexes.
KILLS = int(os.environ.get("COOP_KILLS", "20"))
MUTATIONS = int(os.environ.get("COOP_MUTATIONS", "500"))
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A catalogue of two projects, quick to compile."""
    catalogue = milan("bite", "funzionari-senza-frontiere")
    used = {part["organisation"] for row in catalogue["projects"] for part in row["participants"]}
    catalogue["organisations"] = [row for row in catalogue["organisations"] if row["id"] in used]
    path = tmp_path / "small.json"
    path.write_text(json.dumps(catalogue, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own; where coop keeps its indexes in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "coop"


def listed(path: Path) -> str:
    done = coop_inside("--catalogue", path, "list", "-f", "json")
    assert (done.code, done.err) == (0, "")
    return done.out


def child(work: Callable[[], Any]) -> int:
    """The number of a new process that does this and exits with what it returns; it has all modules at once."""
    number = os.fork()
    if number == 0:
        code = 99
        try:
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            code = work() or 0
        finally:
            os._exit(code)
    return number


def ended(number: int) -> int:
    """How a child came to its end: its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def killed_at_each_step(work: Callable[[], Any]) -> Iterator[None]:
    """Do the work again and again, killed at the first call to the system that Python audits, then at the second, …"""

    def dying(step: int) -> Callable[[], Any]:
        seen = 0

        def hook(_event: str, _arguments: object) -> None:
            nonlocal seen
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def run() -> None:
            sys.addaudithook(hook)
            work()

        return run

    for step in count(1):
        if ended(child(dying(step))) != -signal.SIGKILL:
            return
        yield


def killed_at_random(work: Callable[[], Any], times: int) -> Iterator[None]:
    """Do the work so often, killed at moments spread over the time that it takes."""
    start = time.perf_counter()
    ended(child(work))
    takes = time.perf_counter() - start
    for number in range(times):
        process = child(work)
        time.sleep(takes * number / times)
        os.kill(process, signal.SIGKILL)
        ended(process)
        yield


def test_a_killed_compile_leaves_no_half_index(small: Path, home: Path, figure: Callable[[str], None]) -> None:
    expected = listed(small)
    kills = 0

    def compile_it() -> None:
        coop_inside("--catalogue", small, "list")

    for kill in (killed_at_each_step, lambda work: killed_at_random(work, KILLS)):
        shutil.rmtree(home)
        for _killed in kill(compile_it):
            kills += 1
            for path in home.glob("*.sqlite"):
                assert cache.read_sealed(path) is not None
            assert listed(small) == expected
            for path in home.glob("*.sqlite"):
                path.unlink()
    figure(f"kill -9 while an index was compiled: {kills} times; half an index or a wrong answer: 0")


def test_a_killed_export_leaves_the_old_file_or_the_new_one(
    small: Path, home: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    assert home.parent.parent == tmp_path
    expected = coop_inside("--catalogue", small, "export", "csv").raw
    target = tmp_path / "out" / "projects.csv"
    target.parent.mkdir()
    kills, new = 0, 0

    def export() -> None:
        coop_inside("--catalogue", small, "export", "csv", "-o", target)

    for kill in (killed_at_each_step, lambda work: killed_at_random(work, KILLS)):
        target.write_bytes(b"old")
        for _killed in kill(export):
            kills += 1
            content = target.read_bytes()
            assert content in {b"old", expected}
            new += content == expected
            target.write_bytes(b"old")
    export()
    assert target.read_bytes() == expected
    assert new < kills
    figure(f"kill -9 while --output was written: {kills} times; half a file: 0")


def test_a_terminated_run_takes_its_unfinished_file_away(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "projects.csv"
    target.parent.mkdir()
    program = """
import os, signal
import coopcli.cli.delivery as delivery
encoded = delivery._encoded
def stopped(chunks):
    for chunk in encoded(chunks):
        yield chunk
        os.kill(os.getpid(), getattr(signal, os.environ["SIGNAL"]))
delivery._encoded = stopped
from coopcli.__main__ import main
main()
"""
    run = [sys.executable, "-c", program, "--catalogue", str(small), "export", "csv", "-o", str(target)]
    for name, code in (("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)):
        done = subprocess.run(run, env={**os.environ, "SIGNAL": name}, capture_output=True, timeout=60, check=False)
        assert (done.returncode, list(target.parent.iterdir())) == (code, []), done.stderr


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file after what happens to files: a bit flips, the end is lost, a page is gone or rubbish, a tail is added."""
    changed = bytearray(content)
    at = chance.randrange(len(content))
    kind = chance.randrange(6)
    if kind <= 1:
        changed[at] ^= 1 << chance.randrange(8)
    elif kind == 2:
        del changed[at:]
    elif kind == 3:
        changed[at : at + 512] = bytes(512)
    elif kind == 4:
        changed[at : at + 64] = chance.randbytes(64)
    else:
        changed += chance.randbytes(chance.randrange(1, 5000))
    return bytes(changed)


def test_a_damaged_index_is_never_answered_from(small: Path, home: Path, figure: Callable[[str], None]) -> None:
    expected = listed(small)
    (place,) = home.iterdir()
    whole = place.read_bytes()
    chance = random.Random(8)  # noqa: S311 - damage need not be a secret
    for _number in range(MUTATIONS):
        changed = damaged(whole, chance)
        place.write_bytes(changed)
        opened = index.open_index(small)
        records = [json.loads(row[0]) for row in opened.connection.execute("SELECT json FROM record ORDER BY n")]
        assert [row["id"] for row in records] == ["bite", "funzionari-senza-frontiere"]
        opened.connection.close()
        assert changed == whole or place.read_bytes() != changed
    assert listed(small) == expected
    figure(f"indexes damaged: {MUTATIONS}; wrong answers: 0")


def test_an_index_too_large_to_be_sealed_whole_is_right_or_refused(
    small: Path, home: Path, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    monkeypatch.setattr(cache, "SEALED_BYTES", 1000)
    monkeypatch.setattr(cache, "_BEGINNING", 1000)
    expected = listed(small)
    (place,) = home.iterdir()
    whole = place.read_bytes()
    refused = 0
    cuts = 60
    for number in range(cuts):
        # Whole pages of SQLite are lost to zeros in the middle, or the end is lost.
        start = len(whole) * number // cuts // 4096 * 4096
        place.write_bytes(whole[:start] if number % 2 else whole[:start] + bytes(4096) + whole[start + 4096 :])
        done = coop_inside("--catalogue", small, "list", "-f", "json")
        refused += done.code == 3
        if done.code == 3:
            assert done.err.startswith("coop: The index of the catalogue was damaged (")
            assert list(home.iterdir()) == []
        assert listed(small) == expected
        assert place.read_bytes() == whole or number % 2 == 0
    figure(f"indexes too large for a checksum of the whole, with a page or the end lost: {cuts}; refused: {refused}")


def test_indexes_of_other_versions_lie_beside_each_other(
    small: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = listed(small)
    for name, value in (("LAYOUT", -1), ("LAYOUT", 10**6), ("__version__", "0.0.1"), ("__version__", "99")):
        with monkeypatch.context() as other:
            other.setattr(index, name, value)
            assert listed(small) == expected
    assert listed(small) == expected
    assert len(list(home.iterdir())) == 5


def test_the_cache_does_not_grow_for_ever(small: Path, home: Path) -> None:
    listed(small)
    for number in range(30):
        (home / f"{number:032x}.sqlite").write_bytes(b"")
        os.utime(home / f"{number:032x}.sqlite", (number, number))
    (home / ".killed.new").touch()
    os.utime(home / ".killed.new", (0, 0))
    (home / ".working.new").touch()
    small.write_text(small.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    listed(small)
    kept = sorted(path.name for path in home.iterdir())
    assert len(kept) == cache.KEPT + 1
    assert ".working.new" in kept
    assert {f"{number:032x}.sqlite" for number in range(22, 30)} < set(kept)


def test_a_clock_set_back_or_forward_changes_nothing(small: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As a file too large for its content to be the key: then its size and times are.
    monkeypatch.setattr(index, "HASHED_BYTES", 0)
    before = listed(small)
    times = small.stat()
    changed = small.read_bytes().replace(b"BITE", b"BYTE")
    assert len(changed) == times.st_size
    small.write_bytes(changed)
    os.utime(small, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = listed(small)
    assert (after, after == before) == (before.replace("BITE", "BYTE"), False)
    for moment in (0, 2**33):
        for place in home.iterdir():
            os.utime(place, (moment, moment))
        assert listed(small) == after


def test_fifty_runs_at_once_on_a_cold_cache(small: Path, home: Path, figure: Callable[[str], None]) -> None:
    expected = coop("--catalogue", small, "list", env={"XDG_CACHE_HOME": "/dev/null"})
    assert expected.code == 0
    with ThreadPoolExecutor(50) as pool:
        runs = list(pool.map(lambda _number: coop("--catalogue", small, "list"), range(50)))
    assert runs == [expected] * 50
    (place,) = home.iterdir()
    assert place.suffix == ".sqlite"
    figure("runs at once on a cold cache: 50; other answers: 0")


# The cache folder: whatever is wrong with it, the answer is right and what is another's stays as it is.


def linked(home: Path) -> None:
    (home.parent / "elsewhere").mkdir(parents=True)
    home.symlink_to(home.parent / "elsewhere")


def for_everybody(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o777)


def a_file(home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_bytes(b"mine")


def a_loop(home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.symlink_to(home)


@pytest.mark.parametrize("wrong", [linked, for_everybody, a_file, a_loop])
def test_a_cache_folder_that_cannot_be_trusted_is_not_used(
    wrong: Callable[[Path], None], small: Path, home: Path
) -> None:
    expected = coop_inside("--catalogue", small, "list", env={"XDG_CACHE_HOME": "/dev/null"})
    wrong(home)
    before = sorted(home.parent.rglob("*"))
    assert coop_inside("--catalogue", small, "list") == expected
    assert sorted(home.parent.rglob("*")) == before


@as_root
def test_a_cache_of_another_user_is_not_used(small: Path, home: Path) -> None:
    expected = listed(small)
    (place,) = home.iterdir()
    forged = place.read_bytes()
    os.chown(home, NOBODY, NOBODY)
    place.write_bytes(forged.replace(b"BITE", b"EVIL"))
    cache.seal(place)
    assert listed(small) == expected
    os.chown(home, 0, 0)
    os.chown(place, NOBODY, NOBODY)
    assert listed(small) == expected
    assert place.stat().st_uid == 0


def test_a_link_in_the_place_of_an_index_is_replaced(small: Path, home: Path, tmp_path: Path) -> None:
    expected = listed(small)
    (place,) = home.iterdir()
    other = tmp_path / "other"
    place.rename(other)
    content = other.read_bytes()
    place.symlink_to(other)
    assert listed(small) == expected
    assert not place.is_symlink()
    assert other.read_bytes() == content


@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": "/nonexistent/home"},
        {"HOME": "/dev/null"},
        {"HOME": "/proc"},
        {"HOME": ""},
        {"XDG_CACHE_HOME": "not/absolute"},
        {"XDG_CACHE_HOME": "/dev/full"},
    ],
)
def test_without_a_cache_folder_the_answer_is_the_same(
    environment: dict[str, str], small: Path, tmp_path: Path
) -> None:
    expected = coop_inside("--catalogue", small, "list")
    work = tmp_path / "work"
    work.mkdir()
    clean = {name: value for name, value in os.environ.items() if name not in {"XDG_CACHE_HOME", "HOME"}}
    done = subprocess.run(
        [sys.executable, "-m", "coopcli", "--catalogue", small, "list"],
        cwd=work,
        env={**clean, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert Result(done.returncode, done.stdout, done.stderr.decode()) == expected
    assert list(work.iterdir()) == []


# The disk is full.


@contextmanager
def at_most(octets: int) -> Iterator[None]:
    """No file of this process may become larger, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_the_index_is_made_in_memory(small: Path, home: Path, figure: Callable[[str], None]) -> None:
    expected = listed(small)
    size = next(home.iterdir()).stat().st_size
    tries = 0
    for limit in range(0, size, size // 25):
        shutil.rmtree(home)
        with at_most(limit):
            assert listed(small) == expected
        assert list(home.iterdir()) == []
        tries += 1
    figure(f"disk full while an index was written: {tries} times; answers lost: 0")


def test_on_a_full_disk_the_old_file_stays(small: Path, tmp_path: Path, home: Path) -> None:
    assert home.parent.parent == tmp_path
    target = tmp_path / "out" / "c.json"
    target.parent.mkdir()
    target.write_bytes(b"old")
    for limit in (0, 1, 4096, 8192):
        with at_most(limit):
            done = coop_inside("--catalogue", small, "export", "json", "-o", target)
        assert (done.code, done.out, done.err) == (4, "", f"coop: {target} cannot be written: File too large.\n")
        assert (target.read_bytes(), len(list(target.parent.iterdir()))) == (b"old", 1)


@as_root
def test_on_a_small_disk_that_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "coop-test", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        target = disk / "c.json"
        target.write_bytes(b"old")
        (disk / "filler").write_bytes(bytes(56 * 1024))
        done = coop("--catalogue", DATA, "export", "json", "-o", target, env={"XDG_CACHE_HOME": str(disk)})
        assert (done.code, done.err) == (4, f"coop: {target} cannot be written: No space left on device.\n")
        assert target.read_bytes() == b"old"
        assert [path for path in disk.rglob("*") if path.is_file()] in (
            [target, disk / "filler"],
            [disk / "filler", target],
        )
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "-f", "json"],
        ["show", "bite"],
        ["export", "jsonl"],
        ["schema"],
        ["open", "bite", "--print"],
        ["--help"],
        ["list", "--help"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_a_full_disk_behind_stdout_is_a_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        run = [sys.executable, "-m", "coopcli", *arguments]
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert done.stderr.endswith("No space left on device.\n") or done.stderr.endswith("No space left on device\n")


@pytest.mark.parametrize(
    ("closed", "code", "out"), [(">&-", 4, ""), ("2>&-", 0, "bite\n"), ("<&-", 0, "bite\n"), (">&- 2>&-", 4, "")]
)
def test_a_closed_stream_is_no_traceback(closed: str, code: int, out: str) -> None:
    shell = ["sh", "-c", f'"$0" -m coopcli show bite -q {closed}', sys.executable]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (code, out)
    assert "Traceback" not in done.stderr


# Where --output leads.


def export_to(file: Path, small: Path) -> Result:
    return coop_inside("--catalogue", small, "export", "csv", "-o", file)


def test_output_keeps_links_modes_and_owners(small: Path, tmp_path: Path) -> None:
    expected = coop_inside("--catalogue", small, "export", "csv").raw
    folder = tmp_path / "Città d’arte"
    folder.mkdir()
    real, link, dangling = folder / "real one.csv", folder / "link.csv", folder / "dangling.csv"
    real.write_bytes(b"old")
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, NOBODY, NOBODY)
    before = real.stat()
    link.symlink_to(real.name)
    dangling.symlink_to("new.csv")
    for file in (link, dangling):
        assert export_to(file, small) == Result(0, b"", "")
        assert (file.is_symlink(), file.read_bytes()) == (True, expected)
    after = real.stat()
    assert [after.st_mode, after.st_uid, after.st_gid] == [before.st_mode, before.st_uid, before.st_gid]
    os.umask(mask := os.umask(0o027))
    assert stat.S_IMODE((folder / "new.csv").stat().st_mode) == 0o666 & ~mask
    assert sorted(path.name for path in folder.iterdir()) == ["dangling.csv", "link.csv", "new.csv", "real one.csv"]


def test_output_to_a_device_or_a_pipe_writes_to_it(small: Path, tmp_path: Path) -> None:
    expected = coop_inside("--catalogue", small, "export", "csv").raw
    assert coop_inside("--catalogue", small, "list", "-f", "csv", "-o", "/dev/null") == Result(0, b"", "")
    assert Path(os.devnull).is_char_device()
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert export_to(pipe, small) == Result(0, b"", "")
        assert reader.communicate()[0] == expected
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    log = tmp_path / "log"
    log.write_bytes(b"before\n")
    with log.open("ab") as stdout:
        run = [sys.executable, "-m", "coopcli", "--catalogue", str(small), "list", "-f", "csv", "-o", "/dev/stdout"]
        subprocess.run(run, stdout=stdout, timeout=60, check=True)
    assert log.read_bytes() == b"before\n" + coop_inside("--catalogue", small, "list", "-f", "csv").raw


def test_output_where_nothing_can_be_written_is_a_sentence(small: Path, tmp_path: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.csv"))
        for file, reason in (
            (tmp_path, "Is a directory"),
            (tmp_path / "no" / "such.csv", "No such file or directory"),
            (small / "file.csv", "Not a directory"),
            (loop, "Too many levels of symbolic links"),
            (tmp_path / ("x" * 300 + ".csv"), "File name too long"),
            (tmp_path / "socket.csv", "No such device or address"),
        ):
            done = coop_inside("--catalogue", small, "list", "-f", "csv", "-o", file)
            assert (done.code, done.err) == (4, f"coop: {file} cannot be written: {reason}.\n")
    assert export_to(tmp_path / ("x" * 251 + ".csv"), small).code == 0


@as_root
def test_output_by_another_user_needs_the_right_to_the_file_and_to_its_folder(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        catalogue, theirs, ours = folder / "c.json", folder / "theirs.csv", folder / "ours"
        shutil.copy(small, catalogue)
        theirs.write_bytes(b"old")
        theirs.chmod(0o666)
        ours.mkdir()
        os.chown(ours, NOBODY, NOBODY)
        locked = ours / "locked.csv"
        locked.write_bytes(b"old")
        os.chown(locked, NOBODY, NOBODY)
        locked.chmod(0o444)

        def as_nobody(file: Path) -> int:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            return export_to(file, catalogue).code

        assert export_to(catalogue.with_name("root.csv"), catalogue).code == 0  # and all modules are there
        monkeypatch.setenv("XDG_CACHE_HOME", str(ours / "cache"))
        codes = [ended(child(partial(as_nobody, file))) for file in (theirs, locked, ours / "new.csv")]
        assert codes == [4, 4, 0]
        assert (theirs.read_bytes(), locked.read_bytes()) == (b"old", b"old")
        assert sorted(path.name for path in ours.iterdir()) == ["cache", "locked.csv", "new.csv"]
