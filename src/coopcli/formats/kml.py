"""KML 2.2 (OGC 07-147r2): a placemark for each project, for Google Earth, uMap and other maps."""

from collections.abc import Iterable, Iterator
from html import escape

from coopcli.fields import Context, Record, cell
from coopcli.text import for_xml


def write(projects: Iterable[Record], context: Context) -> Iterator[str]:
    """A document with a placemark a line; one without a geometry is a project whose coordinates are not known."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:atom="http://www.w3.org/2005/Atom"><Document>\n'
    yield _element("name", context.text(context.header["title"]))
    yield _element("atom:author", context.header["publisher"]["name"], "atom:name") + "\n"
    for project in projects:
        yield f"<Placemark>{''.join(_inside(project, context))}</Placemark>\n"
    yield "</Document></kml>\n"


def _inside(project: Record, context: Context) -> Iterator[str]:
    """The members of a placemark, in the order that the schema asks for."""
    yield _element("name", project["title"])
    page = project.get("url") or project.get("website")
    if page:
        yield f'<atom:link href="{_text(page)}"/>'
    # A description is HTML within XML: the text is escaped for the one, the whole for the other.
    said = [f"<p>{escape(text)}</p>" for text in [context.text(project.get("summary"))] if text]
    said += [f'<p><a href="{escape(page)}">{escape(page)}</a></p>'] if page else []
    if said:
        yield _element("description", "".join(said))
    yield "<ExtendedData>"
    for field in context.fields:
        value = cell(field.value(project, context))
        if value != "":
            yield f'<Data name="{field.name}">{_element("value", str(value))}</Data>'
    yield "</ExtendedData>"
    points = [
        f"<Point><coordinates>{place['lon']},{place['lat']}</coordinates></Point>"
        for place in project.get("places", ())
        if "lat" in place
    ]
    yield points[0] if len(points) == 1 else f"<MultiGeometry>{''.join(points)}</MultiGeometry>" if points else ""


def _element(name: str, text: str | None, *inner: str) -> str:
    names = (name, *inner)
    return "".join(f"<{n}>" for n in names) + _text(text or "") + "".join(f"</{n}>" for n in reversed(names))


def _text(text: str) -> str:
    # A reader of XML makes a bare carriage return a line feed (XML 1.0, 2.11).
    return escape(for_xml(text)).replace("\r", "&#13;")
