"""What a package carries, and that its papers agree."""

from pathlib import Path

import pytest

import coopcli
from coopcli.bundled import bundled_catalogue

ROOT = Path(__file__).parent.parent


def test_a_checkout_reads_the_catalogue_that_people_edit() -> None:
    assert bundled_catalogue() == ROOT / "data" / "projects.json"


def test_an_installed_package_reads_its_own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "coopcli"
    copy = package / "data" / "projects.json"
    copy.parent.mkdir(parents=True)
    copy.write_text("{}")
    monkeypatch.setattr("coopcli.bundled.__file__", str(package / "bundled.py"))
    assert bundled_catalogue() == copy


def test_the_papers_name_this_version() -> None:
    assert f'\nsoftwareVersion: "{coopcli.__version__}"\n' in (ROOT / "publiccode.yml").read_text(encoding="utf-8")
    assert f"\n## [{coopcli.__version__}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
