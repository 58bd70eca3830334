"""`coop init`: the catalogue that another city starts from."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from coopcli import models
from coopcli.language import LANGUAGES
from helpers import coop, coop_inside

STARTERS = Path(models.__file__).parent / "starter"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_starter_is_sound_and_is_read(language: str, tmp_path: Path) -> None:
    done = coop("--lang", language, "init", "ours.toml", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert "coop check ours.toml" in done.err
    assert (tmp_path / "ours.toml").read_bytes() == (STARTERS / f"{language}.toml").read_bytes()
    assert coop_inside("check", tmp_path / "ours.toml").code == 0
    listed = coop_inside("--catalogue", tmp_path / "ours.toml", "list", "--format", "json")
    assert [project["role"] for project in json.loads(listed.out)] == ["lead", "partner"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_starter_has_in_comments_is_sound_too(language: str, tmp_path: Path) -> None:
    text = (STARTERS / f"{language}.toml").read_text(encoding="utf-8")
    opened = re.sub(r"(?m)^# (?=\w+ = |\[)", "", text)
    assert opened.count("\n#") < text.count("\n#") - 10
    (tmp_path / "opened.toml").write_text(opened, encoding="utf-8")
    assert coop_inside("check", tmp_path / "opened.toml").code == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_starter_shows_every_field(language: str) -> None:
    text = (STARTERS / f"{language}.toml").read_text(encoding="utf-8")
    kinds = [kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    fields = {name for kind in kinds for name in kind.model_fields}
    assert {name for name in fields if not re.search(rf"(?m)^[^#]*\b{name}(\]| =)|^# \[*{name}(\]| =)", text)} == set()


def test_a_file_that_is_there_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("ours")
    done = coop("init", "ours.toml", cwd=tmp_path)
    assert (done.code, done.err) == (4, "coop: ours.toml is there already and was left as it is.\n")
    assert (tmp_path / "ours.toml").read_text() == "ours"


def test_a_starter_has_comments_and_so_is_toml(tmp_path: Path) -> None:
    done = coop("init", "ours.json", cwd=tmp_path)
    assert done.code == 2
    assert done.err == "coop: ours.json: a catalogue with comments is TOML; choose a name that ends in .toml.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = coop("init", "none/ours.toml", cwd=tmp_path)
    assert (done.code, done.err) == (4, "coop: none/ours.toml cannot be written: No such file or directory.\n")
