"""Checks the tables of an organisation's register: ids, names, references, days, and what belongs together.

What is well-formed and consistent is judged here; whether it suffices is not: that depends on the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from aimsgraph.content.organisation_check import repeated_ids, unknown_reference
from aimsgraph.content.organisation_files import OrganisationFiles
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.register_check_yaml import check_yaml
from aimsgraph.content.register_rules import (
    Names,
    check_order,
    check_pair,
    check_path,
    day_of,
    digest_of,
    find_file,
    is_web_address,
    warn,
)
from aimsgraph.content.register_tables import LEVELS, OWN, POLICY, TEST_COLUMNS
from aimsgraph.content.tables import Row
from aimsgraph.domain.identifiers import is_local_id
from aimsgraph.domain.register import ALL_SYSTEMS, MANAGEMENT_SYSTEM
from aimsgraph.domain.report import Finding
from aimsgraph.errors import Location

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMPLETE = "iso-42001"
"""The framework each of whose controls the statement of applicability decides on."""

_SHOWN = 3


def check_register(files: OrganisationFiles, law: LawIndex) -> list[Finding]:
    """Return what is wrong with the records; without a sound `organisation.yaml`, nothing."""
    if files.header is None:
        return []
    names = Names.of(files, law)
    findings = [*_check_ids(files), *_check_soa(names)]
    for name, check in _ROWS.items():
        for row in files.rows(name):
            findings += check(row, names)
    return findings + list(check_yaml(names))


def _check_ids(files: OrganisationFiles) -> Iterator[Finding]:
    """Check the ids of the tables; those that one column may mix stand once in all of them."""
    for name in ("controls.csv", "risks.csv", "evidence.csv", "suppliers.csv", "incidents.csv"):
        for row in files.rows(name):
            if row["id"] and not is_local_id(row["id"], "slug"):
                message = f"'id': {row['id']!r} is not well-formed"
                yield Finding("BAD_ID", message, row.where("id"), "lower case letters, digits and single hyphens")
    impacts = [(impact.model.id, impact.yaml.where("id")) for impact in files.impacts]
    policies = [(policy.model.id, policy.yaml.where("id")) for policy in files.policies]
    yield from repeated_ids(_ids(files, "controls.csv"))
    yield from repeated_ids(_ids(files, "incidents.csv"))
    yield from repeated_ids([*impacts, *_ids(files, "risks.csv"), *_ids(files, "suppliers.csv")])
    yield from repeated_ids([*policies, *_ids(files, "evidence.csv")])
    assert files.header is not None
    own = (files.header.model.slug, files.header.yaml.where("slug"))
    taken = dict([*_ids(files, "people.csv"), own])
    for row in files.rows("suppliers.csv"):
        if row["id"] in taken:
            remedy = f"{taken[row['id']]} is a person here, or the organisation itself; give the supplier its own id"
            yield Finding("DUPLICATE_ID", f"{row['id']!r} stands twice", row.where("id"), remedy)


def _ids(files: OrganisationFiles, name: str) -> list[tuple[str, Location]]:
    return [(row["id"], row.where("id")) for row in files.rows(name)]


def _check_systems(row: Row, names: Names, column: str, *, also: tuple[str, ...] = ()) -> Iterator[Finding]:
    for system in row.items(column):
        yield from names.refer(system, row.where(column), "system", also=also)


def _check_control(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    if row["control"]:
        yield from names.refer_control(row["control"], place("control"), (OWN,))
    yield from _check_systems(row, names, "systems", also=ALL_SYSTEMS)
    if ALL_SYSTEMS[0] in row.items("systems") and row.items("systems") != ALL_SYSTEMS:
        yield Finding("BAD_VALUE", "'systems': all stands beside single systems", place("systems"), "keep one of them")
    yield from names.refer(row["owner"], place("owner"), "person")
    yield from names.refer(row["reviewed_by"], place("reviewed_by"), "agent")
    yield from check_pair(place, {"reviewed_by": row["reviewed_by"], "reviewed_on": row["reviewed_on"]})
    yield from check_order(place, "since", day_of(row, "since"), "until", day_of(row, "until"), strictly=True)
    for statement in row.items("addresses"):
        yield from names.refer_statement(statement, place("addresses"))
    if row["addresses"] and not row["reviewed_by"]:
        remedy = "have somebody other than the owner look at it, and name them in reviewed_by"
        yield warn("NOT_REVIEWED", "what it addresses was accepted by nobody", place("addresses"), remedy)
    yield from names.refer_paper(row["procedure"], place("procedure"))
    needed = {"operating": ("since",), "retired": ("since", "until")}.get(row["status"], ())
    for name in needed:
        if not row[name]:
            message = f"{name!r} is missing from what is {row['status']}"
            yield Finding(
                "MISSING_VALUE", message, place(name), f"write the day, or another status than {row['status']}"
            )


def _check_soa(names: Names) -> Iterator[Finding]:
    """Check the statement of applicability as a whole: a version, each control once, none left out."""
    rows, header = names.files.rows("soa.csv"), names.files.header
    if "soa.csv" not in names.files.tables or header is None:
        return
    yield from repeated_ids((names.law.control(row["control"]) or row["control"], row.where("control")) for row in rows)
    if header.model.soa is None:
        remedy = "add soa: with a version to organisation.yaml"
        where = Location(names.files.tables["soa.csv"].file, 1)
        yield Finding("MISSING_FIELD", "the statement of applicability has no version", where, remedy)
    decided = {names.law.control(row["control"]) for row in rows}
    missing = [c for c in names.law.controls if c.startswith(f"{_COMPLETE}:") and c not in decided]
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (" and others" if len(missing) > _SHOWN else "")
        where = Location(names.files.tables["soa.csv"].file, 1)
        message = f"{len(missing)} controls of {_COMPLETE} have no row: {shown}"
        yield warn("CONTROL_WITHOUT_ROW", message, where, "add a row each, undetermined where nobody has decided")


def _check_decision(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    if row["control"]:
        yield from names.refer_control(row["control"], place("control"))
    for driver in row.items("driven_by"):
        yield from _check_driver(driver, names, place("driven_by"))
    for implementation in row.items("implemented_by"):
        yield from names.refer(implementation, place("implemented_by"), "implementation")
    if row["applicable"] == "no" and row["implemented_by"]:
        remedy = "say why it is needed, or take the implementations out"
        yield warn("LEFT_OUT_YET_DONE", "a control that is left out is carried out", place("implemented_by"), remedy)
    yield from check_order(place, "last_review", day_of(row, "last_review"), "next_review", day_of(row, "next_review"))


def _check_driver(driver: str, names: Names, where: Location) -> Iterator[Finding]:
    if ":" in driver:
        yield from names.refer_statement(driver, where)
    elif driver == POLICY:
        kinds = {policy.model.kind for policy in names.files.policies}
        if "ai-policy" not in kinds and "document" not in names.unsure:
            remedy = "describe the AI policy in policies/, with kind: ai-policy"
            yield Finding("UNKNOWN_REFERENCE", "there is no AI policy", where, remedy)
    else:
        yield from names.refer(driver, where, "risk", "impact assessment", "supplier", also=(POLICY,))


def _check_risk(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    yield from names.refer(row["system"], place("system"), "system", also=(MANAGEMENT_SYSTEM,))
    for implementation in row.items("controls"):
        yield from names.refer(implementation, place("controls"), "implementation")
    yield from names.refer(row["owner"], place("owner"), "person")
    yield from names.refer(row["accepted_by"], place("accepted_by"), "person")
    yield from check_pair(place, {"accepted_by": row["accepted_by"], "accepted_on": row["accepted_on"]})
    if row["accepted_until"] and not (row["accepted_by"] or row["accepted_on"]):
        message = "'accepted_until' is given without 'accepted_by'"
        yield Finding("INCOMPLETE", message, place("accepted_until"), "say who accepted it and when")
    accepted, until = day_of(row, "accepted_on"), day_of(row, "accepted_until")
    yield from check_order(place, "accepted_on", accepted, "accepted_until", until)
    yield from check_order(place, "assessed_on", day_of(row, "assessed_on"), "next_review", day_of(row, "next_review"))
    if {row["inherent"], row["residual"]} <= set(LEVELS) and _level(row, "residual") > _level(row, "inherent"):
        remedy = "a treatment does not make a risk larger; check both"
        yield warn("RESIDUAL_ABOVE", f"it is {row['residual']} after treatment", place("residual"), remedy)


def _level(row: Row, name: str) -> int:
    return LEVELS.index(row[name])


def _check_evidence(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    for supported in row.items("supports"):
        if ":" in supported:
            yield from names.refer_law(supported, place("supports"))
        else:
            yield from names.refer(supported, place("supports"), "implementation")
    yield from _check_systems(row, names, "system")
    yield from names.refer(row["collected_by"], place("collected_by"), "agent")
    yield from names.refer(row["dataset"], place("dataset"), "dataset")
    begin, end = day_of(row, "period_from"), day_of(row, "period_to")
    yield from check_order(place, "period_from", begin, "period_to", end)
    yield from check_order(place, "period_from", begin, "collected_on", day_of(row, "collected_on"))
    for name in TEST_COLUMNS:
        if row[name] and row["type"] != "test-report":
            remedy = "leave it empty, or write test-report as the type"
            yield warn("NOT_A_TEST", f"{name!r} is for test reports", place(name), remedy)
    yield from _check_file(row, names.files.folder)


def _check_file(row: Row, folder: Path) -> Iterator[Finding]:
    """Check that the file is there and still is what it was."""
    place, value = row.where, row["location"]
    if row["sha256"] and not _DIGEST.fullmatch(row["sha256"]):
        remedy = "write the 64 digits 0-9 a-f that sha256sum prints"
        yield Finding("BAD_VALUE", "'sha256' is no SHA-256 digest", place("sha256"), remedy)
        return
    if not value or is_web_address(value):
        return
    problems = list(check_path(folder, value, place("location")))
    yield from problems
    path = find_file(folder, value)
    if problems or path is None or not row["sha256"]:
        return
    digest = digest_of(path)
    if digest != row["sha256"]:
        message = f"{value!r} is not the file the digest was taken of; now it is {digest or 'unreadable'}"
        remedy = "bring the file back, or look at the evidence again and write the new digest"
        yield Finding("FILE_CHANGED", message, place("sha256"), remedy)


def _check_supplier(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    for supplied in row.items("supplies"):
        yield from names.refer(supplied, place("supplies"), "system", "model", "dataset")
    if row["role"]:
        yield from unknown_reference("role", row["role"], names.law.roles, place("role"))
    for covered in row.items("contract_covers"):
        yield from names.refer_law(covered, place("contract_covers"))
    yield from check_order(place, "since", day_of(row, "since"), "until", day_of(row, "until"), strictly=True)


def _check_incident(row: Row, names: Names) -> Iterator[Finding]:
    place = row.where
    yield from names.refer(row["system"], place("system"), "system")
    yield from names.refer(row["reported_to"], place("reported_to"), "organisation")
    yield from check_pair(place, {"reported_on": row["reported_on"], "reported_to": row["reported_to"]})
    yield from check_order(place, "aware_on", day_of(row, "aware_on"), "reported_on", day_of(row, "reported_on"))
    for finding in row.items("corrective"):
        yield from names.refer(finding, place("corrective"), "finding")


_ROWS: dict[str, Callable[[Row, Names], Iterator[Finding]]] = {
    "controls.csv": _check_control,
    "soa.csv": _check_decision,
    "risks.csv": _check_risk,
    "evidence.csv": _check_evidence,
    "suppliers.csv": _check_supplier,
    "incidents.csv": _check_incident,
}
