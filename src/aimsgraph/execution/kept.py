"""Answers that are kept, to be given again while the content is the same.

An answer depends on the text, its dataset, the form it is written in and the content, as long as the text asks for
nothing that differs from one time to the next (`query_text.is_steady`). Complete answers alone are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from aimsgraph.graph.query_text import is_steady

if TYPE_CHECKING:
    from aimsgraph.execution.room import Query

MOST_BYTES: Final = 32 * 1024 * 1024
LARGEST: Final = 1024 * 1024
"""An answer of more bytes is not kept: a few of them would push out all others."""


class KeptAnswers:
    """The answers given last, so many bytes of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Query, bytes] = OrderedDict()

    def find(self, query: Query) -> bytes | None:
        """Return the answer to a query asked before over the same content; None when there is none."""
        found = self._answers.get(query)
        if found is not None:
            self._answers.move_to_end(query)
        return found

    def keep(self, query: Query, answer: bytes) -> None:
        """Keep a complete answer, if it is short and would be the same again."""
        if not query.generation or len(answer) > LARGEST or not is_steady(query.text):
            return
        if (former := self._answers.pop(query, None)) is not None:
            self._bytes -= _size(query, former)
        self._answers[query] = answer
        self._bytes += _size(query, answer)
        while self._bytes > self._most:
            self._bytes -= _size(*self._answers.popitem(last=False))


def _size(query: Query, answer: bytes) -> int:
    return 1024 + 2 * len(query.text) + len(answer)
