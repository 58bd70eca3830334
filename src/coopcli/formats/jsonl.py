"""JSON Lines: a record a line, or a whole catalogue with its header on the first line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coopcli.errors import CatalogueError
from coopcli.fields import Context
from coopcli.formats import Document
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

    Raises CatalogueError where the header is not JSON.
    """
    lines = path.open("rb")
    try:
        header = json.loads(next(lines, b""))
    except ValueError as error:
        lines.close()
        raise CatalogueError(_("{path}:1: the header is not JSON: {reason}.").format(path=path, reason=error)) from None
    if not isinstance(header, dict):
        lines.close()
        raise CatalogueError(_("{path}:1: the first line must be the catalogue's header, an object.").format(path=path))
    return Document(
        header=header, projects=_projects(lines), locate=lambda where: None if where[:1] == ("projects",) else 1
    )


def _projects(lines: Any) -> Iterator[tuple[bytes, int]]:
    with lines:
        for number, line in enumerate(lines, start=2):
            if not line.isspace():
                yield line, number
