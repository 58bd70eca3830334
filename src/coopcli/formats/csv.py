"""CSV: one header row, RFC 4180 (commas, CRLF, quotes where needed); `--dialect excel` for Excel set to Italian."""

import csv
import io
from collections.abc import Iterable, Iterator

from coopcli.fields import Context, Record
from coopcli.text import FORMULA


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """A header row, then a row a record.

    In the dialect `excel` cells are separated by semicolons, the text begins with a byte-order mark, and a text that a
    spreadsheet would run is preceded by an apostrophe; a number has a decimal comma.
    """
    excel = context.options.get("dialect") == "excel"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if excel else ",")
    if excel:
        buffer.write("\ufeff")
    writer.writerow([field.name for field in context.fields])
    for record in records:
        cells = context.cells(record)
        writer.writerow([_for_excel(value) for value in cells] if excel else cells)
        yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _for_excel(value: str | int | float) -> str | int | float:
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(tuple(FORMULA)) else value
