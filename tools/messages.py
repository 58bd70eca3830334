"""The catalogue of messages: `python tools/messages.py` after any change of a sentence, then translate what it names.

It collects the sentences of coop, and those of Click and Typer that coop shows, into `locale/it/LC_MESSAGES/coop.po`,
keeps the translations there are, drops what nobody says any more, and compiles `coop.mo` from it. English needs no
catalogue: the message ids are English. Two runs write the same bytes.
"""

import errno
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "src" / "coopcli" / "locale" / "it" / "LC_MESSAGES"
KEYWORDS = {"_": None, "ngettext": (1, 2)}
# What the system and Python's JSON parser say, and coop repeats.
REASONS = (
    *map(os.strerror, (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EISDIR, errno.ENOTDIR)),
    *map(os.strerror, (errno.EROFS, errno.ENAMETOOLONG, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ELOOP)),
    "Expecting value",
    "Expecting property name enclosed in double quotes",
    "Expecting ',' delimiter",
    "Expecting ':' delimiter",
    "Illegal trailing comma before end of object",
    "Illegal trailing comma before end of array",
    "Unterminated string starting at",
    "Invalid control character at",
    "Invalid \\escape",
    "Invalid \\uXXXX escape",
    "Extra data",
)
# Dates in the header would change with each run.
DAY = datetime(2026, 11, 22, tzinfo=UTC)


def sources() -> Iterator[Path]:
    """The files whose sentences a user of coop may read."""
    yield from sorted((ROOT / "src" / "coopcli").rglob("*.py"))
    yield ROOT / "tools" / "manpage.py"
    for package, modules in ((click, "core decorators exceptions formatting parser types"), (typer, "core rich_utils")):
        yield from (Path(str(package.__file__)).parent / f"{module}.py" for module in modules.split())


def template() -> Catalog:
    """Every message that is said, not translated."""
    catalog = Catalog(domain="coop")
    catalog.add("Usage:")  # within an f-string of Click's, where Babel does not see it
    for reason in REASONS:
        catalog.add(reason)
    for source in sources():
        for _line, message, comments, context in extract_from_file("python", source, KEYWORDS, ("Translators:",)):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def updated() -> Catalog:
    """The Italian catalogue as it should be: what is said now, with the translations that are known."""
    with (PLACE / "coop.po").open("rb") as file:
        catalog = read_po(file, locale="it", domain="coop")
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version = "coop", "1"
    catalog.copyright_holder = catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "coop"
    catalog.header_comment = (
        "# The Italian of coop. Written by tools/messages.py; translate the msgstr, leave the rest."
    )
    catalog.creation_date = catalog.revision_date = DAY
    catalog.fuzzy = False
    return catalog


def files(catalog: Catalog) -> dict[Path, bytes]:
    """What the two files of this catalogue hold."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalog, width=120, no_location=True, sort_output=True, include_previous=False)
    write_mo(mo, catalog)
    return {PLACE / "coop.po": po.getvalue(), PLACE / "coop.mo": mo.getvalue()}


def main() -> None:
    """Write the files and name what is not translated yet."""
    catalog = updated()
    for path, content in files(catalog).items():
        path.write_bytes(content)
    missing = [message.id for message in catalog if message.id and not all(_strings(message.string))]
    for id_ in missing:
        print(f"not translated: {id_}", file=sys.stderr)
    print(f"{len(catalog)} messages, {len(missing)} of them not translated")


def _strings(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


if __name__ == "__main__":
    main()
