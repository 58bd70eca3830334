"""From a file to sound projects: choose the reader, let the models judge, collect every fault."""

import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from coopcli.errors import CatalogueError, UnreadableError
from coopcli.faults import MAX_FAULTS, Fault, findings, found
from coopcli.fields import Stored
from coopcli.formats import FORMATS, Document, Spot, reader
from coopcli.formats import Path as FieldPath
from coopcli.formats.json import repeated_key
from coopcli.language import _
from coopcli.models import Header, Model, Project, references

T = TypeVar("T", bound=Model)

# A value is whatever stands in an object or a list, however deep. docs/data.md tells these limits.
MAX_HEADER_VALUES = 1_000_000
MAX_PROJECT_VALUES = 10_000
# As much of a wrong id, or of a wrong field's name, as is shown.
MAX_NAME = 200


class Catalogue:
    """A catalogue file being read.

    `header` is everything of it but the projects, as a record, or None where it is not sound. `faults` fills while
    `projects()` is consumed: a catalogue is sound when that has ended and `faults` is empty. After
    `MAX_FAULTS` the judge rises. `passed_over`, what the reader could not take, fills as well; whoever consumes may
    empty it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults: dict[FieldPath, Fault] = {}
        self._document = _document(path)
        passed_over = self._document.passed_over
        self.passed_over = [] if passed_over is None else passed_over
        header = self._judge(Header, self._document.header, (), None)
        self.header = None if header is None else _record(header)
        self._ids = {name: self._distinct(name) for name in ("themes", "organisations")}

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, as far as the file has been read, in the order of its lines."""
        return sorted([*self._document.faults, *self._faults.values()], key=lambda each: (each.file, each.line or 0))

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, as far as the file has been read."""
        return not self._faults and not self._document.faults

    def share(self) -> float | None:
        """How much of the file has been read, from 0 to 1, where its format can tell."""
        return self._document.share()

    def projects(self, *, distinct: bool = True) -> Iterator[Stored]:
        """The record of each sound project, in the file's order, one at a time.

        Where not `distinct`, ids may stand twice: whoever has a unique index for them finds out more cheaply.
        """
        with closing(_OnDisk()) as seen:
            yield from self._judged(seen if distinct else None)

    def _judged(self, seen: "_OnDisk | None") -> Iterator[Stored]:
        for position, (raw, line) in enumerate(self._raw_projects()):
            here = ("projects", position)
            if len(self._faults) >= MAX_FAULTS or len(self._document.faults) >= MAX_FAULTS:
                return
            project = self._judge(Project, raw, here, line)
            known = _object(raw) if project is None else _stored(project)
            if seen and isinstance(id_ := known.get("id"), str) and (first := seen.add(id_, position, line)):
                self._repeated(known, here, line, *first)
            for path, value, where in references(known):
                if isinstance(value, str) and value not in self._ids[where]:
                    words = _("an id of the catalogue's {list}").format(list=where)
                    self._add((*here, *path), line, known, found(value), words)
            if isinstance(known, Stored):
                if isinstance(raw, bytes) and (key := _repeated_key(raw, known)):
                    self._add(here, line, known, found(key), _("each key once in an object"))
                yield known

    def _raw_projects(self) -> Iterator[tuple[Any, int | None]]:
        try:
            yield from self._document.projects
        except OSError as error:
            raise UnreadableError(self.path, error) from None

    def _judge(self, model: type[T], raw: Any, here: FieldPath, line: int | None) -> T | None:
        limit = MAX_PROJECT_VALUES if here else MAX_HEADER_VALUES
        if not _few_values(raw, limit):
            words = _("at most {limit} values").format(limit=limit)
            if not here:
                raise CatalogueError(_("{path}: the header may have {words}.").format(path=self.path, words=words))
            self._add(here, line, _object(raw), _("more"), words)
            return None
        try:
            return model.model_validate_json(raw) if isinstance(raw, bytes) else model.model_validate(raw)
        except ValidationError as error:
            record = _object(raw)
            for path, what, words in findings(error):
                self._add((*here, *path), line, record if here else _row(path, record), what, words)
            return None

    def _distinct(self, name: str) -> set[str]:
        """The ids in a list of the header, also where that is not sound: not every reference to it is a fault then."""
        rows = self._document.header.get(name)
        seen: dict[str, int] = {}
        for position, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(id_ := _object(row).get("id"), str) and (first := seen.setdefault(id_, position)) != position:
                self._repeated(row, (name, position), None, first, None)
        return set(seen)

    def _repeated(
        self, record: dict[str, Any], here: FieldPath, line: int | None, first: int, first_line: int | None
    ) -> None:
        words = _("an id that stands once in the catalogue's {list}").format(list=here[0])
        if at := self._document.locate((here[0], first)) or first_line:
            words = _("{allowed}; the first is at line {line}").format(allowed=words, line=at)
        self._add((*here, "id"), line, record, found(record["id"]), words)

    def _add(self, path: FieldPath, line: int | None, record: dict[str, Any], what: str, words: str) -> None:
        """One fault a path, the first that was found: what is no id at all need not be told that it is unknown."""
        if path in self._faults:
            return
        id_ = record.get("id")
        named = isinstance(id_, str)
        field = ".".join(str(step)[:MAX_NAME] for step in path[2 if named else 0 :])
        spot = self._document.spot(path) or Spot("", self._document.locate(path) or line, None)
        self._faults[path] = Fault(
            file=_encodable(str(self.path / spot.file)),
            line=spot.line,
            record=_encodable(str(id_)[:MAX_NAME]) if named else None,
            field=_encodable(field if spot.column is None else spot.column),
            found=_encodable(what),
            allowed=words,
        )


def _document(path: Path) -> Document:
    format_ = reader(path)
    if format_ is None:
        suffixes = ", ".join(suffix for row in FORMATS.values() if row.reads for suffix in row.suffixes)
        raise CatalogueError(
            _("{path}: the suffix tells the format of a catalogue; it must be one of {suffixes}.").format(
                path=path, suffixes=suffixes
            )
        )
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise CatalogueError(_("{path} is a device, a pipe or a socket; a catalogue is a file.").format(path=path))
        if status.st_size == 0:
            raise CatalogueError(_("{path} is empty.").format(path=path))
        document: Document = format_.module().read(path)
    except OSError as error:
        raise UnreadableError(path, error) from None
    return document


def _few_values(raw: Any, limit: int) -> bool:
    """Whether something is small enough to be judged: pydantic collects every fault, a hundred million or not."""
    waiting = [raw]
    for value in waiting:
        if isinstance(value, dict | list):
            if len(waiting) + len(value) > limit:
                return False
            waiting += value.values() if isinstance(value, dict) else value
    return True


def _row(path: FieldPath, header: dict[str, Any]) -> dict[str, Any]:
    """The theme or organisation in which a path lies, as it stands in the file."""
    in_a_list = path[:1] in (("themes",), ("organisations",)) and len(path) > 1
    return _object(header[path[0]][path[1]]) if in_a_list else {}  # type: ignore[index] # paths are of the header


def _repeated_key(line: bytes, record: Stored) -> str | None:
    """A key that an object of this line has twice, if any: pydantic takes the last one in silence.

    Only where the line has more quotation marks than the record that came of it is it parsed once more.
    """
    certain = b"\\" not in line and line.count(b'"') == record.text.count('"')
    return None if certain else repeated_key(line)


class _OnDisk:
    """Ids that were seen. In a set, those of a million projects would take 100 MB."""

    def __init__(self) -> None:
        self._ids = sqlite3.connect("")  # a file of its own, once it outgrows 2 MB, that is gone when it is closed
        self._ids.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, position, line) WITHOUT ROWID")

    def close(self) -> None:
        """Forget them."""
        self._ids.close()

    def add(self, id_: str, position: int, line: int | None) -> tuple[int, int | None] | None:
        """Note an id and where it stands; where it stood before, if it did."""
        key = id_.encode("utf-8", "surrogatepass")  # it may be the id of a project that did not pass
        if self._ids.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, position, line)).rowcount:
            return None
        found: tuple[int, int | None] = self._ids.execute(
            "SELECT position, line FROM seen WHERE id = ?", (key,)
        ).fetchone()
        return found


def _record(sound: Model) -> dict[str, Any]:
    return sound.model_dump(mode="json", exclude_defaults=True)


def _stored(sound: Project) -> Stored:
    return Stored(sound.model_dump_json(exclude_defaults=True), from_json)  # in half the time of `json.loads`


def _object(raw: Any) -> dict[str, Any]:
    """What was found as an object, or an empty one where it is none."""
    if isinstance(raw, bytes):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    return raw if isinstance(raw, dict) else {}


def _encodable(text: str) -> str:
    """Text that UTF-8 can carry: a lone surrogate, of a file or of a file's name, is written as its code."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
