"""Index and query times beside sqlite-utils' full-text search and grep: python benchmarks/search.py [10000 1000000].

Every figure is one whole process, started anew on a warm disk, the median of three runs; each is asked for 20 answers,
grep for the number of lines. sqlite-utils has its default settings: unicode61, no stems, on title and summaries alone.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from generate import RARE, lines

RUNS = 3
# What is measured, what coop is asked, what sqlite-utils (FTS5's own language), and what grep, or None where it cannot.
QUESTIONS: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("rare word", RARE, RARE, RARE),
    ("common word", "sviluppo", "sviluppo", "sviluppo"),
    ("two words", "donne rifiuti", "donne rifiuti", "donne.*rifiuti|rifiuti.*donne"),
    ("phrase", '"sviluppo urbano"', '"sviluppo urbano"', "sviluppo urbano"),
    ("beginning", "migr*", "migr*", r"\bmigr"),
    ("typing error", "zibladone", None, None),
    ("nothing", "zibaldone xyzzyx", "zibaldone xyzzyx", "xyzzyx"),
)


def seconds(command: Sequence[str | Path]) -> float:
    """The wall time of one process."""
    begun = perf_counter()
    subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return perf_counter() - begun


def typical(command: Sequence[str | Path]) -> float:
    """The median of some runs."""
    return median(seconds(command) for _ in range(RUNS))


def measure(number: int, folder: Path) -> None:
    """Print one table for a catalogue of so many projects."""
    catalogue, database, projects = folder / "catalogue.jsonl", folder / "utils.db", folder / "projects.jsonl"
    os.environ["XDG_CACHE_HOME"] = str(folder)
    with catalogue.open("w", encoding="utf-8") as file:
        file.writelines(lines(number))
    header, rest = catalogue.read_text(encoding="utf-8").split("\n", 1)
    projects.write_text(rest, encoding="utf-8")
    coop: list[str | Path] = [sys.executable, "-m", "coopcli", "--catalogue", catalogue, "search", "-q", "-n", "20"]
    utils: list[str | Path] = [sys.executable, "-m", "sqlite_utils"]
    texts = ["title", "summary_it", "summary_en"]
    size = catalogue.stat().st_size / 1e6
    print(f"\n{number:,} projects, {size:,.0f} MB, header {len(header) / 1e6:.1f} MB")
    print(f"{'':16}{'coop':>12}{'sqlite-utils':>14}{'':>9}{'grep':>12}")
    theirs = seconds([*utils, "insert", database, "projects", projects, "--nl", "--alter", "--flatten"])
    theirs += seconds([*utils, "enable-fts", database, "projects", *texts])
    row("index", seconds([*coop, "nothing-at-all"]), theirs, None)
    ours = sum(path.stat().st_size for path in (folder / "coop").iterdir()) / 1e6
    print(f"{'index, MB':16}{ours:12,.0f}{database.stat().st_size / 1e6:14,.0f}")
    for name, our, their, pattern in QUESTIONS:
        row(
            name,
            typical([*coop, "--", our]),
            typical([*utils, "search", database, "projects", their, "--limit", "20"]) if their else None,
            typical(["grep", "-ciE", pattern, catalogue]) if pattern else None,
        )


def row(name: str, coop: float, utils: float | None, grep: float | None) -> None:
    """One line: milliseconds, and how many times those of coop."""
    others = "".join(
        f"{other * 1000:14,.0f}{f'({other / coop:.2g}×)':>9}" if other else f"{'—':>14}{'':9}"
        for other in (utils, grep)
    )
    print(f"{name:16}{coop * 1000:9,.0f} ms{others}")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "1000000"]):
        with TemporaryDirectory() as place:
            measure(size, Path(place))
