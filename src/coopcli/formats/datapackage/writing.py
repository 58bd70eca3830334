"""Write a data package: the tables, the catalogue, and what describes them."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

from coopcli import words
from coopcli.fields import Context, Record
from coopcli.formats import json as json_format
from coopcli.formats.datapackage.dcat import describe
from coopcli.formats.datapackage.tables import (
    DATE,
    DESCRIPTOR,
    HEADER,
    LANGUAGES,
    LISTS,
    PARTS,
    PROJECTS,
    TABLES,
    Column,
    Table,
    to_cell,
    value_at,
)
from coopcli.language import _
from coopcli.text import fold

_TYPES = {"number": "number", "boolean": "boolean"}
_CHUNK = 1 << 16

Part = tuple[str, bytes]


def write_catalogue(projects: Iterable[Record], context: Context) -> Iterator[Part]:
    """The files of the bundle, each as one or more pairs of its name and some bytes, one file after the other.

    The projects are kept in a temporary file meanwhile, as each table needs them once more.
    """
    header = {name: value for name, value in context.header.items() if name not in TABLES}
    described: dict[str, dict[str, Any]] = {}
    with TemporaryFile("w+", encoding="utf-8") as spool:
        kept = _Kept(spool)
        yield from _measured("projects.json", json_format.write_catalogue(kept.keep(projects), context), described)
        yield from _measured(HEADER, [_json(header).decode()], described)
        for table in (PROJECTS, *PARTS):
            yield from _measured(f"{table.name}.csv", _csv(table, kept, kept.languages), described)
    for table in LISTS:
        records = context.header.get(table.name, ())
        yield from _measured(f"{table.name}.csv", _csv(table, records, _languages(table, records)), described)
    resources = [_resource(name, described[f"{name}.csv"]) for name in TABLES]
    whole = {"name": "catalogue", "path": "projects.json", "description": _("the whole catalogue, for programs")}
    resources.append({**whole, **_FORMATS["json"], **described["projects.json"]})
    for resource in resources:
        resource.pop("columns", None)
    name = _slug(words.text(context.header["title"], context.header["language"]) or "")
    # Not a resource, as portals have no use for it; its hash tells whether it was edited.
    package = {**_package(name, context, resources), "header": {"path": HEADER, **described[HEADER]}}
    yield DESCRIPTOR, _json(package)
    yield "dcat.ttl", describe(name, context, kept.number, resources).encode()


class _Kept:
    """Projects as they go by, kept in a file to be gone through again, and the languages that their texts are in."""

    def __init__(self, spool: Any) -> None:
        self._spool = spool
        self.number = 0
        self.languages: list[str] = list(LANGUAGES)

    def keep(self, projects: Iterable[Record]) -> Iterator[Record]:
        for project in projects:
            self._spool.write(json.dumps(project, ensure_ascii=False) + "\n")
            self.number += 1
            self.languages += sorted(set(_languages(PROJECTS, [project])) - set(self.languages))
            yield project

    def __iter__(self) -> Iterator[Record]:
        self._spool.seek(0)
        return map(json.loads, self._spool)


def _languages(table: Table, records: Iterable[Record]) -> list[str]:
    """The languages of the texts of a table, Italian and English first."""
    paths = [column.path for column in table.columns if column.type == "text"]
    codes = {code for record in records for path in paths for code in record.get(path) or ()}
    return [*LANGUAGES, *sorted(codes - set(LANGUAGES))]


def _csv(table: Table, records: Iterable[Record], languages: Iterable[str]) -> Iterator[str]:
    columns = table.expanded(languages)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in columns])
    for row in table.rows(records):
        writer.writerow([to_cell(value_at(row, column.path)) for column in columns])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _measured(name: str, chunks: Iterable[str], described: dict[str, dict[str, Any]]) -> Iterator[Part]:
    """The chunks as they are; when the last has gone by, the size and the hash of them all are in `described`."""
    digest, size, head = sha256(), 0, b""
    for chunk in chunks:
        data = chunk.encode("utf-8")
        digest.update(data)
        size += len(data)
        head = head or data
        yield name, data
    described[name] = {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}
    if name.endswith(".csv"):
        described[name]["columns"] = head.split(b"\r\n", 1)[0].decode().split(",")


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


_FORMATS: Mapping[str, Mapping[str, str]] = {
    "csv": {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"},
    "json": {"format": "json", "mediatype": "application/json", "encoding": "utf-8"},
}


def _package(name: str, context: Context, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The descriptor; what the catalogue does not say is left out."""
    header = context.header
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": words.text(header["title"], header["language"]),
    }
    publisher, licence, source = header["publisher"], header.get("licence"), header.get("source")
    package["contributors"] = [
        {"title": publisher["name"], "roles": ["publisher"]}
        | ({"path": publisher["url"]} if "url" in publisher else {})
    ]
    if licence:
        package["licenses"] = [{"name": licence["id"], "title": licence["title"], "path": licence["url"]}]
    if source:
        package["sources"] = [{"title": source["title"], "path": source["url"]}]
    return {**package, "resources": resources}


def _resource(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    table = TABLES[name]
    columns = [column for column in map(table.column, described["columns"]) if column]
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column) for column in columns],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    keys = [
        {"fields": [column.name], "reference": {"resource": column.refers, "fields": ["id"]}}
        for column in columns
        if column.refers
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "description": table.help,
        **_FORMATS["csv"],
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        **described,
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.type == "date":
        constraints["pattern"] = DATE
    if column.one_of:
        constraints["enum"] = list(column.one_of)
    if column.within:
        constraints["minimum"], constraints["maximum"] = column.within
    field = {"name": column.name, "type": _TYPES.get(column.type, "string"), "description": column.help}
    return {**field, "constraints": constraints} if constraints else field


def _slug(title: str) -> str:
    """A name for the package: lower-case letters, digits and hyphens."""
    return "-".join(re.findall("[a-z0-9]+", fold(title))) or "catalogue"
