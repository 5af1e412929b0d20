"""The statement of applicability: every column, and every check seen to fire on its own fault and on nothing else."""

from collections import Counter

import pytest
from made_registers import (
    LOGGING,
    LOGS,
    ON,
    certificate,
    decision,
    evidence,
    impact_of,
    implementation,
    register,
    risk,
    statement,
    system,
)

from aimsgraph.compliance.soa import COLUMNS
from aimsgraph.domain.report import Severity

OTHER = "iso-42001:A.10.4"


@pytest.fixture
def controls(graph):
    return [
        entry.reference
        for entry in graph.index.by_reference.values()
        if entry.reference.startswith("iso-42001:A.") and entry.iri in graph.crosswalks.assessable
    ]


@pytest.fixture
def clean(controls):
    """Return a register whose statement has nothing wrong with it, but for the decisions and fields given."""

    def make(change=None, **fields):
        change = change or {}
        decisions = [
            change.get(c, decision(c, implemented_by=("logs",) if c == LOGGING else ("all-controls",)))
            for c in controls
        ]
        values = {
            "risks": (risk(),), "soa": statement(*(d for d in decisions if d is not None)),
            "controls": [implementation("logs", LOGGING), implementation("all-controls", addresses=(LOGS,))],
            "evidence": [evidence("e", "logs"), evidence("f", "all-controls")],
        } | fields  # fmt: skip
        return register(**values)

    return make


def rules(report):
    return Counter(finding.rule for finding in report.findings)


def test_all_38_controls_are_listed_in_order_then_the_own_ones(graph, clean, controls):
    report = graph.soa(clean(), on=ON)
    assert len(controls) == 38
    assert [row.control for row in report.rows] == [*controls, "all-controls"]
    assert [row.source for row in report.rows] == ["annex-a"] * 38 + ["own"]


def test_a_clean_statement_has_no_finding(graph, clean):
    assert graph.soa(clean(), on=ON).findings == ()


def test_every_column(graph, clean):
    named = decision(
        LOGGING, driven_by=("r1", "i1", LOGS, "policy"), implemented_by=("logs",), last_review="2027-09-01",
        next_review="2028-09-01",
    )  # fmt: skip
    logs = implementation("logs", LOGGING, systems=("ranker",), procedure="log-rule")
    made = clean(
        {LOGGING: named}, controls=[logs], impacts=(impact_of("i1", "ranker"),), evidence=[evidence("e", "logs")]
    )
    row = next(row for row in graph.soa(made, on=ON).rows if row.control == LOGGING)
    view = row.to_dict()
    assert set(view) == set(COLUMNS)
    evidence_cell = view.pop("evidence")
    assert [e["ref"] for e in evidence_cell] == ["e"]
    assert view == {
        "control": LOGGING, "title": "A.6.2.8 AI system recording of event logs", "source": "annex-a",
        "applicable": "yes", "reason": "the risk r1 asks for it", "status": "operating", "since": "2027-01-01",
        "evidence_state": "live", "risks": ["r1"], "impacts": ["i1"], "legal_drivers": [LOGS],
        "other_drivers": ["policy"], "systems": ["ranker"], "roles": ["provider"], "owners": ["ann"],
        "procedures": ["log-rule"], "implemented_by": ["logs"], "last_review": "2027-09-01",
        "next_review": "2028-09-01",
    }  # fmt: skip
    assert len(row.cells()) == len(COLUMNS)


@pytest.mark.parametrize(
    ("fields", "status", "state"),
    [
        ({}, "operating", "live"),
        ({"status": "planned", "since": "2028-06-01"}, "planned", "missing"),
        ({"since": "2028-06-01"}, "planned", "missing"),
        ({"status": "in-progress"}, "in-progress", "missing"),
        ({"until": "2027-06-01"}, "retired", "missing"),
        ({"systems": ("ranker",)}, "operating", "live"),
    ],
)
def test_status_and_evidence_are_those_of_the_day(graph, clean, fields, status, state):
    made = clean(controls=[implementation("logs", LOGGING, **fields)], evidence=[evidence("e", "logs")])
    row = next(row for row in graph.soa(made, on=ON).rows if row.control == LOGGING)
    assert (row.status, row.evidence_state) == (status, state)


def base(graph, clean):
    return rules(graph.soa(clean(), on=ON))


def decided(reference, **fields):
    """One decision that is changed, by the control it stands for."""
    return {reference: decision(reference, **{"implemented_by": ("logs",), **fields})}


def fault(rule, severity, **change):
    return pytest.param(rule, severity, change, id=rule + "-" + "-".join(map(str, change)))


V, W = Severity.VIOLATION, Severity.WARNING


@pytest.mark.parametrize(
    ("rule", "severity", "change"),
    [
        fault("SOA_CONTROL_NOT_DECIDED", V, change={OTHER: None}),
        fault("SOA_UNDETERMINED", W, change=decided(OTHER, applicable=None)),
        fault("SOA_WITHOUT_REASON", V, change=decided(OTHER, applicable=False, reason="none", implemented_by=())),
        fault("SOA_WITHOUT_REASON", W, change=decided(OTHER, reason="")),
        fault("SOA_UNKNOWN_DRIVER", V, change=decided(OTHER, driven_by=("r1", "r9"))),
        fault("SOA_UNKNOWN_IMPLEMENTATION", V, change=decided(OTHER, implemented_by=("logs", "gone"))),
        fault("SOA_NOT_IMPLEMENTED", W, change=decided(OTHER, implemented_by=())),
        fault("SOA_REVIEW_OVERDUE", W, change=decided(OTHER, next_review="2027-01-01")),
        fault("SOA_UNKNOWN_CONTROL", V, change={OTHER: decision("iso-42001:A.2.1")}),
        fault("SOA_EXCLUDED_BUT_USED", W, change=decided(OTHER, applicable=False, reason="no customers in scope")),
        fault("SOA_EXCLUSION_CLASH", W, change=decided(LOGGING, applicable=False, reason="out of our scope")),
        fault("SOA_NOT_APPROVED", V, approved={"approved_on": "2028-06-01"}),
        fault("SOA_NOT_APPROVED", V, approved={"version": ""}),
        fault("SOA_NOT_APPROVED", V, approved={"approved_by": ""}),
        fault("SOA_OLDER_THAN_RISKS", W, approved={"approved_on": "2027-05-01"}),
        fault("SOA_RISK_WITHOUT_CONTROL", V, risks=(risk(), risk("r2", controls=()))),
        fault("SOA_CERTIFICATE_VERSION", W, certificates=(certificate(soa_version="2"),)),
        fault("SOA_WITHOUT_LIVE_EVIDENCE", W, evidence=[evidence("f", "all-controls")]),
        fault(
            "SOA_WITHOUT_OWNER", W, controls=[implementation("logs", LOGGING, owner=""), implementation("all-controls")]
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_by_its_own_check(graph, clean, rule, severity, change):
    change = dict(change)
    header, decisions = change.pop("approved", None), change.pop("change", None)
    made = clean(decisions, **change)
    if header is not None:
        made = clean(**change, soa=statement(*made.soa.decisions, **header))
    found = [finding for finding in graph.soa(made, on=ON).findings if finding.rule == rule]
    assert found, rules(graph.soa(made, on=ON))
    assert {finding.severity for finding in found} == {severity}
    assert all(finding.location.file and finding.remedy for finding in found)
    assert base(graph, clean)[rule] == 0


def test_a_control_that_is_decided_twice(graph, clean):
    made = clean()
    twice = clean(soa=statement(*made.soa.decisions, decision(OTHER, implemented_by=("logs",))))
    assert rules(graph.soa(twice, on=ON))["SOA_DECIDED_TWICE"] == 2


def test_a_control_without_a_driver(graph, clean):
    plain = [implementation("logs", LOGGING), implementation("all-controls")]
    made = clean({OTHER: decision(OTHER, driven_by=(), implemented_by=("all-controls",))}, controls=plain)
    found = {
        f.message.split()[0]: f.severity for f in graph.soa(made, on=ON).findings if f.rule == "SOA_WITHOUT_DRIVER"
    }
    assert found == {OTHER: V, "all-controls": W}


def test_an_own_control_that_was_retired_is_no_longer_part_of_it(graph, clean):
    gone = implementation("old", until="2027-06-01", note="replaced by logs")
    report = graph.soa(clean(controls=[*clean().controls, gone]), on=ON)
    row = report.rows[-1]
    assert (row.control, row.applicable, row.reason) == ("old", "no", "replaced by logs")
    assert report.findings == ()


def test_an_exclusion_clashes_only_with_duties_that_bind_or_will(graph, clean):
    excluded = {LOGGING: decision(LOGGING, False, "out of our scope")}
    clash = next(f for f in graph.soa(clean(excluded), on="2026-11-23").findings if f.rule == "SOA_EXCLUSION_CLASH")
    assert "helps with what binds" in clash.message
    assert f"{LOGS} (from 2027-12-10)" in clash.message
    outside = clean(excluded, systems=[system(exclusions={"military": True})])
    assert rules(graph.soa(outside, on=ON))["SOA_EXCLUSION_CLASH"] == 0


def test_the_report_is_json_and_repeats_itself(graph, clean):
    one, other = (graph.soa(clean({OTHER: None}), on=ON).to_dict() for _ in range(2))
    assert one == other
    assert one["soa"] == {"version": "3", "approved_by": "bob", "approved_on": "2027-07-01"}
    assert set(one["findings"][0]) == {"rule", "severity", "message", "remedy", "file", "line", "column"}
