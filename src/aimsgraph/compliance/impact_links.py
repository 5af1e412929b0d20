"""The links of dependence: from what supports something to what it supports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aimsgraph.compliance.coverage import CoverageRow
from aimsgraph.domain.register import MANAGEMENT_SYSTEM, Register


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A thing that may depend on another, or another on it.

    Attributes:
        kind: evidence, implementation, control, statement, provision, duty, system, dataset, model, person, risk,
            impact, document, supplier, soa, objective, audit, finding or item.
        id: its id or reference; of a duty `statement @ system (role)`.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        """Return `kind:id`."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Links:
    """What the register's values do not hold.

    Attributes:
        datasets: ids of the datasets.
        models: ids of the models.
        parts: (part, whole): a dataset and the model that learnt from it, a model and the system that uses it.
        items: (control, item, how): references of items of other frameworks that a control reaches.
    """

    datasets: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    parts: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str, str], ...] = field(default=())


_Link = tuple[Node, str, Node]


def iter_links(
    register: Register, coverage: Iterable[CoverageRow], links: Links, parents: Mapping[str, str]
) -> Iterator[_Link]:
    """Yield (what supports, how, what is supported)."""
    yield from _controls(register)
    yield from _evidence(register, links)
    yield from _assets(register, links)
    yield from _judgements(register)
    yield from _people(register)
    yield from _records(register)
    yield from _norms(register, coverage, parents)
    for control, item, how in links.items:
        yield Node("control", control), how, Node("item", item)


def _controls(register: Register) -> Iterator[_Link]:
    for each in register.controls:
        node = Node("implementation", each.id)
        if each.control:
            yield node, "implements", Node("control", each.control)
        for statement in each.addresses:
            yield node, "addresses", Node("statement", statement)
        if each.procedure:
            yield Node("document", each.procedure), "says how", node
    for decision in register.soa.decisions:
        soa = Node("soa", f"{decision.control} (statement of applicability)")
        yield Node("control", decision.control), "is decided in", soa
        for name in decision.implemented_by:
            yield Node("implementation", name), "carries out", soa


def _evidence(register: Register, links: Links) -> Iterator[_Link]:
    ids = {each.id for each in register.controls}
    for each in register.evidence:
        node = Node("evidence", each.id)
        for subject in each.supports:
            kind = "implementation" if subject in ids else _norm_kind(subject)
            yield node, "refutes" if each.refutes else "shows", Node(kind, subject)
        if each.dataset:
            yield Node("dataset", each.dataset), "was tested with", node
        if each.locator in {d.id for d in register.documents}:
            yield Node("document", each.locator), "is kept in", node


def _norm_kind(reference: str) -> str:
    local = reference.partition(":")[2]
    if local.startswith("A.") and reference.startswith("iso-42001"):
        return "control"
    return "statement" if local[:1].islower() else "provision"


def _assets(register: Register, links: Links) -> Iterator[_Link]:
    def node(name: str) -> Node:
        kind = "dataset" if name in links.datasets else "model" if name in links.models else "system"
        return Node(kind, name)

    for part, whole in links.parts:
        yield node(part), "is part of", node(whole)
    for supplier in register.suppliers:
        for supplied in supplier.supplies:
            yield Node("supplier", supplier.id), "supplies", node(supplied)
        for reference in supplier.contract_covers:
            yield Node("supplier", supplier.id), "owes by contract", Node(_norm_kind(reference), reference)


def _judgements(register: Register) -> Iterator[_Link]:
    systems = {system.id for system in register.systems}
    for risk in register.risks:
        if risk.system in systems:
            yield Node("system", risk.system), "has the risk", Node("risk", risk.id)
        for control in risk.controls:
            yield Node("implementation", control), "treats", Node("risk", risk.id)
    for impact in register.impacts:
        if impact.system in systems:
            yield Node("system", impact.system), "is assessed in", Node("impact", impact.id)
        for reused in impact.reuses:
            yield Node("impact", reused), "is reused in", Node("impact", impact.id)


def _people(register: Register) -> Iterator[_Link]:
    owned = (
        *(("implementation", c.id, "owns", c.owner) for c in register.controls),
        *(("implementation", c.id, "reviewed", c.reviewed_by) for c in register.controls),
        *(("risk", r.id, "owns", r.owner) for r in register.risks),
        *(("risk", r.id, "accepted", r.accepted_by) for r in register.risks),
        *(("evidence", e.id, "collected", e.collected_by) for e in register.evidence),
        *(("document", d.id, "owns", d.owner) for d in register.documents),
        *(("document", d.id, "approved", d.approved_by) for d in register.documents),
        *(("impact", i.id, "made", i.by) for i in register.impacts),
        *(("objective", o.id, "owns", o.owner) for o in register.objectives),
        *(("audit", a.id, "audits", a.auditor) for a in register.audits),
        *(("finding", f.id, "acts on", f.action_owner) for f in register.findings),
    )
    for kind, identifier, how, person in owned:
        if person:
            yield Node("person", person), how, Node(kind, identifier)
    if top := register.management_system.top_management:
        yield Node("person", top), "directs", Node("system", MANAGEMENT_SYSTEM)


def _records(register: Register) -> Iterator[_Link]:
    risks, impacts = {r.id for r in register.risks}, {i.id for i in register.impacts}
    for decision in register.soa.decisions:
        soa = Node("soa", f"{decision.control} (statement of applicability)")
        for driver in decision.driven_by:
            if driver in risks or driver in impacts or ":" in driver:
                kind = "risk" if driver in risks else "impact" if driver in impacts else _norm_kind(driver)
                yield Node(kind, driver), "drives", soa
    for document in register.documents:
        for reference in document.documents:
            yield Node("document", document.id), "documents", Node(_norm_kind(reference), reference)
    for finding in register.findings:
        yield Node("audit", finding.audit), "found", Node("finding", finding.id)


def _norms(register: Register, coverage: Iterable[CoverageRow], parents: Mapping[str, str]) -> Iterator[_Link]:
    controls = {c.control for c in register.controls if c.control}
    ids = {c.id for c in register.controls}
    for row in coverage:
        if not row.role:
            continue
        duty = Node("duty", f"{row.statement} @ {row.system} ({row.role})")
        yield Node("statement", row.statement), "is the duty", duty
        yield Node("system", row.system), "bears", duty
        yield from _whole(row.statement, row.provision, parents)
        used = {name for chain in row.reach.chains for name in chain.rests_on if name in controls or name in ids}
        for name in sorted(used):
            if name in controls:
                yield Node("control", name), "helps with", duty
            else:
                yield Node("implementation", name), "reaches", duty


def _whole(statement: str, provision: str, parents: Mapping[str, str]) -> Iterator[_Link]:
    yield Node("provision", provision), "states", Node("statement", statement)
    part = provision
    while whole := parents.get(part, ""):
        yield Node("provision", whole), "contains", Node("provision", part)
        part = whole
