"""How ready the management system is: a register that lacks nothing is ready, each lack is found in its step."""

import dataclasses

import pytest
from made_registers import (
    BASE,
    DAY,
    ON,
    audit,
    certificate,
    decision,
    document,
    evidence,
    finding,
    impact_of,
    implementation,
    objective,
    person,
    place,
    register,
    review,
    risk,
    statement,
    system,
)

from aimsgraph.compliance.readiness import summarise
from aimsgraph.compliance.readiness_records import Mark
from aimsgraph.domain.register import Context, Issue, ManagementSystem, Measurement, Party, PlannedChange

MET, PARTLY, NOT, UNKNOWN = Mark.MET, Mark.PARTLY, Mark.NOT, Mark.UNKNOWN
CLAUSES = tuple(f"iso-42001:{n}" for n in range(4, 11))
TEST = {
    "type": "test-report", "systems": ("ranker",), "metric": "auc", "threshold": "0.8", "result": "0.9",
    "dataset": "cases", "tool": "bench 1",
}  # fmt: skip
TESTED = ("all", "eu-ai-act:art10-2-f", "eu-ai-act:art13-1", "eu-ai-act:art15-1")
STEPS = [
    "readiness-assessment", "governance", "processes", "risk-management", "data-management", "transparency",
    "principles-and-impact", "training", "documented-information", "audits", "tests",
]  # fmt: skip


@pytest.fixture
def norms(graph):
    """The references of the 38 controls, and of every statement."""
    assessable = graph.crosswalks.assessable
    entries = graph.index.by_reference.values()
    controls = [e.reference for e in entries if e.reference.startswith("iso-42001:A.") and e.iri in assessable]
    return controls, tuple(s.reference for s in graph.law.statements)


@pytest.fixture
def whole(norms):
    """A register that lacks nothing; fields replace its values."""

    def make(**fields):
        controls, statements = norms
        everything = implementation("all", addresses=statements, owner="ann")
        measures = (Measurement("m1", BASE + "m", place("organisation.yaml"), "errors", 90, DAY, "ok"),)
        values = {
            "people": (person("ann"), person("bob"), person("eve", role="auditor")),
            "controls": [everything], "evidence": [
                evidence("e", "all"),
                evidence("test", *TESTED, **TEST),
                evidence("op", *CLAUSES),
            ],
            "risks": (
                risk(controls=("all",)), risk("r2", system="aims", affects="society", controls=("all",)),
            ),
            "soa": statement(*(decision(c, implemented_by=("all",)) for c in controls)),
            "impacts": (impact_of("i1", "ranker"),),
            "documents": (
                document("policy", "ai-policy"), document("scope", "aims-scope"), document("risks", "risk-process"),
                document("impacts", "impact-process"), document("manual", "procedure", CLAUSES),
            ),
            "audits": (
                audit("a1", "internal", "2027-09-01", CLAUSES, "eve"), audit("s1", "stage-1", "2027-06-01"),
                audit("s2", "stage-2", "2027-08-01"),
            ),
            "reviews": (review("mr", "2027-10-01"),), "certificates": (certificate("2027-08-20", "2030-08-19"),),
            "objectives": (objective("o1"),), "measurements": measures,
            "context": Context(
                (Issue("new law", BASE + "i", place("organisation.yaml")),),
                (Party("applicants", "fair rank", BASE + "p", place("organisation.yaml")),),
            ),
            "management_system": ManagementSystem("scope", "bob"),
            "systems": [system(facts=ALL_DECIDED)],
        } | fields  # fmt: skip
        return register(**values)

    return make


ALL_DECIDED = dict.fromkeys(
    (
        "uses-special-category-data", "claims-art-6-3-derogation", "annex-iii-1-biometrics",
        "annex-iii-2-critical-infrastructure", "is-public-body-or-public-service-provider", "is-union-institution",
        "is-financial-institution", "is-microenterprise", "emotion-recognition", "biometric-categorisation",
        "real-time-remote-biometric-id", "post-remote-biometric-id", "deepfake", "generates-synthetic-content",
    ),
    False,
)  # fmt: skip


@pytest.fixture
def whole_and_known(graph, whole):
    """The same with every open condition answered by no."""
    open_ones = {code for row in graph.coverage(whole(), on=ON) for code in row.undecided}
    for _ in range(5):
        subject = system(facts=ALL_DECIDED | dict.fromkeys(open_ones, False))
        more = {c for row in graph.coverage(whole(systems=[subject]), on=ON) for c in row.undecided}
        if not more:
            break
        open_ones |= more
    return lambda **fields: whole(**{"systems": [subject], **fields})


def steps_of(graph, made, on=ON):
    return {step.id: step for step in graph.readiness(made, on=on)}


def test_a_register_that_lacks_nothing_meets_every_step(graph, whole_and_known):
    steps = steps_of(graph, whole_and_known())
    assert list(steps) == STEPS
    assert {name: (step.status, step.because) for name, step in steps.items()} == dict.fromkeys(STEPS, (MET, ()))


def test_an_empty_register_meets_no_step(graph):
    steps = steps_of(graph, register(systems=[]))
    assert {step.status for step in steps.values()} <= {NOT, UNKNOWN}
    assert steps["audits"].status is NOT


def test_each_step_names_what_it_expects_and_what_exists(graph, whole_and_known):
    for step in graph.readiness(whole_and_known(), on=ON):
        for reference in step.expects:
            assert reference in graph.index.by_reference, reference
        view = step.to_dict()
        assert set(view) == {"step", "title", "status", "expects", "records", "because", "checks"}
        assert step.records


@pytest.mark.parametrize(
    ("step", "fields", "says"),
    [
        ("readiness-assessment", {"context": Context()}, "no issue is recorded"),
        ("readiness-assessment", {"documents": ()}, "no document of the kind aims-scope"),
        ("governance", {"management_system": ManagementSystem("scope", "")}, "top_management is not named"),
        ("governance", {"management_system": ManagementSystem("scope", "eve")}, "not approved by top management"),
        ("governance", {"documents": (document("p", "ai-policy", approved_on=""),)}, "p is not approved"),
        ("governance", {"documents": (document("p", "ai-policy", next_review="2027-12-31"),)}, "due for review on"),
        ("governance", {"documents": (document("p", "ai-policy", communicated_on=""),)}, "recorded as communicated"),
        ("governance", {"people": (person("bob"),)}, "all has no owner among the people"),
        ("processes", {"objectives": (objective("o1", last_measured=""),)}, "o1 was never measured"),
        ("processes", {"objectives": (objective("o1", owner=""),)}, "o1 lacks owner"),
        ("processes", {"objectives": (objective("o1", due="2027-01-01"),)}, "o1 was due on 2027-01-01"),
        ("processes", {"changes": (PlannedChange("c", "", place("o"), "t", "", "ann", None),)}, "no purpose"),
        ("processes", {"measurements": ()}, "no measurement is recorded"),
        ("risk-management", {"risks": ()}, "no risk of ranker was assessed"),
        ("risk-management", {"risks": (risk(next_review="2028-01-01"),)}, "the review of r1 is overdue"),
        ("risk-management", {"risks": (risk(controls=()),)}, "no control of r1 operates"),
        ("risk-management", {"risks": (risk(residual="high"),)}, "r1 stays high and is not accepted"),
        (
            "risk-management",
            {"risks": (risk(residual="high", accepted_on="2027-07-01", accepted_until="2028-01-14"),)},
            "its acceptance ran out on 2028-01-14",
        ),
        ("principles-and-impact", {"impacts": ()}, "the assessment of ranker is missing"),
        ("principles-and-impact", {"impacts": (impact_of("i", "ranker", next_review="2028-01-01"),)}, "overdue"),
        ("principles-and-impact", {"impacts": (impact_of("i", "ranker", groups=False),)}, "names no affected group"),
        ("training", {"people": (person("ann", competence=""), person("bob"))}, "ann has no competence on record"),
        ("training", {"people": (person("ann", trained_on="2026-01-01"),)}, "was last trained on 2026-01-01"),
        ("documented-information", {"documents": (document("m", "procedure", retention=""),)}, "lacks retention"),
        ("audits", {"audits": ()}, "none was held"),
        ("audits", {"audits": (audit("a1", "internal", "2026-09-01", CLAUSES),)}, "the last was on 2026-09-01"),
        ("audits", {"audits": (audit("a1", "internal", "2027-09-01", CLAUSES[:-1]),)}, "years: 10.1, 10.2"),
        ("audits", {"audits": (audit("a1", "internal", "2027-09-01", CLAUSES, "ann"),)}, "by ann, who owns all"),
        ("audits", {"audits": (audit("a1", "internal", "2027-09-01", CLAUSES, report=""),)}, "a1 has no report"),
        ("audits", {"reviews": (review("mr", "2026-10-01"),)}, "the last was on 2026-10-01"),
        ("audits", {"reviews": (review("mr", "2027-10-01", decisions=()),)}, "lacks inputs, decisions or minutes"),
        ("audits", {"findings": (finding("f1", cause=""),)}, "f1 lacks cause, action or due date"),
        ("audits", {"findings": (finding("f1", due="2028-01-14"),)}, "f1 was due on 2028-01-14"),
        ("audits", {"findings": (finding("f1", closed_on="2027-12-01"),)}, "that the action on f1 worked"),
        ("audits", {"findings": (finding("f1", grade="major"),)}, "f1 is major and open"),
        ("audits", {"certificates": ()}, "there is none"),
        ("audits", {"certificates": (certificate("2024-08-20", "2027-08-19"),)}, "it has run out"),
        ("audits", {"certificates": (certificate(soa_version="2"),)}, "another version of the statement"),
        ("tests", {"evidence": [evidence("e", "all")]}, "test reports of ranker are missing"),
    ],
)  # fmt: skip
def test_a_lack_is_found_in_its_step(graph, whole_and_known, step, fields, says):
    found = steps_of(graph, whole_and_known(**fields))[step]
    assert found.status in (PARTLY, NOT)
    assert any(says in reason for reason in found.because), found.because


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ({"metric": ""}, "lack metric, threshold or result"),
        ({"collected_on": "2026-01-01"}, "are too old or undated"),
        ({"refutes": True, "collected_on": "2027-12-24"}, "test speaks against ranker"),
    ],
)
def test_tests_are_typed_evidence_that_is_fresh_and_whole(graph, whole_and_known, test, says):
    fields = TEST | test
    made = whole_and_known(evidence=[evidence("e", "all"), evidence("test", *TESTED, **fields)])
    assert any(says in reason for reason in steps_of(graph, made)["tests"].because)


def test_a_document_without_a_day_of_review_cannot_be_judged(graph, whole_and_known):
    made = whole_and_known(documents=(document("p", "ai-policy", next_review=""),))
    check = next(c for c in steps_of(graph, made)["governance"].checks if c.what == "AI policy (5.2)")
    assert check.mark is UNKNOWN


def test_what_is_not_due_says_nothing_for_or_against_a_step(graph, whole_and_known):
    steps = steps_of(graph, whole_and_known())
    check = next(c for c in steps["principles-and-impact"].checks if "Article 27" in c.what)
    assert not check.is_due
    assert check.to_dict()["mark"] == "not-due"


def test_the_assessment_of_fundamental_rights_is_asked_for_where_it_is_due(graph, whole_and_known):
    facts = whole_and_known().systems[0].facts | {"is-public-body-or-public-service-provider": True}
    deployer = dataclasses.replace(system(roles=("deployer",)), facts=facts)
    for impacts, says in (
        ((impact_of("i1", "ranker"),), "that of ranker is missing"),
        ((impact_of("i1", "ranker"), impact_of("f", "ranker", "fria")), "that of ranker is not notified"),
    ):
        steps = steps_of(graph, whole_and_known(systems=[deployer], impacts=impacts))
        assert any(says in reason for reason in steps["principles-and-impact"].because)
    done = (impact_of("i1", "ranker"), impact_of("f", "ranker", "fria", notified_on="2027-12-01"))
    steps = steps_of(graph, whole_and_known(systems=[deployer], impacts=done))
    assert steps["principles-and-impact"].status is MET


def test_duties_that_may_bind_leave_their_step_open(graph, whole_and_known):
    unsure = dataclasses.replace(system(exclusions={"military": None}), facts=whole_and_known().systems[0].facts)
    steps = steps_of(graph, whole_and_known(systems=[unsure]))
    assert steps["readiness-assessment"].status is PARTLY
    assert any("may bind, none is known to" in reason for reason in steps["transparency"].because)


def test_surveillance_is_due_each_year(graph, whole_and_known):
    held = tuple(a for a in whole_and_known().audits if a.kind != "internal")
    recent = (*held, audit("a2", "internal", "2028-10-01", CLAUSES, "eve"))
    steps = steps_of(graph, whole_and_known(audits=recent), on="2028-12-01")
    assert any("no surveillance since 2027-08-01" in reason for reason in steps["audits"].because)
    kept = (*recent, audit("sv", "surveillance", "2028-07-20"))
    steps = steps_of(graph, whole_and_known(audits=kept), on="2028-12-01")
    assert not any("surveillance" in reason for reason in steps["audits"].because)


def test_what_marks_come_to_together():
    given = ([MET, MET], [NOT], [UNKNOWN], [MET, NOT], [MET, UNKNOWN], [PARTLY, NOT])
    assert [summarise(marks) for marks in given] == [MET, NOT, UNKNOWN, PARTLY, PARTLY, PARTLY]
    assert summarise([NOT, UNKNOWN]) is UNKNOWN
    assert summarise([]) is MET


def test_the_example_organisation_is_judged_step_by_step(graph):
    from aimsgraph import assets

    steps = graph.readiness(assets.path("data", "examples", "acme"), on="2026-11-23")
    assert [step.id for step in steps] == STEPS
    assert all(step.because for step in steps if step.status is not MET)
    otto = [reason for step in steps for reason in step.because if "otto has no competence on record" in reason]
    assert otto  # deliberately open, as its README says
