"""From a file to sound projects: choose the reader, let the models judge, collect every fault."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from coopcli.errors import CatalogueError
from coopcli.faults import Fault, findings, found
from coopcli.formats import FORMATS, Document, by_suffix
from coopcli.formats import Path as FieldPath
from coopcli.language import _
from coopcli.models import Header, Model, Project, references

T = TypeVar("T", bound=Model)


class Catalogue:
    """A catalogue file being read.

    `header` is everything of it but the projects, as a record, or None where it is not sound. `faults` fills while
    `projects()` is consumed: a catalogue is sound when that has ended and `faults` is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults: dict[FieldPath, Fault] = {}
        self._document = _document(path)
        header = self._judge(Header, self._document.header, (), None)
        self.header = None if header is None else _record(header)
        self._ids = {name: self._distinct(name) for name in ("themes", "organisations")}

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, as far as the file has been read."""
        return list(self._faults.values())

    def projects(self) -> Iterator[tuple[Project, dict[str, Any]]]:
        """Each sound project and its record, in the file's order, one at a time."""
        seen: set[str] = set()
        for position, (raw, line) in enumerate(self._document.projects):
            here = ("projects", position)
            project = self._judge(Project, raw, here, line)
            known = _object(raw) if project is None else _record(project)
            self._refuse_repeated(known, seen, here, line)
            for path, value, where in references(known):
                if isinstance(value, str) and value not in self._ids[where]:
                    words = _("an id of the catalogue's {list}").format(list=where)
                    self._add((*here, *path), line, known, found(value), words)
            if project is not None:
                yield project, known

    def _judge(self, model: type[T], raw: Any, here: FieldPath, line: int | None) -> T | None:
        try:
            return model.model_validate_json(raw) if isinstance(raw, bytes) else model.model_validate(raw)
        except ValidationError as error:
            for path, what, words in findings(error):
                self._add((*here, *path), line, self._row((*here, *path), raw), what, words)
            return None

    def _row(self, path: FieldPath, raw: Any) -> dict[str, Any]:
        """The project, theme or organisation in which a path lies, as it stands in the file."""
        if path[:1] in (("themes",), ("organisations",)) and len(path) > 1:
            return _object(raw[path[0]][path[1]])
        return _object(raw) if path[:1] == ("projects",) else {}

    def _distinct(self, name: str) -> set[str]:
        """The ids in a list of the header, also where that is not sound: not every reference to it is a fault then."""
        rows = self._document.header.get(name)
        seen: set[str] = set()
        for position, row in enumerate(rows if isinstance(rows, list) else ()):
            self._refuse_repeated(_object(row), seen, (name, position), None)
        return seen

    def _refuse_repeated(self, record: dict[str, Any], seen: set[str], here: FieldPath, line: int | None) -> None:
        id_ = record.get("id")
        if not isinstance(id_, str):
            return
        if id_ in seen:
            words = _("an id that stands once in the catalogue's {list}").format(list=here[0])
            self._add((*here, "id"), line, record, found(id_), words)
        seen.add(id_)

    def _add(self, path: FieldPath, line: int | None, record: dict[str, Any], what: str, words: str) -> None:
        """One fault a path, the first that was found: what is no id at all need not be told that it is unknown."""
        if path in self._faults:
            return
        id_ = record.get("id")
        named = isinstance(id_, str)
        self._faults[path] = Fault(
            file=_encodable(str(self.path)),
            line=self._document.locate(path) or line,
            record=_encodable(str(id_)) if named else None,
            field=_encodable(".".join(map(str, path[2:] if named else path))),
            found=_encodable(what),
            allowed=words,
        )


def _document(path: Path) -> Document:
    reader = by_suffix(path, reading=True)
    if reader is None:
        suffixes = ", ".join(suffix for row in FORMATS.values() if row.reads for suffix in row.suffixes)
        raise CatalogueError(
            _("{path}: the suffix tells the format of a catalogue; it must be one of {suffixes}.").format(
                path=path, suffixes=suffixes
            )
        )
    try:
        if path.stat().st_size == 0:
            raise CatalogueError(_("{path} is empty.").format(path=path))
        document: Document = reader.module().read(path)
    except OSError as error:
        raise CatalogueError(unreadable(path, error)) from None
    return document


def unreadable(path: Path, error: OSError) -> str:
    """Why a file cannot be read, in a sentence."""
    if isinstance(error, FileNotFoundError):
        return _("{path}: there is no such file.").format(path=path)
    if isinstance(error, IsADirectoryError):
        return _("{path} is a folder; a catalogue is a file.").format(path=path)
    return _("{path} cannot be read: {reason}.").format(path=path, reason=os.strerror(error.errno or 0))


def _record(sound: Model) -> dict[str, Any]:
    return sound.model_dump(mode="json", exclude_defaults=True)


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
