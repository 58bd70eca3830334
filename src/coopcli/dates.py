"""Partial dates: a year, a month or a day of the calendar, as precise as a source says (a profile of ISO 8601)."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@lru_cache(maxsize=1 << 14)
def first_day(value: str) -> date:
    """The first day of a partial date: 2021-07 is 2021-07-01.

    Raises ValueError where `value` is not a year, a month or a day of the calendar.
    """
    match = _DATE.fullmatch(value)
    if not match:
        raise ValueError(value)
    year, month, day = match.groups()
    return date(int(year), int(month or 1), int(day or 1))


@lru_cache(maxsize=1 << 14)
def last_day(value: str) -> date:
    """The last day of a partial date: 2021-07 is 2021-07-31. Raises ValueError as `first_day` does."""
    day = first_day(value)
    if len(value) == len("2021"):
        return date(day.year, 12, 31)
    if len(value) == len("2021-07"):
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day
