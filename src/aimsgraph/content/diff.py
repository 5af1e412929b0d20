"""Says what changed between two releases of the content, fact by fact, for a curator or a reviewer.

Each side is a data folder or a compiled folder. A node is compared by its IRI, so a renamed id shows as one
removed and one added. An insertion moves nothing: the order of provisions is compared among those both have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from aimsgraph.content.build import MANIFEST, load_compiled
from aimsgraph.content.check import require_sound
from aimsgraph.content.compile import compile_content
from aimsgraph.content.read import read_content
from aimsgraph.domain.identifiers import GRAPH, ID, TERM
from aimsgraph.errors import InputError, Location
from aimsgraph.graph.vocabulary import DCT_TITLE, RDF_TYPE, RDFS_LABEL, SKOS_CONCEPT, aims

_KINDS = (
    ("framework", aims("Framework")),
    ("provision", aims("Provision")),
    ("version", aims("ProvisionVersion")),
    ("amendment", aims("Amendment")),
    ("statement", aims("NormStatement")),
    ("transition", aims("TransitionRule")),
    ("rule", aims("ApplicationRule")),
    ("clock", aims("Deadline")),
    ("penalty", aims("Sanction")),
    ("event", aims("TimelineEntry")),
    ("role", aims("OperatorRole")),
    ("condition", aims("Condition")),
    ("term", aims("DefinedTerm")),
    ("entry", aims("CatalogueEntry")),
    ("catalogue", aims("Catalogue")),
    ("concept", SKOS_CONCEPT),
)
"""What a node is, by the first of these classes it has; also the order in which kinds are told."""
_ORDER = [kind for kind, _ in _KINDS] + ["node"]
_DOCUMENT_ORDER = aims("documentOrder")
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A property with other values than before; either side may be empty.

    Attributes:
        name: local name of the property.
        old: the values only the first release has.
        new: the values only the second release has.
    """

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A node that is only in one release, or says something else.

    Attributes:
        graph: the graph it stands in, such as `eu-ai-act/2024`.
        kind: `provision`, `statement`, `rule`, …
        change: `added`, `removed` or `changed`.
        iri: the node.
        reference: what people type for it; the last part of its IRI where it has none.
        label: its label or title, from the later release that has it.
        properties: what changed; empty unless `change` is `changed`.
    """

    graph: str
    kind: str
    change: str
    iri: str
    reference: str
    label: str
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentDiff:
    """All differences, by graph, kind and place in the document."""

    differences: tuple[Difference, ...]

    def counts(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return graph → kind → change → how many."""
        counts: dict[str, dict[str, dict[str, int]]] = {}
        for difference in self.differences:
            by_change = counts.setdefault(difference.graph, {}).setdefault(difference.kind, {})
            by_change[difference.change] = by_change.get(difference.change, 0) + 1
        return counts

    def to_dict(self) -> dict[str, object]:
        """Return what JSON can hold."""
        return {
            "counts": self.counts(),
            "differences": [
                {
                    "graph": d.graph,
                    "kind": d.kind,
                    "change": d.change,
                    "iri": d.iri,
                    "reference": d.reference,
                    "label": d.label,
                    "properties": [{"name": p.name, "old": list(p.old), "new": list(p.new)} for p in d.properties],
                }
                for d in self.differences
            ],
        }


@dataclass(slots=True)
class _Node:
    graph: str
    values: dict[ox.NamedNode, set[ox.NamedNode | ox.Literal]] = field(default_factory=dict)

    def first(self, predicate: ox.NamedNode) -> str:
        return min((term.value for term in self.values.get(predicate, ())), default="")

    @property
    def kind(self) -> str:
        types = self.values.get(RDF_TYPE, set())
        return next((kind for kind, class_ in _KINDS if class_ in types), "node")

    @property
    def order(self) -> int:
        return int(self.first(_DOCUMENT_ORDER) or 0)


_Nodes = Mapping[str, _Node]


def diff_content(old: Path, new: Path) -> ContentDiff:
    """Compare two releases.

    Args:
        old: a data folder or a compiled folder.
        new: another one.

    Raises:
        InputError: one of them is neither, or cannot be read.
        ContentCheckFailed: one of them is a data folder with findings.
    """
    before, after = _read_release(old), _read_release(new)
    ranks = _ranks(before, after), _ranks(after, before)
    differences = [
        difference
        for iri in before.keys() | after.keys()
        if (difference := _compare(iri, before.get(iri), after.get(iri), ranks))
    ]
    place = {iri: node.order for nodes in (before, after) for iri, node in nodes.items()}
    differences.sort(key=lambda d: (d.graph, _ORDER.index(d.kind), place[d.iri], d.iri))
    return ContentDiff(tuple(differences))


def render_diff(diff: ContentDiff) -> str:
    """Write a diff for a terminal: a heading a graph, a line a node, below it a line a changed property."""
    if not diff.differences:
        return "no difference\n"
    lines: list[str] = []
    counts = diff.counts()
    graph = ""
    for difference in diff.differences:
        if difference.graph != graph:
            graph = difference.graph
            lines += [*([""] if lines else []), f"{graph}: {_summary(counts[graph])}"]
        label = f"  {difference.label}" if difference.label else ""
        lines.append(f"  {_SIGNS[difference.change]} {difference.kind} {difference.reference}{label}")
        lines += [f"      {p.name}: {_side(p.old)} → {_side(p.new)}" for p in difference.properties]
    return "\n".join(lines) + "\n"


def _summary(by_kind: Mapping[str, Mapping[str, int]]) -> str:
    parts = []
    for kind in _ORDER:
        if kind in by_kind:
            changes = ", ".join(f"{_SIGNS[c]}{by_kind[kind][c]}" for c in _SIGNS if c in by_kind[kind])
            parts.append(f"{kind} {changes}")
    return "; ".join(parts)


def _side(values: tuple[str, ...]) -> str:
    return ", ".join(values) if values else "(none)"


def _read_release(folder: Path) -> dict[str, _Node]:
    if (folder / MANIFEST).is_file():
        graphs, _, _ = load_compiled(folder)
        return _collect((name, iter(graph)) for name, graph in graphs.items())
    if (folder / "frameworks").is_dir():
        content = read_content([folder])
        require_sound(content)
        return _collect((name, iter(triples)) for name, triples in compile_content(content).graphs.items())
    raise InputError(
        "this is neither a data folder nor a compiled one",
        location=Location(str(folder)),
        remedy=f"give a folder with frameworks/ or with {MANIFEST}",
    )


def _collect(graphs: Iterable[tuple[str, Iterator[ox.Triple | ox.Quad]]]) -> dict[str, _Node]:
    nodes: dict[str, _Node] = {}
    for name, statements in graphs:
        graph = name.removeprefix(GRAPH)
        for statement in statements:
            subject, value = statement.subject, statement.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                node = nodes.setdefault(subject.value, _Node(graph))
                node.values.setdefault(statement.predicate, set()).add(value)
    return nodes


def _ranks(nodes: _Nodes, others: _Nodes) -> dict[str, int]:
    """Return the place of each node among those both releases have, so that an insertion moves nothing."""
    both = {iri for iri, node in nodes.items() if node.order and iri in others and others[iri].order}
    shared = sorted((nodes[iri].graph, nodes[iri].order, iri) for iri in both)
    return {iri: rank for rank, (_, _, iri) in enumerate(shared)}


def _compare(
    iri: str, before: _Node | None, after: _Node | None, ranks: tuple[Mapping[str, int], Mapping[str, int]]
) -> Difference | None:
    node = after or before
    assert node is not None
    properties: tuple[PropertyChange, ...] = ()
    change = "added" if before is None else "removed"
    if before is not None and after is not None:
        properties = tuple(_changes(before, after))
        if ranks[0].get(iri) != ranks[1].get(iri):
            properties += (PropertyChange("documentOrder", (str(before.order),), (str(after.order),)),)
        if not properties:
            return None
        change = "changed"
    return Difference(
        node.graph,
        node.kind,
        change,
        iri,
        node.first(aims("reference")) or iri.removeprefix(ID),
        node.first(RDFS_LABEL) or node.first(DCT_TITLE),
        properties,
    )


def _changes(before: _Node, after: _Node) -> Iterator[PropertyChange]:
    predicates = (before.values.keys() | after.values.keys()) - {_DOCUMENT_ORDER}
    for predicate in sorted(predicates, key=lambda p: p.value):
        old, new = before.values.get(predicate, set()), after.values.get(predicate, set())
        if old != new:
            yield PropertyChange(_short(predicate.value), _shown(old - new), _shown(new - old))


def _shown(terms: set[ox.NamedNode | ox.Literal]) -> tuple[str, ...]:
    return tuple(sorted(_short(term.value) if isinstance(term, ox.NamedNode) else term.value for term in terms))


def _short(iri: str) -> str:
    for base in (TERM, ID):
        if iri.startswith(base):
            return iri.removeprefix(base)
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
