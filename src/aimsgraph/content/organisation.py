"""Reads an organisation's folder: all of it as plain values, and as traced triples.

The format is shown, field by field, by `data/examples/acme`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from aimsgraph.content.emit import SourceMap
from aimsgraph.content.organisation_check import check_files
from aimsgraph.content.organisation_compile import (
    OrganisationNames,
    agent_labels,
    compile_files,
    role_iri,
    routes_of,
)
from aimsgraph.content.organisation_files import Document, OrganisationFiles, read_files
from aimsgraph.content.organisation_law import LawIndex, law_from_content
from aimsgraph.content.organisation_models import OrganisationFile, SystemFile
from aimsgraph.content.register_check import check_register
from aimsgraph.content.register_compile import compile_register
from aimsgraph.content.register_values import build_register
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.domain.organisation import (
    EXCLUSIONS,
    AISystem,
    Exclusion,
    Organisation,
    RoleHolding,
    SystemEvent,
)
from aimsgraph.domain.register import Register
from aimsgraph.domain.report import Finding, Severity, sort_findings
from aimsgraph.errors import CheckFailed

__all__ = [
    "CompiledOrganisation",
    "LawIndex",
    "OrganisationSource",
    "check_organisation",
    "law_from_content",
    "read_organisation",
]


class CompiledOrganisation(NamedTuple):
    """The organisation's named graph, what it holds, and where each node was written."""

    graph: str
    triples: frozenset[ox.Triple]
    sources: SourceMap


@dataclass(frozen=True, slots=True)
class OrganisationSource:
    """An organisation's folder as read and checked.

    Attributes:
        files: what was read.
        law: the names and dates it was checked against.
        findings: everything that is wrong, in order of place.
    """

    files: OrganisationFiles
    law: LawIndex
    findings: tuple[Finding, ...]

    @property
    def organisation(self) -> Organisation | None:
        """The organisation itself; None when `organisation.yaml` has violations."""
        header = self._sound_header()
        return _to_organisation(self.files, header.model) if header else None

    @property
    def systems(self) -> tuple[AISystem, ...]:
        """The systems whose files, and `organisation.yaml`, have no violations; `findings` names the rest."""
        header, broken = self._sound_header(), self._broken()
        if header is None:
            return ()
        sound = [document.model for document in self.files.systems if not document.yaml.files & broken]
        return tuple(_to_system(system, self.files, header.model, self.law) for system in sound)

    @property
    def register(self) -> Register | None:
        """Everything on record; None while the folder has violations."""
        organisation = self.organisation
        if organisation is None or self._broken():
            return None
        return build_register(self.files, self.law, organisation, self.systems)

    def compile(self) -> CompiledOrganisation:
        """Compile the folder to triples.

        Raises:
            CheckFailed: there are violations; only a sound folder is compiled.
        """
        header, broken = self.files.header, self._broken()
        if header is None or broken:
            first = next(finding for finding in self.findings if finding.severity is Severity.VIOLATION)
            raise CheckFailed(
                f"the organisation's folder has violations; the first: {first.message}",
                location=first.location,
                remedy=first.remedy,
            )
        out, register = compile_files(self.files, header, self.law), self.register
        assert register is not None
        names = OrganisationNames.of(self.files, header.model)
        compile_register(register, names, self.law, out, header.model.language)
        return CompiledOrganisation(f"{GRAPH}org/{header.model.slug}", frozenset(out.triples), dict(out.sources))

    def _broken(self) -> set[str]:
        return {finding.location.file for finding in self.findings if finding.severity is Severity.VIOLATION}

    def _sound_header(self) -> Document[OrganisationFile] | None:
        header = self.files.header
        return header if header and not header.yaml.files & self._broken() else None


def read_organisation(folder: Path, law: LawIndex, shown_as: str = "") -> OrganisationSource:
    """Read and check an organisation's folder.

    Args:
        folder: the folder that holds `organisation.yaml`.
        law: which conditions, roles, routes and provisions there are, and since when they apply.
        shown_as: how messages and the source map name the folder; its own name when empty.

    Raises:
        InputError: the folder or `organisation.yaml` is missing, or a file is not what it claims to be.
    """
    return check_organisation(read_files(folder, shown_as or folder.resolve().name), law)


def check_organisation(files: OrganisationFiles, law: LawIndex) -> OrganisationSource:
    """Check an organisation's files as a whole, however they were read."""
    findings = sort_findings([*files.findings, *check_files(files, law), *check_register(files, law)])
    return OrganisationSource(files, law, tuple(findings))


def _to_organisation(files: OrganisationFiles, header: OrganisationFile) -> Organisation:
    iri = OrganisationNames.of(files, header).organisation
    return Organisation(header.slug, iri, header.name, header.jurisdiction)


def _to_system(system: SystemFile, files: OrganisationFiles, header: OrganisationFile, law: LawIndex) -> AISystem:
    names = OrganisationNames.of(files, header)
    labels = agent_labels(files, header)
    roles = [
        RoleHolding(
            role_iri(names, system.id, entry.agent, entry.role, entry.held_from.isoformat()),
            entry.agent,
            labels[entry.agent],
            entry.role,
            entry.held_from,
            entry.held_until,
            entry.ground or "",
            entry.triggered_by or "",
        )
        for entry in system.roles
    ]
    events = [
        SystemEvent(names("event", system.id, entry.id), entry.id, entry.kind, entry.on, entry.description)
        for entry in system.events
    ]
    exclusions = [
        Exclusion(names("exclusion", system.id, slug), slug, provision, system.art_2_exclusions[slug])
        for slug, provision in EXCLUSIONS.items()
    ]
    return AISystem(
        system.id,
        names("system", system.id),
        system.name,
        _to_organisation(files, header),
        routes_of(system, law),
        system.placed_on_market,
        system.planned,
        tuple(sorted(roles, key=lambda role: (role.held_from, role.agent, role.role))),
        {**header.facts, **system.facts},
        tuple(exclusions),
        tuple(sorted(events, key=lambda event: (event.on, event.id))),
    )
