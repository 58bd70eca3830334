"""Text made comparable, and text of a catalogue made safe for a terminal."""

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

# C0 and C1 controls, and what reorders or hides text: bidi marks, embeddings, overrides and isolates, zero-width
# characters, line and paragraph separators, tags, annotations, a stray byte-order mark, lone surrogates.
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_WEB_ADDRESS = r"""https?://[^\s\\<>"/?#.@:][^\s\\<>"/?#@]*([/?#][^\s<>"]*)?"""
_BREAKS = r"[\t\n\r\v\f\x85\u2028\u2029]+"
_NOT_ASCII = "[^\x00-\x7f]+"
# How people write in ASCII what is no letter with an accent.
_SPELLED = {
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−·", "-"),
    **dict.fromkeys("█▉▊▋▌", "#"),
    **dict.fromkeys("▍▎▏\u00a0\u202f\u2009", " "),
    "•": "*",
    "×": "x",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "€": "EUR",
    "£": "GBP",
    "º": "",
    "°": "",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "ı": "i",
}

FORMULA = "=+-@\t\r\n＝＋－＠"
"""A spreadsheet runs a cell that begins with one of these, https://owasp.org/www-community/attacks/CSV_Injection"""

_UNREAD = "[\udc80-\udcff]+"
# What is no character of XML 1.0 (2.2), not even as a reference.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def fold(text: str) -> str:
    """Text without accents and case; a typographic apostrophe is a plain one."""
    if text.isascii():
        return text.lower()
    return re.sub(_NOT_ASCII, lambda match: _without_accents(match[0]), text).casefold()


@lru_cache(maxsize=1 << 10)
def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(filterfalse(unicodedata.combining, decomposed))


def plain(text: str) -> str:
    """The words of a text, folded, one blank between them: two spellings of a name that people take for the same."""
    return " ".join(re.findall(r"\w+", fold(text)))


def one_line(text: str) -> str:
    """Text on one line and without control characters: tabs and breaks become a space, the rest U+FFFD."""
    return text if text.isprintable() else re.sub(_UNSAFE, "�", re.sub(_BREAKS, " ", text))


def of_utf8(text: str) -> str:
    """The text of an argument or a path that Python read as ASCII with bytes it could not read, which were UTF-8."""
    return re.sub(_UNREAD, lambda match: match[0].encode("ascii", "surrogateescape").decode("utf-8", "replace"), text)


def printable(text: str) -> str:
    """Text that may keep its lines and tabs, without any other control character."""
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda match: match[0] if match[0] in "\t\n" else "�", of_utf8(text))


def legible(error: UnicodeError) -> tuple[str, int]:
    """An error handler of `codecs`: what an encoding does not have is written in ASCII, as people would."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(char: str) -> str:
    if char in _SPELLED:
        return _SPELLED[char]
    if "─" <= char <= "╿":  # box drawings
        name = unicodedata.name(char)
        return "+" if " AND " in name else "|" if name.endswith("VERTICAL") else "-"
    if unicodedata.combining(char):
        return ""
    letters = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return letters or "?"


def for_xml(text: str) -> str:
    """Text that an XML document can hold once it is escaped: what is no character of XML becomes U+FFFD."""
    return re.sub(_NOT_XML, "�", text)


def is_web_address(text: str) -> bool:
    """Whether this is an http:// or https:// address, without spaces, control characters and a user name."""
    return re.fullmatch(_WEB_ADDRESS, text, re.IGNORECASE) is not None and one_line(text) == text
