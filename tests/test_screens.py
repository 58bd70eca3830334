"""What a person sees, whole screens of it, on real terminals; and what a terminal is never sent."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import DATA, coop, on_terminal, without_projects

Golden = Callable[[str, str], None]
DAY = "--on", "2026-11-22"


@pytest.mark.parametrize("columns", [40, 80, 100, 120, 160])
def test_list_fits_the_terminal(columns: int, golden: Golden) -> None:
    screen = on_terminal("list", *DAY, columns=columns)
    golden(f"list-{columns}.txt", screen.text)
    assert max(map(len, screen.text.splitlines())) <= columns


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("show", ["show", "mentor"]),
        ("show-two", ["show", "epic", "aprire"]),
        ("themes", ["themes"]),
        ("stats-theme", ["stats", "theme"]),
        ("stats-country", ["stats", "country"]),
        ("stats-year", ["stats", "year", *DAY]),
        ("stats-sdg", ["stats", "sdg"]),
        ("about", ["about"]),
        ("search", ["search", "acqua", *DAY]),
        ("fields", ["list", "-t", "turismo", "--fields", "id,acronym,countries,budget_amount"]),
        ("nothing", ["list", "--year", "1999"]),
    ],
)
def test_each_screen_at_80_columns(name: str, arguments: list[str], golden: Golden) -> None:
    golden(f"{name}.txt", on_terminal(*arguments).text)


def test_check_is_a_table_of_what_was_found_and_what_is_allowed(tmp_path: Path, golden: Golden) -> None:
    path = tmp_path / "catalogue.json"
    text = DATA.read_text(encoding="utf-8")
    path.write_text(text.replace('"https://mentor2.org/"', '"www.mentor2.org"').replace('"BITE"', '""', 1))
    golden("check.txt", on_terminal("check", path, columns=100).text.split("\n", 1)[1])


def test_show_is_a_card_that_uses_the_width_up_to_a_hundred_columns(golden: Golden) -> None:
    golden("show-160.txt", on_terminal("show", "mentor", columns=160).text)


def test_colours_and_links_are_the_same_at_every_run(golden: Golden) -> None:
    golden("show-colour.ansi", on_terminal("show", "epic").raw.replace("\r\n", "\n"))


def test_a_terminal_may_be_told_to_have_no_colours_and_a_pipe_to_have_them() -> None:
    assert "\x1b" not in on_terminal("show", "epic", env={"NO_COLOR": "1"}).raw
    assert "\x1b" not in on_terminal("--color", "never", "show", "epic").raw
    assert "\x1b" not in on_terminal("list", env={"TERM": "dumb"}).raw
    assert "\x1b]8;;https://" in coop("--color", "always", "show", "epic", "-f", "card").out
    assert "\x1b" not in coop("show", "epic", "-f", "card").out


def test_hints_go_to_a_terminal_alone() -> None:
    hint = "23 projects. To read one: coop show, with a part of its title."
    assert hint in on_terminal("list").text
    assert "To read one" not in on_terminal("list", "-f", "card", "-c", "AL").text
    assert coop("list", "-f", "table").err == ""


def test_a_card_tells_what_no_source_states_from_what_sources_state_in_part(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    project = {
        "id": "p",
        "title": "P",
        "countries": ["MZ"],
        "start": "2020",
        "end": "2020",
        "sdgs": [6],
        "sources": [{"url": "https://example.org/p", "supports": ["countries"]}],
        "inferred": ["countries", "sdgs"],
    }
    path.write_text(json.dumps({**without_projects(), "projects": [project]}), encoding="utf-8")
    lines = on_terminal("--catalogue", path, "show", "p").text.splitlines()
    assert [line.strip() for line in lines if "*" in line or "2020" in line] == [
        "Where (*)      Mozambique",
        "When           2020 (ended)",
        "Goals (SDG) *   6  Clean water and sanitation",
        "* No source states this: it is inferred.",
        "(*) Sources state a part of this; the rest is inferred.",
    ]


def test_counts_tell_what_they_do_not_add_up_to(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    projects = [{"id": "a", "title": "A", "countries": ["MZ", "SN"]}, {"id": "b", "title": "B"}]
    path.write_text(json.dumps({**without_projects(), "projects": projects}), encoding="utf-8")
    text = on_terminal("--catalogue", path, "stats", "country", columns=120).text
    assert text.endswith(
        "\nA project with several values counts in each, with its whole budget."
        "\nApproximate budgets count like the others."
        "\nWithout any value: 1 project.\n"
    )
