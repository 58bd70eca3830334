"""Read a data package again, as a spreadsheet may have saved its tables."""

import csv
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from difflib import get_close_matches
from hashlib import file_digest
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile, ZipFile
from zipfile import Path as ZipPath

from coopcli.errors import CatalogueError
from coopcli.faults import MAX_FAULTS, Fault, found
from coopcli.formats import Document, Spot, decode
from coopcli.formats import Path as FieldPath
from coopcli.formats import json as json_format
from coopcli.formats.datapackage.tables import (
    DESCRIPTOR,
    HEADER,
    LANGUAGES,
    LISTS,
    PARTS,
    PROJECTS,
    TABLES,
    Column,
    Table,
    blank,
    from_cell,
)
from coopcli.language import _

# Beyond these a zip file is no bundle of projects but a bomb: bytes unpacked, and how many times the packed ones.
MAX_UNPACKED = 1024**3
MAX_RATIO = 200
SMALL = 10 * 1024**2
# Characters in a row, and rows in all tables but that of the projects: they are held in memory until their project
# comes. docs/data.md tells these limits.
MAX_ROW = 1024**2
MAX_ROWS = 1_000_000
# Excel leaves out the empty cells at the end of rows where so many rows in turn have none there: such rows are equally
# short, and one that is shorter than those before it was cut.
EXCEL_ROWS = 16

_PART_NAMES = {table.name for table in PARTS}
# What reading a zip file raises where it is damaged or packed in a way that is not known here.
_UNPACKING = (BadZipFile, zlib.error, EOFError, NotImplementedError)


def read(path: Path) -> Document:
    """A catalogue from a bundle: a folder or a zip file.

    The cells may be separated by commas, semicolons or tabs, and a file may begin with a byte-order mark, as
    spreadsheets save them; its text is UTF-8. Where commas do not separate the cells, a number may have a decimal
    comma. Columns may stand in any order or, where they are not required, be missing; rows may be empty. Raises
    CatalogueError where a file is missing or no CSV.
    """
    if path.is_dir():
        return _Bundle(path, path).document()
    try:
        package = ZipFile(path)
        _judge(package, path)
        # Of a path, what is used here is what a path within a zip file has too.
        return _Bundle(path, cast(Path, _top(ZipPath(package)))).document()
    except _UNPACKING as error:
        raise CatalogueError(
            _("{path}: this is not a sound zip file: {reason}.").format(path=path, reason=error)
        ) from None


def edited(folder: Path) -> list[str]:
    """The files of a bundle that are not any more what its descriptor says; the descriptor, where it says nothing."""
    try:
        package = json.loads((folder / DESCRIPTOR).read_bytes())
        hashes = {each["path"]: each["hash"] for each in (*package["resources"], package["header"])}
    except (ValueError, LookupError, TypeError):
        return [DESCRIPTOR]
    return [path.name for path in folder.iterdir() if path.name in hashes and _hash(path) != hashes[path.name]]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{file_digest(file, 'sha256').hexdigest()}"


def _judge(package: ZipFile, path: Path) -> None:
    """Refuse a zip file that is not what `coop export datapackage` writes."""
    names = [item.filename for item in package.infolist()]
    for item in package.infolist():
        if re.match(r"[/\\]|[A-Za-z]:", item.filename) or ".." in re.split(r"[/\\]", item.filename):
            raise CatalogueError(
                _("{path}: the name “{name}” leads out of the zip file.").format(path=path, name=item.filename)
            )
        if item.flag_bits & 1:
            raise CatalogueError(_("{path}: {name} needs a password.").format(path=path, name=item.filename))
        if item.file_size > SMALL and item.file_size > MAX_RATIO * item.compress_size:
            raise CatalogueError(
                _("{path}: {name} would be {ratio} times its size unpacked; that is no catalogue.").format(
                    path=path, name=item.filename, ratio=item.file_size // max(item.compress_size, 1)
                )
            )
    if len(set(names)) != len(names):
        raise CatalogueError(_("{path}: two files in the zip file have the same name.").format(path=path))
    if sum(item.file_size for item in package.infolist()) > MAX_UNPACKED:
        raise CatalogueError(
            _("{path}: the files would have more than {size} GiB unpacked.").format(path=path, size=MAX_UNPACKED >> 30)
        )


def _top(package: ZipPath) -> ZipPath:
    """Where the files are: in the zip file, or in its one folder of them, as Explorer and Finder pack a folder."""
    within = [inner for inner in package.iterdir() if (inner / HEADER).is_file()]
    return within[0] if len(within) == 1 and not (package / HEADER).is_file() else package


class _Bundle:
    """A bundle being read. The rows of a project's parts are held until the project comes."""

    def __init__(self, path: Path, root: Path) -> None:
        self._path, self._root = path, root
        self._faults: list[Fault] = []
        # Which rows the entries of a list came from: of the header's lists, and of the project that is being read.
        self._rows: dict[str, list[int]] = {}
        self._row = 0
        self._held = 0

    def document(self) -> Document:
        missing = [
            name for name in (HEADER, *(f"{table}.csv" for table in TABLES)) if not (self._root / name).is_file()
        ]
        if missing:
            raise CatalogueError(
                _("{path} is not a catalogue that coop export datapackage wrote: {names} not found.").format(
                    path=self._path, names=", ".join(missing)
                )
            )
        header = json_format.read(self._root / HEADER)
        lists = {table.name: list(self._read(table)) for table in LISTS}
        self._rows = {name: [row for row, _record in rows] for name, rows in lists.items()}
        return Document(
            header={**header.header, **{name: [record for _row, record in rows] for name, rows in lists.items()}},
            projects=self._projects(),
            spot=lambda where: self._spot(where, header),
            faults=self._faults,
        )

    def _projects(self) -> Iterator[tuple[dict[str, Any], int]]:
        parts: dict[str, dict[str, list[tuple[int, dict[str, Any]]]]] = {table.name: {} for table in PARTS}
        for table in PARTS:
            for row, record in self._read(table):
                parts[table.name].setdefault(record.pop("project", ""), []).append((row, record))
        for row, project in self._read(PROJECTS):
            for name, groups in parts.items():
                group = groups.pop(project.get("id", ""), [])
                self._rows[name] = [number for number, _record in group]
                if group:
                    project[name] = [record for _number, record in group]
            self._row = row
            yield project, row
        # One fault an id, however many rows have it: what is wrong is likely to be one cell of projects.csv.
        orphans: dict[str, list[tuple[str, int]]] = {}
        for name, groups in parts.items():
            for id_, group in groups.items():
                orphans.setdefault(id_, []).extend((name, row) for row, _record in group)
        for id_, rows in orphans.items():
            name, row = rows[0]
            what = _("{found} ({count} rows)").format(found=found(id_), count=len(rows)) if rows[1:] else found(id_)
            self._fault(name, row, "project", what, _("an id of {file}").format(file="projects.csv"), id_)

    def _spot(self, where: FieldPath, header: Document) -> Spot:
        """Where a value stands in the bundle; a row is that of a spreadsheet, the header being the first."""
        name, at, inner = str(next(iter(where), "")), where[1:2], where[2:]
        if name == "projects":
            if inner and inner[0] in _PART_NAMES:
                name, at, inner = str(inner[0]), inner[1:2], inner[2:]
            else:
                return Spot("projects.csv", self._row, _column(PROJECTS, inner))
        if name not in self._rows:
            return Spot(HEADER, header.locate(where), None)
        rows = self._rows[name]
        position = at[0] if at else 0
        row = rows[position] if isinstance(position, int) and position < len(rows) else None
        return Spot(f"{name}.csv", row, _column(TABLES[name], inner))

    def _fault(self, table: str, row: int, column: str, what: str, allowed: str, record: str | None = None) -> None:
        if len(self._faults) >= MAX_FAULTS:
            return
        file = str(self._path / f"{table}.csv")
        self._faults.append(Fault(file=file, line=row, record=record, field=column, found=what, allowed=allowed))

    def _read(self, table: Table) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records of a table, each with its row."""
        file = self._root / f"{table.name}.csv"
        row = 0
        csv.field_size_limit(MAX_ROW)
        try:
            with closing(io.TextIOWrapper(file.open("rb"), encoding="utf-8-sig", newline="")) as text:
                first = text.readline(MAX_ROW)
                delimiter = max(",;\t", key=first.count)
                if not re.fullmatch(r"sep=[,;\t]\s*", first):  # a line for Excel, which does not show it
                    text.seek(0)
                columns: list[Column | None] | None = None
                width = 0
                lines = _Lines(text, file)
                for row, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
                    lines.row, lines.characters = row, 0
                    self._held += table is not PROJECTS
                    if self._held > MAX_ROWS:
                        raise CatalogueError(
                            _("{path}: the tables but that of the projects have more than {limit} rows in all.").format(
                                path=self._path, limit=MAX_ROWS
                            )
                        )
                    width = len(cells) if row % EXCEL_ROWS == 1 else max(width, len(cells))
                    if all(map(blank, cells)):
                        continue
                    if len(cells) < width:
                        words = _("as many cells as the rows above have, {count}").format(count=width)
                        self._fault(table.name, row, _("the row"), str(len(cells)), words)
                    if columns is None:
                        columns = self._header(table, row, cells)
                    else:
                        yield row, self._record(table, row, columns, cells, decimal_comma=delimiter != ",")
        except csv.Error as error:
            raise CatalogueError(
                _("{path}, row {row}: this is not CSV: {reason}.").format(path=file, row=row + 1, reason=error)
            ) from None
        except UnicodeDecodeError as error:
            raise CatalogueError(_not_utf8(file) or str(error)) from None
        except _UNPACKING as error:
            raise CatalogueError(_("{path} cannot be unpacked: {reason}.").format(path=file, reason=error)) from None

    def _header(self, table: Table, row: int, cells: list[str]) -> list[Column | None]:
        names = [cell.strip().lower() for cell in cells]
        columns = [table.column(name) for name in names]
        known = [column.name for column in table.expanded(LANGUAGES)]
        for position, (name, column) in enumerate(zip(names, columns, strict=True)):
            if name and column is None:
                names_ = ", ".join(get_close_matches(name, known) or known)
                self._fault(table.name, row, name, found(name), _("one of the columns {names}").format(names=names_))
            elif column is not None and name in names[:position]:
                self._fault(table.name, row, name, found(name), _("each column once"))
        return columns

    def _record(
        self, table: Table, row: int, columns: list[Column | None], cells: list[str], *, decimal_comma: bool
    ) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for position, cell in enumerate(cells):
            if blank(cell):
                continue
            column = columns[position] if position < len(columns) else None
            if column is None:
                if position >= len(columns):
                    self._fault(
                        table.name, row, str(position + 1), found(cell), _("no cell to the right of the header's")
                    )
                continue
            value = from_cell(cell, column, decimal_comma=decimal_comma)
            if column.type == "words" and value == cell:
                allowed = _("pairs such as AID=011366, separated by semicolons, each name once")
                self._fault(table.name, row, column.name, found(cell), allowed)
                continue
            *outer, last = column.path.split(".")
            inner = record
            for name in outer:
                inner = inner.setdefault(name, {})
            inner[last] = value
        return record


class _Lines(Iterator[str]):
    """The lines of a table, in which no row is too long: `row` have been read, `characters` of the next one."""

    def __init__(self, text: io.TextIOWrapper, file: Path) -> None:
        self.row = self.characters = 0
        self._text, self._file = text, file

    def __next__(self) -> str:
        line = self._text.readline(MAX_ROW + 1)
        self.characters += len(line)
        if self.characters > MAX_ROW:
            raise CatalogueError(
                _("{path}, row {row}: a row may have at most {limit} characters.").format(
                    path=self._file, row=self.row + 1, limit=MAX_ROW
                )
            )
        if not line:
            raise StopIteration
        return line


def _not_utf8(file: Path) -> str | None:
    """Which byte is not, and what to do."""
    try:
        decode(file.read_bytes(), file)
    except CatalogueError as error:
        return _("{reason} In Excel, save it as “CSV UTF-8”.").format(reason=error)
    return None


def _column(table: Table, inner: FieldPath) -> str:
    """The column of a field: `budget.amount` is in `budget_amount`, an entry of a list in the list's cell."""
    names = [str(part) for part in inner[:2]]
    whole = "_".join(names)
    return whole if table.column(whole) else names[0] if names else ""
