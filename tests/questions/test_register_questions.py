"""Questions of auditors and certification bodies about a register, against its files and what changes with them."""

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from earlier_register import ACME
from other_register import Row, ask, read_table, read_yaml

from aimsgraph.api import AimsGraph
from aimsgraph.compliance.evidence import EvidenceBook, EvidenceState
from aimsgraph.compliance.register import load_register
from aimsgraph.domain.register import Evidence, Register

DAY = dt.date(2026, 11, 23)
OnDay = Callable[[str], AimsGraph]


@pytest.fixture(scope="module")
def register() -> Register:
    found = load_register(ACME).register
    assert found is not None
    return found


def named(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def column(rows: list[Row], *names: str) -> set[tuple[str, ...]]:
    return {tuple(row[name] for name in names) for row in rows}


# ----- Evidence -----


def state_of(record: Evidence) -> str:
    if record.collected_on and record.collected_on > DAY:
        return "not yet"
    return {True: "fresh", False: "stale", None: "unknown"}[record.is_fresh(DAY)]


@pytest.mark.parametrize("local", ["A.3.3", "A.4.3", "A.6.2.4", "A.6.2.6", "A.6.2.8", "A.7.4", "A.10.3", "A.10.4"])
def test_the_evidence_of_a_control_is_that_of_the_register(local: str, acme: AimsGraph, register: Register) -> None:
    control, book, wanted = f"iso-42001:{local}", EvidenceBook(register.evidence), set()
    for each in (c for c in register.controls if c.control == control):
        for system in (s.id for s in register.systems if each.serves(s.id)):
            records = book.about((each.id, control), system)
            found = {(f"evidence/{e.id}", e.type, state_of(e)) for e in records} or {("", "", "none")}
            wanted |= {(f"control/{each.id}", system, f"person/{each.owner}", *one) for one in found}
    rows = ask(acme, "cq-027", control=control)
    found = column(rows, "implementation", "system", "owner", "evidence", "type", "state")
    assert found == (wanted or {("", "", "", "", "", "none")})
    decision = next(d for d in register.soa.decisions if d.control == control)
    said = {True: "applicable", False: "not-applicable", None: "undetermined"}[decision.applicable]
    assert column(rows, "applicability") == {(said,)}


def test_frameworks_served_are_those_named_in_the_tables(acme: AimsGraph) -> None:
    controls = {row["id"]: row for row in read_table(ACME / "controls.csv")}
    wanted = {}
    for row in read_table(ACME / "evidence.csv"):
        items: set[str] = set()
        for name in named(row["supports"]):
            items |= {controls[name]["control"], *named(controls[name]["addresses"])} if name in controls else {name}
        for framework in {item.partition(":")[0] for item in items if ":" in item}:
            count = sum(item.startswith(f"{framework}:") for item in items)
            wanted[f"evidence/{row['id']}", framework] = str(count)
    rows = ask(acme, "cq-028")
    assert {(row["evidence"], row["framework"]): row["items"] for row in rows} == wanted
    assert {row["evidence"] for row in rows if row["used"] != "within"} == {"evidence/literacy-2025"}


def test_evidence_from_before_its_subject_operated_or_without_a_limit(other: AimsGraph) -> None:
    used = {row["evidence"]: row["used"] for row in ask(other, "cq-028")}
    assert {evidence: word for evidence, word in used.items() if word != "within"} == {
        "evidence/literacy-2025": "stale",
        "evidence/oversight-2026-10": "outside",
        "evidence/inventory-export": "unknown",
    }


@pytest.mark.parametrize("until", ["2026-11-24", "2027-03-02", "2027-03-03", "2027-06-01", "2030-01-01"])
def test_what_goes_stale_by_a_day_is_what_the_register_says(until: str, acme: AimsGraph, register: Register) -> None:
    supporting = [e for e in register.evidence if not e.refutes and e.stale_after]
    wanted = {(f"evidence/{e.id}", str(e.stale_after)) for e in supporting if str(e.stale_after) < until}
    rows = ask(acme, "cq-029", until=until)
    assert column(rows, "evidence", "lastDay") == wanted
    stale = [row for row in rows if row["evidence"] == "evidence/literacy-2025"]
    assert column(stale, "state") == {("stale",)}
    assert column([row for row in rows if row not in stale], "state") <= {("goes stale",)}


def test_a_duty_falls_where_no_other_record_lasts(acme: AimsGraph, other: AimsGraph, register: Register) -> None:
    def of_notice(graph: AimsGraph) -> set[tuple[str, ...]]:
        rows = ask(graph, "cq-029", until="2027-05-31")
        return column([r for r in rows if r["through"] == "control/chatbot-notice" and r["binds"]], "item", "instead")

    duties = {fall.statement for fall in acme.impact("implementation:chatbot-notice", register).falls}
    assert of_notice(acme) == {(duty, "yes") for duty in duties}
    assert acme.impact("evidence:chatbot-notice-log", register).falls == ()
    assert of_notice(other) == {(duty, "no") for duty in duties}, "the other one is a document only"
    endless = [
        row for row in ask(other, "cq-029", until="2027-05-31") if row["evidence"] == "evidence/inventory-export"
    ]
    assert endless and column(endless, "state", "lastDay") == {("unknown", "")}


WORDS = {
    EvidenceState.NONE: "nothing",
    EvidenceState.ON_PAPER: "a document alone",
    EvidenceState.EXPIRED: "an expired record",
    EvidenceState.UNDATED: "unknown",
    EvidenceState.LIVE: "a record",
}


def test_what_shows_operation_agrees_with_the_python_judgement(acme: AimsGraph, register: Register) -> None:
    book = EvidenceBook(register.evidence)
    pairs = product((c for c in register.controls if c.is_operating(DAY)), (s.id for s in register.systems))
    wanted = {
        (f"control/{each.id}", system, WORDS[book.judge((each.id,), (), system, DAY).state])
        for each, system in pairs
        if each.serves(system)
    }
    rows = ask(acme, "cq-030")
    assert column(rows, "implementation", "system", "shownBy") == wanted
    assert {row[0] for row in wanted if row[2] == "a document alone"} == {"control/concerns-channel"}


def test_a_record_takes_a_control_off_paper(other: AimsGraph) -> None:
    shown = column(ask(other, "cq-030"), "implementation", "shownBy")
    assert ("control/concerns-channel", "a record") in shown
    assert ("control/inventory", "unknown") in shown
    assert {control for control, word in shown if word == "a document alone"} == set()


# ----- Audits and findings -----


def test_nonconformities_are_those_of_the_file(acme: AimsGraph, other: AimsGraph) -> None:
    audits = read_yaml(ACME / "audits.yaml")
    held = {audit["id"]: audit["on"] for audit in audits["programme"]}
    serious = [finding for finding in audits["findings"] if finding["grade"] in ("major", "minor")]
    wanted = {
        (f"finding/{f['id']}", f["against"], f["grade"], held[f["audit"]], f["due"], "cause" in f) for f in serious
    }
    rows = ask(acme, "cq-031")
    found = column(rows, "nonconformity", "against", "grade", "raisedOn", "dueOn", "cause")
    assert {(*row[:-1], row[-1] == "stated") for row in found} == wanted
    states = {row["nonconformity"]: row["state"] for row in rows}
    assert states["finding/nc-2026-logs"] == "overdue" and rows[0]["cause"] == "missing"
    later = {row["nonconformity"]: row["state"] for row in ask(other, "cq-031")}
    assert later == states | {"finding/nc-2026-logs": "closed"}, "closed, and nobody showed that it worked"


def test_a_nonconformity_is_open_until_it_is_closed(on_day: OnDay) -> None:
    rows = ask(on_day("2025-09-07"), "cq-031")
    assert column(rows, "nonconformity", "state") == {("finding/nc-2025-records", "open")}
    late = column(ask(on_day("2028-08-01"), "cq-031"), "nonconformity", "state")
    assert ("finding/nc-2026-age", "overdue") in late


def test_only_two_controls_were_audited_in_the_cycle(acme: AimsGraph, other: AimsGraph, register: Register) -> None:
    rows = ask(acme, "cq-032")
    scope = {item for audit in register.audits for item in audit.scope}
    controls = {decision.control for decision in register.soa.decisions}
    assert controls & scope == {"iso-42001:A.6.2.4", "iso-42001:A.6.2.8"}
    assert column(rows, "item") == {(control,) for control in controls - scope}, "every clause was audited"
    assert column(rows, "state") == {("not planned",)}
    planned = {row["item"] for row in ask(other, "cq-032") if row["state"] == "planned"}
    assert planned == {"iso-42001:A.2.2", "iso-42001:A.2.3", "iso-42001:A.2.4"}


def test_without_a_cycle_nobody_can_say_what_was_audited_in_it(on_day: OnDay) -> None:
    rows = ask(on_day("2028-08-01"), "cq-032")
    assert column(rows, "state") == {("unknown",)}
    assert len(rows) == 32 + 38, "clauses and controls"


def test_who_judged_their_own_work(acme: AimsGraph, other: AimsGraph) -> None:
    def own(graph: AimsGraph) -> set[tuple[str, ...]]:
        return column([r for r in ask(graph, "cq-033") if r["verdict"] == "own"], "act", "record", "work")

    testing = ("audit", "audit/ia-2026-testing", "control/model-testing")
    document = "document/oversight-procedure"
    assert own(acme) == {("approval", document, document), testing}
    course = "control/literacy-course"
    bens = [row["id"] for row in read_table(ACME / "controls.csv") if row["owner"] == "ben"]
    wide = {("audit", "audit/ia-2025", f"control/{id_}") for id_ in bens}
    assert own(other) == {testing, ("review", course, course)} | wide, "an audit of clauses looks into all controls"


def test_a_judge_or_owner_who_is_not_named_is_unknown(acme: AimsGraph, register: Register) -> None:
    verdicts = {row["record"]: row["verdict"] for row in ask(acme, "cq-033")}
    assert {record for record, verdict in verdicts.items() if verdict == "unknown"} == {"soa/1.2"}
    held = {f"audit/{a.id}" for a in register.audits if a.kind == "internal" and a.on and a.on <= DAY}
    assert held | {f"document/{document.id}" for document in register.documents} <= set(verdicts)


def test_a_finding_that_comes_back_in_the_next_cycle(acme: AimsGraph, other: AimsGraph) -> None:
    assert column(ask(acme, "cq-034"), "repeated") == {("unknown",)}, "one cycle is on record"
    found = column(ask(other, "cq-034"), "item", "findings", "cycles", "repeated")
    assert {row for row in found if row[3] != "no"} == {("iso-42001:A.6.2.8", "2", "2", "yes")}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ("2025-09-07", {"stage-2-2025": "done", "surveillance-2026": "later", "surveillance-2027": "next"}),
        ("2026-11-23", {"surveillance-2026": "done", "surveillance-2027": "next", "recertification-2028": "later"}),
        ("2027-07-07", {"surveillance-2027": "overdue", "recertification-2028": "next"}),
        ("2028-08-01", {"recertification-2028": "overdue"}),
    ],
)
def test_the_certification_cycle_on_a_day(on: str, wanted: dict[str, str], on_day: OnDay) -> None:
    rows = ask(on_day(on), "cq-035")
    audits = {row["record"].removeprefix("audit/"): row for row in rows if row["record"].startswith("audit/")}
    assert wanted.items() <= {id_: row["state"] for id_, row in audits.items()}.items()
    programme = read_yaml(ACME / "audits.yaml")["programme"]
    assert {id_: row["day"] for id_, row in audits.items()} == {
        audit["id"]: audit["on"] for audit in programme if audit["kind"] != "internal"
    }
    ends = column([row for row in rows if row["event"] == "certificate ends"], "day", "state", "soaVersion")
    assert ends == {("2028-07-31", "expired" if on > "2028-07-31" else "expires", "1.1")}
    assert column(rows, "currentVersion") == {("",), ("1.2",)}
