"""The commands as scripts see them."""

import json

from helpers import DATA, coop, coop_inside, on_terminal


def test_list_of_a_theme_is_the_same_in_a_pipe_and_as_json() -> None:
    as_text = coop("list", "--theme", "migrazioni")
    as_json = coop("list", "-t", "migrazioni", "-f", "json")
    assert (as_text.code, as_json.code, as_text.err, as_json.err) == (0, 0, "", "")
    ids = [line.split("\t")[0] for line in as_text.out.splitlines()]
    assert ids == [project["id"] for project in json.loads(as_json.out)]
    written = json.loads(DATA.read_text(encoding="utf-8"))["projects"]
    assert ids == [project["id"] for project in written if "migrazioni-e-sviluppo" in project.get("themes", [])]


def test_running_inside_is_running_in_a_process() -> None:
    assert coop_inside("themes") == coop("themes")
    assert coop_inside("show", "nothing-like-it") == coop("show", "nothing-like-it")


def test_a_terminal_sees_a_table() -> None:
    assert "MENTOR" in on_terminal("list").text
