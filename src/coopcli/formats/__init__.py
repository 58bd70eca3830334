"""The formats: one file each, one row each in `FORMATS`; a format's module is imported when it is used.

A module has one or more of

* `write(records, context) -> Iterator[str | bytes]`: the answer of a command, record by record;
* `write_catalogue(projects, context) -> Iterator[str | bytes]`: a whole catalogue, for `coop export`;
* `read(path) -> Document`: a catalogue from a file, for `coop --catalogue`;
* `edited(folder) -> list[str]`: of a bundle, the files that were changed since it was written.

Writers are pure generators: they do not print, open files or read settings. They know records (JSON-ready dicts), never
models.
"""

import os
import pathlib
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from coopcli.errors import CatalogueError, UnknownValueError, UsageError
from coopcli.language import _

if TYPE_CHECKING:
    from coopcli.faults import Fault

Path = tuple[str | int, ...]

# What is read as a whole is held in memory several times over.
MAX_DOCUMENT_BYTES = 128 * 1024 * 1024


class Spot(NamedTuple):
    """A place in a catalogue of several files: the file, the line or row in it, counted from 1, and the column."""

    file: str
    line: int | None
    column: str | None


class PassedOver(NamedTuple):
    """Something that a reader found and could not take: its `kind` is one of `faults.py`, `record` a project's id."""

    kind: str
    field: str
    found: str
    record: str | None = None
    line: int | None = None


class Document(NamedTuple):
    """A catalogue as a reader found it, not judged yet.

    `header` is everything but the projects. `projects` yields each project, parsed or as the bytes of a JSON object,
    with its line in the file, counted from 1, or None. `locate` finds the line of a path such as
    `("projects", 3, "title")`, or None; in a catalogue of several files `spot` does. `faults` are those that the reader
    finds by itself, `passed_over` what it cannot take and need not; both may fill while `projects` is consumed, and the
    latter may be emptied. `share` tells how much of the file has been read, from 0 to 1, or None.
    """

    header: Any
    projects: Iterator[tuple[Any, int | None]]
    locate: Callable[[Path], int | None] = lambda _path: None
    spot: Callable[[Path], Spot | None] = lambda _path: None
    faults: Sequence["Fault"] = ()
    share: Callable[[], float | None] = lambda: None
    passed_over: MutableSequence[PassedOver] | None = None


class FormatOption(NamedTuple):
    """An option of one format: a flag, or a choice where there are `choices`."""

    name: str
    help: str
    choices: tuple[str, ...] = ()


class Format(NamedTuple):
    """One row: what a format is called, where it lives and what it can do.

    `lists` formats serve any command's answer, `exports` whole catalogues, `reads` files given with --catalogue;
    `binary` ones are not shown on a terminal, `terminal` ones are made for it and make their text safe themselves;
    `nested` ones write members that hold objects. `lacks` tells what of a catalogue an export does not carry. A
    `bundle` is several files: what is written is pairs of a name and some bytes, and it stands in a folder, which has a
    file of the name that `bundle` gives, or in a zip file.
    """

    name: str
    help: str
    suffixes: tuple[str, ...] = ()
    lists: bool = False
    exports: bool = False
    reads: bool = False
    binary: bool = False
    terminal: bool = False
    nested: bool = False
    bundle: str = ""
    lacks: str = ""
    options: tuple[FormatOption, ...] = ()

    def module(self) -> ModuleType:
        """The module that writes or reads it, imported now."""
        return import_module(f"coopcli.formats.{self.name}")


_ROWS = (
    Format("table", _("a table for the terminal"), lists=True, terminal=True),
    Format("card", _("everything about each record, for the terminal"), lists=True, terminal=True),
    Format("tsv", _("tab-separated values without a header, for cut, awk and while read"), (".tsv",), lists=True),
    Format(
        "csv",
        _("comma-separated values with a header, for spreadsheets"),
        (".csv",),
        lists=True,
        exports=True,
        options=(
            FormatOption(
                "dialect",
                _("excel: semicolons, a byte-order mark, and formulas made harmless"),
                ("excel",),
            ),
        ),
        lacks=_(
            "coordinates, identifiers, what each source supports, all about organisations but their names, the header, "
            "other languages than Italian and English"
        ),
    ),
    Format("json", _("JSON"), (".json",), lists=True, exports=True, reads=True, nested=True),
    Format(
        "jsonl",
        _("JSON Lines, one record a line"),
        (".jsonl", ".ndjson"),
        lists=True,
        exports=True,
        reads=True,
        nested=True,
    ),
    Format("toml", _("TOML"), (".toml",), exports=True, reads=True),
    Format("markdown", _("a Markdown table"), (".md",), lists=True, exports=True, lacks=_("what csv lacks")),
    Format(
        "geojson",
        _("GeoJSON, for maps"),
        (".geojson", ".json"),
        exports=True,
        nested=True,
        lacks=_("what csv lacks, but for the coordinates"),
    ),
    Format(
        "kml",
        _("KML, for Google Earth and other maps"),
        (".kml",),
        exports=True,
        lacks=_("what csv lacks, but for the coordinates"),
    ),
    Format(
        "xlsx",
        _("an Excel workbook: projects, participants, places and sources"),
        (".xlsx",),
        exports=True,
        binary=True,
        lacks=_(
            "identifiers, all of the header but title, publisher and licence, other names of organisations, "
            "other languages than Italian and English"
        ),
    ),
    Format(
        "iati",
        _("IATI 2.03, for the aid world's registry and tools"),
        (".xml",),
        exports=True,
        reads=True,
        options=(
            FormatOption("equal-shares", _("give several countries or sectors equal shares")),
            FormatOption("strict", _("write nothing where a rule of IATI is not met")),
        ),
        lacks=_("projects without any date or without anybody who takes part"),
    ),
    Format(
        "datapackage",
        _("a folder or zip file of CSV tables, for open-data portals and for editing in a spreadsheet"),
        (".zip",),
        exports=True,
        reads=True,
        binary=True,
        bundle="datapackage.json",
    ),
    Format(
        "sqlite",
        _("a SQLite database with views and full text, for SQL and datasette"),
        (".sqlite", ".sqlite3", ".db"),
        exports=True,
        binary=True,
    ),
    Format(
        "html",
        _("one page for citizens, to put on a web server or send by mail"),
        (".html", ".htm"),
        exports=True,
        options=(FormatOption("no-map", _("without the world map")),),
        lacks=_(
            "coordinates, all about organisations but their names and acronyms, "
            "other languages where there is Italian or English"
        ),
    ),
)
FORMATS: Mapping[str, Format] = {row.name: row for row in _ROWS}


def named(name: str, *, exporting: bool = False) -> Format:
    """The format of this name. Raises UnknownValueError where it is not one that lists (or that exports)."""
    fitting = {row.name: row for row in _ROWS if (row.exports if exporting else row.lists)}
    if name not in fitting:
        if name in FORMATS and not exporting:
            raise UsageError(_("Format {name} holds a whole catalogue. Write: coop export {name}").format(name=name))
        raise UnknownValueError(_("format"), name, fitting)
    return fitting[name]


def by_suffix(path: pathlib.PurePath, *, reading: bool = False) -> Format | None:
    """The format that the suffix of a file's name stands for, if any."""
    suffix = path.suffix.lower()
    return next((row for row in _ROWS if suffix in row.suffixes and (row.reads or not reading)), None)


def reader(path: pathlib.Path) -> Format | None:
    """The format that reads this file or folder, if any."""
    if path.is_dir():
        return next(row for row in _ROWS if row.reads and row.bundle)
    return by_suffix(path, reading=True)


def read_document(path: pathlib.Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The content of a file that is read as a whole. Raises CatalogueError where it is larger than `limit` bytes."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return limited(file.read(min(size, limit + 1)), path, limit)


def limited(data: bytes, path: pathlib.Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The data themselves. Raises CatalogueError where they are more than `limit` bytes."""
    if len(data) > limit:
        raise CatalogueError(
            _("{path} is larger than {limit} MiB; JSON Lines (.jsonl) may have any size.").format(
                path=path, limit=limit // 1024**2
            )
        )
    return data


def decode(data: bytes, path: pathlib.Path, line: int = 1) -> str:
    """The text of UTF-8 data, which begin at a line of the file, without a byte-order mark.

    Raises CatalogueError at the first byte that is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        raise CatalogueError(
            _("{path}:{line}: this is not UTF-8 text (byte {byte:#04x}).").format(
                path=path, line=line, byte=data[error.start]
            )
        ) from None
