"""Questions about an organisation: answers against the files, the Python answers, and what changes with a file."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from earlier_register import ACME, read_table, write_earlier

from aimsgraph.api import AimsGraph
from aimsgraph.compliance.dataset import binding_duties
from aimsgraph.errors import InputError, UsageError
from aimsgraph.graph.questions import Question

DAY = "2026-11-23"
MARKET = "2027-12-10"
Row = dict[str, str]
Register = Callable[..., Path]
OnDay = Callable[[str], AimsGraph]


def ask(graph: AimsGraph, name: str, **values: str) -> list[Row]:
    """Return the rows of an answer, asked without deriving first: that changes none, and takes longest."""
    answer = graph.asserted.query(graph.bound_text(graph.question(name), values))
    return [
        {name: "" if term is None else term.value for name, term in zip(answer.variables, row, strict=True)}
        for row in answer
    ]


def only(rows: list[Row], **wanted: str) -> list[Row]:
    return [row for row in rows if wanted.items() <= row.items()]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a function that copies the example register and replaces words in its files, each found exactly once."""

    def change(*edits: tuple[str, str, str], drop: tuple[tuple[str, str], ...] = ()) -> Path:
        folder = tmp_path / f"acme-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(ACME, folder)
        for file, old, new in edits:
            text = (folder / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, (file, old)
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        for file, start in drop:
            lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.strip().startswith(start)]
            assert len(kept) < len(lines), (file, start)
            (folder / file).write_text("".join(kept), encoding="utf-8")
        return folder

    return change


def systems_of(folder: Path) -> dict[str, Row]:
    files = sorted((folder / "systems").glob("*.yaml"))
    return {f.stem: yaml.load(f.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for f in files}


# ----- Loading -----


@pytest.mark.parametrize("on", [DAY, MARKET, "2028-03-01"])
def test_the_facts_of_the_day_are_those_of_coverage_and_of_validation(on: str, graph: AimsGraph, on_day: OnDay) -> None:
    loaded = on_day(on)
    query = """PREFIX aims: <https://w3id.org/aimsgraph/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
      SELECT * { ?r a aims:CoverageResult ; aims:coverageOf ?statement ; aims:coverageFor ?system ;
        aims:coverageRole/aims:slug ?role ; aims:coverageOf/aims:reference ?duty ; aims:coverageFor/aims:systemId ?id ;
        aims:bindingStatus/skos:notation ?binds ; aims:coverageStatus/skos:notation ?covered }"""
    rows = list(loaded.asserted.query(query))
    binding = {(r["system"].value, r["statement"].value) for r in rows if r["binds"].value == "yes"}
    assert binding == set(binding_duties(graph.systems(ACME), graph.law, graph.moment(on)))
    found = {tuple(r[name].value for name in ("duty", "id", "role", "binds", "covered")) for r in rows}
    assert len(found) == len(rows)
    wanted = {(*row.key, row.applies.value, row.status.value) for row in graph.coverage(ACME, on=on) if row.applies}
    assert wanted and wanted <= found
    assert {row[3:] for row in found - wanted} <= {("no", "not-applicable")}, "what begins later does not bind yet"


def test_what_a_verdict_rests_on_is_what_its_loss_takes_away(graph: AimsGraph, acme: AimsGraph) -> None:
    query = """PREFIX aims: <https://w3id.org/aimsgraph/ns#> SELECT DISTINCT ?duty {
      ?result aims:restsOnImplementation <https://acme.example/aims/control/chatbot-notice> ;
        aims:coverageOf/aims:reference ?duty }"""
    resting = {row["duty"].value for row in acme.asserted.query(query)}
    falls = {fall.statement for fall in graph.impact("chatbot-notice", ACME).falls}
    assert resting == falls == {"eu-ai-act:art50-1", "eu-ai-act:art50-5"}


def test_without_an_organisation_the_question_is_refused(graph: AimsGraph, questions: dict[str, Question]) -> None:
    assert {q.id for q in questions.values() if q.scope == "organisation"} >= {"cq-012-decisions-on-controls"}
    with pytest.raises(UsageError, match="is about an organisation") as caught:
        graph.ask("cq-012")
    assert "--org PATH" in caught.value.remedy


def test_another_day_than_the_one_loaded_is_refused(acme: AimsGraph) -> None:
    with pytest.raises(UsageError, match=f"loaded with on={DAY}, not {MARKET}") as caught:
        acme.ask("cq-016", {"on": MARKET})
    assert caught.value.remedy == f"load it with on='{MARKET}'"
    assert len(list(acme.ask("cq-016", {"on": DAY}))) == 2


def test_ids_are_looked_up_in_the_register(acme: AimsGraph) -> None:
    by_iri = ask(acme, "cq-007", system="https://acme.example/aims/system/cv-ranker")
    assert by_iri == ask(acme, "cq-007", system="cv-ranker")
    with pytest.raises(UsageError, match="there is no system 'cv-rankr'") as caught:
        acme.ask("cq-007", {"system": "cv-rankr"})
    assert "did you mean 'cv-ranker'?" in caught.value.remedy


def test_a_register_with_violations_is_not_asked(graph: AimsGraph, register: Register) -> None:
    broken = register(("controls.csv", "dana,2025-02-03,,,,,ai-policy,", "nobody,2025-02-03,,,,,ai-policy,"))
    with pytest.raises(InputError) as caught:
        graph.with_organisation(broken)
    assert caught.value.location is not None
    assert caught.value.location.file.endswith("controls.csv") and caught.value.location.line == 2


def test_one_register_twice_or_an_earlier_state_of_another_is_refused(graph: AimsGraph, register: Register) -> None:
    with pytest.raises(UsageError, match="both say slug 'acme'"):
        graph.with_organisation(ACME, register())
    with pytest.raises(UsageError, match="is no earlier state of"):
        graph.with_organisation(ACME, before=ACME.parent / "clean")
    with pytest.raises(UsageError, match=r"both states hold version '1\.2'"):
        graph.with_organisation(ACME, before=register())
    with pytest.raises(UsageError, match="goes with one register"):
        graph.with_organisation(before=ACME)


def test_two_registers_keep_their_own_answers(graph: AimsGraph, acme: AimsGraph) -> None:
    both = graph.with_organisation(ACME, ACME.parent / "clean")
    rows = ask(both, "cq-012")
    assert only(rows, organisation="acme") == ask(acme, "cq-012")
    assert {row["organisation"] for row in rows} == {"acme", *(r["organisation"] for r in rows[88:])} and len(rows) > 88
    alone = ask(graph.with_organisation(ACME.parent / "clean"), "cq-006")
    assert only(ask(both, "cq-006"), id=alone[0]["id"]) == only(alone, id=alone[0]["id"])


# ----- CQ-06 to CQ-08: time and roles -----


@pytest.mark.parametrize("on", [DAY, "2026-12-02", MARKET, "2028-03-01"])
def test_what_is_spared_is_what_the_reasons_of_the_duties_say(on: str, graph: AimsGraph, on_day: OnDay) -> None:
    rows = ask(on_day(on), "cq-006")
    for system in graph.systems(ACME):
        reasons = "\n".join(r for duty in graph.system_duties(system, on=on) for r in duty.because)
        spared = set(re.findall(r"(?<!longer )spared by (eu-ai-act:[\w.()]+)", reasons))
        over = set(re.findall(r"no longer spared by (eu-ai-act:[\w.()]+)|transition period of (\S+) ended", reasons))
        states = {
            state: {r["legalBasis"] for r in only(rows, id=system.id, state=state)} for state in ("spared", "over")
        }
        assert states["spared"] == spared, system.id
        assert {a or b for a, b in over} <= states["over"], system.id
    legacy = only(rows, id="cv-ranker-legacy", rule="transition-legacy-annex-iii")
    assert [(r["state"], r["changedOn"]) for r in legacy] == [
        ("over" if on == "2028-03-01" else "spared", "2028-03-01")
    ]


@pytest.mark.slow
def test_what_nobody_answered_or_dated_leaves_open_whether_it_is_spared(graph: AimsGraph, register: Register) -> None:
    silent = register(drop=(("organisation.yaml", "large-scale-it-system-annex-x:"),))
    rows = ask(graph.with_organisation(silent), "cq-006", system="cv-ranker-legacy")
    assert {row["rule"]: row["state"] for row in rows} == {
        "transition-large-scale-it": "unknown",
        "transition-legacy-annex-iii": "unknown",
        "transition-legacy-public-annex-iii": "not spared",
    }
    undated = register(drop=(("systems/cv-ranker-legacy.yaml", "placed_on_market:"),))
    rows = ask(graph.with_organisation(undated), "cq-006", system="cv-ranker-legacy")
    assert {row["state"] for row in rows} == {"unknown"}
    kind = ("systems/cv-ranker-legacy.yaml", "kind: significant-design-change ", "kind: substantial-modification ")
    modified = graph.with_organisation(register(kind), on="2028-03-01")
    assert [r["state"] for r in ask(modified, "cq-006", system="cv-ranker-legacy")][1] == "depends"


@pytest.mark.parametrize("on", ["2025-02-28", "2025-03-01", DAY, "2027-12-10", "2028-02-29", "2028-03-01"])
def test_who_holds_a_role_is_who_the_files_say(on: str, graph: AimsGraph, on_day: OnDay) -> None:
    rows = ask(on_day(on), "cq-007")
    held = {(r["id"], r["role"], r["holder"], r["from"], r["ground"]) for r in only(rows, state="held")}
    wanted = {
        (system.id, holding.role, holding.agent_label, holding.held_from.isoformat(), holding.ground)
        for system in graph.systems(ACME)
        for holding in system.roles_on(graph.moment(on).on)
    }
    assert held == wanted
    missing = {(r["id"], r["role"]) for r in only(rows, state="not recorded")}
    every = {(system, role) for system in systems_of(ACME) for role in ("provider", "deployer")}
    assert missing == every - {(id_, role) for id_, role, *_ in held}


def test_duties_that_move_are_those_of_the_provider_on_that_day(
    graph: AimsGraph, acme: AimsGraph, on_day: OnDay
) -> None:
    rows = ask(acme, "cq-008")
    routes = ("all-ai", "annex-iii")
    sides = {side: {r["duty"] for r in only(rows, side=side)} for side in ("moves", "left", "stays", "no change")}
    decided = {role: {d.statement for d in graph.duties(role=role, route=routes, on="2028-03-01")} for role in
               ("provider", "deployer")}  # fmt: skip
    assert sides["moves"] | sides["left"] == decided["provider"]
    assert sides["stays"] == decided["deployer"]
    assert sides["left"] == {f"eu-ai-act:art25-2{part}" for part in ("", "-a", "-b", "-c")}
    assert {r["bearer"] for r in only(rows, side="left")} == {"Talentry B.V."}
    assert {r["id"] for r in only(rows, side="no change")} == {"cv-ranker", "support-chatbot", "wound-imaging"}
    assert {r["state"] for r in only(rows, id="cv-ranker-legacy")} == {"to come"}
    after = on_day("2028-03-01")
    assert {r["state"] for r in ask(after, "cq-008", system="cv-ranker-legacy")} == {"in effect"}


# ----- CQ-09 to CQ-11: people -----


def test_personal_data_are_what_the_files_of_the_systems_say(
    graph: AimsGraph, acme: AimsGraph, register: Register
) -> None:
    rows = ask(acme, "cq-009")
    wanted = set()
    for id_, system in systems_of(ACME).items():
        datasets = {each["id"]: each for each in system.get("datasets", [])}
        for model in system["models"]:
            for name in model.get("datasets", [None]):
                of = datasets.get(name, {})
                status = {"yes": "personal", "no": "none", None: "unknown"}[of.get("personal_data")]
                status = "special categories" if of.get("special_categories") == "yes" else status
                wanted.add((id_, model["name"], of.get("name", ""), status))
    assert {(r["id"], r["model"], r["dataset"], r["status"]) for r in rows} == wanted
    silent = register(("systems/cv-ranker.yaml", "    personal_data: no", "    # nobody looked"))
    (texts,) = only(ask(graph.with_organisation(silent), "cq-009"), dataset="Public vacancy texts")
    assert texts["status"] == "unknown"


@pytest.mark.slow
def test_fundamental_rights_assessments_follow_the_duty_and_the_file(graph: AimsGraph, register: Register) -> None:
    body = (
        "organisation.yaml",
        "is-public-body-or-public-service-provider: no",
        "is-public-body-or-public-service-provider: yes",
    )
    public = register(body)
    ahead = {
        r["id"]: (r["needed"], r["neededFrom"], r["status"]) for r in ask(graph.with_organisation(public), "cq-010")
    }
    assert ahead == {
        "cv-ranker": ("no", MARKET, "begun"),
        "cv-ranker-legacy": ("no", "2028-03-01", "missing"),
        "wound-imaging": ("not deployer", "", "missing"),
    }
    done = register(
        body, ("impacts/fria-cv-ranker.yaml", "by: dana", "by: dana\ndone_on: 2026-11-01\nnext_review: 2027-11-01")
    )
    for on, needed, status in (
        (DAY, "no", "done"),
        ("2027-12-09", "no", "overdue"),
        (MARKET, "yes", "overdue"),
    ):
        (row,) = only(ask(graph.with_organisation(done, on=on), "cq-010"), id="cv-ranker")
        assert (row["needed"], row["status"], row["sharesDpia"]) == (needed, status, "dpia-cv-ranker")
    silent = register(drop=((body[0], "is-public-body"),))
    (row,) = only(ask(graph.with_organisation(silent, on=MARKET), "cq-010"), id="cv-ranker")
    assert (row["needed"], row["openCondition"]) == ("unknown", "is-public-body-or-public-service-provider")


@pytest.mark.slow
@pytest.mark.parametrize("on", [DAY, MARKET])
def test_rights_arise_as_the_duties_are_decided(on: str, graph: AimsGraph, register: Register, on_day: OnDay) -> None:
    rows = ask(on_day(on), "cq-011")
    ours = {(r["id"], r["duty"], r["role"]): r["binds"] for r in rows if r["duty"]}
    decided = {
        (system.id, duty.statement, duty.role): duty.applies.value
        for system in graph.systems(ACME)
        for duty in graph.system_duties(system, on=on)
        if re.search(r":art(26-7|26-11|50-1|50-3|50-4-s[12]|86-1)$", duty.statement)
    }
    assert ours == decided and decided
    assert {r["right"] for r in only(rows, binds="no duty of ours")} == {"eu-ai-act:Art.85", "eu-ai-act:Art.87"}
    first = "roles:\n  - agent: acme\n    role: provider"
    theirs = register(("systems/support-chatbot.yaml", first, first.replace("acme", "talentry")))
    (told,) = only(ask(graph.with_organisation(theirs, on=on), "cq-011"), duty="eu-ai-act:art50-1")
    assert (told["answers"], told["binds"]) == ("Talentry B.V.", "not decided here")


# ----- CQ-12 to CQ-17: the management system -----


def links_of(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield control, link, what it links to and owner, as the tables say it."""
    people = {row["id"]: row["name"] for row in read_table(folder / "people.csv")}
    owners = {row["id"]: people[row["owner"]] for row in read_table(folder / "controls.csv")}
    risks = {row["id"] for row in read_table(folder / "risks.csv")}
    for row in read_table(folder / "soa.csv"):
        for driver in filter(None, row["driven_by"].split(";")):
            kind = "risk" if driver in risks else "duty" if ":" in driver else "record"
            yield row["control"], kind, driver if kind != "record" else "", ""
        for id_ in filter(None, row["implemented_by"].split(";")):
            yield row["control"], "implementation", id_, owners[id_]
        if not row["driven_by"] and not row["implemented_by"]:
            yield row["control"], "nothing", "", ""


def test_decisions_on_controls_are_those_of_the_tables(graph: AimsGraph, acme: AimsGraph, tmp_path: Path) -> None:
    rows = ask(acme, "cq-012")
    found = [(r["control"], r["link"], "" if r["link"] == "record" else r["ref"], r["owner"]) for r in rows]
    assert Counter(found) == Counter(links_of(ACME))
    words = {"yes": "applicable", "no": "not-applicable", "undetermined": "undetermined"}
    wanted = {row["control"]: words[row["applicable"]] for row in read_table(ACME / "soa.csv")}
    assert {r["control"]: r["applicable"] for r in rows} == wanted and len(wanted) == 38
    before = ask(graph.with_organisation(write_earlier(tmp_path / "before")), "cq-012")
    assert [(r["link"], r["ref"]) for r in only(before, control="iso-42001:A.8.5", applicable="not decided")] == [
        ("nothing", "")
    ]


def test_an_excluded_control_clashes_as_the_statement_is_checked(
    graph: AimsGraph, acme: AimsGraph, register: Register
) -> None:
    (finding,) = (f for f in graph.soa(ACME).findings if f.rule == "SOA_EXCLUSION_CLASH")
    rows = ask(acme, "cq-013")
    named = dict(re.findall(r"(eu-ai-act:\S+) \(from (\S+)\)", finding.message))
    assert {r["duty"]: min(s["bindsFrom"] for s in rows if s["duty"] == r["duty"]) for r in rows} == named
    assert {r["state"] for r in rows} == {"coming"}
    logging = next(row for row in read_table(ACME / "soa.csv") if row["control"] == "iso-42001:A.6.2.8")
    line = f"iso-42001:A.6.2.8,yes,{logging['reason']},eu-ai-act:art12-1,event-logs"
    outside = register(("soa.csv", line, "iso-42001:A.6.2.8,no,Out of our scope.,,"))
    later = only(ask(graph.with_organisation(outside, on=MARKET), "cq-013"), control="iso-42001:A.6.2.8")
    assert {"eu-ai-act:art12-1"} <= {r["duty"] for r in only(later, state="clash", id="cv-ranker", role="provider")}
    decided = {
        (r.statement, r.system, r.role): r.applies.value for r in graph.coverage(outside, on=MARKET) if r.applies
    }
    clashes = [r for r in later if r["state"] == "clash"]
    assert {decided[r["duty"], r["id"], r["role"]] for r in clashes} == {"yes"}


def test_an_excluded_control_that_helps_with_nothing_of_ours_says_so(graph: AimsGraph, register: Register) -> None:
    """Without its systems' roles nothing binds Acme; that is no clash, and other than not having looked."""
    nobody = register()
    for id_ in systems_of(nobody):
        file = nobody / "systems" / f"{id_}.yaml"
        text = re.sub(r"\nroles:\n(?:  .*\n)+", "\nroles: []\n", file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")
    assert [r["state"] for r in ask(graph.with_organisation(nobody), "cq-013")] == ["no clash"]


def test_changes_of_the_statement_are_those_between_the_tables(
    graph: AimsGraph, acme: AimsGraph, tmp_path: Path, on_day: OnDay
) -> None:
    before = write_earlier(tmp_path / "before")
    old, new = ({row["control"]: row for row in read_table(folder / "soa.csv")} for folder in (before, ACME))
    words = {"yes": "applicable", "no": "not-applicable", "undetermined": "undetermined"}
    wanted = {("first decision", control, "", words[new[control]["applicable"]]) for control in new.keys() - old.keys()}
    for control in new.keys() & old.keys():
        now, was = new[control], old[control]
        if now["applicable"] != was["applicable"]:
            wanted.add(("applicability", control, words[was["applicable"]], words[now["applicable"]]))
        for column, what in (("driven_by", "driver"), ("implemented_by", "implementation")):
            here, there = (set(filter(None, row[column].split(";"))) for row in (now, was))
            wanted |= {(f"{what} added", control, "", each) for each in here - there}
            wanted |= {(f"{what} dropped", control, each, "") for each in there - here}
    rows = ask(acme, "cq-014")
    assert {(r["change"], r["control"], r["before"], r["after"]) for r in rows} == wanted and len(wanted) > 7
    risks = {r["risk"] for r in only(rows, control="iso-42001:A.6.2.6")}
    assert risks == set(new["iso-42001:A.6.2.6"]["driven_by"].split(";"))
    assert {(r["from"], r["to"]) for r in rows} == {("1.1", "1.2")}
    assert [r["change"] for r in ask(on_day(DAY), "cq-014")] == ["no earlier version here"]
    gone = ask(graph.with_organisation(before, before=ACME), "cq-014")
    assert [r["control"] for r in only(gone, change="decision gone")] == ["iso-42001:A.8.5"]


def test_nothing_changed_is_told_from_no_earlier_version(graph: AimsGraph, register: Register) -> None:
    same = register(("organisation.yaml", 'version: "1.2"', 'version: "1.1"'))
    assert [r["change"] for r in ask(graph.with_organisation(ACME, before=same), "cq-014")] == ["nothing changed"]


@pytest.mark.parametrize("on", ["2025-01-01", DAY, "2027-06-16", "2027-09-29", "2029-01-01"])
def test_required_documents_stand_as_readiness_finds_them(on: str, graph: AimsGraph, on_day: OnDay) -> None:
    rows = ask(on_day(on), "cq-015")
    states = {r["clause"]: r["state"] for r in rows}
    checks = (check for step in graph.readiness(ACME, on=on) for check in step.checks)
    check = next(check for check in checks if check.what.startswith("Required documented information"))
    pattern = r"(iso-42001:\S+) \([^;]*?\) is (overdue for review|not approved|missing)"
    said = dict(re.findall(pattern, "; ".join(check.because)))
    bad = {clause: state for clause, state in states.items() if state != "held"}
    assert bad.keys() == said.keys() and bad
    for clause, state in bad.items():
        if not only(rows, clause=clause, kind="evidence"):
            assert {"overdue for review": "out of date"}.get(said[clause], said[clause]) == state, clause
    assert {r["state"] for r in only(rows, paperState="held")} <= {"held"}


@pytest.mark.parametrize(
    ("on", "states"),
    [
        (DAY, {"complaints-answered": "late and unmeasured", "shortlisting-ratio": "on time"}),
        ("2026-09-30", {"complaints-answered": "unmeasured", "shortlisting-ratio": "unmeasured"}),
        ("2027-07-01", {"complaints-answered": "late and unmeasured", "shortlisting-ratio": "late"}),
    ],
)
def test_objectives_are_late_or_unmeasured_by_the_day(
    on: str, states: Row, graph: AimsGraph, register: Register, on_day: OnDay
) -> None:
    rows = ask(on_day(on), "cq-016")
    assert {r["id"]: r["state"] for r in rows} == states
    reached = register(("organisation.yaml", "status: open", "status: reached"))
    changed = ask(graph.with_organisation(reached, on=on), "cq-016")
    assert {r["id"]: r["state"] for r in changed} == states | {"complaints-answered": "reached"}


def test_roles_are_vacant_doubly_held_or_without_competence(
    graph: AimsGraph, acme: AimsGraph, register: Register
) -> None:
    people = read_table(ACME / "people.csv")
    rows = ask(acme, "cq-017")
    wanted = {
        (p["role"], p["name"], "on record" if p["competence"] else "not on record", p["trained_on"]) for p in people
    }
    assert {(r["role"], r["holder"], r["competence"], r["trainedOn"]) for r in rows} == wanted
    assert {r["state"] for r in rows} == {"held"}
    changed = register(
        (
            "people.csv",
            "otto,Otto Fennimark,human-oversight-lead,2026-09-01",
            "otto,Otto Fennimark,ai-governance-lead,2026-09-01",
        )
    )
    text = (changed / "people.csv").read_text(encoding="utf-8")
    text = text.replace("medical-device-regulatory-manager,2026-11-02", "medical-device-regulatory-manager,2026-12-01")
    (changed / "people.csv").write_text(text.replace("internal-auditor", "auditor"), encoding="utf-8")
    states = {(r["role"], r["holder"]): r["state"] for r in ask(graph.with_organisation(changed), "cq-017")}
    assert (
        states["ai-governance-lead", "Otto Fennimark"]
        == states["ai-governance-lead", "Dana Quillfeather"]
        == "doubly held"
    )
    assert states["medical-device-regulatory-manager", "Mira Tulstone"] == "vacant"
    assert states["internal-auditor", ""] == "vacant"
    assert states["top-management", "Carla Wendtland"] == "held"


# ----- CQ-43 to CQ-45: the systems -----


def test_the_class_of_a_system_is_what_its_file_says(graph: AimsGraph, acme: AimsGraph, register: Register) -> None:
    rows = ask(acme, "cq-043")
    for id_, system in systems_of(ACME).items():
        ours = only(rows, id=id_)
        decision = only(ours, line="decision")
        assert {r["ref"] for r in decision} == set(system["classification"]["grounded_on"])
        assert {r["highRisk"] for r in ours} == {
            "yes" if system["classification"]["outcome"].startswith("annex-") else "no"
        }
        assert all(system["facts"][r["ref"]] == r["answer"] for r in only(ours, line="fact"))
        asked = {row.statement: row.undecided for row in graph.coverage(ACME, system=id_)}
        turning = {"annex-iii-any", "annex-i-section-a", "annex-i-section-b", "claims-art-6-3-derogation",
                   "profiles-persons", "third-party-assessment-required"} - system["facts"].keys()  # fmt: skip
        assert {r["ref"] for r in only(ours, line="open")} == turning.union(*asked.values())
    undecided = register(
        ("systems/cv-ranker.yaml", "  status: decided\n  outcome: annex-iii ", "  status: undetermined\n  # "),
        ("systems/cv-ranker.yaml", "  profiles-persons: yes\n", ""),
    )
    rows = ask(graph.with_organisation(undecided), "cq-043", system="cv-ranker")
    assert {r["highRisk"] for r in rows} == {"unknown"}
    assert only(rows, line="open", ref="profiles-persons")


@pytest.mark.slow
def test_a_derogation_is_barred_undocumented_unregistered_or_in_order(
    graph: AimsGraph, acme: AimsGraph, register: Register
) -> None:
    facts = {id_: system["facts"] for id_, system in systems_of(ACME).items()}
    claims = {id_: each.get("claims-art-6-3-derogation", "unknown") for id_, each in facts.items()}
    assert {r["id"]: r["claim"] for r in ask(acme, "cq-044")} == claims
    file, claim = "systems/wound-imaging.yaml", "claims-art-6-3-derogation: no"

    def state(*edits: tuple[str, str, str], evidence: str = "") -> str:
        folder = register((file, claim, claim.replace("no", "yes")), *edits)
        with (folder / "evidence.csv").open("a", encoding="utf-8") as table:
            table.write(evidence)
        (row,) = only(ask(graph.with_organisation(folder), "cq-044"), id="wound-imaging")
        return row["state"]

    assert state((file, "profiles-persons: no", "profiles-persons: yes")) == "barred"
    assert state((file, "  profiles-persons: no\n", "")) == "profiling unknown"
    assert state() == "undocumented"
    columns = list(read_table(ACME / "evidence.csv")[0])
    proof = dict.fromkeys(columns, "") | {
        "title": "x", "type": "record", "system": "wound-imaging", "collected_by": "dana",
        "collected_on": "2026-11-02", "refutes": "no", "location": "https://dms.acme.example/x", "method": "minutes",
    }  # fmt: skip
    written = ",".join((proof | {"id": "assessment", "supports": "eu-ai-act:art6-4"}).values()) + "\n"
    entered = ",".join((proof | {"id": "entry", "supports": "eu-ai-act:art49-2"}).values()) + "\n"
    assert state(evidence=written) == "unregistered"
    assert state(evidence=written + entered) == "in order"


@pytest.mark.parametrize("on", [DAY, "2026-12-02", "2027-05-01"])
def test_disclosures_are_covered_and_shown_as_coverage_says(
    on: str, graph: AimsGraph, register: Register, on_day: OnDay
) -> None:
    rows = ask(on_day(on), "cq-045")
    found = {(r["id"], r["duty"], r["role"]): (r["binds"], r["coverage"]) for r in rows if r["duty"]}
    coverage = [row for row in graph.coverage(ACME, on=on) if row.provision.startswith("eu-ai-act:Art.50(")]
    assert found == {(r.system, r.statement, r.role): (r.applies.value, r.status.value) for r in coverage if r.applies}
    assert {r["id"] for r in only(rows, binds="no duty")} == {"cv-ranker", "cv-ranker-legacy", "wound-imaging"}
    with (ACME / "evidence.csv").open(encoding="utf-8", newline="") as file:
        taken = {r["id"]: r for r in csv.DictReader(file) if "chatbot-notice" in r["supports"].split(";")}
    shown = {r["evidence"]: (r["proof"], r["collectedOn"]) for r in only(rows, duty="eu-ai-act:art50-1")}
    stale = {"chatbot-notice-log"} if on == "2027-05-01" else set()
    assert shown == {id_: ("stale" if id_ in stale else "fresh", taken[id_]["collected_on"]) for id_ in taken}
    bare = register(drop=(("evidence.csv", "chatbot-notice"),))
    (told,) = only(ask(graph.with_organisation(bare, on=on), "cq-045"), duty="eu-ai-act:art50-1")
    assert (told["proof"], told["coverage"]) == ("none", "not-covered")
