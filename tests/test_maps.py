"""GeoJSON and KML as other people's readers and validators see them."""

import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from fastkml import KML, Document, Placemark
from fastkml.validator import validate
from hypothesis import given
from jsonschema import Draft202012Validator

from coopcli.fields import PROJECT, Record
from helpers import coop_inside, exported, milan, without_projects
from strategies import catalogues

POSITION = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "minItems": 2,
    "items": False,
}
# RFC 7946, as narrow as what coop writes: points only, no `crs`, every member where it belongs and no other.
GEOJSON = Draft202012Validator(
    {
        "type": "object",
        "required": ["type", "features"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["type", "id", "geometry", "properties"],
                    "additionalProperties": False,
                    "properties": {
                        "type": {"const": "Feature"},
                        "id": {"type": "string"},
                        "properties": {"type": "object", "required": list(PROJECT.sheet)},
                        "geometry": {
                            "oneOf": [
                                {"type": "null"},
                                {
                                    "type": "object",
                                    "required": ["type", "coordinates"],
                                    "additionalProperties": False,
                                    "properties": {"type": {"const": "Point"}, "coordinates": POSITION},
                                },
                                {
                                    "type": "object",
                                    "required": ["type", "coordinates"],
                                    "additionalProperties": False,
                                    "properties": {
                                        "type": {"const": "MultiPoint"},
                                        "coordinates": {"type": "array", "items": POSITION, "minItems": 2},
                                    },
                                },
                            ]
                        },
                    },
                },
            },
        },
    }
)


def geojson(catalogue: Record) -> list[dict[str, Any]]:
    document = json.loads(exported(catalogue, "geojson", "map.geojson"))
    GEOJSON.validate(document)
    features: list[dict[str, Any]] = document["features"]
    return features


def placemarks(catalogue: Record) -> list[Placemark]:
    text = exported(catalogue, "kml", "map.kml")
    with NamedTemporaryFile(suffix=".kml") as file:
        file.write(text)
        file.flush()
        assert validate(file_to_validate=Path(file.name))
        (document,) = KML.parse(file.name, strict=True).features
    assert isinstance(document, Document)
    found = document.features
    assert all(isinstance(item, Placemark) for item in found)
    return [item for item in found if isinstance(item, Placemark)]


def points(project: Record) -> list[tuple[float, float]]:
    """Longitude and latitude, as both formats want them."""
    return [(place["lon"], place["lat"]) for place in project.get("places", []) if "lat" in place]


def test_geojson_of_one_project() -> None:
    (feature,) = geojson(milan("dakar-reve"))
    assert feature["geometry"] == {
        "type": "MultiPoint",
        "coordinates": [[-17.44, 14.69], [-17.27, 14.72], [-17.39, 14.75], [-17.39, 14.77]],
    }
    properties = feature["properties"]
    assert (properties["title"], properties["end"]) == ("DAKAR REVE - Dakar Régénération Verte", "2024-06-30")
    assert properties["country_names_it"] == ["Senegal"]


def test_geojson_with_chosen_properties() -> None:
    done = coop_inside("export", "geojson", "--country", "TN", "--limit", "1", "--fields", "title,start")
    ((feature),) = json.loads(done.out)["features"]
    assert list(feature["properties"]) == ["title", "start"]


@pytest.mark.parametrize("catalogue", [without_projects(), milan("epic"), milan()])
def test_both_maps_show_every_project_where_it_is(catalogue: Record) -> None:
    features, marks = geojson(catalogue), placemarks(catalogue)
    assert [feature["id"] for feature in features] == [project["id"] for project in catalogue["projects"]]
    assert [mark.name for mark in marks] == [project["title"] for project in catalogue["projects"]]
    for project, feature, mark in zip(catalogue["projects"], features, marks, strict=True):
        assert on_geojson(feature) == on_kml(mark) == points(project)


def on_geojson(feature: dict[str, Any]) -> list[tuple[float, float]]:
    geometry = feature["geometry"]
    if geometry is None:
        return []
    several = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
    return [tuple(position) for position in several]


def on_kml(mark: Placemark) -> list[tuple[float, float]]:
    geometry = mark.geometry
    if geometry is None:
        return []
    return [(point.x, point.y) for point in getattr(geometry, "geoms", [geometry])]


@given(catalogue=catalogues())
def test_any_catalogue_is_valid_geojson(catalogue: Record) -> None:
    features = geojson(catalogue)
    assert [on_geojson(feature) for feature in features] == [points(project) for project in catalogue["projects"]]
    assert [feature["properties"]["title"] for feature in features] == [row["title"] for row in catalogue["projects"]]


@given(catalogue=catalogues())
def test_any_catalogue_is_valid_kml(catalogue: Record) -> None:
    assert [on_kml(mark) for mark in placemarks(catalogue)] == [points(project) for project in catalogue["projects"]]


def test_a_text_of_a_catalogue_is_no_markup_on_a_map() -> None:
    catalogue = milan("epic")
    catalogue["projects"][0] |= {"title": "a < b & \x00", "summary": {"en": "<img src=x onerror=alert(1)> \ufffe"}}
    (mark,) = placemarks(catalogue)
    assert mark.name == "a < b & �"
    assert mark.description is not None
    assert mark.description.startswith("<p>&lt;img src=x onerror=alert(1)&gt; �</p><p><a href=")
