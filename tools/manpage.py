"""Write `docs/man/coop.1` and `docs/man/it/coop.1`, the manual page in both languages: `python tools/manpage.py`.

Its texts are those of the help, so that the two never differ. The date is that of the version in CHANGELOG.md.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACES = {"en": ROOT / "docs/man/coop.1", "it": ROOT / "docs/man/it/coop.1"}


def page(language: str) -> str:
    """The manual page. The texts of coop are made at import, so each language takes a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, language],
        env={**os.environ, "COOP_LANG": language, "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def _roff() -> Iterator[str]:
    import click
    import typer

    from coopcli import __version__
    from coopcli.cli.help import groups
    from coopcli.cli.run import COMMANDS, EXAMPLES, app, load
    from coopcli.errors import EXIT_CODES
    from coopcli.formats import FORMATS
    from coopcli.language import _

    manual, what = _("User commands"), _("the catalogue of a city’s international-cooperation projects")
    yield r".\" Written by tools/manpage.py from the texts of the help: change those, not this."
    yield f'.TH COOP 1 "{_released(__version__)}" "coop {__version__}" "{_text(manual)}"'
    yield from _section(_("NAME"))
    yield rf"coop \- {_text(what)}"

    program = typer.main.get_command(app)
    root = click.Context(program, info_name="coop")
    yield from _section(_("SYNOPSIS"))
    yield rf"\fBcoop\fR {_text(' '.join(program.collect_usage_pieces(root)))}"
    yield from _section(_("DESCRIPTION"))
    yield from _paragraphs(
        _(
            "coop lists, searches, shows, counts and exports the international-cooperation projects of a city. "
            "It carries the catalogue of the Municipality of Milan, and reads any other in the same format: "
            "see --catalogue below, and coop init."
        ),
        _(
            "On a terminal the answer is a table; in a pipe it is tab-separated values without a header. The answer "
            "goes to standard output; counts, advice and errors go to standard error."
        ),
        _(
            "The same option given twice means either, different options mean both. A value may be an id, a name in "
            "Italian or English, or a part of a name that no other has."
        ),
    )
    contexts = [click.Context(load(name), info_name=name, parent=root) for name in COMMANDS]
    of_command = {context.info_name: groups(context) for context in contexts}
    of_all = groups(root)
    shared: dict[str, dict[str, str]] = {}
    for found in of_command.values():
        for title in found.keys() - {_("Arguments"), _("Options")}:
            shared.setdefault(title, {}).update(found[title])

    yield from _section(_("COMMANDS"))
    for context in contexts:
        name = str(context.info_name)
        yield f'.SS "coop {name} {_text(" ".join(context.command.collect_usage_pieces(context)))}"'
        yield from _paragraphs(COMMANDS[name])
        for title, rows in of_command[name].items():
            if title in shared:
                continue
            yield from _list((written, help_) for written, help_ in rows if "--help" not in written)
        taken = [title for title in of_command[name] if title in shared]
        if taken:
            yield from _paragraphs(_("Options, described below: {groups}.").format(groups=", ".join(taken)))
        yield from _examples(_("Examples:"), sys.modules[f"coopcli.cli.{name}"].EXAMPLES)
    for title in sorted(shared, key=list(next(iter(of_command.values()))).index):
        yield from _section(title.upper())
        yield from _list(shared[title].items())
    yield from _section(_("OPTIONS OF EVERY COMMAND"))
    yield from _paragraphs(_("They come before the name of the command."))
    yield from _list(of_all[_("Options")])
    yield from _section(_("FORMATS"))
    yield from _list((row.name, row.help) for row in FORMATS.values())
    yield from _section(_("EXIT CODES"))
    yield from _list((str(int(code)), meaning) for code, meaning in EXIT_CODES.items())
    yield from _section(_("ENVIRONMENT"))
    yield from _list(
        [
            ("COOP_CATALOGUE", _("the catalogue to read, as --catalogue")),
            ("COOP_LANG", _("the language, as --lang: it or en")),
            (
                "LANGUAGE, LC_ALL, LC_MESSAGES, LANG",
                _("the language where neither says it; the locales C and POSIX mean English"),
            ),
            ("NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE", _("whether to use colours, unless --color says it")),
            ("COLUMNS", _("the width of the terminal")),
            ("BROWSER", _("the browser that coop open starts")),
            ("XDG_CACHE_HOME", _("where the compiled catalogues are kept, ~/.cache unless set")),
        ]
    )
    yield from _section(_("FILES"))
    yield from _list([("~/.cache/coop", _("catalogues compiled for speed; they may be deleted at any time"))])
    yield from _section(_("EXAMPLES"))
    yield from _examples(None, EXAMPLES)


def _released(version: str) -> str:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return changelog.partition(f"\n## [{version}] - ")[2].partition("\n")[0]


def _text(text: str) -> str:
    """Text as roff reads it; what is not ASCII by its code, which every roff knows."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    plain = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in escaped)
    return re.sub(r"(?m)^(?=[.'])", r"\\&", plain)


def _section(title: str) -> Iterator[str]:
    yield f'.SH "{_text(title)}"'


def _paragraphs(*texts: str) -> Iterator[str]:
    for text in texts:
        yield ".PP"
        yield _text(text)


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for written, help_ in rows:
        yield ".TP"
        yield rf"\fB{_text(written)}\fR"
        yield _text(re.sub(r"\s+", " ", help_))


def _examples(title: str | None, lines: Iterable[str]) -> Iterator[str]:
    if title:
        yield from _paragraphs(title)
    yield from (".RS", ".nf", *(_text(line) for line in lines), ".fi", ".RE")


def main() -> None:
    """Write both pages."""
    for language, place in PLACES.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page(language), encoding="ascii")


if __name__ == "__main__":
    if sys.argv[1:]:
        from coopcli.language import use_language_of_the_user

        use_language_of_the_user()  # for the words of Click and Typer too
        print("\n".join(_roff()))
    else:
        main()
