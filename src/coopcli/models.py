"""The schema of a catalogue: what a project, a theme, an organisation and a catalogue file are.

These pydantic models are the only judge of data: whatever passes them is sound, whatever does not is refused with
every fault named. `docs/data.md` explains each field for people who write a catalogue.

Codes follow ISO 639-1 (languages), ISO 3166-1 alpha-2 (countries), ISO 4217 (currencies), OECD DAC/CRS (sectors), the
United Nations' numbering of the Sustainable Development Goals, and IATI's OrganisationType (kinds of organisation).
"""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from coopcli.dates import first_day, last_day
from coopcli.text import is_web_address
from coopcli.vocabulary.countries import COUNTRIES

# Else pydantic looks through every installed package for plugins, which takes longer than to read a small catalogue.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

T = TypeVar("T")

# The first whole number that SQLite cannot hold; a comparison keeps out infinity and what is no number, too.
_TOO_LARGE = 2**63

Role = Literal["lead", "partner", "funder", "associate"]
Status = Literal["planned", "ongoing", "ended"]
OrganisationKind = Literal[
    "government",
    "local-government",
    "other-public-sector",
    "international-ngo",
    "national-ngo",
    "regional-ngo",
    "partner-country-ngo",
    "public-private-partnership",
    "multilateral",
    "foundation",
    "private-sector",
    "academic",
    "other",
]


def _refuse(kind: str, allowed: str) -> PydanticCustomError:
    """An error of ours; `kind` is looked up in `faults.py` to be said in the user's language."""
    return PydanticCustomError(kind, allowed)


def _http_url(value: str) -> str:
    if not is_web_address(value):
        raise _refuse("http_url", "an http:// or https:// address")
    return value


def _partial_date(value: str) -> str:
    try:
        first_day(value)
    except ValueError:
        raise _refuse("partial_date", "a year, a month or a day: 2021, 2021-07 or 2021-07-15") from None
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise _refuse("country", "an ISO 3166-1 alpha-2 code, such as MZ")
    return value


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _TOO_LARGE:
        raise _refuse("number", "a number")
    return value


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        raise _refuse("distinct", "each value once")
    return values


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=200)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=r"\S")]
Url = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_http_url)]
PartialDate = Annotated[str, AfterValidator(_partial_date), Field(examples=["2021", "2021-07", "2021-07-15"])]
Country = Annotated[str, AfterValidator(_country), Field(examples=["MZ"])]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Sector = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}(?:[0-9]{2})?$")]
# A whole amount stays whole: a plain float would turn 300000 into 300000.0 on the way through.
Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Goal = Annotated[int, Field(ge=1, le=17)]
# Strict models refuse "7" for 7; a list is what JSON and TOML have for a tuple, so that much is let through.
Many = Annotated[tuple[T, ...], Field(strict=False)]
Set = Annotated[tuple[T, ...], Field(strict=False), AfterValidator(_distinct)]


class Model(BaseModel):
    """Frozen, strict about types, and closed: an unknown field is a fault, not noise."""

    # Built when used: of these models, only the header and the project judge by themselves.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


Text = Annotated[dict[Language, Line], Field(min_length=1, examples=[{"it": "…", "en": "…"}])]
"""The same text in one or more languages, by ISO 639-1 code."""


class Publisher(Model):
    """Who publishes the catalogue. `org_id` is an identifier of https://org-id.guide, such as IT-CF-01199250158."""

    name: Line
    org_id: Line | None = None
    url: Url | None = None
    kind: OrganisationKind | None = None


class Licence(Model):
    """Under what terms the catalogue may be reused. `id` is an SPDX identifier."""

    id: Line
    title: Line
    url: Url


class Origin(Model):
    """The page or document that the catalogue was made from; `as_of` is the day the catalogue was made from it."""

    url: Url
    title: Line
    as_of: PartialDate


class Reference(Model):
    """An act or a document that the publisher's work rests on."""

    title: Line
    url: Url | None = None


class Theme(Model):
    """A priority theme. `aliases` are other words by which people look for it."""

    id: Slug
    name: Text
    aliases: Set[Line] = ()


class Organisation(Model):
    """One row per organisation; projects refer to it by `id`. `aliases` are its other spellings."""

    id: Slug
    name: Line
    acronym: Line | None = None
    country: Country | None = None
    kind: OrganisationKind | None = None
    org_id: Line | None = None
    aliases: Set[Line] = ()


class Place(Model):
    """A place where the project works; `lat` and `lon` in degrees, WGS 84, both or neither."""

    name: Line
    country: Country | None = None
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise _refuse("coordinates", "both lat and lon, or neither")
        return self


class Participant(Model):
    """An organisation's part in a project; `organisation` is the id of one of the catalogue's organisations."""

    organisation: Slug
    role: Role


class Amount(Model):
    """A sum of money, in units of the currency (not thousands); `approximate` where the source says "about"."""

    amount: Annotated[Number, Field(ge=0)]
    currency: Currency
    approximate: bool = False


class Contribution(Amount):
    """What one funder gives; `by` is the id of one of the catalogue's organisations."""

    by: Slug | None = None


ProjectField = Literal[
    "acronym",
    "full_title",
    "title",
    "url",
    "summary",
    "themes",
    "countries",
    "places",
    "start",
    "end",
    "status",
    "role",
    "participants",
    "programme",
    "budget",
    "contribution",
    "sdgs",
    "sectors",
    "beneficiaries",
    "website",
    "identifiers",
]


class Source(Model):
    """A public page and the fields of the project that it supports."""

    url: Url
    supports: Set[ProjectField] = ()


class Project(Model):
    """One project. What is not known is left out.

    `inferred` names the fields of which some or all is stated by no source; a field that is also among a source's
    `supports` is stated in part.
    """

    id: Slug
    title: Line
    acronym: Line | None = None
    full_title: Line | None = None
    url: Url | None = None
    summary: Text | None = None
    themes: Set[Slug] = ()
    countries: Set[Country] = ()
    places: Many[Place] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    status: Annotated[Status | None, Field(description="as a source states it; used where the dates do not tell")] = (
        None
    )
    role: Annotated[Role | None, Field(description="the publisher's part in the project")] = None
    participants: Many[Participant] = ()
    programme: Line | None = None
    budget: Amount | None = None
    contribution: Contribution | None = None
    sdgs: Set[Goal] = ()
    sectors: Set[Sector] = ()
    beneficiaries: Text | None = None
    website: Url | None = None
    identifiers: dict[Line, Line] = Field(default_factory=dict)
    sources: Many[Source] = ()
    inferred: Set[ProjectField] = ()
    notes: Text | None = None

    @field_validator("participants")
    @classmethod
    def _each_part_once(cls, value: tuple[Participant, ...]) -> tuple[Participant, ...]:
        _distinct(tuple((part.organisation, part.role) for part in value))
        return value

    @model_validator(mode="after")
    def _end_not_before_start(self) -> Self:
        if self.start and self.end and last_day(self.end) < first_day(self.start):
            raise _refuse("end_before_start", "an end that is not before the start")
        return self


class Header(Model):
    """Everything of a catalogue but its projects. No two themes, organisations or projects have the same id."""

    schema_version: Literal["1.0"]
    language: Annotated[Language, Field(description="the language of titles and names")]
    title: Text
    publisher: Publisher
    licence: Licence | None = None
    source: Origin | None = None
    framework: Many[Reference] = ()
    themes: Many[Theme] = ()
    organisations: Many[Organisation] = ()


class Catalogue(Header):
    """A whole catalogue, as one JSON or TOML document."""

    projects: Many[Project] = ()


def references(project: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    """Each reference of a project's record as (field path, id, the list it must be in).

    The record need not be sound: what is wrong with one field does not hide the references in another.
    """
    for position, theme in enumerate(_list(project.get("themes"))):
        yield ("themes", position), theme, "themes"
    for position, part in enumerate(_list(project.get("participants"))):
        if isinstance(part, dict):
            yield ("participants", position, "organisation"), part.get("organisation"), "organisations"
    contribution = project.get("contribution")
    if isinstance(contribution, dict):
        yield ("contribution", "by"), contribution.get("by"), "organisations"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
