"""From a file to sound projects: choose the reader, let the models judge, collect every fault."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coopcli.errors import CatalogueError
from coopcli.faults import Fault, findings, found
from coopcli.formats import FORMATS, Document, by_suffix
from coopcli.language import _
from coopcli.models import Header, Project, unresolved


class Catalogue:
    """A catalogue file being read.

    `header` is None where the file's own header is not sound. `faults` fills while `projects()` is consumed: a
    catalogue is sound when that has ended and `faults` is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self._document = _document(path)
        self.header = self._judge_header()

    def projects(self) -> Iterator[Project]:
        """The sound projects, in the file's order, one at a time."""
        themes, organisations = self._ids("themes"), self._ids("organisations")
        seen: set[str] = set()
        for position, (raw, line) in enumerate(self._document.projects):
            here = ("projects", position)
            try:
                project = Project.model_validate_json(raw) if isinstance(raw, bytes) else Project.model_validate(raw)
            except ValidationError as error:
                self._report(error, here, line, _id_of(raw))
                continue
            if project.id in seen:
                self._add((*here, "id"), line, project.id, found(project.id), _("an id that no other project has"))
            seen.add(project.id)
            for path, value, where in unresolved(project, themes, organisations):
                self._add(
                    (*here, *path),
                    line,
                    project.id,
                    found(value),
                    _("an id of the catalogue's {list}").format(list=where),
                )
            yield project

    def _judge_header(self) -> Header | None:
        try:
            return Header.model_validate(self._document.header)
        except ValidationError as error:
            self._report(error, (), None, None)
            return None

    def _ids(self, member: str) -> frozenset[str]:
        """The ids in the header, taken as they are: a fault elsewhere in it must not make every reference one."""
        rows = self._document.header.get(member)
        ids = (row.get("id") for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
        return frozenset(id_ for id_ in ids if isinstance(id_, str))

    def _report(self, error: ValidationError, here: tuple[Any, ...], line: int | None, record: str | None) -> None:
        for path, what, words in findings(error):
            self._add((*here, *path), line, record, what, words)

    def _add(self, path: tuple[Any, ...], line: int | None, record: str | None, what: str, words: str) -> None:
        inner = path[2:] if path[:1] == ("projects",) else path
        self.faults.append(
            Fault(
                file=str(self.path),
                line=self._document.locate(path) or line,
                record=record,
                field=".".join(str(part) for part in inner),
                found=what,
                allowed=words,
            )
        )


def _document(path: Path) -> Document:
    if path.is_dir():
        raise CatalogueError(_("{path} is a folder; a catalogue is a file.").format(path=path))
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
    return _("{path} cannot be read: {reason}.").format(path=path, reason=os.strerror(error.errno or 0))


def _id_of(raw: Any) -> str | None:
    """The id of a project that did not pass, if it can be told."""
    if isinstance(raw, bytes):
        try:
            raw = json.loads(raw)
        except ValueError:
            return None
    value = raw.get("id") if isinstance(raw, dict) else None
    return value if isinstance(value, str) else None
