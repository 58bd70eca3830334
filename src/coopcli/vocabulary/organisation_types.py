"""Kinds of organisation: the catalogue's slugs (`models.OrganisationKind`), IATI's codes for them, and their names.

The codes and the English names are those of IATI's code list OrganisationType; the Italian names are ours. IATI also
tells private companies apart by country (71, 72, 73), which a catalogue does not: they are all `private-sector` here.
"""

from collections.abc import Mapping
from typing import NamedTuple


class OrganisationType(NamedTuple):
    """A kind of organisation: its code in IATI, and its name by language."""

    code: str
    name: Mapping[str, str]


ORGANISATION_TYPES: Mapping[str, OrganisationType] = {
    "government": OrganisationType("10", {"it": "Governo", "en": "Government"}),
    "local-government": OrganisationType("11", {"it": "Ente locale", "en": "Local government"}),
    "other-public-sector": OrganisationType("15", {"it": "Altro ente pubblico", "en": "Other public sector"}),
    "international-ngo": OrganisationType("21", {"it": "ONG internazionale", "en": "International NGO"}),
    "national-ngo": OrganisationType("22", {"it": "ONG nazionale", "en": "National NGO"}),
    "regional-ngo": OrganisationType("23", {"it": "ONG regionale", "en": "Regional NGO"}),
    "partner-country-ngo": OrganisationType("24", {"it": "ONG del Paese partner", "en": "Partner-country NGO"}),
    "public-private-partnership": OrganisationType(
        "30", {"it": "Partenariato pubblico-privato", "en": "Public-private partnership"}
    ),
    "multilateral": OrganisationType("40", {"it": "Organizzazione multilaterale", "en": "Multilateral"}),
    "foundation": OrganisationType("60", {"it": "Fondazione", "en": "Foundation"}),
    "private-sector": OrganisationType("70", {"it": "Settore privato", "en": "Private sector"}),
    "academic": OrganisationType(
        "80", {"it": "Università, formazione e ricerca", "en": "Academic, training and research"}
    ),
    "other": OrganisationType("90", {"it": "Altro", "en": "Other"}),
}

SLUGS: Mapping[str, str] = {kind.code: slug for slug, kind in ORGANISATION_TYPES.items()} | dict.fromkeys(
    ("71", "72", "73"), "private-sector"
)
"""The slug of each IATI code."""
