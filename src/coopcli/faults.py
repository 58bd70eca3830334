"""What is wrong with a catalogue, said for people: pydantic's findings in our words."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coopcli.language import _

if TYPE_CHECKING:
    from pydantic import ValidationError

MAX_FOUND = 60
# Nobody mends more at a time, and a hostile file could have as many as fill the memory.
MAX_FAULTS = 10_000


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what was found there and what is allowed.

    `line` counts from 1 and is None where the format gives none; `record` is the id of the project, theme or
    organisation, and `field` a path in it such as `places.0.lat`, or in the file where there is no such id; `found` is
    written as in JSON and cut to be readable.
    """

    file: str
    line: int | None
    record: str | None
    field: str
    found: str
    allowed: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = " ".join(part for part in (self.record, self.field) if part)
        return _("{where}: {subject}: found {found}; allowed: {allowed}").format(
            where=where, subject=subject or _("the file"), found=self.found, allowed=self.allowed
        )


# Keyed by pydantic's error types and by ours (`models.py`); what is not here keeps pydantic's own English sentence.
_ALLOWED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _ctx: _("a value, as this field is required"),
    "extra_forbidden": lambda _ctx: _("no field of this name exists"),
    "string_type": lambda ctx: _('a text, in quotes: "{number}"').format(**ctx) if "number" in ctx else _("a text"),
    "int_type": lambda _ctx: _("a whole number"),
    "number": lambda _ctx: _("a number"),
    "bool_type": lambda _ctx: _("true or false"),
    "dict_type": lambda _ctx: _("an object"),
    "model_type": lambda _ctx: _("an object"),
    "model_attributes_type": lambda _ctx: _("an object"),
    "tuple_type": lambda _ctx: _("a list"),
    "too_short": lambda _ctx: _("at least one entry"),
    "string_too_short": lambda _ctx: _("a text that is not empty"),
    "string_too_long": lambda ctx: _("a text of at most {max_length} characters").format(**ctx),
    "literal_error": lambda ctx: _("one of {values}").format(values=", ".join(ctx["expected"].split("'")[1::2])),
    "greater_than_equal": lambda ctx: _("a number of at least {ge}").format(**ctx),
    "less_than_equal": lambda ctx: _("a number of at most {le}").format(**ctx),
    "string_unicode": lambda _ctx: _("a text of valid Unicode characters"),
    "json_invalid": lambda ctx: _valid_json(ctx["error"]),
    "http_url": lambda _ctx: _("an http:// or https:// address"),
    "partial_date": lambda _ctx: _("a year, a month or a day: 2021, 2021-07 or 2021-07-15"),
    "country": lambda _ctx: _("an ISO 3166-1 code of two letters, such as MZ"),
    "distinct": lambda _ctx: _("each value once"),
    "coordinates": lambda _ctx: _("both lat and lon, or neither"),
    # What a reader passes over (`formats.PassedOver`).
    "amount": lambda _ctx: _("an amount in digits, and a currency of three letters, such as EUR"),
    "identifier": lambda _ctx: _("an identifier"),
    "one_contribution": lambda _ctx: _("one contribution; several have no place in a catalogue"),
    "one_currency": lambda _ctx: _("amounts in one currency that add up to a sum that is not negative"),
    "goal": lambda _ctx: _("a goal from 1 to 17, or one of its targets"),
    "one_date": lambda _ctx: _("one start and one end; real ones come before planned ones"),
    "planned_date": lambda _ctx: _("a real date; the planned one stands in for it"),
    "share": lambda _ctx: _("no percentages; they have no place in a catalogue"),
    "total": lambda _ctx: _("the total alone; kind, days and periods of its amounts have no place in a catalogue"),
    "one_language": lambda _ctx: _("a title in one language; others have no place in a catalogue"),
    "one_publisher": lambda _ctx: _("one publisher, the file's first; others have no place in a catalogue"),
    "organisation": lambda _ctx: _("an organisation with a name or an identifier"),
    "other_identifier": lambda _ctx: _("an identifier, and whose it is; one of each scheme"),
    "place": lambda _ctx: _("a place with a name or a point"),
    "position": lambda _ctx: _("latitude and longitude in degrees"),
    "region": lambda _ctx: _("a country; a region has no place in a catalogue"),
    "role": lambda _ctx: _("one of the roles of IATI, 1 to 4"),
    "sector": lambda _ctx: _("a code of the OECD DAC's list, such as 31120"),
    "status": lambda _ctx: _("a status from 1 to 4; others have no place in a catalogue"),
    "tag": lambda _ctx: _("a goal (vocabulary 2 or 3) or a category of the publisher's (99)"),
    "title": lambda _ctx: _("a title; without one, the identifier stands in for it"),
    "too_many": lambda _ctx: _("fewer of them in one project"),
    "end_before_start": lambda _ctx: _("an end that is not before the start"),
}
_PATTERNS = {
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$": lambda: _("lower-case letters a-z, digits and single hyphens"),
    r"\S": lambda: _("a text that is not empty"),
    r"^[a-z]{2}$": lambda: _("an ISO 639-1 language code of two letters, such as it"),
    r"^[A-Z]{3}$": lambda: _("an ISO 4217 currency code of three letters, such as EUR"),
    r"^[0-9]{3}(?:[0-9]{2})?$": lambda: _("an OECD DAC code of five (or three) digits, such as 31120"),
}


def _valid_json(error: str) -> str:
    """Where JSON breaks off, without the parser's English words."""
    if error.startswith("EOF"):
        return _("valid JSON; this ends too early")
    return _("valid JSON; this is none at column {column}").format(column=error.rpartition(" ")[2])


def allowed(kind: str, context: Mapping[str, Any], otherwise: str) -> str:
    """What a field may hold, in the user's language."""
    if kind == "string_pattern_mismatch" and context.get("pattern") in _PATTERNS:
        return _PATTERNS[context["pattern"]]()
    words = _ALLOWED.get(kind)
    return words(context) if words else otherwise


def found(value: object) -> str:
    """A value as it stood in the file, cut to a readable length."""
    if isinstance(value, dict | list | tuple):
        text = _shape(value)
    elif isinstance(value, bytes):
        text = value[:MAX_FOUND].decode("utf-8", "backslashreplace").strip()
    else:
        # A text may be of any length: no more of it is worked on than is shown.
        text = json.dumps(value[:MAX_FOUND] if isinstance(value, str) else value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_FOUND else text[: MAX_FOUND - 1] + "…"


def _shape(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> str:
    if isinstance(value, dict):
        return _("an object with {keys}").format(keys=", ".join(map(str, list(value)[:4]))) if value else "{}"
    return _("a list of {count}").format(count=len(value))


def findings(error: "ValidationError") -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Each finding of pydantic as (path, found, allowed); one in place of more than `MAX_FAULTS`."""
    if error.error_count() > MAX_FAULTS:
        yield (), _("{count} faults").format(count=error.error_count()), _("at most {limit}").format(limit=MAX_FAULTS)
        return
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        what = _("nothing") if detail["type"] == "missing" else found(detail["input"])
        context: dict[str, Any] = {**detail.get("ctx", {})}
        if type(detail["input"]) in {int, float}:
            context["number"] = what
        yield path, what, allowed(detail["type"], context, detail["msg"])
