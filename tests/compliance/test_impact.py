"""What depends on a thing, and what falls if it goes: exactly the rows that a fresh decision without it changes."""

import pytest
from made_registers import (
    LOGGING,
    LOGS,
    ON,
    RISKS,
    decision,
    evidence,
    impact_of,
    implementation,
    person,
    register,
    risk,
    statement,
    system,
)

from aimsgraph.compliance.impact import remove
from aimsgraph.compliance.impact_links import Links, Node
from aimsgraph.compliance.posture import Norms, Posture
from aimsgraph.domain.register import Supplier
from aimsgraph.errors import NotFound, UsageError

SUPPLIER = Supplier(
    "vendor", "https://maker.example/v", person("x").location, "Vendor", ("model-1",), "", "c1", (RISKS,),
    None, None, "",
)  # fmt: skip
MADE = register(
    [implementation("logs", LOGGING, procedure="rule"), implementation("rms", addresses=(RISKS,), owner="cleo")],
    [evidence("e", "logs", dataset="cases"), evidence("f", "rms"), evidence("spare", "rms")],
    people=(person("ann"), person("bob"), person("cleo")),
    risks=(risk(),),
    soa=statement(decision(LOGGING, implemented_by=("logs",))),
    impacts=(impact_of("i1", "ranker"),),
    suppliers=(SUPPLIER,),
)
LINKS = Links(frozenset({"cases"}), frozenset({"model-1"}), (("cases", "model-1"), ("model-1", "ranker")))


@pytest.fixture
def ask(graph):
    def run(thing, made=MADE):
        norms = Norms(graph.store, graph.index, graph.law, graph.crosswalks)
        return Posture(norms, made, graph.moment(ON), links=LINKS).impact(thing)

    return run


def nodes(found):
    return {str(dependent.node) for dependent in found.dependents}


def falls(found):
    return {fall.statement: (fall.before.value, fall.after) for fall in found.falls}


def test_evidence_carries_its_implementation_its_control_its_duties_and_the_statement_of_applicability(ask):
    found = ask("e")
    assert {
        "implementation:logs", f"control:{LOGGING}", f"soa:{LOGGING} (statement of applicability)", "risk:r1",
        f"duty:{LOGS} @ ranker (provider)",
    } <= nodes(found)  # fmt: skip
    assert any(name.startswith("item:nist-ai-rmf:") for name in nodes(found))  # in every framework
    assert falls(found)[LOGS] == ("partly", "not-covered")
    assert RISKS not in falls(found)


def test_evidence_that_is_not_alone_carries_nothing_that_falls(ask):
    assert ask("spare").falls == ()
    assert "implementation:rms" in nodes(ask("spare"))


@pytest.mark.parametrize("thing", ["e", "logs", LOGGING, "cases"])
def test_what_falls_is_what_deciding_anew_without_it_changes(graph, ask, thing):
    found = ask(thing)
    before = {row.key: row.status for row in graph.coverage(MADE, on=ON)}
    after = {row.key: row.status for row in graph.coverage(remove(MADE, found.node, LINKS), on=ON)}
    changed = {key for key in before if before[key] is not after[key]}
    assert {(f.statement, f.system, f.role) for f in found.falls} == changed != set()


def test_a_dataset_carries_the_models_the_systems_and_the_evidence_made_with_it(ask):
    found = ask("cases")
    assert {"model:model-1", "system:ranker", "evidence:e", "implementation:logs", "impact:i1"} <= nodes(found)
    assert falls(found)[LOGS] == ("partly", "not-covered")
    way = next(d for d in found.dependents if str(d.node) == "impact:i1")
    assert [str(node) for node in way.via] == ["model:model-1", "system:ranker"]


def test_a_person_carries_what_he_or_she_owns_but_no_record_loses_its_force(ask):
    found = ask("cleo")
    assert "implementation:rms" in nodes(found)
    assert found.falls == ()


def test_a_provision_takes_its_statements_with_it(ask):
    found = ask("AI Act Article 9")
    assert found.node == Node("provision", "eu-ai-act:Art.9")
    assert f"statement:{RISKS}" in nodes(found)
    assert {after for _, after in falls(found).values()} == {"gone"}
    assert RISKS in falls(found)
    assert LOGS not in falls(found)
    assert ask("https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_9").falls == found.falls


def test_a_statement_and_a_system_and_a_supplier(ask):
    assert falls(ask(RISKS)) == {RISKS: ("covered", "gone")}
    assert {after for _, after in falls(ask("ranker")).values()} == {"gone"}
    assert {"model:model-1", "system:ranker", f"statement:{RISKS}"} <= nodes(ask("vendor"))


def test_a_name_that_means_two_things_asks_which(ask):
    made = register([implementation("twin", LOGGING)], [evidence("twin", "twin")])
    with pytest.raises(UsageError) as error:
        ask("twin", made)
    assert error.value.remedy == "write evidence:twin or implementation:twin"
    assert ask("evidence:twin", made).node == Node("evidence", "twin")


def test_a_name_that_means_nothing_gets_the_nearest(ask):
    with pytest.raises(NotFound) as error:
        ask("rmss")
    assert "rms" in error.value.remedy


def test_the_iri_of_a_record_names_it_and_the_answer_is_json(ask):
    found = ask(MADE.evidence[0].iri)
    assert found.node == Node("evidence", "e")
    view = found.to_dict()
    assert view == ask("e").to_dict()
    assert view["of"] == {"kind": "evidence", "ref": "e"}
    assert set(view["dependents"][0]) == {"kind", "ref", "how", "via"}
    assert set(view["falls"][0]) == {"statement", "system", "role", "before", "after"}


def test_another_system_is_not_touched(ask):
    made = register(
        [implementation("logs", LOGGING)],
        [evidence("e", "logs", systems=("ranker",)), evidence("g", "logs", systems=("b",))],
        systems=[system(), system("b")],
    )
    assert {fall.system for fall in ask("e", made).falls} == {"ranker"}
