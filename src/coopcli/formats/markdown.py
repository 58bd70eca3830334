"""A Markdown table (GitHub Flavored Markdown, 4.10)."""

import re
from collections.abc import Iterable, Iterator

from coopcli.fields import Context, Record
from coopcli.text import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#&])")


def write(records: Iterable[Record], context: Context) -> Iterator[str]:
    """A header, a rule, and a row a record; a text of the catalogue stays a text, whatever it holds."""
    yield _row(field.name for field in context.fields)
    yield _row("---" for _field in context.fields)
    for record in records:
        yield _row(_cell(value) for value in context.cells(record))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(value: str | int | float) -> str:
    text = one_line(str(value))
    # An address is a link by itself, and a backslash in it would break it.
    if re.fullmatch(r"https?://[^\s|<>\\]+", text):
        return f"<{text}>"
    return _SPECIAL.sub(r"\\\1", text)
