"""Ranked full-text search: what people type, read leniently, becomes a query of FTS5."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, NamedTuple

from coopcli.analysis import Marks, related, stems, words
from coopcli.index import Index
from coopcli.searched import COLUMNS, TIERS, Tables, snippet
from coopcli.selection import Selection
from coopcli.vocabulary.countries import COUNTRIES
from coopcli.vocabulary.stop_words import STOP_WORDS

MOST_TERMS = 32
"""More than this is no question that a person typed; the rest of it is left out."""
_MOST_TOGETHER = 5
_MOST_PHRASES = 100
_MOST_CORRECTIONS = 3
# From so many letters on, one edit makes a typing error, and from so many two.
_LENGTHS = (5, 8)
_SHORTEST_MISSPELT = 4
_SHORTEST_PART, _LONGEST_JOINED = 3, 40
_THOUSAND = 3

FIELDS: Mapping[str, tuple[str, ...]] = {
    field: tuple(column.name for column in COLUMNS if field in column.fields)
    for field in dict.fromkeys(field for column in COLUMNS for field in column.fields)
}
"""The names before a colon, in both languages, and the columns that each stands for."""

_TERM = re.compile(r'(?P<without>(?<!\S)-)?(?:(?P<field>[^\W\d]+):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
# What people call a Sustainable Development Goal before its number.
_GOAL = re.compile(
    r"(?<!\w)(?:sdgs?|oss|(?:sustainable development )?goals?|obiettiv[oi](?: di sviluppo sostenibile)?)"
    r"\s*(?:n[.°]?\s*)?(?P<number>1[0-7]|0?[1-9])(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
# 1.500, 1,500, 1'500, 1 500 with a narrow or a no-break space.
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?!\w)")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4"}
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))


class Term(NamedTuple):
    """One thing asked for: a word, or a phrase of several; the last word may be only the beginning of one.

    `field` is the one that it must stand in, any where it is empty. As text it reads as it is typed.
    """

    words: tuple[str, ...]
    field: str = ""
    beginning: bool = False

    def __str__(self) -> str:
        phrase = f'"{" ".join(self.words)}"' if len(self.words) > 1 else self.words[0]
        return f"{self.field}:" * bool(self.field) + phrase + "*" * self.beginning


class Query(NamedTuple):
    """What is wanted and what is not.

    `together` are the wanted words as one phrase, where they are few and plain; `shortened` says that more was typed
    than is looked for.
    """

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    together: Term | None = None
    shortened: bool = False


def parse(text: str) -> Query:
    """Read a query: words, "a phrase", beg*, -without, field:value. Whatever else is in it is taken as words.

    All words are wanted, save those that say nothing (the, di); these only where there is nothing else.
    """
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    text = _GOAL.sub(lambda goal: f"goal:{int(goal['number'])}", text.translate(_QUOTES))
    text = _THOUSANDS.sub(lambda number: "".join(filter(str.isdecimal, number[0])), text)
    for match in _TERM.finditer(text):
        found = words(match["phrase"] if match["word"] is None else match["word"])
        field = (match["field"] or "").lower()
        if field and field not in FIELDS:
            found, field = words(field) + found, ""
        beginning = bool(found) and (match["word"] or "").endswith("*")
        if not found:
            continue
        if match["without"]:
            unwanted[Term(tuple(found), field, beginning)] = None
        elif match["word"] is None:
            wanted[Term(tuple(found), field)] = None
        else:
            terms = [Term((word,), field, beginning and number == len(found)) for number, word in enumerate(found, 1)]
            wanted |= dict.fromkeys(terms)
    telling = [term for term in wanted if not _says_nothing(term)] or list(wanted)
    plain = 1 < len(wanted) <= _MOST_TOGETHER and all(term == Term(term.words[:1]) for term in wanted)
    return Query(
        tuple(telling[:MOST_TERMS]),
        tuple(islice(unwanted, MOST_TERMS)),
        Term(tuple(term.words[0] for term in wanted)) if plain else None,
        shortened=max(len(telling), len(unwanted)) > MOST_TERMS,
    )


def _says_nothing(term: Term) -> bool:
    code = FIELDS.get(term.field) == ("country",) and term.words[0].upper() in COUNTRIES  # country:IT
    return not term.beginning and not code and STOP_WORDS.issuperset(term.words)


class Match(Marks):
    """What a record that was found carries, to show why."""

    def snippet(self, record: Mapping[str, Any], tables: Any, language: str = "it") -> str:
        """The part of the record that holds most of the words; `tables` as a writer's context has them.

        Texts in `language` come first: the reader's, on a screen; always the same in what programs read.
        """
        return snippet(record, self, Tables(tables.themes, tables.organisations, language))


class Question(NamedTuple):
    """A query as one index understands it.

    `wanted` maps each term to its FTS5 expression; `together` is one of the words side by side, as typed, which is
    better than far from each other; `unwanted` are expressions; `corrections` maps a word that the index
    does not know to the nearest ones that it does.
    """

    wanted: Mapping[Term, str]
    together: str | None
    unwanted: Sequence[str]
    corrections: Mapping[str, Sequence[str]]
    match: Match
    shortened: bool


def ask(index: Index, text: str) -> Question:
    """Understand a query with the words that this index knows."""
    query = parse(text)
    vocabulary = _Vocabulary(index)
    wanted = {term: vocabulary.expression(term) for term in query.wanted}
    match = Match(
        {
            form: word
            for term in query.wanted
            for word in (term.words[:-1] if term.beginning else term.words)
            if len(term.words) == 1 or word not in STOP_WORDS
            for phrase in vocabulary.forms(word)
            for form in phrase.split()
        },
        tuple(term.words[-1] for term in query.wanted if term.beginning),
    )
    unwanted = [vocabulary.expression(term) for term in query.unwanted]
    together = vocabulary.expression(query.together) if query.together else None
    return Question(wanted, together, unwanted, vocabulary.corrections, match, query.shortened)


class _Vocabulary:
    """The words of an index, and how they answer for those of a query."""

    def __init__(self, index: Index) -> None:
        self._connection = index.connection
        self._forms: dict[str, list[str]] = {}
        self.corrections: dict[str, list[str]] = {}

    def forms(self, word: str) -> list[str]:
        """The word as it is, then the other words of the index that meet it; the nearest ones where there is none.

        A number, or a word that the index knows only in two parts, is a phrase besides.

        The closest come first: the word's own inflections before the rest of its family.
        """
        if word not in self._forms:
            known = self._known(word) or self._apart(word) or self._nearest(word)
            self._forms[word] = [
                word,
                *sorted((form for form in known if form != word), key=lambda f: related(word, f)),
            ]
        return self._forms[word]

    def _known(self, word: str) -> list[str]:
        if any(map(str.isdigit, word)):
            return [word, *_other_writings(word)]
        asked = list(stems(word))
        marks = ", ".join("?" * len(asked))
        rows = self._connection.execute(
            f"SELECT word FROM vocabulary WHERE word IN ({marks}) UNION SELECT word FROM stem WHERE stem IN ({marks})",
            asked * 2,
        )
        return [row[0] for row in rows] + [_ROMAN[form] for form in (word,) if form in _ROMAN]

    def _apart(self, word: str) -> list[str]:
        """The word as two that stand side by side somewhere: dakarreve, dakar reve."""
        halves = [(word[:at], word[at:]) for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)]
        halves = halves if len(word) <= _LONGEST_JOINED else []
        parts = [part for half in halves for part in half]
        marks = ", ".join("?" * len(parts))
        rows = self._connection.execute(f"SELECT word FROM vocabulary WHERE word IN ({marks})", parts)
        known = {row[0] for row in rows}
        return [" ".join(half) for half in halves if known.issuperset(half) and self._stands(half)]

    def _stands(self, phrase: Sequence[str]) -> bool:
        query = f'"{" ".join(phrase)}"'
        sql = (
            "SELECT 1 FROM word WHERE word MATCH :query UNION ALL SELECT 1 FROM named WHERE named MATCH :query LIMIT 1"
        )
        return bool(self._connection.execute(sql, {"query": query}).fetchall())

    def _nearest(self, word: str) -> list[str]:
        """The words of the index at the least edit distance, where a swap of neighbours is one edit (OSA).

        One edit in a word of 5 to 7 letters, and not its last vowel, which makes another word (porto, porta); two in a
        longer one, then with the same first letter. A word of 4 may lack a letter or have two swapped: no letter of it
        is wrong, since so many short words differ by one.
        """
        allowed = sum(len(word) >= length for length in _LENGTHS) or int(len(word) == _SHORTEST_MISSPELT)
        if not allowed:
            return []
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        rows = self._connection.execute(
            "SELECT word, documents FROM vocabulary WHERE length(word) BETWEEN ? AND ?",
            (len(word) - allowed, len(word) + allowed),
        )
        documents: dict[str, int] = dict(rows.fetchall())
        found = [
            (distance, -documents[known], known)
            for known, distance, _ in extract(
                word, documents.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=None
            )
            if (known[0] == word[0] or distance == 1)
            and (allowed > 1 or not _another_ending(word, known))
            and (len(word) > _SHORTEST_MISSPELT or _lacks_or_swaps(word, known))
        ]
        nearest = [known for distance, _, known in sorted(found) if distance == min(found)[0]][:_MOST_CORRECTIONS]
        if nearest:
            self.corrections[word] = nearest
        return [form for known in nearest for form in self._known(known)]

    def expression(self, term: Term) -> str:
        """An FTS5 expression. Words hold nothing but letters, digits and underscores, so quotes are all they need."""
        *before, last = term.words
        forms = [self.forms(word) for word in before] + [[last] if term.beginning else self.forms(last)]
        phrases = list(islice(product(*forms), _MOST_PHRASES))
        if len(term.words) == 1:  # what is asked for counts twice as much as the rest of its family
            close = [phrase for phrase in phrases if not related(term.words[0], phrase[0])]
            phrases += close if len(close) < len(phrases) else []
        fields = FIELDS[term.field] if term.field else ()
        text = _either(f'"{" ".join(phrase)}"{" *" if term.beginning else ""}' for phrase in phrases)
        choices = [f"{{{' '.join(fields)}}} : {text}" if fields else text]
        named = self._connection.execute('SELECT "column", key FROM named WHERE named MATCH ?', (text,)).fetchall()
        choices += [f'{column} : "{key}"' for column, key in named if not fields or column in fields]
        return _either(choices)


def _either(choices: Iterable[str]) -> str:
    return f"({' OR '.join(choices)})"


def _another_ending(word: str, known: str) -> bool:
    return word[:-1] == known[:-1] and {word[-1], known[-1]} <= set("aeiou")


def _lacks_or_swaps(word: str, known: str) -> bool:
    an_italian_word = re.fullmatch("(?:[^aeiou][aeiou]){2}", word)  # casa, as likely as not
    return not an_italian_word and word[0] == known[0] and (len(word) < len(known) or sorted(word) == sorted(known))


def _other_writings(word: str) -> Iterator[str]:
    """How else a word with digits is written: 1500 as 1.500, mentor2 as mentor 2; as phrases."""
    if word.isdecimal():
        if len(word) > _THOUSAND and word[0] != "0":
            yield f"{int(word):,}".replace(",", " ")
    elif parts := re.fullmatch(r"([^\W\d_]+)(\d+)", word):
        yield " ".join(parts.groups())


_BM25 = f"bm25(word, {', '.join(str(column.weight) for column in COLUMNS)})"
# For each tier above the lowest, the columns from it upwards.
_UPWARDS = {f"tier{tier}": " ".join(column.name for column in COLUMNS if column.tier >= tier) for tier in TIERS if tier}


def matches(index: Index, question: Question, selection: Selection) -> Iterator[dict[str, Any]]:
    """The selected projects that hold all that is wanted, the best first.

    `score` is before the point the highest tier of which the columns hold all that is wanted: 2 where it stands in the
    title, 1 in the project's own texts and places, 0 only with its partners', goals' and themes' names; and below the
    point BM25's b as b / (1 + b).
    """
    if not question.wanted:
        return
    where, parameters = selection.where(index)
    wanted = " AND ".join(question.wanted.values())
    parameters |= {tier: f"{{{columns}}} : ({wanted})" for tier, columns in _UPWARDS.items()}
    tiers = (f"(word.rowid IN (SELECT rowid FROM word WHERE word MATCH :{tier}))" for tier in _UPWARDS)
    score = f"{' + '.join(tiers)} - {_BM25} / (1 - {_BM25})"  # BM25 is negative in FTS5
    order = "score DESC, project.n" if selection.sort is None else selection.order()
    if selection.sort is None and selection.reverse:
        order = "score, project.n DESC"
    rows = index.connection.execute(
        f"SELECT word.rowid, {score} AS score FROM word LEFT JOIN project ON project.n = word.rowid "
        f"WHERE word MATCH :query AND {where} ORDER BY {order}{selection.limited()}",
        {**parameters, "query": _all(question)},
    ).fetchall()
    for n, score in rows:
        record = index.connection.execute("SELECT json FROM record WHERE n = ?", (n,)).fetchone()[0]
        yield {**json.loads(record), "score": round(score, 4), "match": question.match}


def _all(question: Question) -> str:
    wanted = " AND ".join(question.wanted.values())
    if question.together:
        wanted = f"({wanted}) OR {question.together}"
    return f"({wanted}) NOT ({' OR '.join(question.unwanted)})" if question.unwanted else wanted


class Near(NamedTuple):
    """A project that holds the most of what is wanted, though not all of it."""

    id: str
    title: str
    held: tuple[Term, ...]


def nearest(index: Index, question: Question, selection: Selection, limit: int = 5) -> list[Near]:
    """Where nothing holds all that is wanted: the selected projects that hold the most of it."""
    terms = list(question.wanted)
    if len(terms) < 2:  # noqa: PLR2004 - most of one word is no word
        return []
    where, parameters = selection.where(index)
    unwanted = f" NOT ({' OR '.join(question.unwanted)})" if question.unwanted else ""
    each = " UNION ALL ".join(
        f"SELECT rowid AS n, {number} AS term, {_BM25} AS bm25 FROM word WHERE word MATCH :term{number}"
        for number in range(len(terms))
    )
    parameters |= {f"term{number}": question.wanted[term] + unwanted for number, term in enumerate(terms)}
    rows = index.connection.execute(
        "SELECT id, json_extract(json, '$.title'), held "
        "FROM (SELECT n, count(*) AS number, group_concat(term) AS held, "
        f"sum(bm25) AS bm25 FROM ({each}) GROUP BY n) AS found JOIN project USING (n) JOIN record USING (n) "
        f"WHERE {where} "
        f"ORDER BY number DESC, bm25, n LIMIT {limit}",
        parameters,
    )
    near = [Near(id_, title, tuple(terms[n] for n in sorted(map(int, held.split(","))))) for id_, title, held in rows]
    return [item for item in near if len(item.held) == len(near[0].held)]
