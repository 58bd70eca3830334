"""One analysis of text, for the index, for queries and for highlighting alike; and what of a project is searched."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coopcli.text import fold
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES

# Column of the full-text table -> weight of a match in it.
COLUMNS: Mapping[str, float] = {"title": 10.0, "theme": 4.0, "place": 4.0, "text": 2.0, "organisation": 1.0}

_WORD = re.compile(r"\w+")


def analyse(text: str) -> list[str]:
    """The words of a text as the index knows them."""
    return _WORD.findall(fold(text))


def columns(project: Mapping[str, Any], themes: Mapping[str, Any], organisations: Mapping[str, Any]) -> Iterator[str]:
    """What of a project is searched, analysed, in the order of `COLUMNS`."""
    for texts in (
        _title(project),
        _themes(project, themes),
        _places(project),
        _texts(project),
        _organisations(project, organisations),
    ):
        yield " ".join(word for text in texts if text for word in analyse(text))


def _title(project: Mapping[str, Any]) -> Iterable[str | None]:
    return project["title"], project.get("acronym"), project.get("full_title"), project["id"]


def _themes(project: Mapping[str, Any], themes: Mapping[str, Any]) -> Iterable[str]:
    for theme in project.get("themes", ()):
        yield from themes[theme]["name"].values()
        yield from themes[theme].get("aliases", ())


def _places(project: Mapping[str, Any]) -> Iterable[str]:
    for code in project.get("countries", ()):
        yield from COUNTRIES[code].values()
        yield from OTHER_NAMES.get(code, ())
    for place in project.get("places", ()):
        yield place["name"]


def _texts(project: Mapping[str, Any]) -> Iterable[str | None]:
    yield from project.get("summary", {}).values()
    yield from project.get("beneficiaries", {}).values()
    yield project.get("programme")


def _organisations(project: Mapping[str, Any], organisations: Mapping[str, Any]) -> Iterable[str | None]:
    for part in project.get("participants", ()):
        row = organisations[part["organisation"]]
        yield from (row["name"], row.get("acronym"), *row.get("aliases", ()))
