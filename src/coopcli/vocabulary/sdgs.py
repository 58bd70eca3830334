"""The 17 Sustainable Development Goals of the 2030 Agenda: their short names and colours.

The English names are the United Nations' short titles, the Italian ones those in common use; publishers differ by a
word on goals 15 and 16. The colours are the official ones. The icons and the colour wheel stay the United Nations' and
have rules of use of their own: `coop` shows numbers, names and colours, never those.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Goal(NamedTuple):
    """A goal. On its colour, text reads at a contrast of 4.5:1 (WCAG 2.2 AA) in black if `dark_text`, else in white."""

    name: Mapping[str, str]
    colour: str
    dark_text: bool


SDGS: Mapping[int, Goal] = {
    1: Goal({"it": "Sconfiggere la povertà", "en": "No poverty"}, "#E5243B", dark_text=False),
    2: Goal({"it": "Sconfiggere la fame", "en": "Zero hunger"}, "#DDA63A", dark_text=True),
    3: Goal({"it": "Salute e benessere", "en": "Good health and well-being"}, "#4C9F38", dark_text=True),
    4: Goal({"it": "Istruzione di qualità", "en": "Quality education"}, "#C5192D", dark_text=False),
    5: Goal({"it": "Parità di genere", "en": "Gender equality"}, "#FF3A21", dark_text=True),
    6: Goal(
        {"it": "Acqua pulita e servizi igienico-sanitari", "en": "Clean water and sanitation"},
        "#26BDE2",
        dark_text=True,
    ),
    7: Goal({"it": "Energia pulita e accessibile", "en": "Affordable and clean energy"}, "#FCC30B", dark_text=True),
    8: Goal(
        {"it": "Lavoro dignitoso e crescita economica", "en": "Decent work and economic growth"},
        "#A21942",
        dark_text=False,
    ),
    9: Goal(
        {"it": "Imprese, innovazione e infrastrutture", "en": "Industry, innovation and infrastructure"},
        "#FD6925",
        dark_text=True,
    ),
    10: Goal({"it": "Ridurre le disuguaglianze", "en": "Reduced inequalities"}, "#DD1367", dark_text=False),
    11: Goal(
        {"it": "Città e comunità sostenibili", "en": "Sustainable cities and communities"}, "#FD9D24", dark_text=True
    ),
    12: Goal(
        {"it": "Consumo e produzione responsabili", "en": "Responsible consumption and production"},
        "#BF8B2E",
        dark_text=True,
    ),
    13: Goal({"it": "Lotta contro il cambiamento climatico", "en": "Climate action"}, "#3F7E44", dark_text=False),
    14: Goal({"it": "Vita sott'acqua", "en": "Life below water"}, "#0A97D9", dark_text=True),
    15: Goal({"it": "Vita sulla Terra", "en": "Life on land"}, "#56C02B", dark_text=True),
    16: Goal(
        {"it": "Pace, giustizia e istituzioni solide", "en": "Peace, justice and strong institutions"},
        "#00689D",
        dark_text=False,
    ),
    17: Goal({"it": "Partnership per gli obiettivi", "en": "Partnerships for the goals"}, "#19486A", dark_text=False),
}
