"""One activity as one project: what is there is taken, what a catalogue has no place for is passed over and told."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from coopcli.dates import first_day, last_day
from coopcli.faults import MAX_FOUND
from coopcli.fields import PROJECT
from coopcli.formats.iati.codes import (
    COUNTRY_VOCABULARY,
    DATE_TYPES,
    LANGUAGE,
    PLANNED,
    ROLE_CODES,
    ROLES,
    STATUSES,
    WEB_PAGE,
    own,
    slug,
)
from coopcli.text import is_web_address
from coopcli.vocabulary.countries import COUNTRIES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS

T = TypeVar("T")
Record = dict[str, Any]
Key = tuple[str | None, str | None, str | None]
"""What an activity says of an organisation: the id of ours, the reference, the name."""

# Code lists SectorVocabulary and TagVocabulary, and the words of IATI 1.0x.
_DAC = {None, "", "1", "2", "DAC", "DAC-5", "DAC-3"}
_GOAL_SECTORS = {"7", "8"}
_OWN_SECTORS = {"98", "99", "RO", "RO2"}
_GOAL_TAGS = {"2", "3"}
_OWN_TAGS = {"99"}
# Code list DescriptionType: 1 general, 2 objectives, 3 target groups, 4 other.
_DESCRIPTIONS = {"3": "beneficiaries", "4": "notes"}
_COMMITMENTS = {"2", "C"}
_INCOMING_COMMITMENT = "11"
_REVISED = {"2", "revised"}
_FIELDS = set(PROJECT.whole) - {"id", "sources", "inferred"}

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:$|[ TZ+-])", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"100(?:\.0*)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SECTOR = re.compile(r"\d{3}(?:\d{2})?", re.ASCII)
_GOAL = re.compile(r"\d{1,4}", re.ASCII)
_POSITION = re.compile(r"([+-]?\d+(?:\.\d*)?)[\s,]+([+-]?\d+(?:\.\d*)?)", re.ASCII)
# What the models allow.
_LARGEST = 2**63
_LONGEST = 100_000
_LONGEST_ADDRESS = 4_000
_MOST = 500


def language(element: Element, otherwise: str) -> str:
    """The ISO 639-1 language of an element's texts."""
    code = element.get(LANGUAGE, "").strip().lower()
    return code[:2] if re.match("[a-z]{2}(?![a-z])", code) else otherwise


def texts(elements: Iterable[Element], otherwise: str) -> dict[str, str]:
    """The text of elements by language: of their narratives, or (IATI 1.0x) their own."""
    found: dict[str, str] = {}
    for element in elements:
        here = language(element, otherwise)
        for narrative in element.findall("narrative") or [element]:
            text = "".join(narrative.itertext()).strip()[:_LONGEST].strip()
            code = language(narrative, here)
            if text and code not in found:
                found[code] = text
            elif text and len(found[code]) < _LONGEST - 2:
                found[code] = f"{found[code]}\n\n{text}"[:_LONGEST].strip()
    return found


def one(element: Element | None, otherwise: str) -> str | None:
    """The text of an element: in its own language, or in the one there is."""
    found = {} if element is None else texts([element], otherwise)
    return found.get(otherwise) or next(iter(found.values()), None)


def key(element: Element, otherwise: str) -> Key:
    """Which organisation an element names."""
    return element.get(own("organisation")), element.get("ref", "").strip() or None, one(element, otherwise)


def organisations_of(activity: Element) -> Iterator[Element]:
    """The elements that name an organisation with a part in an activity."""
    yield from (part for part in activity.findall("participating-org") if not part.get(own("implied")))
    yield from activity.findall("transaction/provider-org")


def themes_of(activity: Element, otherwise: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The publisher's own categories of an activity: a code each, and its names by language."""
    marked = [tag for tag in activity.findall("tag") if tag.get("vocabulary") in _OWN_TAGS]
    marked += [sector for sector in activity.findall("sector") if sector.get("vocabulary") in _OWN_SECTORS]
    for element in marked:
        names = texts([element], otherwise)
        code = element.get("code", "").strip() or next(iter(names.values()), "")
        if code:
            yield code, names or {otherwise: code}


class Activity:
    """One activity being read.

    `otherwise` is the language of texts that say none, `preferred` that of the catalogue's titles. `organisations` and
    `themes` map what the activities say to the ids of the catalogue. What was passed over stands in `passed_over` as
    kind of fault, field and what was found.
    """

    def __init__(
        self,
        element: Element,
        otherwise: str,
        preferred: str,
        organisations: Mapping[Key, str],
        themes: Mapping[str, str],
    ) -> None:
        self.element = element
        self.language = language(element, otherwise)
        self.preferred = preferred
        self.organisations = organisations
        self.themes = themes
        self.passed_over: list[tuple[str, str, str]] = []
        self.own = element.get(own("id"))
        self.identifier = (element.findtext("iati-identifier") or "").strip()
        if not self.identifier:
            self._pass("identifier", "iati-identifier")

    def _pass(self, kind: str, field: str, found: str | None = None) -> None:
        self.passed_over.append((kind, field, (found or "")[:MAX_FOUND]))

    def names(self) -> Iterator[str]:
        """Slugs that may be the project's id, the best first: its identifier without the publisher's is short."""
        yield slug(self.own or "")
        organisation = self.element.find("reporting-org")
        publisher = "" if organisation is None else organisation.get("ref", "").strip()
        if publisher:
            yield slug(self.identifier.removeprefix(publisher))
        yield slug(self.identifier)
        if not self.identifier:
            yield slug(one(self.element.find("title"), self.preferred) or "")

    def project(self) -> Record:
        """The project, without its id."""
        start, end = self._dates()
        participants = list(self._participants())
        found = {
            "title": self._title(),
            "acronym": self._own_text("title", "acronym"),
            **self._descriptions(),
            **self._links(),
            "themes": _distinct(self.themes[code] for code, _names in themes_of(self.element, self.language)),
            "countries": _distinct(self._countries()),
            "places": list(self._places()),
            "start": start,
            "end": end,
            "status": self._status(),
            "role": self._role(participants),
            "participants": participants,
            "budget": self._budget(),
            "contribution": self._contribution(),
            "sectors": _distinct(self._sectors()),
            "sdgs": _distinct(self._goals()),
            "identifiers": self._identifiers(),
            "inferred": _fields(self.element.get(own("inferred"))),
        }
        for name, value in found.items():
            if isinstance(value, list) and len(value) > _MOST:
                self._pass("too_many", name, str(len(value)))
                del value[_MOST:]
        return {name: value for name, value in found.items() if value}

    def _own_text(self, tag: str, name: str) -> str | None:
        element = self.element.find(tag)
        return None if element is None else element.get(own(name), "").strip() or None

    def _title(self) -> str:
        found = texts(self.element.findall("title"), self.language)
        if not found:
            self._pass("title", "title")
            return self.identifier or "?"
        chosen = next((code for code in (self.preferred, self.language) if code in found), next(iter(found)))
        if len(found) > 1:
            self._pass("one_language", "title", ", ".join(code for code in found if code != chosen))
        return found[chosen]

    def _descriptions(self) -> Record:
        fields: dict[str, list[Element]] = {}
        for description in self.element.findall("description"):
            by_type = _DESCRIPTIONS.get(description.get("type", "").strip(), "summary")
            fields.setdefault(description.get(own("field")) or by_type, []).append(description)
        described: Record = {
            name: texts(fields.get(name, ()), self.language) for name in ("summary", "beneficiaries", "notes")
        }
        for name in ("full_title", "programme"):
            described[name] = one(next(iter(fields.get(name, ())), None), self.language)
        return described

    def _identifiers(self) -> dict[str, str]:
        identifiers = {"iati": self.identifier} if self.identifier else {}
        for element in self.element.findall("other-identifier"):
            owner = element.find("owner-org")
            owner = element if owner is None else owner
            value = (element.get("ref") or element.text or "").strip()
            scheme = next(
                (
                    name.strip()
                    for name in (
                        one(owner, self.language) if owner is not element else element.get("owner-name"),
                        owner.get("ref") if owner is not element else element.get("owner-ref"),
                        element.get("type"),
                    )
                    if name and name.strip()
                ),
                "",
            )
            if value and scheme and scheme not in identifiers:
                identifiers[scheme] = value
            else:
                self._pass("other_identifier", "other-identifier", value)
        return identifiers

    def _dates(self) -> tuple[str | None, str | None]:
        by_type: dict[str, list[str]] = {}
        for element in self.element.findall("activity-date"):
            type_ = element.get("type", "").strip().lower()
            side = next((side for side, types in DATE_TYPES.items() if type_ in types), None)
            day = _date(element, side or "start")
            if side and day:
                by_type.setdefault(type_, []).append(day)
            else:
                self._pass("partial_date", "activity-date", element.get("iso-date") or element.text)
        start, end = (self._one_date(by_type, types) for types in DATE_TYPES.values())
        if start and end and last_day(end) < first_day(start):
            self._pass("end_before_start", "activity-date", end)
            end = None
        return start, end

    def _one_date(self, by_type: Mapping[str, list[str]], types: Iterable[str]) -> str | None:
        """The date to be preferred; that it was only planned is told, and so are the others."""
        known = [(type_, day) for type_ in types for day in by_type.get(type_, ())]
        for _type, day in known[1:]:
            self._pass("one_date", "activity-date", day)
        if not known:
            return None
        type_, day = known[0]
        if type_ in PLANNED and not self.own:
            self._pass("planned_date", "activity-date", day)
        return day

    def _status(self) -> str | None:
        element = self.element.find("activity-status")
        if element is None:
            return None
        if self.own:
            stated = element.get(own("status"))
            return stated if stated in STATUSES.values() else None
        code = element.get("code", "").strip()
        if code not in STATUSES:
            self._pass("status", "activity-status", code)
        return STATUSES.get(code)

    def _participants(self) -> Iterator[Record]:
        seen = set()
        for element in self.element.findall("participating-org"):
            if element.get(own("implied")):
                continue
            named = key(element, self.language)
            role = ROLES.get(element.get("role", "").strip().lower())
            if role is None:
                self._pass("role", "participating-org/@role", element.get("role"))
            elif named not in self.organisations:
                self._pass("organisation", "participating-org")
            else:
                marked = element.get(own("role"))
                part = self.organisations[named], marked if marked in ROLE_CODES else role
                if part not in seen:
                    seen.add(part)
                    yield {"organisation": part[0], "role": part[1]}

    def _role(self, participants: list[Record]) -> str | None:
        """The part of the organisation that reports the activity."""
        element = self.element.find("reporting-org")
        if element is None:
            return None
        if self.own:
            stated = element.get(own("role"))
            return stated if stated in ROLE_CODES else None
        publisher = self.organisations.get(key(element, self.language))
        roles = {part["role"] for part in participants if part["organisation"] == publisher}
        return next((role for role in ("lead", "partner", "associate", "funder") if role in roles), None)

    def _countries(self) -> Iterator[str]:
        for region in self.element.findall("recipient-region"):
            self._pass("region", "recipient-region", region.get("code"))
        for element in self._here_or_in_transactions("recipient-country"):
            code = _country(element.get("code"))
            if code:
                self._share(element)
                yield code
            else:
                self._pass("country", "recipient-country", element.get("code") or element.text)

    def _share(self, element: Element) -> None:
        share = element.get("percentage", "").strip()
        if share and not _WHOLE.fullmatch(share) and not self.own:
            self._pass("share", f"{element.tag}/@percentage", f"{element.get('code')} {share}")

    def _here_or_in_transactions(self, tag: str) -> list[Element]:
        return self.element.findall(tag) or self.element.findall(f"transaction/{tag}")

    def _places(self) -> Iterator[Record]:
        for location in self.element.findall("location"):
            position = self._position(location)
            name = one(location.find("name"), self.preferred)
            if name is None and position:
                name = f"{position['lat']}, {position['lon']}"
            if name is None:
                self._pass("place", "location")
                continue
            areas = [*location.findall("administrative"), *location.findall("location-id")]
            codes = [area.get("code") for area in areas if area.get("vocabulary") == COUNTRY_VOCABULARY]
            codes += [area.get("country") for area in areas]
            country = next(filter(None, map(_country, codes)), None)
            yield {"name": name} | ({"country": country} if country else {}) | position

    def _position(self, location: Element) -> Record:
        point, old = location.findtext("point/pos"), location.find("coordinates")
        if old is not None:
            point = f"{old.get('latitude')} {old.get('longitude')}"
        if not (point or "").strip():
            return {}
        match = _POSITION.fullmatch((point or "").strip())
        latitude, longitude = (_plain_number(Decimal(part)) for part in match.groups()) if match else (91, 0)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
            self._pass("position", "location/point", point)
            return {}
        return {"lat": latitude, "lon": longitude}

    def _sectors(self) -> Iterator[str]:
        for element in self._here_or_in_transactions("sector"):
            code, vocabulary = element.get("code", "").strip(), element.get("vocabulary")
            if vocabulary in _DAC and _SECTOR.fullmatch(code) and (self.own or code in SECTORS):
                if not element.get(own("implied")):
                    self._share(element)
                    yield code
            elif vocabulary not in _OWN_SECTORS | _GOAL_SECTORS:
                self._pass("sector", "sector", f"{vocabulary or ''} {code}".strip())

    def _goals(self) -> Iterator[int]:
        marked = [(tag, tag.get("vocabulary") in _GOAL_TAGS) for tag in self.element.findall("tag")]
        marked += [
            (sector, True) for sector in self.element.findall("sector") if sector.get("vocabulary") in _GOAL_SECTORS
        ]
        for element, is_goal in marked:
            code = element.get("code", "").strip()
            goal = code.partition(".")[0]
            if is_goal and _GOAL.fullmatch(goal) and int(goal) in SDGS:
                yield int(goal)
            elif element.tag == "sector":
                self._pass("goal", "sector", f"{element.get('vocabulary', '')} {code}".strip())
            elif element.get("vocabulary") not in _OWN_TAGS:
                self._pass("tag", element.tag, f"{element.get('vocabulary', '')} {code}".strip())

    def _budget(self) -> Record | None:
        """The sum of the budgets, of the revised ones where there are; without budgets that of the commitments."""
        periods: dict[tuple[str, ...], dict[bool, list[Element]]] = {}
        for budget in self.element.findall("budget"):
            ends = (budget.find(side) for side in ("period-start", "period-end"))
            period = tuple("" if end is None else end.get("iso-date", "") for end in ends)
            revised = budget.get("type", "").strip().lower() in _REVISED
            periods.setdefault(period, {}).setdefault(revised, []).append(budget)
        chosen = [budget for types in periods.values() for budget in types[True in types]]
        found = self._sum("budget", chosen or self._transactions(_COMMITMENTS))
        if found and not self.own:
            self._pass("total", "budget" if chosen else "transaction", f"{found['amount']} {found['currency']}")
        return found

    def _contribution(self) -> Record | None:
        commitments = self._transactions({_INCOMING_COMMITMENT})
        if len(commitments) != 1:
            for _commitment in commitments:
                self._pass("one_contribution", "transaction")
            return None
        found = self._sum("transaction", commitments)
        if found and not self.own:
            self._pass("total", "transaction", f"{found['amount']} {found['currency']}")
        provider = commitments[0].find("provider-org")
        by = None if provider is None else self.organisations.get(key(provider, self.language))
        return found | {"by": by} if found and by else found

    def _transactions(self, types: set[str]) -> list[Element]:
        found = []
        for transaction in self.element.findall("transaction"):
            type_ = transaction.find("transaction-type")
            if type_ is not None and type_.get("code", "").strip() in types:
                found.append(transaction)
        return found

    def _sum(self, field: str, holders: list[Element]) -> Record | None:
        amounts: list[tuple[Decimal, str]] = []
        approximate = False
        for holder in holders:
            value = holder.find("value")
            text = "" if value is None else (value.text or "").strip()
            currency = "" if value is None else value.get("currency") or self.element.get("default-currency") or ""
            currency = currency.strip().upper()
            if value is None or not _NUMBER.fullmatch(text) or not _CURRENCY.fullmatch(currency):
                self._pass("amount", f"{field}/value", f"{text} {currency}".strip())
                continue
            amounts.append((Decimal(text.replace(",", "")), currency))
            approximate |= bool(value.get(own("approximate")))
        total = sum((amount for amount, _currency in amounts), Decimal(0))
        currencies = _distinct(currency for _amount, currency in amounts)
        possible = 0 <= total < _LARGEST
        if len(currencies) > 1 or not possible:
            self._pass("one_currency", f"{field}/value", ", ".join(currencies))
        if len(currencies) != 1 or not possible:
            return None
        found = {"amount": _plain_number(total), "currency": currencies[0]}
        return found | {"approximate": True} if approximate else found

    def _links(self) -> Record:
        found: dict[str, str] = {}
        sources: list[Record] = []
        for link in self.element.findall("document-link"):
            url, field = link.get("url", "").strip(), link.get(own("field"))
            pages = [category.get("code") for category in link.findall("category")]
            if not is_web_address(url) or len(url) > _LONGEST_ADDRESS:
                self._pass("http_url", "document-link", url)
            elif field in {"url", "website"}:
                found[field] = url
            elif field is None and WEB_PAGE in pages and "url" not in found:
                found["url"] = url
            else:
                supports = _fields(link.get(own("supports")))
                sources.append({"url": url, "supports": supports} if supports else {"url": url})
        website = (self.element.findtext("activity-website") or "").strip()
        if is_web_address(website) and len(website) <= _LONGEST_ADDRESS:
            found.setdefault("website", website)
        return {**found, "sources": sources}


def _date(element: Element, side: str) -> str | None:
    """A date as precise as it is known: a month or a year where the text beside it says that."""
    said = "".join(element.itertext()).strip()
    stated = (element.get("iso-date") or said).strip()
    match = _DAY.match(stated)
    bound = first_day if side == "start" else last_day
    try:
        day = bound(match[1] if match else stated)
    except ValueError:
        return None
    for known in (said, stated):
        try:
            if bound(known) == day:
                return known
        except ValueError:
            continue
    return day.isoformat()


def _plain_number(value: Decimal) -> int | float:
    whole = value == value.to_integral_value() and abs(value) < _LARGEST
    return int(value) if whole else float(value)


def _country(code: str | None) -> str | None:
    code = (code or "").strip().upper()
    return code if code in COUNTRIES else None


def _fields(names: str | None) -> list[str]:
    return [name for name in _distinct((names or "").split()) if name in _FIELDS]


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
