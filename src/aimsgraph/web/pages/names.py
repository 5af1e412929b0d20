"""References as links: where what a reference names is looked at on this server."""

from __future__ import annotations

from aimsgraph.api import AimsGraph
from aimsgraph.web.pages.shell import local


class Names:
    """What references of a graph lead to."""

    def __init__(self, graph: AimsGraph) -> None:
        self._index = graph.index

    def path(self, reference: str) -> str:
        """Return the path of the page of what is named; empty when nothing is."""
        entry = self._index.by_reference.get(reference)
        return local(entry.iri) if entry else ""

    def label(self, reference: str) -> str:
        """Return the label of what is named; empty when nothing is, or when the reference says it all."""
        entry = self._index.by_reference.get(reference)
        return entry.label if entry else ""
