"""Ranked full-text search, by FTS5's BM25."""

import json
from collections.abc import Iterator
from typing import Any

from coopcli.analysis import COLUMNS, analyse
from coopcli.index import Index
from coopcli.selection import Selection


def query(words: str) -> str | None:
    """An FTS5 query that asks for all words, or None where there is no word to look for."""
    terms = analyse(words)
    return " AND ".join(f'"{term}"' for term in terms) if terms else None


def matches(index: Index, words: str, selection: Selection) -> Iterator[dict[str, Any]]:
    """The selected projects that hold all the words, the best first; `score` is BM25's, more is better."""
    asked = query(words)
    if asked is None:
        return
    where, parameters = selection.where(index)
    order = "score DESC, project.n" if selection.sort is None else selection.order()
    weights = ", ".join(str(weight) for weight in COLUMNS.values())
    rows = index.connection.execute(
        f"SELECT json, -bm25(word, {weights}) AS score "
        "FROM word JOIN project ON project.n = word.rowid JOIN record USING (n) "
        f"WHERE word MATCH :query AND {where} ORDER BY {order}{selection.limited()}",
        {**parameters, "query": asked},
    )
    for record, score in rows:
        yield {**json.loads(record), "score": round(score, 3)}
