"""Checks an organisation's folder as a whole: names, codes, references, dates, legal grounds.

Like the checks of `data/`, a check returns findings and never stops at the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aimsgraph.content.organisation_files import SYSTEMS, Document, OrganisationFiles
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.organisation_models import (
    NOT_HIGH_RISK,
    ClassificationEntry,
    RoleEntry,
    SystemFile,
    suggest,
)
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.domain.identifiers import is_local_id
from aimsgraph.domain.organisation import EVERY_SYSTEM, EXCLUSIONS
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import Location


def check_files(files: OrganisationFiles, law: LawIndex) -> list[Finding]:
    """Return what is wrong with the files taken together; without a sound `organisation.yaml`, nothing."""
    if files.header is None:
        return []
    known = _Known.of(files, law)
    findings = [*_check_agents(files), *_check_people(files)]
    findings += _check_facts(files.header.yaml, files.header.model.facts, law)
    findings += _check_assets(files, known)
    for system in files.systems:
        findings += _SystemCheck(system, known).run()
    return findings


@dataclass(frozen=True, slots=True)
class _Known:
    """Every name that a system file may use."""

    law: LawIndex
    agents: tuple[str, ...]
    people: tuple[str, ...]
    models: tuple[str, ...]
    datasets: tuple[str, ...]

    @classmethod
    def of(cls, files: OrganisationFiles, law: LawIndex) -> _Known:
        assert files.header is not None
        header = files.header.model
        people = tuple(row["id"] for row in files.people)
        return cls(
            law,
            (header.slug, *(agent.id for agent in header.agents), *people),
            people,
            tuple(model.id for system in files.systems for model in system.model.models if model.name),
            tuple(dataset.id for system in files.systems for dataset in system.model.datasets),
        )


def unknown_reference(what: str, value: str, known: Iterable[str], where: Location) -> Iterator[Finding]:
    """Say that a name stands for nothing, and which one is near."""
    words = tuple(known)
    if value in words:
        return
    yield Finding("UNKNOWN_REFERENCE", f"there is no {what} {value!r}", where, suggest(value, words))


def repeated_ids(ids: Iterable[tuple[str, Location]]) -> Iterator[Finding]:
    """Say which ids stand a second time; the first place is named."""
    first: dict[str, Location] = {}
    for id_, where in ids:
        if id_ in first:
            remedy = f"the first one is at {first[id_]}; give this one its own id or delete it"
            yield Finding("DUPLICATE_ID", f"{id_!r} stands twice", where, remedy)
        first.setdefault(id_, where)


def _check_agents(files: OrganisationFiles) -> Iterator[Finding]:
    assert files.header is not None
    header, yaml = files.header.model, files.header.yaml
    yield from repeated_ids(
        (
            *((row["id"], row.where("id")) for row in files.people),
            (header.slug, yaml.where("slug")),
            *((agent.id, yaml.where("agents", i, "id")) for i, agent in enumerate(header.agents)),
        )
    )


def _check_people(files: OrganisationFiles) -> Iterator[Finding]:
    for row in files.people:
        for column in ("id", "role"):
            if row[column] and not is_local_id(row[column], "slug"):
                message = f"{column!r}: {row[column]!r} is not well-formed"
                yield Finding("BAD_ID", message, row.where(column), "lower case letters, digits and single hyphens")


def _check_facts(yaml: YamlSource, facts: Iterable[str], law: LawIndex) -> Iterator[Finding]:
    for code in facts:
        yield from unknown_reference("condition", code, law.conditions, yaml.where("facts", code))


def _check_assets(files: OrganisationFiles, known: _Known) -> Iterator[Finding]:
    """Check that each model and dataset is described once in the whole folder, and no other is used."""
    models, datasets = [], []
    complete = not any(files.path_of(finding.location).startswith(f"{SYSTEMS}/") for finding in files.findings)
    for document in files.systems:
        yaml, system = document.yaml, document.model
        models += [(m.id, yaml.where("models", i, "id")) for i, m in enumerate(system.models) if m.name]
        datasets += [(d.id, yaml.where("datasets", i, "id")) for i, d in enumerate(system.datasets)]
        for i, model in enumerate(system.models):
            if model.name is None and complete:
                yield from unknown_reference("model", model.id, known.models, yaml.where("models", i, "id"))
            for j, dataset in enumerate(model.datasets if complete else ()):
                yield from unknown_reference("dataset", dataset, known.datasets, yaml.where("models", i, "datasets", j))
    yield from repeated_ids(models)
    yield from repeated_ids(datasets)


@dataclass(frozen=True, slots=True)
class _SystemCheck:
    document: Document[SystemFile]
    known: _Known

    @property
    def system(self) -> SystemFile:
        return self.document.model

    def run(self) -> Iterator[Finding]:
        """Check one system file."""
        yield from self._check_name()
        yield from _check_facts(self.document.yaml, self.system.facts, self.known.law)
        yield from self._check_exclusions()
        yield from self._check_roles()
        yield from self._check_classification(self.system.classification)
        yield from self._check_deployments()
        yield from self._check_events()

    def _where(self, *path: str | int) -> Location:
        return self.document.yaml.where(*path)

    def _check_name(self) -> Iterator[Finding]:
        stem = self.document.yaml.stem
        if self.system.id != stem:
            message = f"the id is {self.system.id!r}, the file says {stem!r}"
            yield Finding("ID_NOT_FILE_NAME", message, self._where("id"), "name the file after the system")
        if self.system.owner:
            yield from unknown_reference("agent", self.system.owner, self.known.agents, self._where("owner"))
        for i, route in enumerate(self.system.routes):
            if route in self.system.routes[:i]:
                yield Finding("DUPLICATE_ID", f"{route!r} stands twice", self._where("routes", i), "keep one")

    def _check_exclusions(self) -> Iterator[Finding]:
        answers, at = self.system.art_2_exclusions, "art_2_exclusions"
        for slug in answers:
            yield from unknown_reference("exclusion", slug, EXCLUSIONS, self._where(at, slug))
        for slug, provision in EXCLUSIONS.items():
            if slug not in answers:
                remedy = "answer yes, no or undetermined"
                yield Finding(
                    "MISSING_FIELD",
                    f"the exclusion {slug!r} ({provision}) is missing",
                    self._where(at),
                    remedy,
                )
            else:
                yield from self._check_reference(provision, self._where(at, slug))

    def _check_reference(self, reference: str, where: Location) -> Iterator[Finding]:
        if self.known.law.resolve(reference) is None:
            yield from unknown_reference(
                "provision", reference, (r for r in self.known.law.references if r != reference), where
            )

    def _check_roles(self) -> Iterator[Finding]:
        events = {event.id: event for event in self.system.events}
        seen: dict[tuple[str, str, dt.date], int] = {}
        for i, role in enumerate(self.system.roles):
            yield from unknown_reference("agent", role.agent, self.known.agents, self._where("roles", i, "agent"))
            yield from unknown_reference("role", role.role, self.known.law.roles, self._where("roles", i, "role"))
            yield from self._check_order(role.held_from, role.held_until, "roles", i)
            key = (role.agent, role.role, role.held_from)
            if key in seen:
                remedy = f"the first one is at {self._where('roles', seen[key])}; keep one of them"
                yield Finding("DUPLICATE_ID", "the same role stands twice", self._where("roles", i), remedy)
            seen.setdefault(key, i)
            if role.triggered_by:
                yield from unknown_reference(
                    "event", role.triggered_by, events, self._where("roles", i, "triggered_by")
                )
                event = events.get(role.triggered_by)
                if event and role.held_from < event.on:
                    message = f"the role is held from {role.held_from}, its event happens on {event.on}"
                    yield Finding("DATES_ORDER", message, self._where("roles", i, "from"), "check both days")
            if role.ground:
                yield from self._check_ground(role, role.ground, i)

    def _check_ground(self, role: RoleEntry, ground: str, i: int) -> Iterator[Finding]:
        """Check that the ground of a role exists, and that it applies on the first day of the role."""
        law, where = self.known.law, self._where("roles", i, "ground")
        unknown = list(self._check_reference(ground, where))
        yield from unknown
        if unknown:
            return
        dates = {route: law.applies_from(ground, route) for route in (*self.system.routes, EVERY_SYSTEM)}
        days = sorted((day, route) for route, day in dates.items() if day)
        if not days:
            message = f"no day is known from which {ground} applies on the routes of this system"
            remedy = f"routes here: {', '.join(self.system.routes) or 'none'}; check the ground and the routes"
            yield Finding("GROUND_UNDATED", message, where, remedy, Severity.WARNING)
        elif role.held_from < days[0][0]:
            day, route = days[0]
            message = f"{ground} applies from {day} ({route}), the role is held from {role.held_from}"
            remedy = f"a legal ground has to apply on the day it is used: {day} or later, or another ground"
            yield Finding("GROUND_TOO_EARLY", message, where, remedy)

    def _check_classification(self, decision: ClassificationEntry) -> Iterator[Finding]:
        at = "classification"
        for i, reference in enumerate(decision.grounded_on):
            yield from self._check_reference(reference, self._where(at, "grounded_on", i))
        if decision.decided_by:
            yield from unknown_reference(
                "person", decision.decided_by, self.known.people, self._where(at, "decided_by")
            )
        if decision.status == "undetermined":
            if decision.outcome:
                message, remedy = "an undetermined classification has no outcome", "delete it, or decide"
                yield Finding("OUTCOME_UNDECIDED", message, self._where(at, "outcome"), remedy)
            return
        for field in ("outcome", "grounded_on", "decided_by", "decided_on", "rationale"):
            if not getattr(decision, field):
                message = f"{at + '.' + field!r} is missing from a decided classification"
                remedy = "add it, or write status: undetermined"
                yield Finding("MISSING_FIELD", message, self._where(at, field), remedy)
        if decision.outcome and decision.outcome not in (*self.system.routes, EVERY_SYSTEM, NOT_HIGH_RISK):
            message = f"the outcome {decision.outcome!r} is not among the routes of the system"
            remedy = f"routes here: {', '.join(self.system.routes) or 'none'}; make the two agree"
            yield Finding("OUTCOME_OFF_ROUTE", message, self._where(at, "outcome"), remedy)

    def _check_deployments(self) -> Iterator[Finding]:
        at = "deployments"
        yield from repeated_ids((d.id, self._where(at, i, "id")) for i, d in enumerate(self.system.deployments))
        for i, deployment in enumerate(self.system.deployments):
            yield from unknown_reference("agent", deployment.by, self.known.agents, self._where(at, i, "by"))
            yield from self._check_order(deployment.used_from, deployment.used_until, at, i)

    def _check_events(self) -> Iterator[Finding]:
        yield from repeated_ids((e.id, self._where("events", i, "id")) for i, e in enumerate(self.system.events))
        placed = self.system.placed_on_market
        for i, event in enumerate(self.system.events):
            if placed and event.on < placed:
                message = f"the event of {event.on} lies before the system is placed on the market on {placed}"
                remedy = "only a system already on the market can be modified in this sense; check both days"
                yield Finding("DATES_ORDER", message, self._where("events", i, "on"), remedy)

    def _check_order(self, start: dt.date, end: dt.date | None, *path: str | int) -> Iterator[Finding]:
        if end is not None and end <= start:
            remedy = "'until' is the first day on which it no longer holds; check both days"
            yield Finding("DATES_ORDER", f"{end} is not after {start}", self._where(*path, "until"), remedy)
