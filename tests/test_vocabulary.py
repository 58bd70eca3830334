"""The vocabularies: complete, clean, and equal to their sources but for what the tools list."""

import re
import unicodedata
from collections import Counter
from typing import get_args

import pytest
from babel import Locale

import countries as countries_tool
import sectors as sectors_tool
from coopcli.models import OrganisationKind
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES
from coopcli.vocabulary.organisation_types import ORGANISATION_TYPES, SLUGS
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def test_country_names_are_those_of_cldr_but_for_the_listed_overrides() -> None:
    assert set(countries_tool.OVERRIDES) == {"CD", "CG", "HK", "MM", "MO", "PS"}
    for language in ("it", "en"):
        cldr = Locale(language).territories
        differing = {c for c, name in COUNTRIES.items() if name[language] != cldr[c].replace(" & ", " and ")}
        assert differing <= set(countries_tool.OVERRIDES)
    assert countries_tool.names() == COUNTRIES  # the tool was run after its last change


def test_every_code_of_iso_3166_1_is_there() -> None:
    assert len(COUNTRIES) == 249 + 1  # ISO 3166-1 has 249; XK is the one more
    assert {"AL", "BF", "GT", "IT", "KE", "LB", "MM", "MZ", "PS", "SN", "TN", "XK"} <= set(COUNTRIES)
    assert not {"EU", "UN", "EZ", "ZZ", "QO", "XA", "XB", "UK"} & set(COUNTRIES)


def test_no_country_lacks_a_name() -> None:
    for names in COUNTRIES.values():
        assert list(names) == ["it", "en"]
        assert all(name and name == name.strip() for name in names.values())


def test_a_name_means_one_country_only() -> None:
    assert set(OTHER_NAMES) <= set(COUNTRIES)
    meant = Counter(
        name
        for code in COUNTRIES
        for name in {folded(n) for n in (*COUNTRIES[code].values(), *OTHER_NAMES.get(code, ()))}
    )
    assert [name for name, count in meant.items() if count > 1] == []
    assert not {code.casefold() for code in COUNTRIES} & set(meant)


def test_other_names_repeat_nothing() -> None:
    for code, names in OTHER_NAMES.items():
        known = {*COUNTRIES[code].values()}
        assert not known & set(names), code
        assert len(set(names)) == len(names), code


def test_the_goals_are_seventeen_and_their_text_can_be_read() -> None:
    def luminance(colour: str) -> float:  # as WCAG defines it
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert list(SDGS) == list(range(1, 18))
    assert SDGS[13].name == {"it": "Lotta contro il cambiamento climatico", "en": "Climate action"}
    for goal in SDGS.values():
        contrast_of_white = 1.05 / (luminance(goal.colour) + 0.05)
        contrast_of_black = (luminance(goal.colour) + 0.05) / 0.05
        assert goal.dark_text == (contrast_of_white < 4.5)
        assert not goal.dark_text or contrast_of_black >= 4.5


def test_kinds_of_organisation_are_those_of_the_models_and_of_iati() -> None:
    assert tuple(ORGANISATION_TYPES) == get_args(OrganisationKind)
    assert list(SLUGS) == "10 11 15 21 22 23 24 30 40 60 70 80 90 71 72 73".split()
    assert all(SLUGS[kind.code] == slug for slug, kind in ORGANISATION_TYPES.items())
    assert all(list(kind.name) == ["it", "en"] for kind in ORGANISATION_TYPES.values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("11330", "Vocational training"),
        ("14050", "Waste management/disposal"),
        ("15112", "Decentralisation and support to subnational government"),
        ("15190", "Facilitation of orderly, safe, regular and responsible migration and mobility"),
        ("31120", "Agricultural development"),
        ("32130", "Small and medium-sized enterprises (SME) development"),
        ("33210", "Tourism policy and administrative management"),
        ("41081", "Environmental education/training"),
        ("43030", "Urban development and management"),
        ("99810", "Sectors not specified"),
        ("11320", "Upper Secondary Education"),
        ("74010", "Disaster prevention and preparedness"),  # withdrawn
        ("151", "Government and civil society, general"),
    ],
)
def test_well_known_sectors_have_their_names(code: str, name: str) -> None:
    assert SECTORS[code] == name


def test_sectors_are_codes_with_clean_names_and_a_category_each() -> None:
    assert len(SECTORS) > 350
    for code, name in SECTORS.items():
        assert re.fullmatch(r"[0-9]{3}(?:[0-9]{2})?", code)
        assert name == " ".join(name.split())
        assert not re.search(r"withdrawn|modified|N\.B\.|\.$", name)
        assert code[:3] in SECTORS
    assert {code: name for code, name in SECTORS.items() if len(code) == 5} == sectors_tool.purposes()
