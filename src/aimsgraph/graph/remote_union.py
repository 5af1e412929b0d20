"""The union of all graphs as the default graph of a query, on servers that see to it and on those that do not.

SPARQL's way is to name all graphs with the request; the server then merges them, and a triple of two graphs counts
once. Not every server merges: Oxigraph counts it twice. Whether a server merges is seen from our mark, which is in two
graphs; where it does not, it is asked once for a content whether any triple is in two graphs. Only if one is, queries
are answered here, from a copy in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import BackendError
from aimsgraph.graph import remote_state as states
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.query_text import CheckedText
from aimsgraph.graph.remote_address import shown
from aimsgraph.graph.remote_http import Connection
from aimsgraph.graph.store import Deadline

MOST_MERGED_HERE: Final = 1_000_000
"""So many quads at most are read into memory when a server cannot merge graphs; about 0.5 GB."""


class Union:
    """One content of a remote store, and what was found out about how the server merges its graphs.

    Attributes:
        state: the content, as far as it was counted.
        dataset: what says that a query sees the union of all graphs.
    """

    def __init__(self, connection: Connection, state: states.State) -> None:
        self.state = state
        self._connection = connection
        self._merges: bool | None = None
        self._heeds_request = self._heeds_text = state.quads == 0 and not state.marked
        self._overlaps: bool | None = None
        self._merged: MemoryStore | None = None
        names = [name.value for name in state.graphs]
        self.dataset = states.dataset_of(names, names)

    def counts_twice(self, checked: CheckedText, deadline: Deadline) -> bool:
        """Tell whether the server would count a triple of two graphs twice in this query.

        Raises:
            BackendError: the server does not heed which graphs a query is to see.
            AimsgraphError: the server does not answer.
        """
        self._require_heed(deadline, by_text=checked.names_dataset)
        merged = len(checked.default_graphs) if checked.names_dataset else len(self.state.graphs)
        if merged < 2 or self._merges:
            return False
        if self._overlaps is None:
            distinct = states.count_distinct(self._connection, deadline)
            self._overlaps = distinct < self.state.quads
            if self._overlaps and self._merges is None:
                self._merges = states.count_seen(self._connection, self.dataset, deadline) == distinct
        return self._overlaps and not self._merges

    def merged(self, read: Callable[[], Iterable[ox.Quad]]) -> MemoryStore:
        """Return the content in memory, where graphs are merged as SPARQL says; read once.

        Raises:
            BackendError: it is too large for that.
        """
        if self._merged is None:
            if self.state.quads > MOST_MERGED_HERE:
                raise BackendError(
                    f"{shown(self._connection.address.query)} counts a triple once for each graph that holds it, and "
                    f"{self.state.quads:,} quads are too many to merge them here",
                    remedy="keep each triple in one graph only, or use a server that merges graphs",
                )
            self._merged = MemoryStore(read(), read_only=True)
        return self._merged

    def _require_heed(self, deadline: Deadline, *, by_text: bool) -> None:
        """Make sure that a query sees the graphs it names and no others; learn from the mark how they are merged.

        A store without our mark shows less: only that a query sees anything at all.
        """
        if self._heeds_text if by_text else self._heeds_request:
            return
        if self.state.marked:
            found = states.count_marks(self._connection, deadline, by_from=by_text)
            heeded = found in (states.ONCE, states.TWICE)
            self._merges = found == states.ONCE
        else:
            heeded = states.sees_any(self._connection, self.dataset, deadline)
        if not heeded:
            raise BackendError(
                f"{shown(self._connection.address.query)} does not heed which graphs a query is to see "
                f"({'FROM' if by_text else 'default-graph-uri'})",
                remedy="start the server without a switch that makes the union of all graphs its default graph",
            )
        if by_text:
            self._heeds_text = True
        else:
            self._heeds_request = True
