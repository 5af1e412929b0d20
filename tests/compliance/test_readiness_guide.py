"""Every step of setting up a management system has its line of readiness, and the record it asks for flips the line.

The lines are those a guide to ISO/IEC 42001 goes through. For each, the example organisation is changed in one place of
its files, and that line, not another one, says so.
"""

import csv
import dataclasses
import datetime as dt
import shutil

import pytest
from made_registers import audit, certificate, evidence, implementation, register, risk, statement, system

from aimsgraph import assets
from aimsgraph.compliance.readiness_records import Mark

ACME = assets.path("data", "examples", "acme")
DAY = "2026-11-23"
MET, PARTLY, NOT, UNKNOWN = Mark.MET, Mark.PARTLY, Mark.NOT, Mark.UNKNOWN
LINES = {
    "readiness assessment": ("readiness-assessment", "Duties decided"),
    "governance structures": ("governance", "Top management (5.1)"),
    "roles and authorities": ("governance", "Controls A.2.2, A.2.3, A.2.4, A.3.2, A.3.3"),
    "the system in the processes": ("processes", "Monitoring and measurement (9.1)"),
    "risk management": ("risk-management", "Risk assessments (8.2)"),
    "data management": ("data-management", "Controls A.4.3, A.7.2, A.7.3, A.7.4, A.7.5, A.7.6"),
    "transparency": ("transparency", "Controls A.8.2, A.8.3, A.8.4, A.8.5"),
    "impact assessments": ("principles-and-impact", "Impact assessments (8.4)"),
    "fundamental rights and society": ("principles-and-impact", "Fundamental rights and society (A.5.4, A.5.5)"),
    "fundamental rights where the Act asks": (
        "principles-and-impact", "Fundamental rights impact assessment (Article 27)",
    ),
    "training": ("training", "Training (7.3, Article 4)"),
    "competence": ("training", "Competence (7.2)"),
    "documented information": ("documented-information", "Required documented information (7.5)"),
    "internal audit": ("audits", "Internal audit (9.2.1)"),
    "management review": ("audits", "Management review (9.3)"),
    "external audit, stage 1": ("audits", "External audit, stage 1"),
    "external audit, stage 2": ("audits", "External audit, stage 2"),
    "surveillance": ("audits", "External surveillance"),
    "certificate": ("audits", "Certificate"),
    "tests": ("tests", "Test reports"),
    "tests of bias": ("tests", "Tests of bias (Article 10)"),
    "tests of explicability": ("tests", "Tests of explicability (Article 13)"),
    "tests of robustness": ("tests", "Tests of accuracy and robustness (Article 15)"),
}  # fmt: skip


def lines_of(graph, path, on=DAY):
    return {(step.id, check.what): check for step in graph.readiness(path, on=on) for check in step.checks}


@pytest.fixture(scope="module")
def acme(graph):
    return lines_of(graph, ACME)


def test_every_step_of_the_guide_has_a_line_with_reasons(acme):
    for line in LINES.values():
        assert acme[line].because, line
        assert isinstance(acme[line].mark, Mark)


def replace(name, old, new):
    def edit(folder):
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) >= 1, (name, old)
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def change_rows(name, change):
    def edit(folder):
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        kept = [row for row in rows if change(row) is not False]
        assert kept
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)

    return edit


def set_cells(name, where, **cells):
    return change_rows(name, lambda row: row.update(cells) if where(row) else None)


def of(id_):
    return lambda row: row["id"] == id_


CHATBOT = "systems/support-chatbot.yaml"
EXPLAINED = set_cells(
    "evidence.csv", of("ranker-accuracy"), supports="model-testing;eu-ai-act:art15-1;eu-ai-act:art13-1"
)
FLIPS = [
    ("readiness assessment", "an open exclusion", replace(CHATBOT, "military: no", "military: undetermined"), None),
    ("governance structures", "no director", replace("organisation.yaml", "  top_management: carla\n", ""), NOT),
    (
        "the system in the processes", "never measured",
        replace("organisation.yaml", "    last_on: 2026-11-02\n", ""), NOT,
    ),
    (
        "risk management", "risks not assessed",
        set_cells("risks.csv", lambda row: row["system"] == "wound-imaging", assessed_on="2027-01-01"), PARTLY,
    ),
    (
        "data management", "data evidence gone",
        change_rows("evidence.csv", lambda row: False if row["id"] == "data-quality-2026" else None), PARTLY,
    ),
    (
        "impact assessments", "one is not done yet",
        replace("impacts/ia-support-chatbot.yaml", "done_on: 2026-05-18", "done_on: 2027-01-18"), None,
    ),
    (
        "fundamental rights and society", "no such risk on record",
        set_cells("risks.csv", lambda row: True, affects="organisation"), UNKNOWN,
    ),
    (
        "documented information", "nobody's competence is on record",
        set_cells("people.csv", lambda row: True, competence=""), None,
    ),
    ("training", "all trained lately", set_cells("people.csv", lambda row: True, trained_on="2026-11-01"), MET),
    ("competence", "otto's too", set_cells("people.csv", of("otto"), competence="course 2026"), MET),
    ("internal audit", "no report", replace("audits.yaml", "    report: internal-audit-2026\n", ""), PARTLY),
    ("management review", "older than a year", replace("audits.yaml", "on: 2026-06-15", "on: 2025-06-15"), NOT),
    (
        "external audit, stage 1", "no report",
        replace("audits.yaml", "    report: https://dms.acme.example/audits/nordzert-stage-1\n", ""), UNKNOWN,
    ),
    ("external audit, stage 2", "no report", replace("audits.yaml", "    report: stage-2-2025 ", "    #"), UNKNOWN),
    (
        "surveillance", "no report",
        replace("audits.yaml", "    report: https://dms.acme.example/audits/nordzert-2026\n", ""), UNKNOWN,
    ),
    ("certificate", "four years", replace("audits.yaml", "valid_until: 2028-07-31", "valid_until: 2029-07-31"), None),
    ("tests of bias", "no tool", set_cells("evidence.csv", of("ranker-fairness"), tool=""), NOT),
    ("tests of explicability", "one that names Article 13", EXPLAINED, MET),
    ("tests of robustness", "too old", set_cells("evidence.csv", of("ranker-accuracy"), max_age_days="1"), NOT),
]  # fmt: skip


@pytest.mark.parametrize(("line", "what", "edit", "mark"), FLIPS, ids=[f"{line}: {what}" for line, what, *_ in FLIPS])
def test_a_change_of_the_register_flips_the_line(graph, acme, tmp_path, line, what, edit, mark):
    folder = tmp_path / "acme"
    shutil.copytree(ACME, folder)
    edit(folder)
    before, after = acme[LINES[line]], lines_of(graph, folder)[LINES[line]]
    assert (before.mark, before.because) != (after.mark, after.because)
    if mark is not None:
        assert before.mark is not mark
        assert after.mark is mark
        assert after.because
    else:
        assert set(after.because) - set(before.because)


# --- tests as typed evidence ------------------------------------------------------------------------------------------

TEST = {
    "type": "test-report", "systems": ("ranker",), "metric": "ratio", "threshold": "0.8", "result": "0.9",
    "dataset": "cases", "tool": "bench 1",
}  # fmt: skip
BIAS = ("logs", "eu-ai-act:art10-2-f")


def check_of(graph, line, made, on="2028-01-15"):
    return lines_of(graph, made, on)[LINES[line]]


@pytest.mark.parametrize(
    ("supports", "fields", "mark", "says"),
    [
        (BIAS, {}, MET, "1 in order"),
        (("iso-42001:A.6.2.4", "eu-ai-act:art10-2-f"), {}, MET, "1 in order"),
        (("logs", "eu-ai-act:Art.10(2)(f)"), {}, MET, "1 in order"),
        (("own", "eu-ai-act:art10-2-f"), {}, NOT, "t of ranker lacks a control of Annex A"),
        (("logs", "eu-ai-act:art15-1"), {}, NOT, "no test report of ranker names a statement of Art.10"),
        (BIAS, {"type": "record"}, NOT, "no test report of ranker"),
        (BIAS, {"systems": ()}, NOT, "no test report of ranker"),
        *((BIAS, {part: ""}, NOT, f"lacks {part}") for part in ("metric", "threshold", "result", "dataset", "tool")),
        (BIAS, {"collected_on": "2026-01-01"}, NOT, "t of ranker is too old"),
        (BIAS, {"max_age_days": None}, UNKNOWN, "nobody knows if t still counts for ranker"),
        (BIAS, {"refutes": True}, NOT, "t speaks against ranker"),
    ],
)
def test_a_test_says_what_it_measured_on_what_with_what_and_what_it_speaks_to(graph, supports, fields, mark, says):
    controls = [implementation("logs", "iso-42001:A.6.2.4"), implementation("own", addresses=("eu-ai-act:art10-2-f",))]
    check = check_of(graph, "tests of bias", register(controls, [evidence("t", *supports, **TEST | fields)]))
    assert check.mark is mark
    assert any(says in reason for reason in check.because), check.because


def test_tests_of_a_kind_are_asked_of_whoever_provides_a_high_risk_system(graph):
    for made in (system(roles=("deployer",)), system(routes=("transparency",))):
        check = check_of(graph, "tests of bias", register([], [], systems=[made]))
        assert not check.is_due
    second = dataclasses.replace(system("b"), id="b")
    made = register(
        [implementation("logs", "iso-42001:A.6.2.4")], [evidence("t", *BIAS, **TEST)], systems=[system(), second]
    )
    check = check_of(graph, "tests of bias", made)
    assert (check.mark, check.because) == (PARTLY, ("no test report of b names a statement of Art.10",))


def test_a_newer_test_overtakes_one_that_failed(graph):
    controls = [implementation("logs", "iso-42001:A.6.2.4")]
    failed = evidence("bad", *BIAS, **TEST, refutes=True, collected_on="2027-11-01")
    passed = evidence("good", *BIAS, **TEST, collected_on="2027-12-01")
    assert check_of(graph, "tests of bias", register(controls, [failed])).mark is NOT
    assert check_of(graph, "tests of bias", register(controls, [failed, passed])).mark is MET


# --- the cycle of certification ---------------------------------------------------------------------------------------

STAGES = (audit("s1", "stage-1", "2027-06-01"), audit("s2", "stage-2", "2027-08-01"))
CERTIFIED = {"certificates": (certificate("2027-08-20", "2030-08-19"),), "soa": statement()}


@pytest.mark.parametrize(
    ("on", "surveillance", "mark", "says"),
    [
        ("2028-08-20", (), None, "the first is due by 2028-08-20"),
        ("2028-08-21", (), NOT, "no surveillance since 2027-08-01: the first was due by 2028-08-20"),
        ("2028-08-21", ("2028-08-01",), MET, "1 in order"),
        ("2028-08-21", ("2028-08-21",), PARTLY, "the first was due by 2028-08-20"),
        ("2029-12-31", ("2028-08-01",), MET, "1 in order"),  # the year is not over
        ("2030-01-01", ("2028-08-01",), PARTLY, "no surveillance in 2029"),
        ("2030-01-01", ("2028-08-01", "2029-12-30"), MET, "2 in order"),
    ],
)
def test_surveillance_within_a_year_and_then_in_each(graph, on, surveillance, mark, says):
    audits = (*STAGES, *(audit(f"v{i}", "surveillance", day) for i, day in enumerate(surveillance)))
    check = check_of(graph, "surveillance", register(audits=audits, **CERTIFIED), on)
    assert (check.mark if check.is_due else None) is mark
    assert any(says in reason for reason in check.because), check.because


def test_a_surveillance_without_a_report_may_have_been_held(graph):
    audits = (*STAGES, audit("v", "surveillance", "2028-08-01", report=""))
    check = check_of(graph, "surveillance", register(audits=audits, **CERTIFIED), "2028-09-01")
    assert (check.mark, check.because) == (UNKNOWN, ("v has no report, so nobody knows if it was held",))


@pytest.mark.parametrize(
    ("audits", "mark", "says"),
    [
        ((), NOT, "stage-2 was not held"),
        ((audit("s2", "stage-2", "2028-03-01", report=""),), NOT, "stage-2 is planned for 2028-03-01"),
        ((audit("s2", "stage-2", "2027-08-01", report=""),), UNKNOWN, "s2 has no report"),
        ((audit("s2", "stage-2", ""),), UNKNOWN, "s2 has no day"),
        ((audit("s2", "stage-2", "2027-08-01"),), MET, "1 in order"),
    ],
)
def test_a_stage_was_held_when_it_has_a_report(graph, audits, mark, says):
    check = check_of(graph, "external audit, stage 2", register(audits=audits))
    assert check.mark is mark
    assert any(says in reason for reason in check.because), check.because


@pytest.mark.parametrize(
    ("valid", "mark", "says"),
    [
        (("2027-08-20", "2030-08-19"), MET, "1 in order"),
        (("2027-08-20", "2030-08-20"), MET, "1 in order"),
        (("2027-08-20", "2030-08-22"), PARTLY, "for longer than three years"),
        (("2028-08-20", "2031-08-19"), NOT, "it counts only later"),
        (("2024-08-20", "2027-08-19"), NOT, "it has run out"),
        (("2027-08-20", ""), UNKNOWN, "does not say from when until when"),
    ],
)
def test_a_certificate_counts_for_three_years_at_most(graph, valid, mark, says):
    check = check_of(graph, "certificate", register(certificates=(certificate(*valid),), soa=statement()))
    assert check.mark is mark or (mark is PARTLY and check.mark is NOT)
    assert any(says in reason for reason in check.because), check.because


def test_rights_and_society_are_on_record_or_unknown(graph):
    rights, society = risk("r1"), risk("r2", affects="society")
    line = "fundamental rights and society"
    assert check_of(graph, line, register(risks=(rights, society))).mark is MET
    assert check_of(graph, line, register(risks=(rights,))).mark is PARTLY
    assert check_of(graph, line, register(risks=())).mark is UNKNOWN
    later = dataclasses.replace(rights, assessed_on=dt.date(2028, 2, 1))
    assert check_of(graph, line, register(risks=(later,))).mark is UNKNOWN
