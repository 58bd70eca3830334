"""Tab-separated values for Unix tools: no header, one record a line, no value ever cut."""

from collections.abc import Iterable, Iterator

from coopcli.fields import Context, Record
from coopcli.text import one_line


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """One line a record; a tab, a line break or a control character in a value does not break the line."""
    for record in records:
        yield "\t".join(one_line(str(value)) for value in context.cells(record)) + "\n"
