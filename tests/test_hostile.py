"""Catalogues made to break the reader: refused in a sentence or in named faults, in little time and little memory."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopcli.faults import MAX_FAULTS
from helpers import ROOT, coop, coop_inside, milan

CORPUS = ROOT / "tests" / "corpus"
MAX_SECONDS = 20
MAX_MEGABYTES = 900
HEADER: dict[str, Any] = {
    "schema_version": "1.0",
    "language": "it",
    "title": {"it": "Prova"},
    "publisher": {"name": "Comune"},
}
FIRST_LINE = json.dumps(HEADER) + "\n"


def project(**members: Any) -> dict[str, Any]:
    return {"id": "a", "title": "A", **members}


def document(*projects: Any, **header: Any) -> str:
    return json.dumps({**HEADER, **header, "projects": projects})


def cost_of_check(path: Path) -> tuple[int, str, float]:
    """Exit code, what was said, and the peak memory in MB of `coop check`, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "coopcli", "check", path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        killer = threading.Timer(MAX_SECONDS, process.kill)
        killer.start()
        said = process.stderr.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said, usage.ru_maxrss / 1024


TOO_MUCH: dict[str, tuple[Callable[[], str], str]] = {
    "text.json": (lambda: document(project(title="x" * 100_000_000)), ": 1 fault."),
    "text.jsonl": (
        lambda: FIRST_LINE + json.dumps(project(title="x" * 100_000_000)),
        ":2: the line is longer than 1 MiB.",
    ),
    "list.json": (lambda: document(project(themes=[0] * 3_000_000)), ": 1 fault."),
    "list.jsonl": (lambda: FIRST_LINE + json.dumps(project(themes=[0] * 300_000)), ": 1 fault."),
    "keys.json": (lambda: document(project(**{str(n): 0 for n in range(300_000)})), ": 1 fault."),
    "keys.jsonl": (lambda: FIRST_LINE + json.dumps(project(**{str(n): 0 for n in range(70_000)})), ": 1 fault."),
    "header.json": (lambda: document(organisations=[0] * 2_000_000), ": the header may have at most 1000000 values."),
    "projects.json": (lambda: document(*[0] * 2_000_000), f": {MAX_FAULTS} faults."),
    "projects.jsonl": (lambda: FIRST_LINE + "0\n" * 100_000, f": {MAX_FAULTS} faults."),
    "lines.json": (lambda: document() + "\n" * 30_000_000, " is sound: 0 projects."),
    "repeated.json": (
        lambda: "{" + "".join(f'"{n}":0,' for n in range(500_000)) + '"499999":0}',
        ": this is not JSON: the key “499999” stands twice in one object.",
    ),
    "deep.json": (lambda: document(project(title=0)).replace("0}", "[" * 500 + "]" * 500 + "}"), ": 1 fault."),
    "digits.json": (lambda: '{"a": ' + "9" * 5000 + "}", ": a number has too many digits."),
    "digits.jsonl": (lambda: FIRST_LINE + '{"id": "a", "title": ' + "9" * 5000 + "}", ": 1 fault."),
    "digits.toml": (lambda: "a = " + "9" * 5000, ": a number has too many digits."),
    "large.json": (
        lambda: document(project(budget={"amount": 0, "currency": "EUR"})).replace("0,", "1e400,"),
        ": 1 fault.",
    ),
    "larger.jsonl": (
        lambda: FIRST_LINE + json.dumps(project(budget={"amount": 10**4000, "currency": "EUR"})),
        ": 1 fault.",
    ),
    "infinity.toml": (lambda: 'schema_version = "1.0"\nlanguage = inf\ntitle = nan\n', ": 3 faults."),
    "dots.toml": (lambda: ".".join(["a"] * 1_000_000) + " = 1", ": the TOML is nested too deeply."),
    "quoted.toml": (lambda: "[" + " . ".join(['"a"'] * 1_000_000) + "]", ": the TOML is nested too deeply."),
    "word.toml": (
        lambda: "a" * 10_000_000,
        ": this is not TOML: Expected '=' after a key in a key/value pair (at end of document).",
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_file_that_asks_for_too_much_costs_little(name: str, tmp_path: Path) -> None:
    content, said = TOO_MUCH[name]
    path = tmp_path / name
    path.write_text(content(), encoding="utf-8")
    code, words, megabytes = cost_of_check(path)
    assert (code, words.splitlines()[-1].removeprefix("coop: ")) == (
        0 if "sound" in said else 3,
        f"{path}{said}",
    )
    assert megabytes < MAX_MEGABYTES


@pytest.mark.parametrize(
    ("name", "megabytes", "sentence"),
    [
        ("large.json", 129, "is larger than 128 MiB; JSON Lines (.jsonl) may have any size."),
        ("large.toml", 17, "is larger than 16 MiB; JSON Lines (.jsonl) may have any size."),
        ("line.jsonl", 400, "is larger than 128 MiB; JSON Lines (.jsonl) may have any size."),
    ],
)
def test_a_file_that_is_too_large_is_not_read(name: str, megabytes: int, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    code, words, peak = cost_of_check(path)
    assert (code, words) == (3, f"coop: {path} {sentence}\n")
    assert peak < MAX_MEGABYTES


@contextmanager
def special(kind: str, path: Path) -> Iterator[None]:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    if kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            yield
    else:
        yield


@pytest.mark.parametrize("kind", ["pipe", "device", "socket"])
def test_what_is_no_file_is_not_opened(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    with special(kind, path):
        for done in (coop("check", path), coop("--catalogue", path, "list")):
            sentence = f"coop: {path} is a device, a pipe or a socket; a catalogue is a file.\n"
            assert (done.code, done.out, done.err) == (3, "", sentence)


def test_a_link_that_leads_to_itself_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.symlink_to(path)
    done = coop_inside("--catalogue", path, "list")
    assert (done.code, done.err) == (3, f"coop: {path} cannot be read: Too many levels of symbolic links.\n")


def test_a_key_that_stands_twice_in_a_line_is_a_fault_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    for line in (
        '{"id":"a","title":"A","title":"B"}',
        '{"id": "a", "title": "A", "title" : "B"}',
        '{"id":"a","title":"A","\\u0074itle":"B"}',
        '{"id" :"a","title":"A","title":"B"}',
        '{"id":"a","title":"A","places":[{"name":"B","name":"C"}]}',
        '{"id":"a","title":"A","summary":{"it":"B","it":"C"}}',
    ):
        path.write_text(FIRST_LINE + line, encoding="utf-8")
        done = coop_inside("check", path)
        assert (done.code, done.out.split("\t")[-1]) == (3, "each key once in an object\n"), line
    path.write_text(
        FIRST_LINE + '{"id" : "a", "title":"\\":\\" \\"id\\":", "notes": {"it": " \\" : "}}', encoding="utf-8"
    )
    assert coop_inside("check", path).code == 0


def test_a_file_that_changes_while_it_is_read_is_not_answered_from(tmp_path: Path) -> None:
    # The reader is stopped at the pipe-like moment between key and content: a project's line is written at that moment.
    path = tmp_path / "c.jsonl"
    path.write_text(FIRST_LINE + json.dumps(project()) + "\n", encoding="utf-8")
    program = f"""
import sys
from pathlib import Path
import coopcli.compiling
first = coopcli.compiling.compile_catalogue
def later(path, *rest):
    path.write_text(path.read_text().replace('"A"', '"B"'))
    return first(path, *rest)
coopcli.compiling.compile_catalogue = later
sys.argv = ["coop", "--catalogue", {str(path)!r}, "list"]
from coopcli.__main__ import main
main()
"""
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"coop: {path} was changed while it was being read. Try again.\n"
    assert list((tmp_path / "cache" / "coop").iterdir()) == []
    assert coop("--catalogue", path, "list", "--fields", "title", env=env).out == "B\n"


def test_a_file_that_grows_all_the_time_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(FIRST_LINE, encoding="utf-8")
    growing = threading.Event()

    def grow() -> None:
        number = 0
        with path.open("a", encoding="utf-8") as file:
            while not growing.is_set():
                file.write(json.dumps(project(id=f"p{number}")) + "\n")
                file.flush()
                number += 1
                time.sleep(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        runs = [
            coop("--catalogue", path, "list", "-q", env={"XDG_CACHE_HOME": str(tmp_path / "cache")}) for _ in range(3)
        ]
    finally:
        growing.set()
        writer.join()
    for done in runs:
        ids = done.out.split()
        assert (done.code, ids) in [(3, []), (0, [f"p{number}" for number in range(len(ids))])]


# Values of every type, where a catalogue expects others.
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        [
            "",
            " ",
            "a",
            "2021",
            "2021-13",
            "IT",
            "\x00",
            "\x1b[2J",
            "\ud800",
            "it",
            10**30,
            -0.0,
            1e300,
            "http://a",
            "https://[::1]",
        ]
    )
    | st.text(max_size=5)
)
names = st.sampled_from(
    "id title name url themes countries places start end role participants organisation budget amount currency sdgs "
    "sectors sources supports inferred identifiers summary it en lat lon contribution by publisher language projects "
    "organisations".split()
)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)


def answers(path: Path) -> None:
    """A file is sound for every command or for none, and where it is not, that is said."""
    checked, listed = coop_inside("check", path), coop_inside("--catalogue", path, "list")
    assert checked.code in {0, 3}, checked.err
    assert (listed.code in {0, 1}) == (checked.code == 0), listed.err
    assert "Traceback" not in checked.err + listed.err
    if checked.code == 3 and not checked.out:
        assert checked.err.count("\n") == 1
        assert checked.err == listed.err


@given(header=st.dictionaries(names, anything, max_size=4), projects=anything | st.lists(anything, max_size=3))
def test_no_json_that_can_be_written_breaks_the_reader(header: dict[str, Any], projects: Any) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.json"
        path.write_text(json.dumps({**HEADER, **header, "projects": projects}), encoding="utf-8")
        answers(path)


@given(members=st.dictionaries(names, anything, max_size=4), ascii_only=st.booleans())
def test_no_line_that_can_be_written_breaks_the_reader(members: dict[str, Any], ascii_only: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.jsonl"
        line = json.dumps({**project(), **members}, ensure_ascii=ascii_only)
        path.write_bytes(f"{FIRST_LINE}{line}\n".encode("utf-8", "surrogatepass"))
        answers(path)


SEEDS = ("json", "jsonl", "toml")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Two of Milan's projects in each format that is read."""
    folder = tmp_path_factory.mktemp("seeds")
    small = milan("bite", "funzionari-senza-frontiere")
    used = {part["organisation"] for row in small["projects"] for part in row["participants"]}
    small["organisations"] = [row for row in small["organisations"] if row["id"] in used]
    original = folder / "original.json"
    original.write_text(json.dumps(small, ensure_ascii=False), encoding="utf-8")
    written = {}
    for name in SEEDS:
        path = folder / f"seed.{name}"
        assert coop_inside("--catalogue", original, "export", name, "-o", path).code == 0
        written[name] = path.read_bytes()
    return written


@pytest.mark.parametrize("name", SEEDS)
@given(
    changes=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.integers(0, 8),
            st.binary(max_size=4)
            | st.sampled_from(
                [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\\", b"\\ud800", b"\xff", b"\x00", b"'''"]
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_change_to_a_real_file_breaks_the_reader(
    name: str, seeds: dict[str, bytes], changes: list[tuple[float, int, bytes]]
) -> None:
    content = bytearray(seeds[name])
    for where, removed, put_in in changes:
        at = int(where * len(content))
        content[at : at + removed] = put_in
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"c.{name}"
        path.write_bytes(bytes(content))
        answers(path)


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_the_corpus_of_the_fuzzer_breaks_nothing(path: Path) -> None:
    answers(path)
