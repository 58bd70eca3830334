"""A catalogue of invented projects, for measuring: python benchmarks/generate.py 1000000 > million.jsonl.

About 800 bytes a project, Italian and English, 20 000 organisations. Words, organisations and countries follow Zipf's
law: the frequent words are those of the bundled catalogue, the rare ones are made of syllables. The same number gives
the same bytes. Seven projects hold the word `RARE`.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from coopcli.bundled import bundled_catalogue
from coopcli.vocabulary.countries import COUNTRIES

VOCABULARY = 50_000
ORGANISATIONS = 20_000
RARE = "zibaldone"
RARE_PROJECTS = 7

_SYLLABLES = (
    "ba be bi bo ca co da de di fa fe ga go la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se so".split()
)
_KINDS = (
    "Associazione",
    "Comune di",
    "Fondazione",
    "Cooperativa",
    "Università di",
    "Centro",
    "Rete",
    "Municipality of",
)


class Zipf:
    """Values of which the nth is drawn with a weight of 1/n."""

    def __init__(self, values: Sequence[str]) -> None:
        self._values = values
        self._weights = list(accumulate(1 / rank for rank in range(1, len(values) + 1)))

    def draw(self, random: Random, number: int) -> list[str]:
        """So many values; the same one may come twice."""
        return random.choices(self._values, cum_weights=self._weights, k=number)

    def distinct(self, random: Random, number: int) -> list[str]:
        """At most so many values, each once."""
        return list(dict.fromkeys(self.draw(random, number)))


def lines(number: int) -> Iterator[str]:
    """A catalogue in JSON Lines: the header, then so many projects."""
    random = Random(number)  # noqa: S311 - the same numbers again are what is wanted
    bundled = json.loads(bundled_catalogue().read_bytes())
    words = {language: Zipf(_vocabulary(bundled, language, random)) for language in ("it", "en")}
    names = words["it"].draw(random, ORGANISATIONS)
    organisations = [
        {"id": f"org-{n}", "name": f"{random.choice(_KINDS)} {name.capitalize()} {n}"} for n, name in enumerate(names)
    ]
    yield _dump({**{key: bundled[key] for key in bundled if key != "projects"}, "organisations": organisations})
    themes = Zipf([theme["id"] for theme in bundled["themes"]])
    countries = Zipf(random.sample(list(COUNTRIES), len(COUNTRIES)))
    members = Zipf([row["id"] for row in organisations])
    seen: set[str] = set()
    for n in range(number):
        title = words["it"].draw(random, 5)
        if n % max(number // RARE_PROJECTS, 1) == 0:
            title.append(RARE)
        slug = "-".join(title)
        start = random.randint(2000, 2025)
        lead, *others = members.distinct(random, 4)
        project: dict[str, Any] = {
            "id": slug if slug not in seen else f"{slug}-{n}",
            "title": " ".join(title).capitalize(),
            "summary": {language: _sentence(words[language], random) for language in words},
            "themes": themes.distinct(random, 2),
            "countries": countries.distinct(random, 2),
            "start": f"{start}-{random.randint(1, 12):02}",
            "end": str(start + random.randint(1, 5)),
            "role": random.choice(("lead", "partner", "funder")),
            "participants": [
                {"organisation": lead, "role": "lead"},
                *({"organisation": id_, "role": random.choice(("partner", "partner", "funder"))} for id_ in others),
            ],
            "budget": {"amount": random.randint(10, 5_000) * 1_000, "currency": "EUR"},
            "sdgs": sorted(random.sample(range(1, 18), random.randint(1, 3))),
        }
        if random.random() < 0.2:  # noqa: PLR2004 - a fifth are of unknown cost
            del project["budget"]
        seen.add(slug)
        yield _dump(project)


def _vocabulary(bundled: dict[str, Any], language: str, random: Random) -> list[str]:
    texts = (project.get("summary", {}).get(language, "") for project in bundled["projects"])
    frequent = Counter(word for text in texts for word in re.findall("[a-z]+", text.lower()))
    words = dict.fromkeys(word for word, _number in frequent.most_common())
    while len(words) < VOCABULARY:
        words["".join(random.choices(_SYLLABLES, k=random.randint(3, 5)))] = None
    return list(words)


def _sentence(words: Zipf, random: Random) -> str:
    return " ".join(words.draw(random, 26)).capitalize() + "."


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1])))
