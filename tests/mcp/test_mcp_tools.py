"""Every tool, over both transports: its answer is the Python API's."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from asking import ACME, TODAY, Face

from aimsgraph.api import LAW, AimsGraph
from aimsgraph.compliance.validate import Catalogue, Request, validate_registers
from aimsgraph.graph.results import render_answer
from aimsgraph.mcp.replies import MOST_BYTES, NO_CLAIM
from aimsgraph.norms.search import to_hit
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.shapes import load_shapes

Json = dict[str, Any]
CV = {"system": "cv-ranker", "on": "2027-12-15"}
SELECT = "SELECT ?ref ?label { ?s a aims:Obligation ; aims:reference ?ref ; rdfs:label ?label } ORDER BY ?ref"
PREFIXES = "PREFIX aims: <https://w3id.org/aimsgraph/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@dataclass(frozen=True)
class Case:
    """A call, and what the Python API says to the same question."""

    tool: str
    arguments: Json
    expected: Callable[[AimsGraph], Json]
    paged: str = ""

    def __str__(self) -> str:
        return self.tool


def _duties(graph: AimsGraph) -> Json:
    return {"duties": [d.to_dict() for d in graph.duties(role="provider", route="annex-iii", on="2027-12-02")]}


def _system_duties(graph: AimsGraph) -> Json:
    (system,) = [each for each in graph.systems(ACME) if each.id == "cv-ranker"]
    return {"duties": [duty.to_dict() for duty in graph.system_duties(system, on="2027-12-15")]}


def _unmapped(graph: AimsGraph) -> Json:
    crosswalks = graph.crosswalks
    found = crosswalks.unmapped("iso-42001", crosswalks.request(LAW, "reviewed"), graph.moment())
    names = [(crosswalks.name(each.item), each.reason) for each in found.no_match]
    assert names
    return {"no_match": [{"ref": ref, "label": graph.resolve(ref).label, "on": _day(found, i), "reason": reason}
                         for i, (ref, reason) in enumerate(names)]}  # fmt: skip


def _day(found: Any, place: int) -> str:
    return str(found.no_match[place].searched_on or "")


def _cover(graph: AimsGraph) -> Json:
    crosswalks = graph.crosswalks
    duties = graph.duties(role="deployer", route="annex-iii")
    irises = list(dict.fromkeys(graph.resolve(duty.statement).iri for duty in duties))
    request = crosswalks.request(LAW, "reviewed", max_hops=1, role="deployer")
    found = crosswalks.cover("iso-42001", irises, request, graph.moment())
    assert found.items
    return {
        "reached": len(found.reached),
        "unreachable": [crosswalks.name(iri) for iri in found.unreachable],
        "optimality_gap": found.gap,
    }


def _validate(graph: AimsGraph) -> Json:
    found = validate_registers(
        [ACME], Catalogue(graph.asserted, graph.law, load_shapes()), PyShaclEngine(), Request(graph.moment())
    )
    assert found.findings
    return {
        "findings": [
            {
                "rule": f.rule, "severity": f.severity.value, "message": f.message, "remedy": f.remedy,
                "focus": f.focus, "path": f.path, "value": f.value,
                "file": f.location.file.removeprefix(f"{ACME}/"), "line": f.location.line,
                "column": f.location.column, "provision": f.provision,
            }
            for f in found.findings
        ],
        "conforms": found.conforms(),
    }  # fmt: skip


def _rows(answer: Any) -> Json:
    found = json.loads(render_answer(answer, "json"))
    assert found["results"]["bindings"]
    return {"head": found["head"], "bindings": found["results"]["bindings"]}


def _crosswalk(graph: AimsGraph) -> Json:
    return graph.crosswalk(["iso-42001:A.6.2.8", "iso-42001:A.7.4"], LAW)


def _coverage(graph: AimsGraph) -> Json:
    return {"coverage": [row.to_dict() for row in graph.coverage(ACME, **CV)]}


CASES = [
    Case("frameworks", {}, lambda g: {"frameworks": g.frameworks()}),
    Case("resolve", {"text": "AI Act Art. 6(2)"}, lambda g: g.resolve("AI Act Art. 6(2)").to_dict()),
    Case(
        "show", {"reference": "eu-ai-act:Art.26", "on": "2027-12-02"},
        lambda g: g.show("eu-ai-act:Art.26", on="2027-12-02"),
    ),
    Case(
        "search", {"words": "risk management", "limit": 7},
        lambda g: {"hits": [to_hit(*hit) for hit in g.search("risk management", limit=1000)]}, "hits",
    ),
    Case(
        "duties", {"role": "provider", "route": ["annex-iii"], "on": "2027-12-02", "limit": 100}, _duties, "duties"
    ),
    Case("duties", {**CV, "organisation": "acme", "limit": 200}, _system_duties, "duties"),
    Case(
        "changes", {"start": "2026-12-02", "end": "2027-12-02"},
        lambda g: {
            "from": "2026-12-02", "to": "2027-12-02",
            "changes": [change.to_dict() for change in g.changes("2026-12-02", "2027-12-02")],
        },
        "changes",
    ),
    Case(
        "crosswalk", {"references": ["iso-42001:A.6.2.8", "iso-42001:A.7.4"], "to": "eu-ai-act", "limit": 3},
        _crosswalk, "answers",
    ),
    Case("unmapped", {"framework": "iso-42001", "to": "eu-ai-act"}, _unmapped, "no_match"),
    Case("cover", {"role": "deployer", "route": ["annex-iii"], "framework": "iso-42001"}, _cover),
    Case("organisations", {}, lambda g: {"organisations": [
        {"slug": "acme", "name": "Acme Hiring GmbH", "systems": [system.id for system in g.systems(ACME)]}]}),
    Case("gaps", {**CV, "limit": 60}, lambda g: g.gaps(ACME, **CV).to_dict(), "gaps"),
    Case("coverage", {**CV, "limit": 100}, _coverage, "coverage"),
    Case("soa", {}, lambda g: g.soa(ACME).to_dict(), "controls"),
    Case("readiness", {}, lambda g: {"steps": [step.to_dict() for step in g.readiness(ACME)]}, "steps"),
    Case(
        "impact", {"of": "iso-42001:A.6.2.8", "on": "2027-12-15"},
        lambda g: g.impact("iso-42001:A.6.2.8", ACME, on="2027-12-15").to_dict(), "dependents",
    ),
    Case("validate", {"organisation": "acme"}, _validate, "findings"),
    Case(
        "questions", {"limit": 30},
        lambda g: {"questions": [
            {"id": q.id, "question": q.question, "asker": q.asker, "scope": q.scope, "parameters": [
                {"name": p.name, "type": p.type, "example": p.example, "optional": p.optional} for p in q.parameters]}
            for q in g.questions()]},
        "questions",
    ),
    Case(
        "question", {"id": "cq-001", "parameters": {"role": "deployer", "route": "annex-iii"}, "limit": 60},
        lambda g: _rows(g.ask("cq-001", {"role": "deployer", "route": "annex-iii"})), "bindings",
    ),
    Case(
        "question", {"id": "cq-012", "organisation": "acme", "limit": 200},
        lambda g: _rows(g.with_organisation(ACME).ask("cq-012")), "bindings",
    ),
    Case("sparql", {"query": SELECT, "limit": 200}, lambda g: _rows(g.query(PREFIXES + SELECT)), "bindings"),
]  # fmt: skip
ELSEWHERE = {"check_proof", "cite"}
"""Tools whose answers are compared in tests of their own."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_tool_answers_as_the_python_api_does(face: Face, graph: AimsGraph, case: Case) -> None:
    if case.paged:
        answer, items = face.walk(case.tool, case.paged, **case.arguments)
    else:
        answer, items = face.ask(case.tool, **case.arguments), []
    expected = json.loads(json.dumps(case.expected(graph)))
    if case.paged:
        assert items == expected.pop(case.paged)
    left_off = answer.get("left_off", {})
    for name, value in expected.items():
        assert answer[name] == (value[: left_off[name]["given"]] if name in left_off else value), name
        assert name not in left_off or left_off[name]["total"] == len(value)
    assert answer["graph_version"] == graph.version or case.arguments.get("organisation") == "acme"
    assert (answer["on"], answer["law_as_of"]) == (case.arguments.get("on") or _last_day(case), TODAY)
    assert answer["data_current_to"] <= TODAY
    assert answer["does_not_claim"]
    assert len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()) < MOST_BYTES + len(NO_CLAIM) * 2


def _last_day(case: Case) -> str:
    return str(case.arguments.get("end", TODAY))


def test_no_tool_is_left_out_and_all_only_read(face: Face) -> None:
    tools = face.run(face.client.list_tools).tools
    assert {tool.name for tool in tools} == {case.tool for case in CASES} | ELSEWHERE
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert not tool.annotations.open_world_hint
        assert tool.description
        assert "warnings" in tool.output_schema["required"]
        for name, schema in tool.input_schema.get("properties", {}).items():
            assert schema.get("description"), f"{tool.name}.{name} is not described"


def test_proofs_are_accepted_and_tampered_ones_are_not(face: Face) -> None:
    given = face.ask("crosswalk", references=["iso-42001:A.6.2.8"], to="eu-ai-act")["answers"]
    assert given
    assert all(answer["proofs"] for answer in given)
    checked = face.ask("check_proof", answers=given)
    assert (checked["checked"], checked["holds"], checked["rejected"]) == (len(given), True, [])
    given[0]["relations"] = ["equal-to"]
    checked = face.ask("check_proof", answers=given)
    assert not checked["holds"]
    assert [each["index"] for each in checked["rejected"]] == [0]


@pytest.mark.parametrize("repeated", [1, 1500], ids=["short", "in a process of its own"])
def test_wrong_citations_are_found(face: Face, graph: AimsGraph, repeated: int) -> None:
    answer = face.ask("cite", text="See Article 6(2) and Article 999 of the AI Act.\n" * repeated, limit=5)
    assert answer["citations"] >= 2
    assert answer["total"] == min(repeated, 1000)
    assert all("999" in finding["message"] for finding in answer["findings"])
    assert answer["graph_version"] == graph.version


def test_the_other_lists_of_an_answer_can_be_paged_too(face: Face, graph: AimsGraph) -> None:
    answer, actions = face.walk("gaps", "actions", part="actions", limit=100)
    expected = json.loads(json.dumps(graph.gaps(ACME).to_dict()))
    assert actions == expected["actions"]
    assert answer["left_off"]["gaps"] == {"given": 10, "total": len(expected["gaps"]), "ask_with": "part=gaps"}


def test_an_answer_too_long_for_a_model_says_what_it_leaves_off(face: Face, graph: AimsGraph) -> None:
    chapter = json.loads(json.dumps(graph.show("eu-ai-act:Cpt.III")))
    assert len(json.dumps(chapter)) > MOST_BYTES
    answer = face.ask("show", reference="eu-ai-act:Cpt.III")
    assert len(json.dumps(answer)) < MOST_BYTES
    assert answer["left_off"]["statements"]["total"] == len(chapter["statements"])
    assert answer["statements"] == chapter["statements"][:10]
    assert "parts" in answer["left_off"]["statements"]["ask_with"]
    assert {name: answer[name] for name in chapter if name not in answer["left_off"]} == {
        name: value for name, value in chapter.items() if name not in answer["left_off"]
    }


def test_files_that_are_sent_are_judged(face: Face) -> None:
    files = {path.name: path.read_text() for path in ACME.glob("*.*")} | {
        f"{folder}/{path.name}": path.read_text()
        for folder in ("systems", "impacts", "policies")
        for path in (ACME / folder).glob("*.yaml")
    }
    files["soa.csv"] = files["soa.csv"].replace(",yes,", ",perhaps,", 1)
    answer = face.ask("validate", files=files)
    assert not answer["conforms"]
    assert "soa.csv" in {finding["file"] for finding in answer["findings"] if finding["severity"] == "violation"}


def test_names_of_people_can_be_left_out(face: Face) -> None:
    assert {"dana"} <= {owner for control in face.ask("soa")["controls"] for owner in control["owners"]}
    answer = face.ask("soa", without=["people"])
    assert "dana" not in json.dumps(answer)
    assert answer["left_out"]


def test_unknown_stays_unknown(face: Face) -> None:
    duties = face.ask("duties", role="deployer", route=["annex-iii"], on="2027-12-02", applies=["unknown"])["duties"]
    assert duties
    assert all("unknown" in {c["answer"] for c in duty["conditions"]} for duty in duties)
    contested = face.ask("duties", role="provider", route=["annex-iii"], on="2026-12-02", applies=["contested"])
    assert all(len(duty["readings"]) > 1 for duty in contested["duties"])


def test_a_graph_comes_as_json_ld(face: Face) -> None:
    answer = face.ask("sparql", query="CONSTRUCT { ?s aims:slug ?o } WHERE { ?s a aims:Framework ; aims:slug ?o }")
    assert "eu-ai-act" in {node["https://w3id.org/aimsgraph/ns#slug"][0]["@value"] for node in answer["jsonld"]}
    assert face.ask("sparql", query="ASK { ?s a aims:Framework }")["boolean"] is True
