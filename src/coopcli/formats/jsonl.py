"""JSON Lines: a record a line, or a whole catalogue with its header on the first line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coopcli.errors import CatalogueError
from coopcli.fields import Context
from coopcli.formats import Document, decode
from coopcli.formats.json import parse
from coopcli.language import _


def write(records: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """One object a line."""
    for record in records:
        yield json.dumps(context.members(record), ensure_ascii=False) + "\n"


def write_catalogue(projects: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """The header, then a project a line; `coop --catalogue` reads it again, nothing lost."""
    yield json.dumps(context.header, ensure_ascii=False) + "\n"
    for project in projects:
        yield json.dumps(project, ensure_ascii=False) + "\n"


def read(path: Path) -> Document:
    """A catalogue, line by line, so that its size does not matter.

    Raises CatalogueError where the header is not a JSON object.
    """
    lines = _lines(path)
    first, number = next(lines, (b"", 1))
    header = parse(decode(first, path), path)
    if not isinstance(header, dict):
        raise CatalogueError(_("{path}:1: the first line must be the catalogue's header, an object.").format(path=path))
    return Document(header, lines, lambda where: None if where[:1] == ("projects",) else number)


def _lines(path: Path) -> Iterator[tuple[bytes, int]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.isspace():
                yield line, number
