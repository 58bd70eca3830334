"""How people write things."""

import pytest

from coopcli import words


@pytest.mark.parametrize(
    ("value", "italian", "english"),
    [
        ("2020", "2020", "2020"),
        ("2020-12", "dicembre 2020", "December 2020"),
        ("2020-12-05", "5 dicembre 2020", "5 December 2020"),
    ],
)
def test_a_date_is_said_as_precisely_as_it_is_known(value: str, italian: str, english: str) -> None:
    assert (words.day(value, "it"), words.day(value, "en")) == (italian, english)
