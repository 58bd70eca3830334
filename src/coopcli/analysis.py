"""One analysis of text, for the index, for queries and for highlighting alike.

The index knows plain words: without accents and case, as `words` cuts them. Which words mean the same is told by
`stems`: two words meet where they share a stem. Stems are worked out once for each word of a catalogue, not once for
each time that it stands there, and a query asks for all words that meet its own. So phrases and beginnings of words
stay exact, and a misspelt word is compared with real ones.

Snowball's stems alone do not tell porto (port) from porta (door), and miss acqua, acque. Therefore an Italian word also
stands for its singulars, and Snowball's Italian stem counts only where it takes off more than the last vowels.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

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
    own = _own_stems(word)
    families = _families(word[:1])
    known = own & families.keys()
    return own.union(*map(families.__getitem__, known)) if known else own


def related(word: str, other: str) -> bool:
    """Whether two words that meet do so by their family alone."""
    return _own_stems(word).isdisjoint(_own_stems(other))


@lru_cache(maxsize=1 << 16)
def _own_stems(word: str) -> frozenset[str]:
    if not word.isalpha() and any(map(str.isdigit, word)):
        return frozenset((word,))
    return frozenset((word, *_singulars(word), *_snowball(word)))


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


def _snowball(word: str) -> tuple[str, ...]:
    in_english, in_italian = _stemmers()
    english, italian = in_english(word), in_italian(word)
    if english in _RUN_TOGETHER:
        english = word.removesuffix("s")
    # Without its suffix comunità would be comune, and what is left of many a short word is another one.
    whole = word.endswith("ita") or italian in _RUN_TOGETHER
    shortened = _SHORTEST_STEM <= len(italian) < len(word.rstrip("aeiou"))
    return (english, italian) if shortened and not whole else (english,)


@cache
def _stemmers() -> Sequence[Callable[[str], str]]:
    import Stemmer

    # Without its cache, which costs ten times what it saves: each word comes once.
    return [Stemmer.Stemmer(language, 0).stemWord for language in ("english", "italian")]


@cache
def _families(initial: str) -> Mapping[str, set[str]]:
    """Stem -> what marks the families that it belongs to, of the stems with this initial: no stemmer changes it."""
    families: dict[str, set[str]] = {}
    for number, name in _members().get(initial, ()):
        word = plain(name)
        if " " not in word:
            for stem in {word, *_snowball(word)}:
                families.setdefault(stem, set()).add(f"{FAMILY}{number}")
    return families


@cache
def _members() -> Mapping[str, Sequence[tuple[int, str]]]:
    """Initial -> the names with it, each with the number of its family."""
    members: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, row in enumerate(chain(map(str.split, FAMILIES), SPELLINGS)):
        for name in row:
            members[fold(name[0])].append((number, name))
    return members


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
