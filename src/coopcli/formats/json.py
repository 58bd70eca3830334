"""JSON: an array of records, or a whole catalogue as one document."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, NoReturn

from coopcli.errors import CatalogueError
from coopcli.fields import Context, dump
from coopcli.formats import Document, decode, read_document
from coopcli.formats import Path as FieldPath
from coopcli.language import _

_BLOCK = 65536
_SPACE = re.compile(r"[ \t\r\n]*")


def write(records: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """An array with one object a record; keys and codes are the same in every language."""
    first = True
    for record in records:
        yield ("[\n" if first else ",\n") + json.dumps(context.members(record), ensure_ascii=False)
        first = False
    yield "[]\n" if first else "\n]\n"


def write_catalogue(projects: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """A document that `coop --catalogue` reads again, nothing lost."""
    header = json.dumps(context.header, ensure_ascii=False, indent=1)
    yield header.removesuffix("\n}") + ',\n "projects": ['
    separator = "\n"
    for project in projects:
        yield separator + dump(project)
        separator = ",\n"
    yield "\n ]\n}\n"


def read(path: Path) -> Document:
    """A catalogue document. Raises CatalogueError where the file is not JSON or not an object."""
    text = decode(read_document(path), path)
    document = parse(text, path)
    if not isinstance(document, dict):
        raise CatalogueError(_("{path}: a catalogue is a JSON object.").format(path=path))
    projects = document.pop("projects", [])
    if not isinstance(projects, list):
        raise CatalogueError(_("{path}: “projects” must be a list.").format(path=path))
    return Document(header=document, projects=((project, None) for project in projects), locate=Lines(text).of)


def parse(text: str, path: Path, line: int = 1) -> Any:
    """Strict JSON, which begins at a line of the file: each key once in an object, no NaN.

    Raises CatalogueError where it is not.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise CatalogueError(
            _("{path}:{line}: this is not JSON: {reason} (column {column}).").format(
                path=path, line=line + error.lineno - 1, column=error.colno, reason=_(error.msg)
            )
        ) from None
    except _NotJSONError as error:
        raise CatalogueError(_("{path}: this is not JSON: {reason}.").format(path=path, reason=error)) from None
    except ValueError:  # int() takes no more than 4300 digits
        raise CatalogueError(_("{path}: a number has too many digits.").format(path=path)) from None
    except RecursionError:
        raise CatalogueError(_("{path}: the JSON is nested too deeply.").format(path=path)) from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        expected = iter(value)
        raise RepeatedKeyError(next(key for key, _value in pairs if key != next(expected, None)))
    return value


def repeated_key(text: str | bytes) -> str | None:
    """A key that an object of this JSON text has twice, if any."""
    try:
        json.loads(text, object_pairs_hook=_each_key_once)
    except RepeatedKeyError as error:
        return error.key
    return None


class _NotJSONError(ValueError):
    """What Python lets pass and RFC 8259 does not, or leaves open."""


class RepeatedKeyError(_NotJSONError):
    """A key that stands twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(_("the key “{key}” stands twice in one object").format(key=key))
        self.key = key


def _no_constant(name: str) -> NoReturn:
    raise _NotJSONError(_("{name} is not a number").format(name=name))


class Lines:
    """Where the values of a JSON text stand. Each object and list is read once, as far as it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._members: dict[int, tuple[dict[str | int, int], Iterator[tuple[str | int, int]]]] = {}

    def of(self, path: FieldPath) -> int:
        """The line, counted from 1, of the value at `path`, or of what encloses it where it is absent."""
        at = self._space(0)
        for step in path:
            if at not in self._members:
                self._members[at] = {}, self._inside(at)
            known, others = self._members[at]
            while step not in known and (following := next(others, None)):
                known[following[0]] = following[1]
            if step not in known:
                break
            at = known[step]
        return self._before[at // _BLOCK] + self._text.count("\n", at // _BLOCK * _BLOCK, at) + 1

    @cached_property
    def _before(self) -> list[int]:
        """How many lines have ended before each block of the text: nobody counts from the top for each fault."""
        counts = (self._text.count("\n", start, start + _BLOCK) for start in range(0, len(self._text), _BLOCK))
        return [0, *accumulate(counts)]

    def _inside(self, at: int) -> Iterator[tuple[str | int, int]]:
        """Each key or position of the object or list at `at`, and where its value stands."""
        opened, skip, position = self._text[at], json.JSONDecoder().raw_decode, 0
        if opened not in "[{":
            return
        at = self._space(at + 1)
        while self._text[at] not in "]}":
            key: str | int = position
            if opened == "{":
                key, at = skip(self._text, at)
                at = self._space(self._space(at) + 1)
            yield key, at
            at = self._space(skip(self._text, at)[1])
            if self._text[at] == ",":
                at = self._space(at + 1)
            position += 1

    def _space(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at
