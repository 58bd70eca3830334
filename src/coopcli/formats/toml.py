"""TOML: a whole catalogue that people can edit and comment."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import tomli_w

from coopcli.errors import CatalogueError
from coopcli.fields import Context
from coopcli.formats import Document, decode, read_document
from coopcli.language import _

# A file edited by hand is small, and Python reads TOML forty times more slowly than JSON.
MAX_BYTES = 16 * 1024 * 1024
_PLACE = re.compile(r"(?P<reason>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)
_DATES = {"start", "end", "as_of"}
# tomllib takes time by the square of the parts of a dotted key. A catalogue has four levels.
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")


def write_catalogue(projects: Iterable[Mapping[str, Any]], context: Context) -> Iterator[str]:
    """A document that `coop --catalogue` reads again, nothing lost; a table a project, written as it comes."""
    yield tomli_w.dumps(context.header)
    for project in projects:
        # tomli_w would write a list of small tables inline, and that can stand only once in a document.
        yield "\n[[projects]]\n" + tomli_w.dumps({"projects": project}).removeprefix("[projects]\n")


def read(path: Path) -> Document:
    """A catalogue document. Raises CatalogueError where the file is not TOML."""
    text = decode(read_document(path, MAX_BYTES), path)
    if _DEEP_KEY.search(text):
        raise CatalogueError(_("{path}: the TOML is nested too deeply.").format(path=path))
    try:
        document = _plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, str(error)) from None
    except ValueError:  # int() takes no more than 4300 digits
        raise CatalogueError(_("{path}: a number has too many digits.").format(path=path)) from None
    except RecursionError:
        raise CatalogueError(_("{path}: the TOML is nested too deeply.").format(path=path)) from None
    projects = document.pop("projects", [])
    if not isinstance(projects, list):
        raise CatalogueError(_("{path}: “projects” must be a list.").format(path=path))
    return Document(header=document, projects=((project, None) for project in projects))


def _not_toml(path: Path, said: str) -> CatalogueError:
    """A finding of tomllib; what it expected has no translation."""
    place = _PLACE.fullmatch(said)
    if place is None:
        return CatalogueError(_("{path}: this is not TOML: {reason}.").format(path=path, reason=said))
    return CatalogueError(
        _("{path}:{line}: this is not TOML: {reason} (column {column}).").format(path=path, **place.groupdict())
    )


def _plain(value: Any, key: str = "") -> Any:
    """TOML has dates of its own; a catalogue writes dates as text, and has none where other texts stand."""
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) and key in _DATES else value
