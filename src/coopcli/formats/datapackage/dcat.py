"""DCAT-AP_IT, the Italian profile of DCAT for open-data portals (AgID, 2025), in Turtle."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from coopcli.fields import Context

_PREFIXES = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcatapit: <http://dati.gov.it/onto/dcatapit#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_EU = "http://publications.europa.eu/resource/authority"


def describe(name: str, context: Context, number: int, resources: Iterable[Mapping[str, Any]]) -> str:
    """The catalogue as one dataset, with a distribution for each file; `number` is how many projects it has.

    Addresses are relative to the place where this file is published, as only that will tell them. What the profile asks
    for and the catalogue does not say (an identifier of the publisher, a day, a licence) is left out, and
    a comment names it.
    """
    header = context.header
    publisher, licence, source = header["publisher"], header.get("licence"), header.get("source")
    title = [f"{_text(text)}@{code}" for code, text in header["title"].items()]
    about = [
        "dct:title " + ", ".join(title),
        "dct:description " + ", ".join(_descriptions(header, number)),
        "dct:publisher <#publisher>",
    ]
    day = source["as_of"] if source and len(source["as_of"]) == len("2021-07-15") else None
    if day:
        about.append(f'dct:modified "{day}"^^xsd:date')
    asked_for = (
        ("dct:modified", "a source with the day of as_of", day),
        ("dct:license", "a licence", licence),
        ("dct:identifier of the publisher", "its org_id", publisher.get("org_id")),
    )
    lacking = [
        f"# DCAT-AP_IT asks for {asked}: the catalogue lacks {what}.\n" for asked, what, value in asked_for if not value
    ]
    files = list(resources)
    blocks = [
        (
            "<#catalogue>",
            [
                "a dcat:Catalog, dcatapit:Catalog",
                *about,
                f"dcat:themeTaxonomy <{_EU}/data-theme>",
                "dcat:dataset <#dataset>",
            ],
        ),
        (
            "<#publisher>",
            [
                "a foaf:Agent, dcatapit:Agent",
                f"foaf:name {_text(publisher['name'])}",
                *([f"dct:identifier {_text(publisher['org_id'])}"] if "org_id" in publisher else []),
                *([f"foaf:homepage {_iri(publisher['url'])}"] if "url" in publisher else []),
            ],
        ),
        (
            "<#dataset>",
            [
                "a dcat:Dataset, dcatapit:Dataset",
                f"dct:identifier {_text(name)}",
                *about,
                "dct:rightsHolder <#publisher>",
                f"dcat:theme <{_EU}/data-theme/INTR>",
                f"dct:accrualPeriodicity <{_EU}/frequency/UNKNOWN>",
                *([f"dct:source {_iri(source['url'])}"] if source else []),
                "dcat:distribution " + ", ".join(f"<#{file['path']}>" for file in files),
            ],
        ),
    ]
    blocks += [
        (
            f"<#{file['path']}>",
            [
                "a dcat:Distribution, dcatapit:Distribution",
                f"dct:title {_text(file['path'])}",
                f"dct:description {_text(file['description'])}",
                f"dct:format <{_EU}/file-type/{file['format'].upper()}>",
                f"dcat:accessURL <{file['path']}>",
                f"dcat:downloadURL <{file['path']}>",
                f"dcat:byteSize {file['bytes']}",
                *([f"dct:license {_iri(licence['url'])}"] if licence else []),
            ],
        )
        for file in files
    ]
    if licence:
        names = [f"foaf:name {_text(licence['title'])}", f"dct:identifier {_text(licence['id'])}"]
        blocks.append((_iri(licence["url"]), ["a dct:LicenseDocument, dcatapit:LicenseDocument", *names]))
    between = " ;\n    "
    return (
        _PREFIXES
        + "".join(lacking)
        + "".join(f"\n{subject}\n    {between.join(facts)} .\n" for subject, facts in blocks)
    )


def _descriptions(header: Mapping[str, Any], number: int) -> Iterable[str]:
    """What the dataset holds, counted; the profile asks for a description and a catalogue has none."""
    figures = {
        "number": number,
        "themes": len(header.get("themes", ())),
        "organisations": len(header.get("organisations", ())),
        "publisher": header["publisher"]["name"],
    }
    # Both languages at once, whatever the reader's: a portal shows the one that it needs.
    italian = "Progetti: {number}; temi: {themes}; organizzazioni: {organisations}. Pubblicato da: {publisher}."
    english = "Projects: {number}; themes: {themes}; organisations: {organisations}. Published by: {publisher}."
    return (f"{_text(italian.format(**figures))}@it", f"{_text(english.format(**figures))}@en")


def _text(text: str) -> str:
    """A string of Turtle; what JSON escapes, Turtle escapes alike."""
    return json.dumps(text, ensure_ascii=False)


def _iri(url: str) -> str:
    """An address; the characters that no IRI may hold are percent-encoded."""
    encoded = re.sub(r"[{}|\\^`]", lambda match: f"%{ord(match[0]):02X}", url)
    return f"<{encoded}>"
