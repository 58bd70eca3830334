"""Write `src/coopcli/vocabulary/country_names.py`, the Italian and English names of countries.

The names are the short ones of the Unicode CLDR, as the package Babel carries them. Babel is needed to run this tool
(`python tools/countries.py`), not to run `coop`: it weighs 33 MB, the table 13 KB.
"""

from pathlib import Path

from babel import Locale

TARGET = Path(__file__).parent.parent / "src/coopcli/vocabulary/country_names.py"

# Codes that CLDR names but that are no countries of ISO 3166-1: groups of countries, parts of a country that ISO only
# reserves a code for, and codes for tests. XK (Kosovo) stays: ISO leaves it to users, and the EU and IATI use it.
NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())

# Where CLDR's name is not the one that a reader in Milan expects.
OVERRIDES = {
    # "Congo - Kinshasa" tells two states apart in a menu; nobody calls either so.
    "CD": {"it": "Repubblica Democratica del Congo", "en": "Democratic Republic of the Congo"},
    "CG": {"it": "Repubblica del Congo", "en": "Republic of the Congo"},
    # CLDR's long forms ("RAS di Hong Kong"); its own short ones are not among those that Babel carries.
    "HK": {"it": "Hong Kong", "en": "Hong Kong"},
    "MO": {"it": "Macao", "en": "Macao"},
    # CLDR has "Myanmar (Birmania)"; the other name is among OTHER_NAMES.
    "MM": {"it": "Myanmar", "en": "Myanmar"},
    # Named as the catalogue's sources and Italian cooperation do; CLDR has "Territori Palestinesi".
    "PS": {"it": "Palestina", "en": "Palestine"},
}

HEADER = '''"""The names of countries in Italian and English, by ISO 3166-1 alpha-2 code.

Written by `tools/countries.py`: change that, not this.
"""

from collections.abc import Mapping

COUNTRIES: Mapping[str, Mapping[str, str]] = {
'''


def cldr_name(language: str, code: str) -> str:
    """CLDR's short name of a country; "&" is for menus, and is spelt out in a text."""
    return str(Locale(language).territories[code]).replace(" & ", " and ")


def names() -> dict[str, dict[str, str]]:
    """The whole table, by code. What CLDR names by three digits are continents."""
    codes = {str(code) for code in Locale("en").territories if str(code).isalpha()} - NOT_COUNTRIES
    return {
        code: {language: cldr_name(language, code) for language in ("it", "en")} | OVERRIDES.get(code, {})
        for code in sorted(codes)
    }


def main() -> None:
    """Write the table, laid out as `ruff format` would."""
    rows = (f'    "{code}": {{"it": "{name["it"]}", "en": "{name["en"]}"}},\n' for code, name in names().items())
    TARGET.write_text(HEADER + "".join(rows) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
