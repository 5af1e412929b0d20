"""The default graph of a query as a set of triples, which the engine alone does not give.

pyoxigraph 0.5 counts a triple once for every graph of a union that holds it, so `COUNT` and `SUM` come out
too high, and it ignores `FROM` when told to take the union of all graphs. Where no triple is in two graphs
the engine's union is right and costs nothing. Where one is, the query runs on a copy whose default graph is
the merged one; the copy is made once for a content, when it is first needed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

import pyoxigraph as ox

from aimsgraph.errors import QuerySyntaxError
from aimsgraph.graph.anti_join import without_slow_filters
from aimsgraph.graph.query_text import CheckedText

NativeAnswer = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean
_DEFAULT: Final = ox.DefaultGraph()
_COUNT_TRIPLES: Final = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a query runs over when its own text does not decide.

    Attributes:
        default_graphs: the graphs merged into the default graph, as a request of the SPARQL protocol names them; they
            win over the text's FROM. None leaves it to the text.
        named_graphs: the graphs GRAPH sees; None as `default_graphs`.
        union: whether a query that names no dataset sees the union of all graphs as its default graph; otherwise it
            sees the graph without a name alone, as SPARQL has it.
        base: what relative IRIs of the text are relative to; without it they are errors.
    """

    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    union: bool = True
    base: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether the request itself names the dataset."""
        return self.default_graphs is not None or self.named_graphs is not None


UNION: Final = Dataset()


class UnionView:
    """One content of a pyoxigraph store, queried with set semantics; make a new one after a write.

    Whether graphs overlap is found out when it is first needed, unless the caller knows.
    """

    def __init__(self, native: ox.Store, *, overlaps: bool | None = None) -> None:
        self.native = native
        self._lock = threading.Lock()
        self._overlaps = overlaps
        self._merged: ox.Store | None = None

    def query(self, checked: CheckedText, dataset: Dataset = UNION) -> NativeAnswer:
        """Run a query; engine errors come out as the engine raises them."""
        quick = without_slow_filters(checked.text)
        if quick != checked.text:
            with contextlib.suppress(SyntaxError):  # the text as it was given says where it is wrong
                return self._query(replace(checked, text=quick), dataset)
        return self._query(checked, dataset)

    def _query(self, checked: CheckedText, dataset: Dataset) -> NativeAnswer:
        if dataset.is_named:
            return self._query_named(checked, dataset)
        if not checked.names_dataset and not dataset.union:
            return self.native.query(checked.text, base_iri=dataset.base)
        if not checked.names_dataset:
            if not self.overlaps:
                return self.native.query(checked.text, base_iri=dataset.base, use_default_graph_as_union=True)
            return self._all_merged().query(checked.text, base_iri=dataset.base, default_graph=_DEFAULT)
        if len(checked.default_graphs) > 1 and self.overlaps:
            some = _merge_of(self.native, _names(_resolved(checked.default_graphs, dataset.base)))
            return some.query(checked.text, base_iri=dataset.base, default_graph=_DEFAULT)
        return self.native.query(checked.text, base_iri=dataset.base)

    def _query_named(self, checked: CheckedText, dataset: Dataset) -> NativeAnswer:
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = list(_names(dataset.default_graphs))
        named: list[ox.NamedNode | ox.BlankNode] = list(_names(dataset.named_graphs))
        if len(default) > 1 and self.overlaps:
            some = _merge_of(self.native, _names(dataset.default_graphs))
            return some.query(checked.text, base_iri=dataset.base, default_graph=_DEFAULT, named_graphs=named)
        return self.native.query(checked.text, base_iri=dataset.base, default_graph=default, named_graphs=named)

    def prepare(self) -> None:
        """Do now what the first query over the union would otherwise do, so that copies of this process need not."""
        if self.overlaps:
            self._all_merged()

    @property
    def overlaps(self) -> bool:
        """Whether a triple is in more than one graph."""
        with self._lock:
            if self._overlaps is None:
                found = self.native.query(_COUNT_TRIPLES, use_default_graph_as_union=True)
                assert isinstance(found, ox.QuerySolutions)  # it is a SELECT
                self._overlaps = int(next(found)["n"].value) < len(self.native)
            return self._overlaps

    def _all_merged(self) -> ox.Store:
        with self._lock:
            if self._merged is None:
                self._merged = _merge_of(self.native, None)
            return self._merged


def _resolved(iris: Iterable[str], base: str | None) -> list[str]:
    """Return graph names of a text as absolute IRIs.

    Raises:
        QuerySyntaxError: one is relative, and there is nothing it could be relative to.
    """
    found = [urljoin(base or "", iri) for iri in iris]
    for iri in found:
        if ":" not in iri:
            raise QuerySyntaxError(f"the graph <{iri}> after FROM is relative to nothing", remedy="write it in full")
    return found


def _names(iris: Iterable[str] | None) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri) for iri in iris or ()]


def _merge_of(native: ox.Store, names: Iterable[ox.NamedNode] | None) -> ox.Store:
    """Return a copy whose default graph holds the triples of these graphs, or of all, once each."""
    merged = ox.Store()
    named = [quad for quad in native if quad.graph_name != _DEFAULT]
    merged.bulk_extend(named)
    for graph in native.named_graphs():
        merged.add_graph(graph)
    for source in [None] if names is None else names:
        found = native.quads_for_pattern(None, None, None, source)
        merged.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in found)
    return merged
