"""IATI as found in the wild, versions 1.01 to 2.03, as a catalogue.

The file is read twice, an activity at a time, so that its size does not matter: once for who publishes it and for the
organisations and themes that it names, once for the activities. What cannot be taken is passed over and told.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from coopcli.errors import CatalogueError
from coopcli.formats import Document, PassedOver
from coopcli.formats.iati.activity import Activity, Key, key, language, one, organisations_of, themes_of
from coopcli.formats.iati.codes import own, slug
from coopcli.language import _
from coopcli.text import fold, for_xml
from coopcli.vocabulary.organisation_types import SLUGS

Record = dict[str, Any]
_LINE = own("line")
# What an activity may have, and anything else that is held at once; docs/data.md tells these limits.
MAX_ELEMENTS = 200_000
MAX_BYTES = 16 * 1024**2
PIECE = 64 * 1024


class Survey(NamedTuple):
    """What has to be known before the first project: the header, and its ids by what the activities say."""

    header: Record
    organisations: Mapping[Key, str]
    themes: Mapping[str, str]


def read(path: Path) -> Document:
    """The activities of a file as a catalogue.

    Raises CatalogueError where it is no XML, declares entities or attributes, or holds something else than activities,
    or too large ones.
    """
    survey = _survey(path)
    passed_over: list[PassedOver] = []
    return Document(survey.header, _projects(path, survey, passed_over), passed_over=passed_over)


def _projects(path: Path, survey: Survey, passed_over: list[PassedOver]) -> Iterator[tuple[Record, int]]:
    ids = _Ids()
    preferred, publisher = survey.header["language"], None
    for element, otherwise in _elements(path):
        if element.tag != "iati-activity":
            continue
        activity = Activity(element, otherwise or preferred, preferred, survey.organisations, survey.themes)
        record = {"id": ids.new(*activity.names(), otherwise="activity"), **activity.project()}
        line = int(element.get(_LINE, "0"))
        reporting = element.find("reporting-org")
        reported_by = None if reporting is None else reporting.get("ref") or one(reporting, activity.language)
        publisher = publisher or reported_by
        if reported_by != publisher:
            activity.passed_over.append(("one_publisher", "reporting-org", reported_by or ""))
        passed_over += (PassedOver(*row, record["id"], line) for row in activity.passed_over)
        yield record, line


def _survey(path: Path) -> Survey:
    header: Record | None = None
    publisher: Record = {}
    tongue = ""
    named: dict[Key, str | None] = {}
    reporting: dict[Key, None] = {}
    categories: dict[str, dict[str, str]] = {}
    for element, otherwise in _elements(path):
        if element.tag != "iati-activity":
            header = _header(element)
            continue
        here = language(element, otherwise or "en")
        tongue = tongue or here
        for organisation in organisations_of(element):
            known = key(organisation, here)
            if any(known) and not named.get(known):
                named[known] = SLUGS.get(organisation.get("type", "").strip())
        reporter = element.find("reporting-org")
        if reporter is not None:
            reporting[key(reporter, here)] = None
            publisher = publisher or _publisher(reporter, here)
        for code, names in themes_of(element, here):
            categories.setdefault(code, names)
    publisher.setdefault("name", for_xml(path.stem).strip() or "IATI")
    tongue = tongue or "en"
    header = header or {
        "schema_version": "1.0",
        "language": tongue,
        "title": {tongue: publisher["name"]},
        "publisher": publisher,
    }
    organisations = _Organisations(header.get("organisations", ()))
    for known, kind in named.items():
        organisations.add(known, kind)
    themes = _themes(header.get("themes", ()), categories)
    return Survey(
        {**header, "organisations": list(organisations.rows.values()), "themes": list(themes.values())},
        organisations.ids | {known: id_ for known in reporting if (id_ := organisations.find(known))},
        {code: row["id"] for code, row in themes.items()},
    )


def _publisher(element: Element, otherwise: str) -> Record:
    _own, ref, name = key(element, otherwise)
    kind = SLUGS.get(element.get("type", "").strip())
    found = {"name": name or ref, "org_id": ref, "kind": kind}
    return {member: value for member, value in found.items() if value}


def _header(element: Element) -> Record | None:
    """The header of a catalogue that coop wrote, where it is one still."""
    try:
        header = json.loads(element.text or "")
    except ValueError:
        return None
    return header if isinstance(header, dict) and isinstance(header.get("language"), str) else None


def _themes(rows: Any, categories: Mapping[str, dict[str, str]]) -> dict[str, Record]:
    """The themes by their code: those of the header, and those that activities name besides."""
    themes = {row["id"]: row for row in _objects(rows)}
    ids = _Ids(themes)
    for code, names in categories.items():
        if code not in themes:
            themes[code] = {
                "id": ids.new(slug(code), slug(next(iter(names.values()))), otherwise="theme"),
                "name": names,
            }
    return themes


def _objects(rows: Any) -> list[Record]:
    """Rows of a header that the models may still have to refuse."""
    return (
        [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
        if isinstance(rows, list)
        else []
    )


class _Ids:
    """Ids that are given once."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._given = set(given or ())
        self._last: dict[str, int] = {}

    def new(self, *candidates: str, otherwise: str) -> str:
        """The first of these slugs that is not empty and not given yet; else one with a number."""
        slugs = [candidate for candidate in candidates if candidate]
        id_ = next((candidate for candidate in slugs if candidate not in self._given), None)
        known = slugs[0] if slugs else otherwise
        while id_ is None or id_ in self._given:
            self._last[known] = self._last.get(known, 1 if slugs else 0) + 1
            id_ = f"{known}-{self._last[known]}"
        self._given.add(id_)
        return id_


class _Organisations:
    """The organisations of a file, one row each however they are named: by reference first, then by name."""

    def __init__(self, rows: Any) -> None:
        self.rows: dict[str, Record] = {row["id"]: row for row in _objects(rows)}
        self.ids: dict[Key, str] = {}
        self._ids = _Ids(self.rows)
        self._of_ours = frozenset(self.rows)
        self._by_reference: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._names: set[tuple[str, str]] = set()

    def find(self, known: Key) -> str | None:
        """The id of an organisation, if it has a row."""
        ours, reference, name = known
        if ours in self.rows:
            return ours
        if reference in self._by_reference:
            return self._by_reference[reference]
        id_ = self._by_name.get(fold(name)) if name else None
        same = id_ and reference in {None, self.rows[id_].get("org_id", reference)}
        return id_ if same else None

    def add(self, known: Key, kind: str | None) -> None:
        """Add what an activity says of an organisation."""
        ours, reference, name = known
        id_ = self.find(known)
        if id_ is None:
            id_ = self._ids.new(slug(ours or ""), slug(name or ""), slug(reference or ""), otherwise="organisation")
            self.rows[id_] = {"id": id_, "name": name or reference or ours}
        self.ids[known] = id_
        row = self.rows[id_]
        if reference:
            self._by_reference.setdefault(reference, id_)
        if name:
            self._by_name.setdefault(fold(name), id_)
        if id_ in self._of_ours:
            return
        if name and row["name"] == row.get("org_id"):
            row["name"] = name  # until now only its reference was known
        if reference:
            row.setdefault("org_id", reference)
        if kind:
            row.setdefault("kind", kind)
        if name and name != row["name"] and (id_, name) not in self._names:
            self._names.add((id_, name))
            row.setdefault("aliases", []).append(name)


class _Builder(TreeBuilder):
    """Elements as they come. It notes the root and the line of each activity; what has ended leaves the root."""

    root: Element | None = None
    parser: Any = None

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ended: list[Element] = []
        self._path = path
        self._depth = self._number = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        element = super().start(tag, attrs)
        line = self.parser.parser.CurrentLineNumber
        if self.root is None:
            self.root = element
        if tag == "iati-activity":
            element.set(_LINE, str(line))
        self._depth += 1
        self._number += 1
        if self._number > MAX_ELEMENTS:
            raise CatalogueError(
                _("{path}:{line}: an activity may have at most {limit} elements.").format(
                    path=self._path, line=line, limit=MAX_ELEMENTS
                )
            )
        return element

    def end(self, tag: str, /) -> Element:
        element = super().end(tag)
        self._depth -= 1
        if self._depth == 1 and self.root is not None:
            self.ended.append(element)
            self._number = 0
            del self.root[:]
        return element


def _parser(builder: _Builder) -> Any:
    """A parser for which nothing is declared: an attribute that each element has is as good a bomb as an entity."""
    from defusedxml.common import DTDForbidden
    from defusedxml.ElementTree import DefusedXMLParser

    def refuse(element: str, *_declared: Any) -> None:
        raise DTDForbidden(element, None, None)

    parser = DefusedXMLParser(target=builder)
    parser.parser.AttlistDeclHandler = refuse
    return parser


def _elements(path: Path) -> Iterator[tuple[Element, str | None]]:
    """Each activity, and what coop itself adds to a file, with the language that the root element says."""
    from defusedxml.common import DefusedXmlException

    builder = _Builder(path)
    parser = builder.parser = _parser(builder)
    size = 0
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                parser.feed(piece)
                root = builder.root
                if root is not None and root.tag != "iati-activities":
                    break
                for element in builder.ended:
                    if root is not None and element.tag in {"iati-activity", own("catalogue")}:
                        yield element, language(root, "") or None
                size = 0 if builder.ended else size + len(piece)
                builder.ended.clear()
                if size > MAX_BYTES:
                    raise CatalogueError(
                        _("{path}: an activity may have at most {size} MiB.").format(path=path, size=MAX_BYTES >> 20)
                    )
            else:
                parser.close()
    except DefusedXmlException:
        raise CatalogueError(
            _(
                "{path}: this XML declares entities or attributes, and coop does not read those: "
                "they can hide other files, or grow without end."
            ).format(path=path)
        ) from None
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(": line ")[0]
        raise CatalogueError(
            _("{path}:{line}: this is not XML: {reason} (column {column}).").format(
                path=path, line=line, reason=reason, column=column + 1
            )
        ) from None
    except (LookupError, ValueError) as error:
        raise CatalogueError(_("{path}: this is not XML: {reason}.").format(path=path, reason=error)) from None
    if builder.root is None or builder.root.tag != "iati-activities":
        raise CatalogueError(
            _("{path}: the root element is {root}; a catalogue in XML is an IATI file of iati-activities.").format(
                path=path, root="?" if builder.root is None else builder.root.tag
            )
        )
