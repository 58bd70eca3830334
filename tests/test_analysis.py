"""Which words of Italian and English mean the same, and which do not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopcli.analysis import FAMILY, Marks, stems, words
from coopcli.text import fold
from coopcli.vocabulary.families import FAMILIES
from coopcli.vocabulary.spellings import SPELLINGS
from coopcli.vocabulary.stop_words import STOP_WORDS


@pytest.mark.parametrize(
    "forms",
    [
        "alimentare alimentari",
        "acqua acque",
        "rifiuto rifiuti",
        "scuola scuole",
        "tirocinio tirocini",
        "migrante migranti migrazione migrazioni migration migrants",
        "porto porti",
        "porta porte",
        "caso casi",
        "casa case",
        "banca banche",
        "medico medici medica mediche",
        "turista turisti turistico turistiche",
        "provincia province",
        "spiaggia spiagge",
        "urbano urbana urbani urbane",
        "africano africana africani africane",
        "lavoratore lavoratrice lavoratori lavoratrici",
        "problema problemi",
        "paese paesi",
        "sostenibile sostenibili sostenibilita",
        "educazione educativo educare",
        "partecipazione partecipato",
        "orto orti",
        "school schools",
        "child children",
        "woman women",
        "city cities",
        "training trained",
        "labour labor",
        "tunisi tunis",
        "valona vlore vlora",
        "tangeri tangier tanger",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    first, *others = forms.split()
    assert [form for form in others if not stems(first) & stems(form)] == []


@pytest.mark.parametrize(
    "pair",
    [
        "porto porta",
        "porti porte",
        "caso casa",
        "casi case",
        "posto posta",
        "corso corsa",
        "banco banca",
        "modo moda",
        "tratto tratta",
        "mostro mostra",
        "pianto pianta",
        "bilancio bilancia",
        "partito partita",
        "comune comunita",
        "mercato merce",
        "internship international",
        "university universal",
        "organisation organ",
        "2020 2021",
    ],
)
def test_other_words_do_not_meet(pair: str) -> None:
    one, other = pair.split()
    assert stems(one) & stems(other) == frozenset()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Città d’Egitto", ["citta", "d", "egitto"]),
        ("dell'Acqua – CAFFÈ", ["dell", "acqua", "caffe"]),
        ("TRAIT D'union", ["trait", "d", "union"]),
        ("Vlorë, São Paulo, Béni-Mellal", ["vlore", "sao", "paulo", "beni", "mellal"]),
        ("Straße ﬁne", ["strasse", "fine"]),
        ("A2A 2014-2020", ["a2a", "2014", "2020"]),
        ("العربيّة 日本語", ["العربية", "日本語"]),
        ("«…» 👩‍👩‍👧 \x00\ud800", []),
    ],
)
def test_words_are_without_accents_and_case(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_folding_takes_off_every_accent_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert not any(
        unicodedata.combining(char) for char in unicodedata.normalize("NFD", text.casefold()) if char in folded
    )
    assert words(folded) == words(text)


@given(st.text() | st.text("abcdefghijklmnopqrstuvwxyz"), st.text())
def test_two_words_meet_or_not_whichever_is_asked_first(one: str, other: str) -> None:
    for word in words(one):
        assert word in stems(word)
        # Families are looked up by it.
        assert {stem[0] for stem in stems(word)} <= {word[0], FAMILY}
        assert all(stem.startswith(FAMILY) or words(stem) == [stem] for stem in stems(word))
        for second in words(other):
            assert bool(stems(word) & stems(second)) == bool(stems(second) & stems(word))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Le nostre città invisibili", ["città"]),
        ("CITTA\u0300, Cittadinanza", ["CITTA\u0300"]),
        ("l’agroecologia e l'agro", ["agroecologia"]),
        ("nulla", []),
    ],
)
def test_matches_are_marked_as_they_are_written(text: str, marked: list[str]) -> None:
    marks = Marks({"citta": "citta"}, ("agroe",))
    assert [text[start:end] for start, end in marks.ranges(text)] == marked


def test_the_tables_of_words_are_folded_and_say_nothing_twice() -> None:
    for row in FAMILIES:
        assert words(row) == row.split()
        assert len(set(row.split())) == len(row.split())
    assert all(words(word) == [word] for word in STOP_WORDS)
    names = [name for row in SPELLINGS for name in row]
    assert len(set(names)) == len(names)
