"""What one format writes, coop reads again, and nothing is lost."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from coopcli.fields import Record
from coopcli.formats import FORMATS
from coopcli.loading import Catalogue
from helpers import DATA, coop_inside
from strategies import catalogues

# IATI carries what it has a place for; test_iati.py says what that is.
readable = pytest.mark.parametrize("name", [row.name for row in FORMATS.values() if row.reads and row.name != "iati"])


def sound(path: Path) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    catalogue = Catalogue(path)
    projects = [dict(record) for record in catalogue.projects()]
    assert catalogue.faults == []
    return catalogue.header, projects


@readable
def test_milans_catalogue_comes_back_whole(name: str, tmp_path: Path) -> None:
    written = tmp_path / f"catalogue.{name}"
    assert coop_inside("export", name, "-o", written).code == 0
    assert sound(written) == sound(DATA)
    assert coop_inside("--catalogue", written, "list").out == coop_inside("list").out


@readable
@given(catalogue=catalogues())
def test_any_catalogue_comes_back_whole(name: str, catalogue: Record) -> None:
    with TemporaryDirectory() as folder:
        original, written = Path(folder) / "original.json", Path(folder) / f"written.{name}"
        original.write_text(json.dumps(catalogue), encoding="utf-8")
        done = coop_inside("--catalogue", original, "export", name, "-o", written)
        assert (done.code, done.err) == ((0, "") if catalogue["projects"] else (1, "Nothing matched.\n"))
        assert sound(written) == sound(original)
