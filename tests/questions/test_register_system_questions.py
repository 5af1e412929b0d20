"""Questions of owners, engineers, buyers and authorities about a register, against its files and what changes there."""

import datetime as dt
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pyoxigraph as ox
import pytest
from earlier_register import ACME
from other_register import BASE, ask, read_table, read_yaml
from test_register_questions import column, named

from aimsgraph import assets
from aimsgraph.api import AimsGraph
from aimsgraph.compliance.register import load_register
from aimsgraph.domain.register import Register
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Graph
from aimsgraph.graph.vocabulary import aims

DAY = dt.date(2026, 11, 23)
PREFIX = "PREFIX aims: <https://w3id.org/aimsgraph/ns#> "
AFTER_REDESIGN = "2028-08-01"
OnDay = Callable[[str], AimsGraph]


@pytest.fixture(scope="module")
def register() -> Register:
    found = load_register(ACME).register
    assert found is not None
    return found


@pytest.fixture(scope="module")
def systems() -> dict[str, Any]:
    return {path.stem: read_yaml(path) for path in sorted((ACME / "systems").glob("*.yaml"))}


# ----- Risks and assessments -----


def test_the_sample_is_drawn_from_the_files(acme: AimsGraph, systems: dict[str, Any]) -> None:
    risks = read_table(ACME / "risks.csv")
    wanted = set()
    for id_, system in systems.items():
        levels = [risk["residual"] for risk in risks if risk["system"] == id_]
        greatest = next(level for level in ("high", "medium", "low") if level in levels)
        life = "on the market" if system["placed_on_market"] <= str(DAY) else "before the market"
        for use in system.get("deployments") or [{"name": "", "from": ""}]:
            state = "" if not use["name"] else "in use" if use["from"] <= str(DAY) else "planned"
            outcome = system["classification"]["outcome"]
            wanted.add((id_, greatest, str(len(levels)), life, outcome, use["name"], state, "yes"))
    rows = ask(acme, "cq-036")
    assert column(rows, "system", "risk", "risks", "life", "class", "place", "placeState", "inScope") == wanted
    assert rows[0]["system"] == "cv-ranker-legacy"


def acceptance(risk: Any, until: dt.date) -> str:
    if not risk.accepted_by:
        return "missing" if risk.residual == "high" else "none"
    if not risk.is_accepted(DAY):
        return "ran out"
    return "valid" if risk.is_accepted(until + dt.timedelta(days=1)) else "runs out"


@pytest.mark.parametrize("until", ["2026-12-31", "2027-09-30", "2028-01-01"])
def test_everybodys_risks_with_their_acceptances(until: str, acme: AimsGraph, register: Register) -> None:
    day = dt.date.fromisoformat(until)
    operating = {c.id for c in register.controls if c.is_operating(DAY)}
    wanted = {
        (f"risk/{r.id}", r.inherent, r.residual, r.treatment, acceptance(r, day), control and f"control/{control}",
         control and ("yes" if control in operating else "no"))
        for r in register.risks
        for control in r.controls or ("",)
    }  # fmt: skip
    rows = ask(acme, "cq-037", until=until)
    found = column(rows, "risk", "before", "after", "option", "acceptance", "treatedBy", "operates")
    assert found == wanted
    states = dict(column(rows, "risk", "acceptance"))
    assert (states["risk/legacy-bias"], states["risk/chatbot-wrong-advice"]) == ("missing", "ran out")


def test_the_risks_of_one_owner_after_a_review_and_an_acceptance(other: AimsGraph, register: Register) -> None:
    rows = ask(other, "cq-037", owner="dana", until="2027-03-31")
    assert column(rows, "risk") == {(f"risk/{risk.id}",) for risk in register.risks if risk.owner == "dana"}
    bias = column([row for row in rows if row["risk"] == "risk/legacy-bias"], "acceptance", "acceptedUntil", "review")
    assert bias == {("runs out", "2027-01-31", "overdue")}


def test_changes_after_the_last_assessment(
    acme: AimsGraph, other: AimsGraph, on_day: OnDay, register: Register
) -> None:
    done = {(i.system, i.kind): i.done_on for i in register.impacts if i.done_on}
    kinds = {
        "ai-system": "AI system impact assessment",
        "dpia": "data protection impact assessment",
        "fria": "fundamental rights impact assessment",
    }
    rows = ask(acme, "cq-038")
    impacts = product((system.id for system in register.systems), kinds.items())
    wanted = {(system, label, str(done.get((system, kind), ""))) for system, (kind, label) in impacts}
    risks = {(r.system, "risk assessment", str(r.assessed_on)) for r in register.risks if r.system != "aims"}
    assert column(rows, "system", "kind", "assessedOn") == wanted | risks
    assert column(rows, "state") == {("no change",), ("never assessed",)}
    overdue = [row for row in rows if row["review"] == "overdue"]
    assert column(overdue, "system", "kind", "reviewDue") == {("cv-ranker-legacy", kinds["ai-system"], "2026-03-20")}
    assert column([r for r in rows if r["changePlanned"]], "system", "changePlanned") == {
        ("cv-ranker-legacy", "2028-03-01")
    }
    later = column([r for r in ask(on_day(AFTER_REDESIGN), "cq-038") if r["assessedOn"]], "system", "state")
    assert later == {(s.id, "changed since" if s.id == "cv-ranker-legacy" else "no change") for s in register.systems}
    changed = column([r for r in ask(other, "cq-038") if r["system"] == "support-chatbot"], "kind", "state")
    assert {("risk assessment", "changed since"), (kinds["ai-system"], "changed since")} <= changed


def test_a_right_weighed_by_what_the_organisation_loses(acme: AimsGraph, other: AimsGraph, register: Register) -> None:
    rights = {f"risk/{risk.id}" for risk in register.risks if risk.affects == "fundamental-rights"}
    assert column(ask(acme, "cq-039"), "risk", "criterionOf") == {(risk, "people") for risk in rights}
    weighed = column(ask(other, "cq-039"), "risk", "criterionOf")
    assert weighed == {(risk, "organisation" if risk == "risk/ranker-bias" else "people") for risk in rights}


# ----- Data, documentation, tests -----


@pytest.mark.parametrize("dataset", ["hires-2019-2025", "vacancy-texts", "wound-photographs"])
def test_what_hangs_on_a_dataset_agrees_with_the_python_answer(
    dataset: str, acme: AimsGraph, register: Register
) -> None:
    kinds = {"model": "model", "system": "system", "evidence": "evidence"}
    dependents = acme.impact(f"dataset:{dataset}", ACME).dependents
    wanted = {(d.node.kind, d.node.id) for d in dependents if d.node.kind in kinds}
    rows = ask(acme, "cq-040", dataset=dataset)
    touched = {(row["kind"], row["thing"].rpartition("/")[2]) for row in rows if row["kind"] in kinds}
    assert touched == wanted and wanted
    ours = {id_ for kind, id_ in wanted if kind == "system"}
    documents = {d.id for d in register.documents if set(d.systems) & ours}
    found = {row["thing"].rpartition("/")[2] for row in rows if row["kind"] == "document"}
    assert found == (documents or {""})
    assert column([r for r in rows if r["kind"] == "declaration"], "thing", "state") == {("", "missing")}


def test_a_model_that_learns_from_less_is_touched_by_less(other: AimsGraph) -> None:
    kinds = column(ask(other, "cq-040", dataset="hires-2019-2025"), "kind")
    assert kinds == {("dataset",), ("evidence",)}
    assert ("system",) in column(ask(other, "cq-040", dataset="vacancy-texts"), "kind")


def test_the_points_of_annex_iv_left_out(acme: AimsGraph, other: AimsGraph, on_day: OnDay) -> None:
    covered = [r.removeprefix("eu-ai-act:") for r in read_yaml(ACME / "policies/tech-doc-cv-ranker.yaml")["documents"]]
    rows = ask(acme, "cq-041", system="cv-ranker")
    missing = {row["point"].removeprefix("eu-ai-act:") for row in rows if row["state"] == "missing"}
    points = {row["point"].removeprefix("eu-ai-act:") for row in rows}
    assert missing == {p for p in points if not any(p == c or p.startswith(f"{c}(") for c in covered)}
    assert {f"Annex.IV({number})" for number in range(5, 10)} <= missing
    mended = ask(other, "cq-041", system="cv-ranker")
    assert column(rows, "point", "state") - column(mended, "point", "state") == {("eu-ai-act:Annex.IV(5)", "missing")}
    assert column(ask(acme, "cq-041", system="support-chatbot"), "state") == {("missing",)}
    before = ask(on_day("2025-09-07"), "cq-041", system="cv-ranker")
    assert column(before, "state") == {("missing",), ("not approved",)}


def test_reports_on_accuracy_are_those_that_name_article_15(acme: AimsGraph, other: AimsGraph) -> None:
    wanted = {
        (name, f"evidence/{row['id']}", row["metric"], row["threshold"], row["result"], "fresh")
        for row in read_table(ACME / "evidence.csv")
        for name in named(row["supports"])
        if row["type"] == "test-report" and name.startswith("eu-ai-act:art15-") and row["system"] == "cv-ranker"
    }
    columns = ("statement", "evidence", "metric", "threshold", "result", "state")
    rows = ask(acme, "cq-042", system="cv-ranker")
    assert column([row for row in rows if row["evidence"]], *columns) == wanted
    assert column([row for row in rows if not row["evidence"]], "state") == {("none",)}
    moved = [row for row in ask(other, "cq-042", system="cv-ranker") if row["evidence"]]
    assert column(moved, *columns) == {("eu-ai-act:art15-3", *row[1:]) for row in wanted}


# ----- Suppliers, incidents -----


def test_what_contracts_secure_is_what_the_file_says(acme: AimsGraph, other: AimsGraph) -> None:
    suppliers = read_table(ACME / "suppliers.csv")
    rows = ask(acme, "cq-046")
    secured = {(row["name"], item) for row in suppliers for item in named(row["contract_covers"])}
    assert column([row for row in rows if row["secured"] == "yes"], "supplier", "item") == secured
    without = column([row for row in rows if row["secured"] == "no contract"], "supplier", "item")
    assert without == {("Parsewell Ltd", "eu-ai-act:art25-4"), ("Parsewell Ltd", "iso-42001:A.10.3")}
    assert column([r for r in rows if r["item"] == "iso-42001:A.10.3"], "supplier") == {(r["name"],) for r in suppliers}
    signed = [row for row in ask(other, "cq-046") if row["supplier"] == "Parsewell Ltd"]
    agreed = column([row for row in signed if row["item"] == "eu-ai-act:art25-4"], "contract", "secured")
    assert agreed == {("Order 2026", "yes")}, "the article the contract names holds the statement"


def test_an_agreement_with_suppliers_binds_once_the_act_applies(on_day: OnDay, systems: dict[str, Any]) -> None:
    rows = [row for row in ask(on_day(AFTER_REDESIGN), "cq-046") if row["item"] == "eu-ai-act:art25-4"]
    assert systems["cv-ranker-legacy"]["facts"]["component-or-service-supplier"] == "yes"
    assert column(rows, "supplier", "binds") == {("Parsewell Ltd", "yes"), ("Talentry B.V.", "yes")}


def test_models_we_build_on(acme: AimsGraph, other: AimsGraph, systems: dict[str, Any]) -> None:
    rows = ask(acme, "cq-047")
    assert column(rows, "model", "system") == {
        (f"model/{model['id']}", id_) for id_, system in systems.items() for model in system["models"]
    }
    kinds = dict(column(rows, "model", "generalPurpose"))
    supplied = {id_: row["role"] for row in read_table(ACME / "suppliers.csv") for id_ in named(row["supplies"])}
    for model, kind in kinds.items():
        role = supplied.get(model.removeprefix("model/"))
        assert kind == ("own" if role is None else "yes" if role == "gpai-provider" else "unknown")
    assert column(rows, "documentation", "openSource") == {("missing", "unknown")}
    promised = column(
        [row for row in ask(other, "cq-047") if row["openSource"] != "unknown"], "model", "documentation", "openSource"
    )
    assert promised == {("model/helpdesk-lm", "promised", "yes")}


def test_incidents_with_their_clocks(acme: AimsGraph, other: AimsGraph, on_day: OnDay) -> None:
    def states(graph: AimsGraph) -> set[tuple[str, ...]]:
        return column(ask(graph, "cq-048"), "incident", "state")

    incident = next(row for row in read_table(ACME / "incidents.csv") if row["kind"] == "serious")
    (serious,) = (row for row in ask(acme, "cq-048") if row["kind"] == "serious")
    due = dt.date.fromisoformat(incident["aware_on"]) + dt.timedelta(days=15)
    assert (serious["dueOn"], serious["period"], serious["rule"]) == (str(due), "P15D", "eu-ai-act:Art.73(2)")
    assert (serious["reportedTo"], serious["binds"]) == ("Market Surveillance Office", "none")
    minor = ("incident/wrong-deadline", "no clock")
    assert states(acme) == {("incident/age-complaints", "in time"), minor}
    assert states(other) == {("incident/age-complaints", "late"), minor}
    assert states(on_day("2026-09-15")) == {("incident/age-complaints", "running"), minor}
    assert states(on_day("2025-09-07")) == set()


# ----- One system on a day; the catalogue -----


def subjects(graph: AimsGraph, system: str) -> set[str]:
    answer = graph.asserted.query(graph.bound_text(graph.question("cq-049"), {"system": system}))
    assert isinstance(answer, Graph)
    return {t.subject.value.removeprefix(BASE) for t in answer if isinstance(t.subject, ox.NamedNode)}


@pytest.mark.slow
def test_a_system_as_it_stood_on_a_day(acme: AimsGraph, on_day: OnDay, register: Register) -> None:
    early, now = subjects(on_day("2025-09-07"), "cv-ranker-legacy"), subjects(acme, "cv-ranker-legacy")
    ours = [e for e in register.evidence if "cv-ranker-legacy" in e.systems]
    for found, day in ((early, dt.date(2025, 9, 7)), (now, DAY)):
        known = {f"evidence/{e.id}" for e in ours if e.collected_on and e.collected_on <= day}
        assert {f"evidence/{e.id}" for e in ours} & found == known
        risks = {f"risk/{r.id}" for r in register.risks if r.system == "cv-ranker-legacy"}
        assert risks & found == (risks if day == DAY else set()), "they were assessed in 2026"
        controls = {
            f"control/{c.id}" for c in register.controls if c.serves("cv-ranker-legacy") and c.is_operating(day)
        }
        assert controls <= found and "control/event-logs" not in found
    assert {"incident/age-complaints", "classification/cv-ranker-legacy"} & early == set()
    assert {"incident/age-complaints", "classification/cv-ranker-legacy", "supply/talentry", "contract/talentry"} <= now
    roles = {name for name in now if name.startswith("role/")}
    assert roles == {
        "role/system/cv-ranker-legacy/talentry/provider/2025-03-01",
        "role/system/cv-ranker-legacy/acme/deployer/2025-03-01",
    }
    assert "event/cv-ranker-legacy/retraining-2028" not in now
    assert "event/cv-ranker-legacy/retraining-2028" in subjects(on_day(AFTER_REDESIGN), "cv-ranker-legacy")


def test_the_law_comes_with_its_address_and_papers_with_their_digest(acme: AimsGraph) -> None:
    answer = acme.asserted.query(acme.bound_text(acme.question("cq-049"), {"system": "support-chatbot"}))
    assert isinstance(answer, Graph)
    triples = list(answer)
    places = {t.object for t in triples if t.predicate == aims("statedIn")}
    addressed = {t.subject: t.object.value for t in triples if t.predicate == aims("eliIri")}
    assert places and set(addressed) == places
    assert all(address.startswith("http://data.europa.eu/eli/reg/2024/1689/") for address in addressed.values())
    digests = {row["sha256"] for row in read_table(ACME / "evidence.csv") if row["id"] == "chatbot-notice-seen"}
    assert digests <= {t.object.value for t in triples if t.predicate == aims("sha256")}


@pytest.mark.parametrize(("framework", "owed"), [("iso-27001", 93), ("iso-42001", 0), ("nist-ai-rmf", 0)])
def test_every_item_is_in_some_mapping_table_or_owed(framework: str, owed: int, graph: AimsGraph) -> None:
    sets = [path for path in assets.path("data", "mappings").iterdir() if framework in path.name.split("--")]
    tables = [path for folder in sets for path in folder.rglob("*.tsv") if path.name != "reviews.tsv"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in tables)
    spoken = set(re.split(r"[\t\n; ]", text))
    query = "SELECT ?item { ?i aims:isAssessable true ; aims:inFramework/aims:slug '%s' ; aims:reference ?item }"
    items = {row["item"].value for row in graph.query(PREFIX + query % framework)}
    wanted = {item for item in items if item.partition(":")[2] not in spoken}
    assert column(ask(graph, "cq-051", framework=framework), "kind", "item") == {("not mapped", i) for i in wanted}
    assert items and len(wanted) == owed


def test_an_unmapped_item_and_a_statement_without_a_bearer_are_owed(graph: AimsGraph) -> None:
    text = graph.bound_text(graph.question("cq-051"), {"framework": "eu-ai-act"})
    duty = ox.NamedNode("https://w3id.org/aimsgraph/id/eu/reg/2024/1689/stmt/art12-1")
    gone = {q for name in ("subject", "object") for q in graph.asserted.quads(predicate=aims(name), object=duty)}
    gone |= set(graph.asserted.quads(subject=duty, predicate=aims("borneByRole")))
    store = MemoryStore(quad for quad in graph.asserted.quads() if quad not in gone)
    before, after = (
        {(row["kind"].value, row["item"].value) for row in each.query(text)} for each in (graph.asserted, store)
    )
    assert after - before == {("not mapped", "eu-ai-act:art12-1"), ("no bearer", "eu-ai-act:art12-1")}
