"""What the index keeps of each project; of a large file it is worked out by a process of its own."""

import gc
import marshal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import IO, Any

from coopcli import __version__
from coopcli.dates import first_day, last_day
from coopcli.loading import Catalogue
from coopcli.searched import Tables, analysed
from coopcli.text import fold

_AT_ONCE = 100
_CHARACTERS_AT_ONCE = 512 * 1024
_LENGTH_BYTES = 4
_PIPE_BYTES = 1024 * 1024


# The other process must be of this very program, and nothing may have been written before it.
_GREETING = f"coop {__version__} {__file__}\n".encode()

Label = tuple[str, str, str]
"""A kind and a value that projects are filtered and counted by, and the currency of their budgets."""


Prepared = tuple[str, tuple[Any, ...], list[str], list[int]]
"""What is kept of one project: its JSON, the columns of its row, its words and its labels' numbers."""


def batches(projects: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """The same, a few at a time: not so many that they would fill the memory, however long they are."""
    batch: list[Prepared] = []
    length = 0
    for project in projects:
        batch.append(project)
        length += len(project[0])
        if len(batch) == _AT_ONCE or length > _CHARACTERS_AT_ONCE:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


class Preparation:
    """The projects of a catalogue, prepared one after the other.

    `share` and `passed_over` are the catalogue's, the latter counted by field and kind, as far as it has been read;
    `labels` are those of its projects, numbered, and complete at the end. Where it is `hasty`, the first fault ends it,
    and ids may stand twice.
    """

    def __init__(self, catalogue: Catalogue, *, hasty: bool = False) -> None:
        self._catalogue = catalogue
        self._hasty = hasty
        self.share = catalogue.share
        self.passed_over: Counter[tuple[str, str]] = Counter()
        self.labels: dict[Label, int] = {}

    def __iter__(self) -> Generator[Prepared, None, None]:
        catalogue, header = self._catalogue, self._catalogue.header or {}
        tables = Tables(
            {row["id"]: row for row in header.get("themes", ())},
            {row["id"]: row for row in header.get("organisations", ())},
        )
        number = self.labels.setdefault
        for record in catalogue.projects(distinct=not self._hasty):
            if self._hasty and not catalogue.sound:
                return
            if catalogue.sound:
                columns = _columns(record)
                labels = [number(label, len(self.labels)) for label in _labels(record, columns[-1] or "")]
                yield record.text, columns, analysed(record, tables), labels
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
        self.labels: dict[Label, int] = {}

    def share(self) -> float | None:
        """How much of the file has been read, from 0 to 1, where its format can tell."""
        return self._share

    def __iter__(self) -> Generator[Prepared, None, None]:
        try:
            process = subprocess.Popen(  # noqa: S603 - Python itself, with this module
                (sys.executable, "-P", "-m", __name__, self._path),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=_PIPE_BYTES,
            )
        except OSError:
            raise ApartError from None
        with process:
            projects = None
            try:
                for self._share, passed_over, self.labels, projects in _received(process.stdout):
                    self.passed_over.update(passed_over)
                    yield from projects
                if projects != [] or process.wait():  # the last message has none
                    raise ApartError
            finally:
                process.kill()


class ApartError(Exception):
    """No other process could prepare all of the projects."""


def _send(path: Path, stream: IO[bytes]) -> bool:
    """Write all that is prepared of a catalogue, so many projects at a time; whether the catalogue is sound."""
    catalogue = Catalogue(path)
    preparation = Preparation(catalogue, hasty=True)
    stream.write(_GREETING)
    for projects in chain(batches(preparation), [[]]):
        if not catalogue.sound:
            return False
        labels = {} if projects else preparation.labels
        message = marshal.dumps((preparation.share(), dict(preparation.passed_over), labels, projects))
        preparation.passed_over.clear()
        stream.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    return True


def _received(stream: IO[bytes] | None) -> Iterator[Any]:
    """What `_send` wrote, as far as it came."""
    if stream and stream.read(len(_GREETING)) != _GREETING:
        return
    while stream and (length := int.from_bytes(stream.read(_LENGTH_BYTES), "big")):
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


def _labels(record: Mapping[str, Any], currency: str) -> list[Label]:
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
