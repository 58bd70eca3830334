"""GeoJSON (RFC 7946): a feature for each project, with a point for each of its places whose coordinates are known."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from coopcli.fields import Context, Record


def write(projects: Iterable[Record], context: Context) -> Iterator[str]:
    """A FeatureCollection, a line a feature; positions are longitude, latitude in degrees, WGS 84 (RFC 7946, 3.1.1)."""
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for project in projects:
        feature = {
            "type": "Feature",
            "id": project["id"],
            "geometry": _geometry(project),
            "properties": context.members(project),
        }
        yield separator + json.dumps(feature, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _geometry(project: Record) -> dict[str, Any] | None:
    """The places as one geometry; null where none has coordinates, as for a feature that is nowhere (RFC 7946, 3.2)."""
    positions = [[place["lon"], place["lat"]] for place in project.get("places", ()) if "lat" in place]
    if not positions:
        return None
    if len(positions) == 1:
        return {"type": "Point", "coordinates": positions[0]}
    return {"type": "MultiPoint", "coordinates": positions}
