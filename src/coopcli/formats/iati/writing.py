"""A catalogue as IATI 2.03: valid against the schema and, as far as the facts allow, without errors of the ruleset."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

from coopcli.dates import first_day, last_day
from coopcli.errors import OutputError
from coopcli.fields import Context, Record
from coopcli.formats.iati.codes import (
    COUNTRY_VOCABULARY,
    NAMESPACE,
    ROLE_CODES,
    STATUS_CODES,
    UNSPECIFIED_SECTOR,
    WEB_PAGE,
    slug,
)
from coopcli.language import _
from coopcli.text import for_xml
from coopcli.vocabulary.organisation_types import ORGANISATION_TYPES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.words import status

_WGS_84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
# A budget covers at most one year (rule 7.5.3).
_A_YEAR = timedelta(days=365)
_BUDGET = {"it": "Costo totale", "en": "Total cost"}
_CONTRIBUTION = {"it": "Contributo", "en": "Contribution"}
_LINKS = {
    "url": {"it": "Pagina del progetto", "en": "Project page"},
    "website": {"it": "Sito del progetto", "en": "Project website"},
    "source": {"it": "Fonte", "en": "Source"},
}
# Rules 6.x of the ruleset: identifiers hold none of these.
_NOT_IN_A_REFERENCE = re.compile(r"[/&|?]")
# What RFC 3986 has written as %XX, and an authority of a name and a port.
_NOT_IN_A_URI = re.compile(r"%(?![0-9A-Fa-f]{2})|[\[\]\\^`{|}]")
_AUTHORITY = re.compile(r"https?://[^/?#:]+(:[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE)

Attributes = Mapping[str, str | None]


def write_catalogue(projects: Iterable[Record], context: Context) -> Iterator[str]:
    """An activity for each project; what a rule of the official ruleset still misses goes to `context.messages`.

    Raises OutputError before anything is written where that is not nothing and the option `strict` is set.
    """
    if context.options.get("equal-shares") and "share" in context.passed_over:
        raise OutputError(_("The catalogue's file states shares: --equal-shares would put others in their place."))
    chunks = _document(projects, context)
    if context.options.get("strict"):
        chunks = iter(list(chunks))
        if context.messages:
            raise OutputError(*context.messages, _("Nothing was written, since --strict was given."))
    yield from chunks


def _document(projects: Iterable[Record], context: Context) -> Iterator[str]:
    context.messages.extend(_lost(context.passed_over))
    publisher = _Publisher(context)
    empty = True
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03" xmlns:coop="{NAMESPACE}">\n'
    for project in projects:
        activity = _Activity(project, publisher, context)
        if activity.can_be_valid():
            yield _element("iati-activity", activity.attributes(), "\n", *(f"{line}\n" for line in activity.elements()))
            yield "\n"
            empty = False
    if empty:
        context.messages.append(_("There is no activity in this file, and the schema of IATI demands one."))
    # ASCII: what is no character of XML, within a text of the header, stays what it is.
    yield _element("coop:catalogue", {}, _text(json.dumps(context.header))) + "\n</iati-activities>\n"


def _lost(passed_over: Collection[str]) -> Iterator[str]:
    """What the file of the catalogue stated and cannot be given back, by the kinds of `faults.py`."""
    if "planned_date" in passed_over:
        yield _("Some dates of the catalogue's file are planned ones; it is not known here which.")
    if "share" in passed_over:
        yield _("The percentages of the catalogue's file are not known here.")
    if "status" in passed_over:
        yield _("A status of the catalogue's file that is not 1 to 4, such as 5 (cancelled), is not known here.")
    if "total" in passed_over:
        yield _("Amounts of the catalogue's file have kinds, days and periods that are not known here.")


class _Publisher:
    """The reporting organisation: `ref` is its identifier, or its name where it has none."""

    def __init__(self, context: Context) -> None:
        publisher = context.header["publisher"]
        name, org_id, kind = publisher["name"], publisher.get("org_id", "").strip(), publisher.get("kind")
        self.name = name
        self.ref = org_id or slug(name) or "publisher"
        self.type = ORGANISATION_TYPES[kind or "other"].code
        if not org_id:
            context.messages.append(
                _("The publisher has no org_id (see https://org-id.guide): “{ref}” stands in for it.").format(
                    ref=self.ref
                )
            )
        if not kind:
            context.messages.append(_("The publisher has no kind: 90 (other) stands in for it."))
        if _NOT_IN_A_REFERENCE.search(self.ref):
            context.messages.append(_("The publisher's org_id has a character / & | or ?, which IATI does not allow."))


class _Activity:
    """One project as the elements of an activity, in the order that the schema demands."""

    def __init__(self, project: Record, publisher: _Publisher, context: Context) -> None:
        self.project = project
        self.publisher = publisher
        self.context = context
        self.start: str | None = project.get("start")
        self.end: str | None = project.get("end")
        self.stated: str | None = project.get("status")
        self.status = self.stated or status(project, context.on)

    def _say(self, message: str) -> None:
        self.context.messages.append(f"{self.project['id']}: {message}")

    def can_be_valid(self) -> bool:
        """Whether there is what the schema demands and nobody may invent."""
        if not (self.start or self.end):
            self._say(_("left out: IATI demands a start or an end, and neither is known."))
            return False
        if not (self.project.get("participants") or self.project.get("role")):
            self._say(_("left out: IATI demands an organisation that takes part, and none is known."))
            return False
        return True

    def attributes(self) -> Attributes:
        """The attributes of the activity."""
        return {
            "xml:lang": self.context.header["language"],
            "coop:id": self.project["id"],
            "coop:inferred": " ".join(self.project.get("inferred", ())) or None,
        }

    def elements(self) -> Iterator[str]:
        """What stands in the activity."""
        project, publisher = self.project, self.publisher
        identifiers = dict(project.get("identifiers", {}))
        identifier = identifiers.pop("iati", "").strip() or f"{publisher.ref}-{project['id']}"
        if _NOT_IN_A_REFERENCE.search(identifier):
            self._say(_("its identifier has a character / & | or ?, which IATI does not allow."))
        yield _element("iati-identifier", {}, _text(identifier))
        yield _element(
            "reporting-org",
            {"ref": publisher.ref, "type": publisher.type, "coop:role": project.get("role")},
            _narrative(publisher.name),
        )
        yield _element("title", {"coop:acronym": project.get("acronym")}, _narrative(project["title"]))
        yield from self._descriptions()
        yield from self._participants()
        for scheme, value in identifiers.items():
            owner = _element("owner-org", {}, _narrative(scheme))
            yield _element("other-identifier", {"ref": value, "type": "A9"}, owner)
        yield self._status()
        yield from self._dates()
        yield from self._countries()
        yield from map(_location, project.get("places", ()))
        yield from self._sectors()
        yield from self._tags()
        yield from self._money()
        yield from self._links()

    def _descriptions(self) -> Iterator[str]:
        # Code list DescriptionType: 1 general, 3 target groups, 4 other.
        project = self.project
        if "summary" in project:
            yield _element("description", {"type": "1"}, _narrative(project["summary"]))
        else:
            yield _element("description", {"type": "1", "coop:field": "title"}, _narrative(project["title"]))
        if "beneficiaries" in project:
            yield _element("description", {"type": "3"}, _narrative(project["beneficiaries"]))
        if "notes" in project:
            yield _element("description", {"type": "4"}, _narrative(project["notes"]))
        for field in ("full_title", "programme"):
            if field in project:
                yield _element("description", {"type": "4", "coop:field": field}, _narrative(project[field]))

    def _participants(self) -> Iterator[str]:
        for part in self.project.get("participants", ()):
            role = part["role"]
            mark = role if role == "associate" else None
            yield self._organisation("participating-org", part["organisation"], role=ROLE_CODES[role], mark=mark)
        if not self.project.get("participants"):
            yield _element(
                "participating-org",
                {
                    "role": ROLE_CODES[self.project["role"]],
                    "type": self.publisher.type,
                    "ref": self.publisher.ref,
                    "coop:implied": "true",
                },
                _narrative(self.publisher.name),
            )

    def _organisation(self, tag: str, id_: str, *, role: str | None = None, mark: str | None = None) -> str:
        row = self.context.organisations[id_]
        ref = row.get("org_id", "").strip() or None
        if ref and _NOT_IN_A_REFERENCE.search(ref):
            self._say(
                _("the org_id of {organisation} has a character / & | or ?, which IATI does not allow.").format(
                    organisation=id_
                )
            )
        kind = row.get("kind")
        return _element(
            tag,
            {
                "role": role,
                "type": ORGANISATION_TYPES[kind].code if kind else None,
                "ref": ref,
                "coop:organisation": id_,
                "coop:role": mark,
            },
            _narrative(row["name"]),
        )

    def _status(self) -> str:
        code = STATUS_CODES.get(self.status)
        if code is None:
            code = STATUS_CODES["ongoing"]
            self._say(_("its status is not known: 2 (implementation) stands in for it."))
        return _element("activity-status", {"code": code, "coop:status": self.project.get("status")})

    def _dates(self) -> Iterator[str]:
        # Code list ActivityDateType: 1 and 2 planned and actual start, 3 and 4 planned and actual end. What has not
        # begun or ended, as a source states, did not on that day.
        on = self.context.on
        if self.start:
            day = first_day(self.start)
            yield _date("2" if day <= on and self.stated != "planned" else "1", day, self.start)
        else:
            self._say(_("no start is known (rule 6.11.1)."))
        if self.end:
            day = last_day(self.end)
            yield _date("4" if day < on and self.stated in {None, "ended"} else "3", day, self.end)

    def _countries(self) -> Iterator[str]:
        countries = self.project.get("countries", ())
        if not countries:
            self._say(_("no country is known (rule 3.7.1)."))
        for code, share in zip(countries, self._shares(len(countries), _("countries"), "3.1.1"), strict=True):
            yield _element("recipient-country", {"code": code, "percentage": share})

    def _sectors(self) -> Iterator[str]:
        # Code list SectorVocabulary: 1 and 2 the purposes and the categories of the DAC.
        sectors = self.project.get("sectors", ())
        if not sectors:
            yield _element("sector", {"vocabulary": "1", "code": UNSPECIFIED_SECTOR, "coop:implied": "true"})
        for vocabulary, digits in (("1", len("31120")), ("2", len("311"))):
            codes = [code for code in sectors if len(code) == digits]
            for code, share in zip(codes, self._shares(len(codes), _("sectors"), "2.1.1"), strict=True):
                yield _element("sector", {"vocabulary": vocabulary, "code": code, "percentage": share})

    def _shares(self, number: int, of: str, rule: str) -> list[str | None]:
        """Percentages that add up to 100, where they are asked for; the catalogue knows none."""
        if number < 2:  # noqa: PLR2004 - one country or sector has the whole
            return [None] * number
        if self.context.options.get("equal-shares"):
            each = (Decimal(100) / number).quantize(Decimal("0.01"))
            return [str(100 - each * (number - 1)), *[str(each)] * (number - 1)]
        self._say(
            _("{number} {of} without known shares (rule {rule}); --equal-shares gives them equal ones.").format(
                number=number, of=of, rule=rule
            )
        )
        return [None] * number

    def _tags(self) -> Iterator[str]:
        # Code list TagVocabulary: 2 the Sustainable Development Goals, 99 the publisher's own.
        for goal in self.project.get("sdgs", ()):
            yield _element("tag", {"vocabulary": "2", "code": str(goal)}, _narrative(SDGS[goal].name))
        uri = _uri(self.context.header.get("source", {}).get("url", ""))
        for theme in self.project.get("themes", ()):
            name = self.context.themes[theme]["name"]
            yield _element("tag", {"vocabulary": "99", "vocabulary-uri": uri, "code": theme}, _narrative(name))

    def _money(self) -> Iterator[str]:
        budget, contribution = self.project.get("budget"), self.project.get("contribution")
        commitments = []
        if budget and self.start and self.end and last_day(self.end) - first_day(self.start) <= _A_YEAR:
            start, end = first_day(self.start), last_day(self.end)
            yield _element(
                "budget",
                {},
                _element("period-start", {"iso-date": start.isoformat()}),
                _element("period-end", {"iso-date": end.isoformat()}),
                _value(budget, start),
            )
        elif budget:
            commitments.append(("2", budget, _BUDGET, ""))
        if contribution:
            provider = self._organisation("provider-org", contribution["by"]) if "by" in contribution else ""
            commitments.append(("11", contribution, _CONTRIBUTION, provider))
        # Code list TransactionType: 2 outgoing and 11 incoming commitment.
        day = first_day(self.start or self.end or "")
        for type_, amount, description, provider in commitments:
            if day > self.context.on:
                self._say(_("an amount has no date but the start, and IATI allows no commitment in the future."))
            yield _element(
                "transaction",
                {},
                _element("transaction-type", {"code": type_}),
                _element("transaction-date", {"iso-date": day.isoformat()}),
                _value(amount, day),
                _element("description", {}, _narrative(description)),
                provider,
            )

    def _links(self) -> Iterator[str]:
        links: list[tuple[str, Record]] = [
            (field, {"url": self.project[field]}) for field in ("url", "website") if field in self.project
        ]
        links += [("source", source) for source in self.project.get("sources", ())]
        for field, source in links:
            uri = _uri(source["url"])
            if uri is None:
                self._say(_("{url} is no address that IATI allows; it is left out.").format(url=source["url"]))
                continue
            yield _element(
                "document-link",
                {
                    "format": "text/html",
                    "url": uri,
                    "coop:field": field,
                    "coop:supports": " ".join(source.get("supports", ())) or None,
                },
                _element("title", {}, _narrative(_LINKS[field])),
                _element("category", {"code": WEB_PAGE}),
            )


def _location(place: Record) -> str:
    inside = [_element("name", {}, _narrative(place["name"]))]
    if "country" in place:
        code = {"vocabulary": COUNTRY_VOCABULARY, "level": "0", "code": place["country"]}
        inside.append(_element("administrative", code))
    if "lat" in place:
        position = f"{_number(place['lat'])} {_number(place['lon'])}"
        inside.append(_element("point", {"srsName": _WGS_84}, _element("pos", {}, position)))
    return _element("location", {}, *inside)


def _date(type_: str, day: date, as_known: str) -> str:
    """A date; where only its month or year is known, that stands beside it."""
    known = _narrative(as_known) if as_known != day.isoformat() else ""
    return _element("activity-date", {"type": type_, "iso-date": day.isoformat()}, known)


def _value(amount: Record, day: date) -> str:
    mark = "true" if amount.get("approximate") else None
    attributes = {"currency": amount["currency"], "value-date": day.isoformat(), "coop:approximate": mark}
    return _element("value", attributes, _number(amount["amount"]))


def _number(value: float) -> str:
    """A number without an exponent, as xsd:decimal has it."""
    return format(Decimal(str(value)), "f")


def _uri(url: str) -> str | None:
    """An address as RFC 3986 has it, or None where there is no way to write it so."""
    if not _AUTHORITY.match(url):
        return None
    page, mark, fragment = _NOT_IN_A_URI.sub(lambda match: quote(match[0]), url).partition("#")
    return page + mark + fragment.replace("#", "%23")


def _narrative(text: str | Mapping[str, str]) -> str:
    if isinstance(text, str):
        return _element("narrative", {}, _text(text))
    return "".join(_element("narrative", {"xml:lang": language}, _text(words)) for language, words in text.items())


def _element(tag: str, attributes: Attributes, *inside: str) -> str:
    written = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items() if value is not None)
    content = "".join(inside)
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _text(value: Any) -> str:
    # A reader of XML makes a bare carriage return a line feed (XML 1.0, 2.11).
    return escape(for_xml(value), quote=False).replace("\r", "&#13;")


def _attribute(value: str) -> str:
    # And a tab or a line feed in an attribute a space (3.3.3).
    return escape(for_xml(value)).replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
