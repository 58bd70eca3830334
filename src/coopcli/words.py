"""How people write things: names in the reader's language, dates, periods and money."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from coopcli.dates import first_day, last_day
from coopcli.language import _

MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def text(value: Mapping[str, str] | None, language: str) -> str | None:
    """A text in this language, else in English, Italian or whatever there is."""
    if not value:
        return None
    return next((value[code] for code in (language, "en", "it") if code in value), next(iter(value.values())))


def day(value: str, language: str) -> str:
    """A partial date: `2021-07` is luglio 2021, `2021-07-01` is 1º luglio 2021 or 1 July 2021."""
    year, *rest = value.split("-")
    if not rest:
        return year
    month = MONTHS.get(language, MONTHS["en"])[int(rest[0]) - 1]
    if len(rest) == 1:
        return f"{month} {year}"
    number = "1º" if language == "it" and rest[1] == "01" else str(int(rest[1]))
    return f"{number} {month} {year}"


def years(start: str | None, end: str | None) -> str:
    """The years of a project: `2018–2021`, `2018–`, `–2021`; empty where nothing is known."""
    first, last = (start or "")[:4], (end or "")[:4]
    return first if first == last else f"{first}–{last}"


def money(amount: float, currency: str, language: str) -> str:
    """A sum: `1.311.894 €` in Italian, `€1,311,894` in English."""
    digits = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
    symbol = {"EUR": "€", "GBP": "£", "USD": "$"}.get(currency)
    if language == "it":
        digits = digits.translate(str.maketrans(",.", ".,"))
        return f"{digits} {symbol or currency}"
    return f"{symbol}{digits}" if symbol else f"{currency} {digits}"


def number(value: int, language: str) -> str:
    """A whole number with its thousands set apart."""
    return f"{value:,}".replace(",", "." if language == "it" else ",")


def status(project: Mapping[str, Any], on: date) -> str:
    """planned, ongoing, ended or unknown on a day.

    Planned before the first day of `start`; ended after the last day of `end`; ongoing in between. Where the dates do
    not tell, the stated `status`, else unknown. `selection.py` says the same in SQL.
    """
    start, end = project.get("start"), project.get("end")
    if start and on < first_day(start):
        return "planned"
    if end and on > last_day(end):
        return "ended"
    if start and end:
        return "ongoing"
    return str(project.get("status") or "unknown")


STATUSES = {
    "planned": {"it": "previsto", "en": "planned"},
    "ongoing": {"it": "in corso", "en": "ongoing"},
    "ended": {"it": "concluso", "en": "ended"},
    "unknown": {"it": "non noto", "en": "unknown"},
}
ROLES = {
    "lead": {"it": "capofila", "en": "lead"},
    "partner": {"it": "partner", "en": "partner"},
    "funder": {"it": "finanziatore", "en": "funder"},
    "associate": {"it": "associato", "en": "associate"},
}


def sum_of_money(value: Mapping[str, Any] | None, language: str) -> str | None:
    """An amount of the catalogue, with “about” before it where it is approximate."""
    if not value:
        return None
    said = money(value["amount"], value["currency"], language)
    return _("about {amount}").format(amount=said) if value.get("approximate") else said
