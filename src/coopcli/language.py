"""In which language coop speaks: `--lang`, then COOP_LANG, then the locale; English otherwise."""

import gettext
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

LANGUAGES = ("it", "en")
_LOCALE = Path(__file__).parent / "locale"


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to use, read by hand: Click would know it only after the help texts are made."""
    wanted = [*_option(arguments), environment.get("COOP_LANG", "")]
    # POSIX: LANGUAGE is a list of its own, then LC_ALL wins over LC_MESSAGES wins over LANG.
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    wanted += [*environment.get("LANGUAGE", "").split(":"), locale]
    codes = (name[:2].lower() for name in wanted)
    return next((code for code in codes if code in LANGUAGES), "en")


def _option(arguments: Sequence[str]) -> list[str]:
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return [argument.removeprefix("--lang=")]
        if argument == "--lang" and position + 1 < len(arguments):
            return [arguments[position + 1]]
    return []


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
