"""In which language coop speaks: `--lang`, then COOP_LANG, then the locale; English otherwise."""

import gettext
import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

LANGUAGES = ("it", "en")
_LOCALE = Path(__file__).parent / "locale"


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to use, read by hand: Click would know it only after the help texts are made.

    `--lang`, then COOP_LANG, each a language of ours; then as GNU gettext has it: the first of LC_ALL, LC_MESSAGES and
    LANG that is set is the locale; where that is C or POSIX people asked for English; else LANGUAGE, a list by
    preference, comes before it. What we do not speak is passed over, and English is what is left.
    """
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    preferred = [] if locale in {"C", "POSIX"} else environment.get("LANGUAGE", "").split(":")
    wanted = (_option(arguments), environment.get("COOP_LANG", ""), *preferred, locale)
    return next((code for code in map(code_of, wanted) if code in LANGUAGES), "en")


def code_of(name: str) -> str:
    """The language of a locale, or of a language as people write it: `it` of `it_IT.UTF-8`, `it-IT` and `IT`."""
    return re.split("[-_.@]", name)[0].lower()


def _option(arguments: Sequence[str]) -> str:
    """The last `--lang` of the command line, before a `--` that ends the options."""
    value = ""
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        elif argument == "--lang":
            value = following
    return value


def use_language_of_the_user() -> str:
    """Settle the language for gettext, and so for our texts and for Click's and Typer's alike."""
    code = language(sys.argv[1:], os.environ)
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain("coop", _LOCALE)
    gettext.textdomain("coop")
    return code


def current() -> str:
    """The language in use."""
    code = os.environ.get("LANGUAGE", "en")
    return code if code in LANGUAGES else "en"


def _(message: str) -> str:
    """A message in the language in use."""
    return _translation(current()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """A message in the language in use, in the form that goes with a number."""
    return _translation(current()).ngettext(one, many, number)


@cache
def _translation(code: str) -> gettext.NullTranslations:
    """The messages of a language, read once: `gettext.gettext` looks for their file anew at every call (15 us)."""
    return gettext.translation("coop", _LOCALE, [code], fallback=True)
