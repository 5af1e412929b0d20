"""Ranked full-text search over names, labels, own words, texts and notes.

SQLite's FTS5 does the work: words are stemmed (Porter) and hits ranked by BM25, the name counting more than the note.
A search is forgiving: every word may be the beginning of a longer one.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from aimsgraph.errors import NotFound, UsageError
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import iter_rows, text_of
from aimsgraph.norms.index import LONGEST, Entry, Index

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
MOST_WORDS = 50
_WEIGHTS = "4.0, 8.0, 3.0, 1.0"


class Searcher:
    """A full-text index of one generation of a store."""

    def __init__(self, store: Store, index: Index) -> None:
        self._index = index
        self._entries = list(index.by_reference.values())
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE names USING fts5(reference, label, words, note, tokenize='porter unicode61')"
        )
        words, notes = _collect_text(store)
        rows = (
            (i, entry.reference, entry.label, words.get(entry.iri, ""), notes.get(entry.iri, ""))
            for i, entry in enumerate(self._entries)
        )
        self._database.executemany(
            "INSERT INTO names(rowid, reference, label, words, note) VALUES (?, ?, ?, ?, ?)", rows
        )

    def search(self, text: str, *, framework: str = "", limit: int = 20) -> list[tuple[Entry, float]]:
        """Return the best hits with their scores, best first; the scale of the scores is arbitrary.

        Raises:
            UsageError: the text holds no word.
        """
        words = _WORD.findall(text)
        if not words:
            raise UsageError("there is no word to search for", remedy="give one or more words")
        if len(words) > MOST_WORDS:
            raise UsageError(f"{len(words)} words are too many to search for", remedy=f"give at most {MOST_WORDS}")
        hits: list[tuple[Entry, float]] = []
        for joiner in (" ", " OR "):
            hits = hits or self._run(joiner.join(f'"{word}"*' for word in words), framework, limit)
        named = [entry for entry in self._named(text) if not framework or entry.framework == framework]
        best = hits[0][1] if hits else 0.0
        return [*((entry, best) for entry in named), *(hit for hit in hits if hit[0] not in named)][:limit]

    def _named(self, text: str) -> list[Entry]:
        """Return what the text names, should it be a citation: nobody who types an id looks for another one."""
        try:
            return self._index.fitting(text) if len(text) <= LONGEST else []
        except NotFound:
            return []

    def _run(self, expression: str, framework: str, limit: int) -> list[tuple[Entry, float]]:
        cursor = self._database.execute(
            f"SELECT rowid, -bm25(names, {_WEIGHTS}) AS score FROM names WHERE names MATCH ? "
            "ORDER BY score DESC, rowid",
            (expression,),
        )
        hits = []
        for row, score in cursor:
            entry = self._entries[row]
            if not framework or entry.framework == framework:
                hits.append((entry, round(float(score), 3)))
            if len(hits) == limit:
                break
        return hits


def to_hit(entry: Entry, score: float) -> dict[str, Any]:
    """Return a hit as JSON."""
    return {**entry.to_dict(), "score": score}


def _collect_text(store: Store) -> tuple[Mapping[str, str], Mapping[str, str]]:
    query = """SELECT ?s ?field ?value WHERE { ?s aims:reference ?r .
        { ?s aims:ownWords ?value BIND("words" AS ?field) } UNION { ?s aims:fullText ?value BIND("words" AS ?field) }
        UNION { ?s aims:requiresDocument ?value BIND("words" AS ?field) }
        UNION { ?s aims:topic ?value BIND("words" AS ?field) }
        UNION { ?v aims:versionOf ?s ; dct:title ?value BIND("words" AS ?field) }
        UNION { ?s rdfs:comment ?value BIND("note" AS ?field) }
        UNION { ?s aims:bearerNote ?value BIND("note" AS ?field) }
        UNION { ?s aims:statusText ?value BIND("note" AS ?field) } }
        ORDER BY ?s ?field ?value"""
    words: dict[str, str] = {}
    notes: dict[str, str] = {}
    for row in iter_rows(store, query):
        target = words if row["field"] == "words" else notes
        iri = text_of(row, "s")
        target[iri] = f"{target.get(iri, '')} {row['value']}".strip()
    return words, notes
