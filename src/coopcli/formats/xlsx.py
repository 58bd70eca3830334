"""An Excel workbook (Office Open XML, ECMA-376): a sheet of projects, and of their participants, places and sources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any

from coopcli.errors import OutputError, UsageError
from coopcli.fields import Context, Record, cell
from coopcli.language import _
from coopcli.text import for_xml

# What Excel itself allows, https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
MAX_LINKS = 65_530
MAX_ADDRESS = 2_079
# Excel takes 1900 for a leap year; from here on its days are those of the calendar.
FIRST_DAY = date(1900, 3, 1)

_DATES = ("start", "end")
_LINKS = ("url", "website")
_WIDTHS = (8, 60)
_CHUNK = 1 << 16

# The other sheets -> the member of a project that they list, and their columns.
_SHEETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "participants": ("participants", ("project", "organisation", "name", "acronym", "country", "kind", "role")),
    "places": ("places", ("project", "name", "country", "lat", "lon")),
    "sources": ("sources", ("project", "url", "supports")),
}


def write(projects: Iterable[Record], context: Context) -> Iterator[bytes]:
    """The whole workbook, made in a temporary file.

    A day is a date of Excel's, a month or a year a text; http:// and https:// addresses are links, as many and as long
    as Excel allows, and texts beyond. Nothing of the catalogue becomes a formula. Raises OutputError where a sheet or a
    cell cannot hold what belongs there, and UsageError where XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            _("Excel workbooks need the package XlsxWriter. Install it with: pip install XlsxWriter")
        ) from None
    with TemporaryFile() as file:
        made_in_memory = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, {**made_in_memory, "default_date_format": "yyyy-mm-dd"}) as book:
            _describe(book, context)
            columns: dict[str, Sequence[str]] = {"projects": [field.name for field in context.fields]}
            columns |= {name: names for name, (_member, names) in _SHEETS.items()}
            bold = book.add_format({"bold": True})
            sheets = [_Sheet(book.add_worksheet(name), names, bold) for name, names in columns.items()]
            for project in projects:
                sheets[0].add([field.value(project, context) for field in context.fields], project["id"])
                for sheet, (member, _columns) in zip(sheets[1:], _SHEETS.values(), strict=True):
                    for part in project.get(member, ()):
                        known = context.organisations[part["organisation"]] if "organisation" in part else {}
                        row = {**known, **part, "project": project["id"]}
                        sheet.add([row.get(column) for column in sheet.columns], project["id"])
            for sheet in sheets:
                sheet.finish()
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _describe(book: Any, context: Context) -> None:
    """Whose data this is and under what terms, where a spreadsheet shows the properties of a file."""
    header, licence = context.header, context.header.get("licence")
    book.set_properties(
        {
            "title": for_xml(context.text(header["title"]) or ""),
            "company": for_xml(header["publisher"]["name"]),
            "comments": for_xml(f"{licence['title']} {licence['url']}") if licence else "",
            "created": datetime(context.on.year, context.on.month, context.on.day),  # noqa: DTZ001 - a day, anywhere
        }
    )


class _Sheet:
    """A sheet being written: header, then a row at a time."""

    def __init__(self, sheet: Any, columns: Iterable[str], header: Any) -> None:
        self.columns = tuple(columns)
        self._sheet = sheet
        self._rows = 1
        self._links = 0
        self._widths = [len(column) + 3 for column in self.columns]  # room for the filter's arrow
        for position, column in enumerate(self.columns):
            self._sheet.write_string(0, position, column, header)

    def add(self, values: Iterable[Any], project: str) -> None:
        """Write a row; `project` is for the message where Excel cannot hold it."""
        if self._rows == MAX_ROWS:
            raise OutputError(
                _(
                    "The sheet {sheet} would have more than the {rows} rows that Excel allows; narrow the selection."
                ).format(sheet=self._sheet.name, rows=MAX_ROWS)
            )
        for position, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            if value is not None:
                self._widths[position] = max(self._widths[position], self._write(position, column, value, project) + 2)
        self._rows += 1

    def _write(self, position: int, column: str, value: Any, project: str) -> int:
        """Write a cell; how many characters wide it is."""
        at = (self._rows, position)
        if isinstance(value, bool):
            self._sheet.write_boolean(*at, value)
            return len(str(value))
        if isinstance(value, int | float) and value == float(value):
            self._sheet.write_number(*at, value)
            return len(str(value))
        if column in _DATES and (day := _day(value)):
            self._sheet.write_datetime(*at, day)
            return len(value)
        text = for_xml(str(cell(value)))
        if len(text.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
            raise OutputError(
                _("{project}: the text of “{field}” is longer than the {number} characters that Excel allows.").format(
                    project=project, field=column, number=MAX_CHARACTERS
                )
            )
        if column in _LINKS and len(text) <= MAX_ADDRESS and self._links < MAX_LINKS:
            self._links += 1
            self._sheet.write_url(*at, text, string=text)
        else:
            self._sheet.write_string(*at, text)
        return len(text)

    def finish(self) -> None:
        """Freeze the header, put filters on it, and make the columns as wide as what they hold, within reason."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, max(self._rows - 1, 1), len(self.columns) - 1)
        for position, width in enumerate(self._widths):
            self._sheet.set_column(position, position, min(max(width, _WIDTHS[0]), _WIDTHS[1]))


def _day(value: str) -> date | None:
    """The day that Excel can show, or None for a month, a year or a day before its calendar."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None
