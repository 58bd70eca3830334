"""What the index keeps of each project. Of a large file it is worked out by a process of its own, beside the writing."""

import gc
import marshal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from coopcli.dates import first_day, last_day
from coopcli.loading import Catalogue
from coopcli.searched import Tables, analysed
from coopcli.text import fold, plain

_AT_ONCE = 500
_LENGTH_BYTES = 4
_PIPE_BYTES = 1024 * 1024


class Prepared(NamedTuple):
    """What is kept of one project: its JSON, its names, the columns of its row, its words and its labels.

    A label is a kind and a value that the project is filtered and counted by, and the currency of its budget.
    """

    text: str
    names: str
    columns: tuple[Any, ...]
    words: list[str]
    labels: list[tuple[str, str, str]]


class Preparation:
    """The projects of a catalogue, prepared one after the other.

    `share` and `passed_over` are the catalogue's, the latter counted by field and kind, as far as it has been read.
    """

    def __init__(self, catalogue: Catalogue, *, distinct: bool = True) -> None:
        self._catalogue = catalogue
        self._distinct = distinct
        self.share = catalogue.share
        self.passed_over: Counter[tuple[str, str]] = Counter()

    def __iter__(self) -> Iterator[Prepared]:
        catalogue, header = self._catalogue, self._catalogue.header or {}
        tables = Tables(
            {row["id"]: row for row in header.get("themes", ())},
            {row["id"]: row for row in header.get("organisations", ())},
        )
        for record in catalogue.projects(distinct=self._distinct):
            if catalogue.sound:
                columns = _columns(record)
                labels = _labels(record, columns[-1] or "")
                yield Prepared(record.text, _names(record), columns, analysed(record, tables), labels)
            if catalogue.passed_over:
                self.passed_over.update((each.field, each.kind) for each in catalogue.passed_over)
                catalogue.passed_over.clear()


class PreparationApart:
    """The same by another process, so that this one can write while that one reads.

    Raises ApartError where the catalogue is not sound or there can be no other process: `Preparation` tells which.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._share: float | None = None
        self.passed_over: Counter[tuple[str, str]] = Counter()

    def share(self) -> float | None:
        """How much of the file has been read, from 0 to 1, where its format can tell."""
        return self._share

    def __iter__(self) -> Iterator[Prepared]:
        # It is in a group of its own, where Ctrl-C does not reach it, and ends when nobody reads what it writes.
        try:
            process = subprocess.Popen(
                (sys.executable, "-P", "-m", __name__, self._path),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=_PIPE_BYTES,
                process_group=0,
            )
        except OSError:
            raise ApartError from None
        with process:
            try:
                for self._share, passed_over, projects in _received(process.stdout):
                    self.passed_over.update(passed_over)
                    yield from map(Prepared._make, projects)
                if process.wait():
                    raise ApartError
            finally:
                process.kill()


class ApartError(Exception):
    """No other process could prepare all of the projects."""


def _send(path: Path, stream: BinaryIO) -> bool:
    """Write all that is prepared of a catalogue, so many projects at a time; whether the catalogue is sound."""
    catalogue = Catalogue(path)
    preparation = Preparation(catalogue, distinct=False)
    projects = map(tuple, preparation)
    while catalogue.sound:
        rows = list(islice(projects, _AT_ONCE))
        message = marshal.dumps((preparation.share(), dict(preparation.passed_over), rows))
        preparation.passed_over.clear()
        stream.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
        if not rows:
            return catalogue.sound
    return False


def _received(stream: BinaryIO) -> Iterator[Any]:
    """What `_send` wrote, as far as it came."""
    while length := int.from_bytes(stream.read(_LENGTH_BYTES), "big"):
        message = stream.read(length)
        if len(message) < length:
            return
        yield marshal.loads(message)  # noqa: S302 - it comes from this very module


def _columns(record: Mapping[str, Any]) -> tuple[Any, ...]:
    start, end, budget = record.get("start"), record.get("end"), record.get("budget") or {}
    return (
        record["id"],
        fold(record["title"]),
        first_day(start).isoformat() if start else None,
        last_day(end).isoformat() if end else None,
        record.get("status"),
        record.get("role"),
        budget.get("amount"),
        budget.get("currency"),
    )


def _names(record: Mapping[str, Any]) -> str:
    names = (record.get(member) for member in ("title", "acronym", "full_title"))
    return f"| {' | '.join((record['id'].replace('-', ' '), *(plain(name) for name in names if name)))} |"


def _labels(record: Mapping[str, Any], currency: str) -> list[tuple[str, str, str]]:
    labels = [
        (kind, str(value), currency)
        for kind, member in (("theme", "themes"), ("country", "countries"), ("sdg", "sdgs"), ("sector", "sectors"))
        for value in record.get(member, ())
    ]
    # An organisation may take part in more than one way.
    parts = {
        ("funder" if part["role"] == "funder" else "partner", part["organisation"], currency): None
        for part in record.get("participants", ())
    }
    return [*labels, *parts]


if __name__ == "__main__":
    gc.disable()
    sys.exit(0 if _send(Path(sys.argv[1]), sys.stdout.buffer) else 1)
