"""The words of an index that nobody can type: each stands for a theme, a country or a goal."""

KEY = "§"
"""How such a word begins, as no other does."""


def key(value: object) -> str:
    """The word for the id of a theme, the code of a country or the number of a goal."""
    return f"{KEY}{value}".replace("-", "_")
