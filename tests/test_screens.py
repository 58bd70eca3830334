"""What a person sees, whole screens of it, on real terminals; and what a terminal is never sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import DATA, coop, on_terminal

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
