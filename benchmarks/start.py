"""How long one command takes, start to end, on a warm index: python benchmarks/start.py [coop arguments]."""

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 20


def seconds(arguments: list[str]) -> float:
    """The wall time of one run."""
    begun = perf_counter()
    subprocess.run([sys.executable, "-m", "coopcli", *arguments], stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - begun


if __name__ == "__main__":
    asked = sys.argv[1:] or ["list"]
    seconds(asked)  # the first run compiles the index
    print(f"coop {' '.join(asked)}: {median(seconds(asked) for _ in range(RUNS)) * 1000:.0f} ms")
