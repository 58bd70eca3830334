"""HTML: the catalogue as one page for citizens, which asks nothing of any server.

The page is `web/page.html`, with the cards, style, script and map beside it inside it; here are only the data that it
shows. A status is that of the day of the export (`context.on`), and the page says so.
"""

import json
import re
import unicodedata
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coopcli import words
from coopcli.errors import UsageError
from coopcli.fields import Context, Record
from coopcli.language import LANGUAGES, _
from coopcli.text import one_line
from coopcli.vocabulary.countries import COUNTRIES, OTHER_NAMES
from coopcli.vocabulary.sdgs import SDGS
from coopcli.vocabulary.sectors import SECTORS

# The most projects that a page stays usable with; `docs/formats.md` has the figures.
MOST = 10_000

_WEB = Path(__file__).parent.parent / "web"
_ADDRESS = re.compile(r"https?://[^\s\\]+", re.IGNORECASE)
_MAP_LEVELS = 4


def write(projects: Iterable[Record], context: Context) -> Iterator[str]:
    """The page, in pieces. Raises UsageError where there are more projects than a page can hold."""
    rows = list(islice(projects, MOST + 1))
    if len(rows) > MOST:
        raise UsageError(
            _(
                "A page of more than {most} projects is too heavy for a browser. Make several smaller ones, "
                "for instance one for each --theme, --country or --year."
            ).format(most=words.number(MOST, context.language))
        )
    whole = context._replace(fields=context.kind.choose(context.kind.whole))
    records = [whole.members(row) for row in rows]
    tags = [{name: facet.values(record, context) for name, facet in _FACETS.items()} for record in records]
    counts = {name: Counter(value for tag in tags for value in tag[name]) for name in _FACETS}
    style = _file("style.css") + _goal_colours()
    script = _file("script.js")
    environment = _environment()
    other = next(code for code in LANGUAGES if code != context.language)
    cards, twins = (
        [_card(environment, record, context, language) for record in records] for language in (context.language, other)
    )
    yield from environment.get_template("page.html").generate(
        context=context,
        header=context.header,
        projects=records,
        cards=cards,
        tags=tags,
        facets={name: _options(facet, counts[name], context) for name, facet in _FACETS.items()},
        with_map=not context.options.get("no-map"),
        map=Markup(_coloured(_file("map.svg"), counts["country"])),  # noqa: S704 - a file of ours
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        policy=_policy(style, script),
        dataset=_dataset(records, context),
        data=_data(rows, records, twins, context),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_WEB), autoescape=True, finalize=_plain, undefined=StrictUndefined
    )
    environment.globals.update(is_rtl=_is_rtl, is_web=_is_web, site=_site, words=words, SDGS=SDGS, SECTORS=SECTORS)
    return environment


def _card(environment: Environment, record: Record, context: Context, language: str) -> Markup:
    """What the page says of one project, in one language."""
    html = environment.get_template("card.html").render(
        project=record,
        supported=_supported(record),
        header=context.header,
        context=context,
        language=language,
        t=lambda it, en: it if language == "it" else en,
    )
    # Attributes stand between double quotes, so that an apostrophe needs no escape.
    return Markup(html.replace("&#39;", "'"))  # noqa: S704 - the template has escaped it


def _plain(value: Any) -> Any:
    """What the template prints: no text of the catalogue reorders, hides or breaks what is around it."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _file(name: str) -> str:
    """A file of the page without its indentation and comments, which are for those who write it."""
    text = re.sub(r"^\s*//.*|/\*.*?\*/", "", (_WEB / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    if name.endswith(".css"):
        text = re.sub(r"\s*([{};,])\s*|(?<=:) ", r"\1", text)
    return re.sub(r"\n\s+", "\n", text)


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def _is_web(url: str) -> bool:
    return bool(_ADDRESS.fullmatch(url))


def _site(url: str) -> str:
    """The site of an address, as people call it."""
    return re.sub(r"^https?://(?:www\.)?([^/?#]*).*$", r"\1", url, flags=re.IGNORECASE)


def _supported(project: Record) -> Mapping[str, list[int]]:
    """For each field the numbers of the sources that support it."""
    numbers: dict[str, list[int]] = {}
    for number, source in enumerate(project["sources"], start=1):
        for field in source.get("supports", ()):
            numbers.setdefault(field, []).append(number)
    return numbers


def _years(project: Record, context: Context) -> list[str]:
    """The years in which a project was active, as `--year` sees them, from a lifetime ago to a generation ahead."""
    start, end = project["start"], project["end"]
    if not (start or end):
        return []
    first = int((start or end)[:4])
    last = int((end or start)[:4])
    if not end and project["status"] == "ongoing":
        last = max(first, context.on.year)
    return [str(year) for year in range(max(first, context.on.year - 60), min(last, context.on.year + 30) + 1)]


_Choice = tuple[str, Mapping[str, str], Iterable[str]]


class _Facet(NamedTuple):
    """What a project is filtered and counted by: its values, and the choices as (value, names, other words for it)."""

    values: Callable[[Record, Context], list[str]]
    choices: Callable[[Counter[str], Context], Iterable[_Choice]]


def _theme_choices(_counts: Counter[str], context: Context) -> Iterator[_Choice]:
    for id_, theme in context.themes.items():
        yield id_, theme["name"], theme.get("aliases", ())


def _country_choices(counts: Counter[str], _context: Context) -> Iterator[_Choice]:
    for code in sorted(counts, key=lambda code: (-counts[code], code)):
        yield code, COUNTRIES.get(code, {}), OTHER_NAMES.get(code, ())


def _year_choices(counts: Counter[str], _context: Context) -> Iterator[_Choice]:
    return ((year, {}, ()) for year in sorted(counts, key=int))


def _status_choices(counts: Counter[str], _context: Context) -> Iterator[_Choice]:
    return ((status, names, ()) for status, names in words.STATUSES.items() if status in counts)


def _role_choices(counts: Counter[str], _context: Context) -> Iterator[_Choice]:
    return ((role, names, ()) for role, names in words.ROLES.items() if role in counts)


def _goal_choices(counts: Counter[str], _context: Context) -> Iterator[_Choice]:
    return ((str(number), goal.name, ()) for number, goal in SDGS.items() if str(number) in counts)


_FACETS: Mapping[str, _Facet] = {
    "theme": _Facet(lambda project, _context: project["themes"], _theme_choices),
    "country": _Facet(lambda project, _context: project["countries"], _country_choices),
    "year": _Facet(_years, _year_choices),
    "status": _Facet(lambda project, _context: [project["status"]], _status_choices),
    "role": _Facet(lambda project, _context: [project["role"]] if project["role"] else [], _role_choices),
    "sdg": _Facet(lambda project, _context: [str(goal) for goal in project["sdgs"]], _goal_choices),
}


def _options(facet: _Facet, counts: Counter[str], context: Context) -> list[dict[str, Any]]:
    """The choices of one filter, for the template."""
    return [
        {
            "value": value,
            "it": words.text(names, "it") or value,
            "en": words.text(names, "en") or value,
            "words": " ".join(aliases),
            "projects": counts[value],
        }
        for value, names, aliases in facet.choices(counts, context)
    ]


def _coloured(drawing: str, counts: Mapping[str, int]) -> str:
    """The map with each country's level, 1 to 4, by its number of projects; the script works it out likewise."""
    most = max(counts.values(), default=1)

    def level(match: re.Match[str]) -> str:
        number = counts.get(match[1], 0)
        return f'{match[0]} data-level="{-(-_MAP_LEVELS * number // most)}"' if number else match[0]

    return re.sub(r'class="m-([A-Z]{2})"', level, drawing)


def _goal_colours() -> str:
    return "".join(
        f".g{number}{{background:{goal.colour};color:{'#000' if goal.dark_text else '#fff'}}}\n"
        for number, goal in SDGS.items()
    )


def _policy(style: str, script: str) -> str:
    """The Content Security Policy: nothing but this very style and script (CSP Level 3)."""

    def source(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _dataset(records: list[dict[str, Any]], context: Context) -> dict[str, Any]:
    """The page as a `Dataset` of schema.org, for search engines of data."""
    header = context.header
    publisher, source, licence = header["publisher"], header.get("source"), header.get("licence")
    title = one_line(context.text(header["title"]) or "")
    owner = {"@type": "Organization", "name": one_line(publisher["name"]), "url": publisher.get("url")}
    described = {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        "name": title,
        "description": f"{title} ({len(records)})",
        "inLanguage": ["it", "en"],
        "isAccessibleForFree": True,
        "creator": _known(owner),
        "publisher": _known(owner),
        "license": licence["url"] if licence else None,
        "dateModified": source["as_of"] if source else None,
        "isBasedOn": source["url"] if source else None,
        "keywords": [one_line(context.text(theme["name"]) or "") for theme in context.themes.values()],
    }
    return _known(described)


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item}


def _data(rows: list[Record], records: list[dict[str, Any]], twins: list[Markup], context: Context) -> str:
    """What the script needs and a reader without it does not, packed (JSON, zlib, base64).

    The names of the fields that the downloads have; then of each project those fields, its card in the other language,
    and the acronyms of those who take part, which only the search asks for.
    """
    packed: list[Any] = [[field.name for field in context.fields]]
    packed += [
        (
            [*context.members(row).values()],
            twin,
            [part["acronym"] for part in record["participants"] if part["acronym"]],
        )
        for row, record, twin in zip(rows, records, twins, strict=True)
    ]
    return b64encode(zlib.compress(json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode(), 9)).decode()
