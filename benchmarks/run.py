#!/usr/bin/env python3
"""How long coop takes, beside its floors and other tools: python benchmarks/run.py [10000 100000 1000000].

Every figure is a whole process on a warm disk: the median of so many runs after one that is not counted, all commands
of a table in turn, so that a machine that is busy for a while is busy for all of them. P is Python doing nothing, T a
hello world with the same Typer. Peers are used where they are found: jq and mlr on the path, and csvkit, sqlite-utils
and papis in a virtual environment made for the purpose. Writes `benchmarks/results.md`.
"""

import argparse
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from coopcli.bundled import bundled_catalogue
from generate import RARE, lines

RUNS, SLOW_RUNS, SLOW_SECONDS = 15, 3, 2.0
PEERS = ("csvkit", "sqlite-utils", "papis")
RESULTS = Path(__file__).with_name("results.md")
COOP = str(Path(sys.executable).with_name("coop"))
_HELLO = "import typer{more}\napp = typer.Typer()\n@app.command()\ndef main(name: str = 'x'): print(name)\napp()\n"
# By a process of its own that is small: what a process is started by counts towards its peak.
_PEAK = (
    "import os, sys; null = os.open(os.devnull, os.O_RDWR); "
    "pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, "
    "file_actions=[(os.POSIX_SPAWN_DUP2, null, number) for number in range(3)]); "
    "print(os.wait4(pid, 0)[2].ru_maxrss / 1024)"
)
_ROUND_TRIP = (
    "import json, sys\n"
    "for line in open(sys.argv[1], encoding='utf-8'): print(json.dumps(json.loads(line), ensure_ascii=False))\n"
)


class Case(NamedTuple):
    """One command. `most` is the target, in the time of the floor; `fresh` is a folder to empty before each run."""

    name: str
    command: tuple[str, ...]
    most: float | None = None
    fresh: Path | None = None
    env: Mapping[str, str] = {}


class Figures(NamedTuple):
    """Medians of a command's runs: wall and processor seconds, peak memory in MiB, and the number of runs."""

    wall: float
    cpu: float
    peak: float
    runs: int


def run(case: Case) -> tuple[float, float]:
    """Wall seconds and processor seconds of one run."""
    if case.fresh:
        shutil.rmtree(case.fresh, ignore_errors=True)
    begun = perf_counter()
    process = subprocess.Popen(
        case.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | case.env,
    )
    _pid, _status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return perf_counter() - begun, usage.ru_utime + usage.ru_stime


def peak(case: Case) -> float:
    """The peak of a command's memory in MiB."""
    if case.fresh:
        shutil.rmtree(case.fresh, ignore_errors=True)
    watched = (sys.executable, "-I", "-S", "-c", _PEAK, *case.command)
    return float(subprocess.run(watched, env=os.environ | case.env, check=True, capture_output=True).stdout)


def measured(cases: Iterable[Case]) -> dict[str, tuple[Case, Figures]]:
    """The figures of commands by name, run in turn; those that take long are run less often."""
    waiting = {case.name: case for case in cases}
    first = {name: run(case)[0] for name, case in waiting.items()}
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in waiting}
    for number in range(RUNS):
        for name, case in waiting.items():
            if number < SLOW_RUNS or first[name] < SLOW_SECONDS:
                runs[name].append(run(case))
    found = {}
    for name, case in waiting.items():
        wall, cpu = map(median, zip(*runs[name], strict=True))
        found[name] = case, Figures(wall, cpu, peak(case), len(runs[name]))
    return found


def table(figures: Mapping[str, tuple[Case, Figures]], floor: str) -> Iterator[str]:
    """A Markdown table; the ratios are of processor time to that of the floor, which other programs disturb least."""
    base = figures[floor][1].cpu
    yield f"| | wall ms | cpu ms | cpu / {floor[0]} | at most | MiB | runs |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, (case, found) in figures.items():
        most = "" if case.most is None else f"{case.most:g}"
        yield (
            f"| {name} | {found.wall * 1000:,.0f} | {found.cpu * 1000:,.0f} | {found.cpu / base:.2f} "
            f"| {most} | {found.peak:.0f} | {found.runs} |"
        )


def floors() -> list[Case]:
    """Python doing nothing, and hello world by Typer."""
    return [
        Case("P: python -c pass", (sys.executable, "-c", "pass")),
        Case("T: Typer's hello world", (sys.executable, "-c", _HELLO.format(more=""))),
    ]


def start(folder: Path, peers: Path) -> Iterator[str]:
    """The 23 projects of Milan."""
    rich = (sys.executable, "-c", _HELLO.format(more=", rich.console, rich.table"))
    completing = {"_COOP_COMPLETE": "complete_bash", "COMP_WORDS": "coop list --theme mig", "COMP_CWORD": "3"}
    cold = folder / "cold"
    yield "## 23 projects\n"
    cases = [
        *floors(),
        Case("coop list", (COOP, "list"), 1.25),
        Case("coop search acqua", (COOP, "search", "acqua"), 1.25),
        Case("coop show bite", (COOP, "show", "bite"), 1.25),
        Case("coop stats country", (COOP, "stats", "country")),
        Case("coop --version", (COOP, "--version"), 1.15),
        Case("coop --help", (COOP, "--help"), 1.15),
        Case("coop list --theme mig TAB", (COOP,), 1.15, env=completing),
        Case("coop list, first run", (COOP, "list"), 3, fresh=cold, env={"XDG_CACHE_HOME": str(cold)}),
    ]
    projects = write_flat(json.loads(bundled_catalogue().read_bytes())["projects"], folder)
    yield from table(measured([*cases, *rivals(projects, folder, peers)]), "T: Typer's hello world")
    yield "\nA table for a terminal, beside hello world with Rich imported:\n"
    drawn = [Case("T + Rich", rich), Case("coop list --format table", (COOP, "list", "--format", "table"), 1.25)]
    yield from table(measured(drawn), "T + Rich")


def write_flat(projects: list[dict[str, object]], folder: Path) -> Path:
    """The projects alone as a JSON array, for tools that know no catalogue, and a CSV beside it."""
    path = folder / "projects.json"
    path.write_text(json.dumps(projects), encoding="utf-8")
    subprocess.run([COOP, "list", "-o", str(path.with_suffix(".csv"))], check=True)
    return path


def rivals(projects: Path, folder: Path, peers: Path) -> Iterator[Case]:
    """The same work by other tools, those that are there."""
    table_, database = str(projects.with_suffix(".csv")), str(folder / "utils.db")
    utils = str(peers / "sqlite-utils")
    if Path(utils).exists():
        subprocess.run([utils, "insert", database, "projects", str(projects)], check=True)
        subprocess.run([utils, "enable-fts", database, "projects", "title"], check=True, stderr=subprocess.DEVNULL)
    library = folder / "papis" / "one"
    library.mkdir(parents=True)
    (library / "info.yaml").write_text("title: One\nauthor: Two\n", encoding="utf-8")
    cases = [
        Case("jq: list", ("jq", "-r", ".[] | [.id, .title] | @tsv", str(projects))),
        Case("mlr: list", ("mlr", "--icsv", "--otsv", "cut", "-f", "id,title", table_)),
        Case("csvcut", (str(peers / "csvcut"), "-c", "id,title", table_)),
        Case("csvgrep", (str(peers / "csvgrep"), "-c", "title", "-m", "acqua", table_)),
        Case("sqlite-utils rows", (utils, "rows", database, "projects", "-c", "id", "-c", "title")),
        Case("sqlite-utils search", (utils, "search", database, "projects", "acqua")),
        Case("papis list (1 document)", (str(peers / "papis"), "-l", str(library.parent), "list", "--all")),
    ]
    return (case for case in cases if shutil.which(case.command[0]))


def scale(number: int, folder: Path, peers: Path) -> Iterator[str]:
    """So many invented projects."""
    catalogue, flat = folder / f"{number}.jsonl", folder / f"{number}.projects.jsonl"
    with catalogue.open("w", encoding="utf-8") as whole, flat.open("w", encoding="utf-8") as projects:
        for position, line in enumerate(lines(number)):
            whole.write(line)
            if position:
                projects.write(line)
            if position == number // 2:
                middle = json.loads(line)["id"]
    coop = (COOP, "--catalogue", str(catalogue))
    compiling = Case("compile", (*coop, "list", "-n", "1"))
    wall, cpu = run(compiling)
    megabytes = catalogue.stat().st_size / 1e6
    size = max(path.stat().st_size for path in (folder / "cache" / "coop").iterdir()) / 1e6
    shutil.rmtree(folder / "cache")
    most = peak(compiling), peak(Case("prepare", (sys.executable, "-P", "-m", "coopcli.preparing", str(catalogue))))
    yield f"\n## {number:,} projects, {megabytes:,.0f} MB of JSON Lines\n"
    yield (
        f"Compiled once in {wall:,.1f} s, {wall / number * 1e6:.0f} us a project (at most 60), by two processes that "
        f"took {cpu / number * 1e6:.0f} us of processor time a project and {most[0]:.0f} and {most[1]:.0f} MiB, to an "
        f"index of {size:,.0f} MB.\n"
    )
    three = ("--theme", "alimentare", "--country", "IT", "--year", "2015", "-n", "50")
    cases = [
        *floors(),
        Case("coop show ID", (*coop, "show", middle), 1.5),
        Case("coop list, three filters, 50 rows", (*coop, "list", *three), 4),
        Case("coop stats country", (*coop, "stats", "country"), 8),
        Case(f"coop search {RARE}", (*coop, "search", RARE), 3),
        Case("coop list \\| head -1", ("sh", "-c", f"{' '.join(coop)} list | head -1")),
        Case("coop export jsonl", (*coop, "export", "jsonl")),
        Case("python: json.loads and json.dumps", (sys.executable, "-c", _ROUND_TRIP, str(catalogue))),
        Case("jq: one project by id", ("jq", "-c", f'select(.id == "{middle}")', str(flat))),
        Case("mlr: one project by id", ("mlr", "--ijsonl", "--ojsonl", "filter", f'$id == "{middle}"', str(flat))),
        Case("jq: count by country", ("jq", "-n", "reduce inputs.countries[]? as $c ({}; .[$c] += 1)", str(flat))),
        *database(flat, middle, peers / "sqlite-utils"),
    ]
    figures = measured(case for case in cases if shutil.which(case.command[0]))
    yield from table(figures, "T: Typer's hello world")
    yield "\nAll of it, written anew: " + ", ".join(
        f"{name} {megabytes / figures[name][1].wall:,.0f} MB/s"
        for name in ("coop export jsonl", "python: json.loads and json.dumps")
    )


def database(projects: Path, middle: str, utils: Path) -> Iterator[Case]:
    """The same by sqlite-utils, which has an index too once the projects are in its database."""
    if not utils.exists():
        return
    path = str(projects.with_suffix(".db"))
    by_country = "select value, count(*) from projects, json_each(countries) group by 1"
    inserting = Case(
        "sqlite-utils insert", (str(utils), "insert", path, "projects", str(projects), "--nl", "--pk", "id")
    )
    print(f"sqlite-utils insert: {run(inserting)[0]:.1f} s", file=sys.stderr)
    subprocess.run([utils, "enable-fts", path, "projects", "title"], check=True, stderr=subprocess.DEVNULL)
    yield Case("sqlite-utils: one project by id", (str(utils), "rows", path, "projects", "--where", f"id = '{middle}'"))
    yield Case("sqlite-utils: count by country", (str(utils), "query", path, by_country))
    yield Case(f"sqlite-utils: search {RARE}", (str(utils), "search", path, "projects", RARE))


def peers_folder(folder: Path) -> Path:
    """Where the peers from PyPI are: a virtual environment of their own, as far as they can be installed."""
    venv.create(folder / "peers", with_pip=True)
    programs = folder / "peers" / "bin"
    for name in PEERS:
        if subprocess.run([programs / "pip", "install", "--quiet", name], check=False, capture_output=True).returncode:
            print(f"{name} cannot be installed, and is left out.", file=sys.stderr)
    return programs


def machine() -> str:
    """What it ran on."""
    info = Path("/proc/cpuinfo")
    models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    names = ("typer", "click", "rich", "pydantic", "PyStemmer")
    return (
        f"{models[0]}, {os.cpu_count()} processors, {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{', '.join(f'{name} {version(name)}' for name in names)}; coop {version('coopcli')}. "
        f"Load when it began: {os.getloadavg()[0]:.1f}."
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "sizes", nargs="*", type=int, metavar="N", help="catalogues of so many invented projects as well"
    )
    sizes: list[int] = parser.parse_args().sizes
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        report = [f"# What coop costs\n\n`python benchmarks/run.py {' '.join(map(str, sizes))}`\n\n{machine()}\n"]
        peers = peers_folder(folder)
        report += start(folder, peers)
        for number in sizes:
            report += scale(number, folder, peers)
            shutil.rmtree(folder / "cache")
    text = "\n".join(report) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
