"""One analysis of text, for the index, for queries and for highlighting alike.

The index knows plain words: without accents and case, as `words` cuts them. Which words mean the same is told by
`stems`: two words meet where they share a stem. Stems are worked out once for each word of a catalogue, not once for
each time that it stands there, and a query asks for all words that meet its own. So phrases and beginnings of words
stay exact, and a misspelt word is compared with real ones.

Snowball's stems alone do not tell porto (port) from porta (door), and miss acqua, acque. Therefore an Italian word also
stands for its singulars, and Snowball's Italian stem counts only where it takes off more than the last vowels.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from coopcli.text import fold, plain
from coopcli.vocabulary.families import FAMILIES
from coopcli.vocabulary.spellings import SPELLINGS

# A word in text that is not folded, where an accent may follow its letter.
_WRITTEN_WORD = re.compile(r"\w[\w\u0300-\u036f]*")

FAMILY = "#"
"""How the stem of a family begins, as no other does."""
# Roots of two nouns, one in -o with a plural in -i, one in -a with a plural in -e. Any other word in -i may be the
# plural of one in -e as well.
_TWO_NOUNS = frozenset(
    "banc bust camp cas coll colp cors cost fogli libr lott manic mod mostr pal past pian piant port post punt regol "
    "test tratt vel".split()
)
# Of an Italian word, its last letter; an ending, and that of the singular or masculine it may be a form of.
_ENDINGS = {
    "i": (("i", "o"), ("i", "io"), ("hi", "o"), ("isti", "ista"), ("emi", "ema"), ("ammi", "amma"), ("trici", "tore")),
    "e": (("e", "a"), ("he", "a"), ("ce", "cia"), ("ge", "gia"), ("trice", "tore")),
}
# The same of a word of six letters or more: Ghana has no masculine.
_FEMININES = {
    last: tuple((root + last, root + "o") for root in ("an", "ari", "at", "ic", "ier", "in", "iv", "os"))
    for last in "ae"
}
_FEMININES["e"] += (("iche", "ico"),)
_SHORTEST_ROOT, _SHORTEST_FEMININE, _SHORTEST_STEM = 3, 6, 5
_RUN_TOGETHER = frozenset(("gener", "intern", "labor", "organ", "univers"))
"""Stems in which Snowball runs different words together: international and intern, laboratorio and labour."""


def words(text: str) -> list[str]:
    """The words of a text as the index knows them."""
    return plain(text).split()


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> frozenset[str]:
    """What a word of the index has in common with other forms of it; two words meet where they share one."""
    if any(map(str.isdigit, word)):
        return frozenset((word,))
    found = {word, *_singulars(word), *_snowball(word)}
    families = _families()
    return frozenset(found.union(*(families[stem] for stem in found if stem in families)))


def _singulars(word: str) -> Iterator[str]:
    """The words of which an Italian word may be the plural or the feminine."""
    if len(word) <= _SHORTEST_ROOT:
        return
    last = word[-1]
    forms = _ENDINGS.get(last, ()) + (_FEMININES.get(last, ()) if len(word) >= _SHORTEST_FEMININE else ())
    for ending, singular in forms:
        if word.endswith(ending):
            yield word.removesuffix(ending) + singular
    if last == "i" and word[:-1] not in _TWO_NOUNS:
        yield word[:-1] + "e"


def _snowball(word: str) -> Iterator[str]:
    english, italian = _stemmers()
    stem = english.stemWord(word)
    yield stem if stem not in _RUN_TOGETHER else word.removesuffix("s")
    stem = italian.stemWord(word)
    # Without its suffix comunità would be comune, and what is left of many a short word is another one.
    whole = word.endswith("ita") or stem in _RUN_TOGETHER
    if _SHORTEST_STEM <= len(stem) < len(word.rstrip("aeiou")) and not whole:
        yield stem


@cache
def _stemmers() -> tuple[Any, Any]:
    import Stemmer

    # Without its cache, which costs ten times what it saves: each word comes once.
    return Stemmer.Stemmer("english", 0), Stemmer.Stemmer("italian", 0)


@cache
def _families() -> dict[str, set[str]]:
    """Stem -> what marks the families that it belongs to."""
    families: dict[str, set[str]] = {}
    rows: list[Iterable[str]] = [row.split() for row in FAMILIES]
    rows += ([name[0] for name in map(words, row) if len(name) == 1] for row in SPELLINGS)
    for number, row in enumerate(rows):
        for word in row:
            for stem in {word, *_snowball(word)}:
                families.setdefault(stem, set()).add(f"{FAMILY}{number}")
    return families


class Marks(NamedTuple):
    """The words to highlight: those of the index, each with the word asked for that it answers; and beginnings."""

    words: Mapping[str, str]
    beginnings: tuple[str, ...] = ()

    def ranges(self, text: str) -> list[tuple[int, int]]:
        """Where they stand in a text, as written: start and end of each, in characters."""
        return [match.span() for match in _WRITTEN_WORD.finditer(text) if self._answered(match[0])]

    def answered(self, text: str) -> set[str]:
        """What of all that is asked for stands in a text."""
        answered = {self._answered(written) for written in _WRITTEN_WORD.findall(text)}
        return {asked for asked in answered if asked}

    def likeness(self, name: str) -> tuple[int, int]:
        """How much of what is asked for stands in a name, and how much of that as it was typed."""
        return len(self.answered(name)), len({*words(name)}.intersection(self.words.values()))

    def _answered(self, written: str) -> str | None:
        word = fold(written)
        return self.words.get(word) or next((start for start in self.beginnings if word.startswith(start)), None)
