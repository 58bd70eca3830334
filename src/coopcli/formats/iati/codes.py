"""What IATI and a catalogue call the same things, and the attributes of our own where IATI has no word.

The schema of IATI 2.03 lets attributes of another namespace stand on nearly every element, and elements of one after
the last activity. What travels that way is said in docs/formats.md.
"""

import re
from collections.abc import Mapping

from coopcli.text import fold

NAMESPACE = "urn:x-coop:iati"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# Code list OrganisationRole. In IATI 1.0x the role is a word.
ROLE_CODES: Mapping[str, str] = {"funder": "1", "lead": "2", "partner": "4", "associate": "4"}
ROLES: Mapping[str, str] = {
    "1": "funder",
    "2": "lead",
    "3": "partner",
    "4": "partner",
    "funding": "funder",
    "accountable": "lead",
    "extending": "partner",
    "implementing": "partner",
}

# Code list ActivityStatus: a project that is cancelled (5) or suspended (6) has no status that a catalogue knows.
STATUS_CODES: Mapping[str, str] = {"planned": "1", "ongoing": "2", "ended": "4"}
STATUSES: Mapping[str, str] = {"1": "planned", "2": "ongoing", "3": "ended", "4": "ended"}

# Code list ActivityDateType, and the words of IATI 1.0x: which date it is, the one to be preferred first.
DATE_TYPES: Mapping[str, tuple[str, ...]] = {
    "start": ("2", "start-actual", "1", "start-planned"),
    "end": ("4", "end-actual", "3", "end-planned"),
}
PLANNED = frozenset(("1", "3", "start-planned", "end-planned"))

UNSPECIFIED_SECTOR = "99810"
WEB_PAGE = "A12"
COUNTRY_VOCABULARY = "A4"

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """An id made of a text: its letters a-z and digits, the rest one hyphen; empty where it has none."""
    return _NOT_IN_A_SLUG.sub("-", fold(text)).strip("-")[:180].strip("-")


def own(name: str) -> str:
    """The name of an attribute or element of ours, as ElementTree spells it."""
    return f"{{{NAMESPACE}}}{name}"
