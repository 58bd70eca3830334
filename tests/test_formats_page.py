"""docs/formats.md and `coop export --help` list every format, and what it carries."""

from coopcli.formats import FORMATS, Format
from helpers import ROOT, coop_inside

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def suffixes(row: Format) -> str:
    return ", ".join(f"`{suffix}`" for suffix in row.suffixes)


def test_the_page_has_a_row_for_each_format() -> None:
    exports = "".join(
        f"| `{row.name}` | {suffixes(row)} | {row.help} | {row.lacks or 'nothing'} | {'yes' if row.reads else 'no'} |\n"
        for row in FORMATS.values()
        if row.exports
    )
    answers = "".join(
        f"| `{row.name}` | {suffixes(row)} | {row.help} |\n" for row in FORMATS.values() if not row.exports
    )
    assert f"--- |\n{exports}\n" in PAGE
    assert f"--- |\n{answers}\n" in PAGE


def test_the_page_has_a_chapter_on_each_format() -> None:
    titles = [line for line in PAGE.splitlines() if line.startswith("## ")]
    words = {word for title in titles for word in title.replace(",", " ").split()}
    assert {row.name for row in FORMATS.values() if row.exports} - words == set()


def test_the_help_of_export_says_what_each_format_is_and_lacks() -> None:
    shown = " ".join(coop_inside("export", "--help").out.split())
    said = [
        f"{row.name}: {row.help}." + (f" It lacks: {row.lacks}." if row.lacks else "")
        for row in FORMATS.values()
        if row.exports
    ]
    assert [line for line in said if line not in shown] == []
