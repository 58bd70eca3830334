"""JSON Lines: a record a line, or a whole catalogue with its header on the first line."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from coopcli.errors import CatalogueError
from coopcli.fields import Context, dump
from coopcli.formats import MAX_DOCUMENT_BYTES, Document, decode, limited
from coopcli.formats.json import parse
from coopcli.language import _

# One project.
MAX_LINE_BYTES = 1024 * 1024


def write(records: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """One object a line."""
    for record in records:
        yield json.dumps(context.members(record), ensure_ascii=False) + "\n"


def write_catalogue(projects: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """The header, then a project a line; `coop --catalogue` reads it again, nothing lost."""
    yield dump(context.header) + "\n"
    for project in projects:
        yield dump(project) + "\n"


def read(path: Path) -> Document:
    """A catalogue, line by line, so that its size does not matter.

    Raises CatalogueError where the header is not a JSON object.
    """
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    lines = _lines(file, path)
    first, number = next(lines, (b"", 1))
    header = parse(decode(first, path, number), path, number)
    if not isinstance(header, dict) or ("id" in header and "publisher" not in header):
        raise CatalogueError(
            _("{path}:{line}: the first line must be the catalogue's header, an object.").format(path=path, line=number)
        )
    return Document(
        header,
        lines,
        locate=lambda where: None if where[:1] == ("projects",) and where[1:] else number,
        share=lambda: 1.0 if file.closed else file.tell() / size,
    )


def _lines(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, int]]:
    """Each line that is not blank, and its number. The first one holds all but the projects and may be a long one."""
    with file:
        number, first = 1, True
        while line := file.readline((MAX_DOCUMENT_BYTES if first else MAX_LINE_BYTES) + 1):
            if first:
                limited(line, path)
            elif len(line) > MAX_LINE_BYTES:
                raise CatalogueError(
                    _("{path}:{line}: the line is longer than {limit} MiB.").format(
                        path=path, line=number, limit=MAX_LINE_BYTES // 1024**2
                    )
                )
            if not line.isspace():
                yield line, number
                first = False
            number += 1
