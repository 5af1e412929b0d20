"""What depends on something, and what falls if it goes.

Dependence is a graph from what supports to what is supported. What falls is found by deciding the coverage once more
without the thing: the rows that change are what falls, no more and no less.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aimsgraph.compliance.coverage import CoverageRow
from aimsgraph.compliance.impact_links import Links, Node, iter_links
from aimsgraph.compliance.reach import Status
from aimsgraph.compliance.soa import SoaRow
from aimsgraph.domain.register import Register
from aimsgraph.errors import NotFound, UsageError

if TYPE_CHECKING:
    import networkx

__all__ = ["Dependence", "Dependent", "Fall", "Impact", "Links", "Node"]

_NORMS = ("provision", "statement", "control")


@dataclass(frozen=True, slots=True)
class Dependent:
    """Something that depends on the thing asked about.

    Attributes:
        node: what it is.
        how: how it depends on the link before it.
        via: the links from the thing to it, both left out.
    """

    node: Node
    how: str
    via: tuple[Node, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the dependent as JSON."""
        return {
            "kind": self.node.kind,
            "ref": self.node.id,
            "how": self.how,
            "via": [str(node) for node in self.via],
        }


@dataclass(frozen=True, slots=True)
class Fall:
    """A coverage row that changes when the thing goes."""

    statement: str
    system: str
    role: str
    before: Status
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {
            "statement": self.statement,
            "system": self.system,
            "role": self.role,
            "before": self.before.value,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class SoaFall:
    """A row of the statement of applicability whose control no longer operates, or is no longer shown to."""

    control: str
    before: str
    after: str

    def to_dict(self) -> dict[str, str]:
        """Return the change as JSON."""
        return {"control": self.control, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Impact:
    """What depends on a thing, and what falls if it goes.

    Attributes:
        node: the thing.
        dependents: what depends on it, nearest first.
        falls: the duties whose coverage changes.
        items: the items of other frameworks whose coverage changes; they bind nobody, so their role is empty.
        soa: the rows of the statement of applicability that change.
    """

    node: Node
    dependents: tuple[Dependent, ...]
    falls: tuple[Fall, ...]
    items: tuple[Fall, ...] = ()
    soa: tuple[SoaFall, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the impact as JSON."""
        return {
            "of": {"kind": self.node.kind, "ref": self.node.id},
            "dependents": [each.to_dict() for each in self.dependents],
            "falls": [each.to_dict() for each in self.falls],
            "item_falls": [each.to_dict() for each in self.items],
            "soa_falls": [each.to_dict() for each in self.soa],
        }


class Dependence:
    """The graph of what depends on what: a register, its coverage, and the norms it speaks of."""

    def __init__(
        self, register: Register, coverage: Iterable[CoverageRow], links: Links, parents: Mapping[str, str]
    ) -> None:
        """Build it.

        Args:
            register: the records.
            coverage: the coverage rows.
            links: what the register does not hold: which dataset is part of which model, and that of which system.
            parents: reference of the whole by reference of the part, for provisions and statements.
        """
        import networkx

        self._graph: networkx.DiGraph[Node] = networkx.DiGraph()
        for source, how, target in iter_links(register, coverage, links, parents):
            self._graph.add_edge(source, target, how=how)

    def find(self, text: str, iris: Mapping[str, str]) -> Node:
        """Return the thing that an id, `kind:id`, reference or IRI names.

        Args:
            text: what names it.
            iris: IRI → id or reference, for what is named by its IRI.

        Raises:
            NotFound: there is no such thing in the graph.
            UsageError: several things have that id.
        """
        wanted = iris.get(text, text)
        found: list[Node] = sorted(n for n in self._graph if wanted in (n.id, str(n)))
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{text!r} names several things", remedy=f"write {' or '.join(str(node) for node in found)}"
            )
        from rapidfuzz import process

        near = [match[0] for match in process.extract(wanted, sorted({n.id for n in self._graph}), limit=3)]
        raise NotFound(f"nothing here depends on {text!r}", remedy=f"nearest: {', '.join(near)}")

    def dependents(self, node: Node) -> list[Dependent]:
        """Return everything that depends on a thing, nearest first, each with the shortest way there."""
        import networkx

        paths: dict[Node, list[Node]] = networkx.single_source_shortest_path(self._graph, node)
        found = [
            Dependent(target, self._graph.edges[path[-2], target]["how"], tuple(path[1:-1]))
            for target, path in paths.items()
            if target != node
        ]
        return sorted(found, key=lambda d: (len(d.via), d.node))


def remove(register: Register, node: Node, links: Links) -> Register:
    """Return the register without a thing, and without what cannot be there without it.

    A control goes with its implementations, a system with its duties, a dataset or model with the evidence that was
    made with it. A person leaves the records in place: they lose an owner, not their force.
    """
    if node.kind == "evidence":
        return dataclasses.replace(register, evidence=tuple(e for e in register.evidence if e.id != node.id))
    if node.kind in ("implementation", "control"):
        name = {"implementation": "id", "control": "control"}[node.kind]
        controls = tuple(c for c in register.controls if getattr(c, name) != node.id)
        return dataclasses.replace(register, controls=controls)
    if node.kind == "system":
        return dataclasses.replace(register, systems=tuple(s for s in register.systems if s.id != node.id))
    if node.kind in ("dataset", "model"):
        gone = {node.id, *(part for part, whole in links.parts if whole == node.id)}
        kept = tuple(e for e in register.evidence if e.dataset not in gone)
        return dataclasses.replace(register, evidence=kept)
    return register


def find_falls(before: Iterable[CoverageRow], after: Iterable[CoverageRow], gone: frozenset[str]) -> list[Fall]:
    """Return the rows that change; `gone` are references of provisions that are taken away with their statements."""
    later = {row.key: row for row in after}
    falls = []
    for row in before:
        now = later.get(row.key)
        if now is None or (gone & {row.statement, row.provision}):
            falls.append(Fall(row.statement, row.system, row.role, row.status, "gone"))
        elif now.status is not row.status:
            falls.append(Fall(row.statement, row.system, row.role, row.status, now.status.value))
    return falls


def find_soa_falls(before: Iterable[SoaRow], after: Iterable[SoaRow]) -> list[SoaFall]:
    """Return the rows of the statement of applicability that change."""
    later = {row.control: _state_of(row) for row in after}
    pairs = ((row.control, _state_of(row), later.get(row.control, "gone")) for row in before)
    return [SoaFall(control, was, now) for control, was, now in pairs if was != now]


def _state_of(row: SoaRow) -> str:
    return f"{row.status}, evidence {row.evidence_state}"


def parts_of(node: Node, parents: Mapping[str, str]) -> frozenset[str]:
    """Return the references of a provision and everything in it; nothing for what is no law."""
    if node.kind not in _NORMS or node.kind == "control":
        return frozenset()
    found = {node.id}
    grown = True
    while grown:
        more = {part for part, whole in parents.items() if whole in found} - found
        found |= more
        grown = bool(more)
    return frozenset(found)
