"""How far items of other frameworks are covered: by a control, by a decision on it, by evidence of a clause."""

import pytest
from made_registers import LOGGING, LOGS, ON, decision, evidence, implementation, register, statement

from aimsgraph.compliance.coverage import Status

COVERED, PARTLY, UNKNOWN, NOT_COVERED = Status.COVERED, Status.PARTLY, Status.UNKNOWN, Status.NOT_COVERED
REVIEW = "iso-42001:9.3.3"
OTHER = "iso-42001:A.6.2.6"


@pytest.fixture
def row_of(graph):
    def find(made, reference, on=ON):
        framework = reference.partition(":")[0]
        rows = graph.posture(made, on=on).item_coverage(framework)
        return next(row for row in rows if row.statement == reference)

    return find


def words(row):
    return "; ".join(str(cause) for cause in row.because)


@pytest.mark.parametrize(
    ("proof", "status", "says"),
    [
        ({}, PARTLY, "counts until 2028-11-30"),
        ({"collected_on": "2026-01-01"}, UNKNOWN, "expired on"),
        ({"type": "document"}, UNKNOWN, "shows a text"),
        ({"collected_on": ""}, UNKNOWN, "carries no date"),
        ({"refutes": True}, NOT_COVERED, "refutes it"),
        (None, UNKNOWN, "no evidence names it"),
    ],
)
def test_evidence_that_names_a_clause_shows_something_of_it_and_without_it_nothing_is_known(
    row_of, proof, status, says
):
    row = row_of(register([], [] if proof is None else [evidence("minutes", REVIEW, **proof)]), REVIEW)
    assert (row.status, row.applies, row.role) == (status, None, "")
    assert says in words(row)


def test_evidence_of_a_control_or_statement_alone_covers_neither(graph, row_of):
    made = register([], [evidence("e", LOGGING, LOGS)])
    assert row_of(made, LOGGING).status is NOT_COVERED
    rows = {row.statement: row.status for row in graph.coverage(made, on=ON)}
    assert rows[LOGS] is not COVERED


@pytest.mark.parametrize(("applicable", "status"), [(True, COVERED), (None, COVERED), (False, NOT_COVERED)])
def test_what_the_statement_of_applicability_says_carries_out_a_control_does(row_of, applicable, status):
    soa = statement(decision(OTHER, applicable, implemented_by=("logs",)))
    made = register([implementation("logs", LOGGING)], [evidence("e", "logs")], soa=soa)
    assert row_of(made, LOGGING).status is COVERED
    assert row_of(made, OTHER).status is status
    assert row_of(register([implementation("logs", LOGGING)], soa=soa), OTHER).status is NOT_COVERED


@pytest.mark.parametrize("named", [LOGGING, "logs"])
def test_evidence_may_name_the_implementation_or_its_control(graph, row_of, named):
    made = register([implementation("logs", LOGGING)], [evidence("e", named)])
    assert row_of(made, LOGGING).status is COVERED
    assert {row.statement: row.status for row in graph.coverage(made, on=ON)}[LOGS] is PARTLY
    soa = next(row for row in graph.soa(made, on=ON).rows if row.control == LOGGING)
    assert soa.evidence_state == "live"
    against = register(made.controls, [*made.evidence, evidence("no", named, refutes=True, collected_on="2027-12-24")])
    assert row_of(against, LOGGING).status is NOT_COVERED
    assert {row.statement: row.status for row in graph.coverage(against, on=ON)}[LOGS] is NOT_COVERED


def test_an_item_is_reached_by_a_reviewed_row_and_the_row_is_named_with_its_place(graph, row_of):
    made = register([implementation("logs", LOGGING)], [evidence("e", "logs")])
    reached = [row for row in graph.posture(made, on=ON).item_coverage("nist-ai-rmf") if row.status is PARTLY]
    assert reached
    for row in reached:
        control = next(cause for cause in row.because if cause.kind == "control")
        assert f"overlaps {row.statement} (" in control.says
        assert control.location.file.startswith("data/mappings/")
        assert control.location.line > 1
    assert all(row.status is not COVERED for row in graph.posture(made, on=ON).item_coverage("nist-ai-rmf"))


def test_what_nobody_looked_at_is_unknown(graph):
    made = register([implementation("logs", LOGGING)], [evidence("e", "logs")])
    rows = graph.posture(made, on=ON).item_coverage("iso-27001")
    assert {row.status for row in rows} == {UNKNOWN}
    assert all("nobody has looked whether iso-42001 reaches it" in words(row) for row in rows)
    assert {row.status for row in graph.posture(register(), on=ON).item_coverage("iso-27001")} == {NOT_COVERED}
