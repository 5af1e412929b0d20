"""Where a run's answers come from: anything that answers SPARQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aimsgraph.errors import BackendError
from aimsgraph.graph.store import Answer, Deadline, Solutions, Term

Row = tuple[Term | None, ...]


class Asked(Protocol):
    """What answers queries; a store does."""

    def query(self, text: str, *, deadline: Deadline | None = None) -> Answer:
        """Ask a SPARQL 1.1 query; see `Store.query`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where answers come from.

    Attributes:
        store: what is asked.
        deadline: until when; None as long as it takes.
        keeps_names: whether a blank node has the same name in all answers, so that they can be joined.
    """

    store: Asked
    deadline: Deadline | None
    keeps_names: bool

    def rows(self, text: str) -> list[Row]:
        """Return the rows of a SELECT.

        Raises:
            BackendError: the store answered with something else.
        """
        answer = self.store.query(text, deadline=self.deadline)
        if not isinstance(answer, Solutions):
            raise BackendError("the store answered a SELECT with something else")
        return [tuple(row) for row in answer]
