"""Where an organisation stands on a day: coverage, gaps, statement of applicability, readiness, impact, from one place.

Everything is decided anew from the register, the law and the mappings; nothing is kept that could go stale.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsgraph.compliance import impact as impacts
from aimsgraph.compliance.chains import Chains
from aimsgraph.compliance.coverage import CoverageRow, decide_coverage, decide_item_coverage
from aimsgraph.compliance.gaps import Gaps, find_gaps
from aimsgraph.compliance.horizon import find_binding_days
from aimsgraph.compliance.impact_links import Links
from aimsgraph.compliance.penalties import Penalties
from aimsgraph.compliance.privacy import withhold
from aimsgraph.compliance.readiness import ReadinessStep, judge_readiness
from aimsgraph.compliance.readiness_records import Records
from aimsgraph.compliance.soa import SoaRow, build_soa
from aimsgraph.compliance.soa_checks import check_soa
from aimsgraph.crosswalk.answers import Crosswalk
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.register import Register, Soa
from aimsgraph.domain.relation import Verdict, judge
from aimsgraph.domain.report import Finding
from aimsgraph.domain.time import Moment
from aimsgraph.errors import NotFound, UsageError
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import iter_rows, text_of
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law

if TYPE_CHECKING:
    from aimsgraph.content.organisation import OrganisationSource

STANDARD = "iso-42001"
LAW = "eu-ai-act"


@dataclass(frozen=True, slots=True)
class Norms:
    """The norms an organisation is held against."""

    store: Store
    index: Index
    law: Law
    crosswalk: Crosswalk


@dataclass(frozen=True, slots=True)
class SoaReport:
    """The statement of applicability as it stands, with what is wrong with it.

    Attributes:
        soa: its header and decisions, as the organisation wrote them.
        rows: one row a control.
        findings: what the machine checks found.
    """

    soa: Soa
    rows: tuple[SoaRow, ...]
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return header, rows and findings as JSON."""
        return {
            "soa": {
                "version": self.soa.version,
                "approved_by": self.soa.approved_by,
                "approved_on": self.soa.approved_on.isoformat() if self.soa.approved_on else None,
            },
            "controls": [row.to_dict() for row in self.rows],
            "findings": [_finding_to_dict(finding) for finding in self.findings],
        }


def _finding_to_dict(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
    }


class Posture:
    """One organisation on one day.

    Attributes:
        register: its records, without what is to be left out.
        moment: the day asked about and the law as known.
        systems: the systems looked at.
    """

    def __init__(
        self, norms: Norms, register: Register, moment: Moment, *, system: str = "", min_status: str = "reviewed",
        links: Links | None = None, without: Collection[str] = (),
    ) -> None:  # fmt: skip
        """Take a look.

        Args:
            norms: what the organisation is held against.
            register: its records.
            moment: the day asked about and the law as known.
            system: id of one system; all of them when empty.
            min_status: the least weight of mappings that count.
            links: which datasets and models are part of what.
            without: what to leave out of the answers, of `people` and `evidence`.

        Raises:
            NotFound: there is no such system.
        """
        self._norms, self._min_status = norms, min_status
        self.register, self.moment = withhold(register, without), moment
        self._links = links or Links()
        self.systems = _choose(self.register.systems, system)

    @cached_property
    def chains(self) -> Chains:
        """What reaches what."""
        return self._chains_of(self.register)

    def _chains_of(self, register: Register) -> Chains:
        norms = self._norms
        return Chains(register, norms.law, norms.crosswalk, norms.index, self.moment, self._min_status)

    @cached_property
    def coverage(self) -> list[CoverageRow]:
        """How far each duty is covered."""
        return decide_coverage(self._norms.law, self.chains, self.systems)

    def item_coverage(self, framework: str) -> list[CoverageRow]:
        """Return how far the items of another framework are covered by what is set up, system by system."""
        crosswalk, index = self._norms.crosswalk, self._norms.index
        entries = [index.by_iri(iri) for iri in crosswalk.items_of(framework, self.moment)]
        items = [(entry.iri, entry.reference, entry.label) for entry in entries if entry]
        return [row for system in self.systems for row in decide_item_coverage(self.chains, items, system.id)]

    @property
    def _every_item(self) -> list[CoverageRow]:
        """How far the items of every framework but the Act are covered."""
        return [row for slug in self._norms.index.frameworks if slug != LAW for row in self.item_coverage(slug)]

    def gaps(self) -> Gaps:
        """Return what is missing, most pressing first."""
        penalties = Penalties(self._norms.store, self._norms.index, self._norms.law)
        return find_gaps(self._norms.law, self.chains, self.systems, penalties)

    def soa(self) -> SoaReport:
        """Return the statement of applicability with its checks."""
        rows = self._soa_rows
        norms = self._norms
        findings = check_soa(rows, self.register, norms.crosswalk, norms.index, self._binding, self.moment.on)
        return SoaReport(self.register.soa, tuple(rows), tuple(findings))

    def readiness(self) -> list[ReadinessStep]:
        """Return how ready the management system is, step by step."""
        records = Records(
            self.chains,
            self.systems,
            tuple(self.coverage),
            tuple(self._soa_rows),
            self._required,
            tuple(reference for reference, _ in self._items if not reference.startswith(f"{STANDARD}:A.")),
        )
        return judge_readiness(records)

    def impact(self, text: str) -> impacts.Impact:
        """Return what depends on something, and which coverage falls if it goes.

        Args:
            text: an id of the register, `kind:id`, a reference or an IRI.

        Raises:
            NotFound: nothing by that name is depended upon.
            UsageError: several things have that name.
        """
        links = dataclasses.replace(self._links, items=tuple(self._iter_items()))
        parents = self._parents
        graph = impacts.Dependence(self.register, self.coverage, links, parents)
        node = self._find(graph, text)
        kept = impacts.remove(self.register, node, links)
        after = Posture(self._norms, kept, self.moment, min_status=self._min_status)
        after.systems = tuple(s for s in kept.systems if s.id in {ours.id for ours in self.systems})
        gone = impacts.parts_of(node, parents)
        return impacts.Impact(
            node,
            tuple(graph.dependents(node)),
            tuple(impacts.find_falls(self.coverage, after.coverage, gone)),
            tuple(impacts.find_falls(self._every_item, after._every_item, gone)),
            tuple(impacts.find_soa_falls(self._soa_rows, after._soa_rows)),
        )

    def _find(self, graph: impacts.Dependence, text: str) -> impacts.Node:
        """Return the thing a text names: an id of ours first, then what it cites of the norms."""
        try:
            return graph.find(text, self._irises)
        except NotFound as error:
            try:
                cited = self._norms.index.resolve(text).reference
            except (NotFound, UsageError):
                raise error from None
            return graph.find(cited, self._irises)

    def _iter_items(self) -> list[tuple[str, str, str]]:
        """Return (control, item, how) for the items outside the Act that controls set up here overlap with."""
        crosswalk, index = self._norms.crosswalk, self._norms.index
        found = []
        for reference in dict.fromkeys(c.control for c in self.register.controls if c.control in index.by_reference):
            request = crosswalk.request("", self._min_status)
            for answer in crosswalk.composer.answers(index.by_reference[reference].iri, request):
                entry, verdicts = index.by_iri(answer.object), judge(answer.relation)
                if entry and entry.framework != LAW and verdicts.overlaps is Verdict.YES:
                    found.append((reference, entry.reference, verdicts.summary))
        return found

    @cached_property
    def _soa_rows(self) -> list[SoaRow]:
        controls = [(ref, title) for ref, title in self._items if ref.startswith(f"{STANDARD}:A.")]
        return build_soa(self.chains, controls)

    @cached_property
    def _items(self) -> list[tuple[str, str]]:
        """Reference and title of every assessable clause and control of the standard, in its order."""
        entries = (self._norms.index.by_iri(iri) for iri in self._norms.crosswalk.items_of(STANDARD, self.moment))
        return [(entry.reference, entry.label) for entry in entries if entry]

    @cached_property
    def _binding(self) -> dict[tuple[str, str], dt.date]:
        found: dict[tuple[str, str], dt.date] = {}
        for system in self.systems:
            for key, (day, _) in find_binding_days(self._norms.law, system, self.moment).items():
                found[key] = min(day, found.get(key, day))
        return found

    @cached_property
    def _required(self) -> dict[str, str]:
        query = "SELECT ?ref ?what WHERE { ?p aims:requiresDocument ?what ; aims:reference ?ref } ORDER BY ?ref"
        rows = {text_of(row, "ref"): text_of(row, "what") for row in iter_rows(self._norms.store, query)}
        return {reference: rows[reference] for reference, _ in self._items if reference in rows}

    @cached_property
    def _parents(self) -> dict[str, str]:
        """Reference of the whole by reference of the part; a statement's whole is the provision it stands in."""
        name = self._norms.crosswalk.name
        found = {name(part): name(whole) for part, whole in self._norms.law.parents.items()}
        return found | {s.reference: s.provision_reference for s in self._norms.law.statements}

    @cached_property
    def _irises(self) -> dict[str, str]:
        """What names a thing in the graph of dependence, by its IRI: a reference, or the kind and id of a record."""
        found = {entry.iri: entry.reference for entry in self._norms.index.by_reference.values()}
        ours = self.register
        for kind, group in (
            ("implementation", ours.controls), ("evidence", ours.evidence), ("person", ours.people),
            ("risk", ours.risks), ("document", ours.documents), ("system", ours.systems), ("impact", ours.impacts),
            ("audit", ours.audits), ("finding", ours.findings), ("objective", ours.objectives),
            ("supplier", ours.suppliers),
        ):  # fmt: skip
            found |= {each.iri: f"{kind}:{each.id}" for each in group if each.iri}
        return found


def load_sound(folder: Path) -> tuple[Register, Links]:
    """Return the register of a folder that has no violations, and which dataset and model is part of what.

    Raises:
        InputError: the folder cannot be read, or says something wrong; the first place is named.
    """
    from aimsgraph.compliance.register import load_sound_register

    source = load_sound_register(folder)
    register = source.register
    assert register is not None, "a sound folder has a register"
    return register, _links_of(source)


def _links_of(source: OrganisationSource) -> Links:
    systems = [document.model for document in source.files.systems]
    models = {model.id for system in systems for model in system.models}
    datasets = {dataset.id for system in systems for dataset in system.datasets}
    datasets |= {dataset for system in systems for model in system.models for dataset in model.datasets}
    parts = [(model.id, system.id) for system in systems for model in system.models]
    parts += [(dataset, model.id) for system in systems for model in system.models for dataset in model.datasets]
    return Links(frozenset(datasets), frozenset(models), tuple(dict.fromkeys(parts)))


def _choose(systems: tuple[AISystem, ...], wanted: str) -> tuple[AISystem, ...]:
    chosen = tuple(system for system in systems if wanted in ("", system.id, system.iri))
    if wanted and not chosen:
        known = ", ".join(system.id for system in systems)
        raise NotFound(f"there is no system {wanted!r}", remedy=f"known: {known}")
    return chosen
