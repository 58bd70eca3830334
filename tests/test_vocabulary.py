"""The vocabularies: complete, clean, and equal to their sources but for what the tools list."""

import unicodedata
from collections import Counter

from babel import Locale

import countries as tool
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def test_country_names_are_those_of_cldr_but_for_the_listed_overrides() -> None:
    assert set(tool.OVERRIDES) == {"CD", "CG", "HK", "MM", "MO", "PS"}
    for language in ("it", "en"):
        cldr = Locale(language).territories
        differing = {c for c, name in COUNTRIES.items() if name[language] != cldr[c].replace(" & ", " and ")}
        assert differing <= set(tool.OVERRIDES)
    assert tool.names() == COUNTRIES  # the tool was run after its last change


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
