"""Sound catalogues with every field, texts of every kind among them, as JSON-ready dicts."""

from functools import partial
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from coopcli.dates import first_day, last_day
from coopcli.models import OrganisationKind, ProjectField, Role, Status
from coopcli.vocabulary.countries import COUNTRIES

T = TypeVar("T")
Record = dict[str, Any]

HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "a\tb\r\nc",
    "\x00\x85\u2028\u202e\ufeff.",
    "<script>alert(1)</script>",
    "]]> &amp; <!--",
    "a|b \\ `c` *d* _e_ [f](g) ~h~ #i",
    "[bold]markup[/bold] :smile:",
    "; ' \" , ,,",
    "'''\"\"\"\\",
    "% {x} {} %s",
    "Città d’Egitto ßẞ ﬁ Ǆ İı",
    "日本語 العربية 👩‍👩‍👧 e\u0301",
    'AND OR NOT NEAR( * ^ "',
    "x" * 3000,
]
lines = (st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)).filter(
    lambda text: bool(text.strip())
)
slugs = st.from_regex(r"\A[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}\Z")
languages = st.sampled_from(["it", "en", "fr", "pt"])
texts = st.dictionaries(languages, lines, min_size=1, max_size=3)
countries = st.sampled_from(sorted(COUNTRIES))
urls = st.sampled_from(
    ["https://example.org", "http://example.org/a?b=c&d=%22#e", "https://esempio.it/però(1)|2;3,4'", "HTTP://A:8/\\[x]"]
)
amounts = st.integers(0, 10**12) | st.floats(0, 1e12).map(lambda value: round(value, 2))
dates = st.dates().map(str).flatmap(lambda day: st.sampled_from([day, day[:7], day[:4]]))


def _sets(of: SearchStrategy[T], size: int = 3) -> SearchStrategy[list[T]]:
    return st.lists(of, unique=True, max_size=size)


def _rows(strategy: SearchStrategy[Record], size: int) -> SearchStrategy[list[Record]]:
    return st.lists(strategy, unique_by=lambda row: row["id"], max_size=size)


_record = partial(st.fixed_dictionaries)
themes = _record({"id": slugs, "name": texts}, optional={"aliases": _sets(lines)})
organisations = _record(
    {"id": slugs, "name": lines},
    optional={
        "acronym": lines,
        "country": countries,
        "kind": st.sampled_from(get_args(OrganisationKind)),
        "org_id": lines,
        "aliases": _sets(lines),
    },
)
places = st.builds(
    lambda place, at: place | at,
    _record({"name": lines}, optional={"country": countries}),
    st.just({}) | _record({"lat": st.floats(-90, 90) | st.integers(-90, 90), "lon": st.floats(-180, 180)}),
)
_money = {"amount": amounts, "currency": st.sampled_from(["EUR", "USD", "XOF"])}
_fields = st.sampled_from(get_args(ProjectField))


@st.composite
def projects(draw: st.DrawFn, theme_ids: list[str], organisation_ids: list[str]) -> Record:
    """A project whose references are among these ids."""
    known = st.sampled_from(organisation_ids) if organisation_ids else st.nothing()
    participants = st.lists(
        _record({"organisation": known, "role": st.sampled_from(get_args(Role))}),
        unique_by=lambda part: (part["organisation"], part["role"]),
        max_size=4,
    )
    project: Record = draw(
        _record(
            {"id": slugs, "title": lines},
            optional={
                "acronym": lines,
                "full_title": lines,
                "url": urls,
                "summary": texts,
                "themes": _sets(st.sampled_from(theme_ids)) if theme_ids else st.just([]),
                "countries": _sets(countries),
                "places": st.lists(places, max_size=3),
                "start": dates,
                "end": dates,
                "status": st.sampled_from(get_args(Status)),
                "role": st.sampled_from(get_args(Role)),
                "participants": participants if organisation_ids else st.just([]),
                "programme": lines,
                "budget": _record(_money, optional={"approximate": st.booleans()}),
                "contribution": _record(
                    _money,
                    optional={"approximate": st.booleans()} | ({"by": known} if organisation_ids else {}),
                ),
                "sdgs": _sets(st.integers(1, 17)),
                "sectors": _sets(st.sampled_from(["31120", "112", "99999"])),
                "beneficiaries": texts,
                "website": urls,
                "identifiers": st.dictionaries(lines, lines, max_size=2),
                "sources": st.lists(_record({"url": urls}, optional={"supports": _sets(_fields)}), max_size=2),
                "inferred": _sets(_fields),
                "notes": texts,
            },
        )
    )
    if {"start", "end"} <= project.keys() and last_day(project["end"]) < first_day(project["start"]):
        project["start"], project["end"] = project["end"], project["start"]
    return project


@st.composite
def catalogues(draw: st.DrawFn, max_projects: int = 5) -> Record:
    """A whole catalogue that passes the models."""
    theme_rows, organisation_rows = draw(_rows(themes, 3)), draw(_rows(organisations, 4))
    project = projects([row["id"] for row in theme_rows], [row["id"] for row in organisation_rows])
    header: Record = draw(
        _record(
            {
                "schema_version": st.just("1.0"),
                "language": languages,
                "title": texts,
                "publisher": _record(
                    {"name": lines},
                    optional={"org_id": lines, "url": urls, "kind": st.sampled_from(get_args(OrganisationKind))},
                ),
            },
            optional={
                "licence": _record({"id": lines, "title": lines, "url": urls}),
                "source": _record({"url": urls, "title": lines, "as_of": dates}),
                "framework": st.lists(_record({"title": lines}, optional={"url": urls}), max_size=2),
            },
        )
    )
    return {
        **header,
        "themes": theme_rows,
        "organisations": organisation_rows,
        "projects": draw(_rows(project, max_projects)),
    }
