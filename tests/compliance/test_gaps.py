"""What is missing, in which order, what would close it, and which answers would decide most."""

import dataclasses

import pytest
from made_registers import LOGGING, LOGS, ON, RISKS, day, evidence, implementation, register, system

from aimsgraph.compliance.horizon import find_binding_days
from aimsgraph.compliance.penalties import Penalties
from aimsgraph.domain.organisation import RoleHolding

BAN = "eu-ai-act:art5-1-a"


def gap_of(found, reference, system="ranker", role="provider"):
    return next(gap for gap in found.gaps if gap.row.key == (reference, system, role))


def action_of(found, kind, ref):
    return next((action for action in found.actions if (action.kind, action.ref) == (kind, ref)), None)


def test_gaps_come_by_day_then_fine_then_what_one_action_closes(graph):
    found = graph.gaps(register(systems=[system(), system("b")]), on="2026-11-23")
    order = [
        (
            gap.due or day("9999-12-31"),
            -(gap.penalty.maximum_eur or 0) if gap.penalty else 0,
            -max(action.closes for action in gap.actions),
        )
        for gap in found.gaps
    ]
    assert order == sorted(order)
    assert found.gaps[0].row.statement == BAN
    assert gap_of(found, BAN).due == day("2026-11-23")
    assert gap_of(found, RISKS).due == day("2027-12-10")  # the day of the market, after the day of the law


def test_what_is_covered_or_never_binds_is_no_gap(graph):
    made = register([implementation("rms", addresses=(RISKS,))], [evidence("e", "rms")])
    statements = {gap.row.statement for gap in graph.gaps(made, on=ON).gaps}
    assert RISKS not in statements
    assert LOGS in statements
    excluded = register(systems=[system(exclusions={"military": True})])
    assert graph.gaps(excluded, on=ON).gaps == ()


def test_a_role_that_is_held_only_later_brings_its_gaps_with_their_day(graph):
    later = RoleHolding("https://maker.example/r", "maker", "Maker", "deployer", day("2028-06-01"))
    subject = dataclasses.replace(system(), roles=(*system().roles, later))
    gap = gap_of(graph.gaps(register(systems=[subject]), on=ON), "eu-ai-act:art26-1", role="deployer")
    assert gap.due == day("2028-06-01")
    assert gap.to_dict()["due"] == "2028-06-01"


@pytest.mark.parametrize(
    ("made", "proof", "kind", "ref"),
    [
        ({"status": "planned", "since": ""}, {}, "operate", "rms"),
        ({"reviewed_by": ""}, {}, "review-claim", "rms"),
        ({}, None, "collect-evidence", "rms"),
        ({}, {"collected_on": "2026-01-01"}, "renew-evidence", "rms"),
        ({}, {"collected_on": ""}, "date-evidence", "rms"),
        ({}, {"type": "document"}, "collect-evidence", "rms"),
        ({}, {"refutes": True}, "correct", "rms"),
    ],
)
def test_the_one_thing_in_the_way_is_the_action_and_doing_it_closes_the_gap(graph, made, proof, kind, ref):
    addresses = (RISKS, LOGS)
    fields = {"addresses": addresses, **made}
    records = [] if proof is None else [evidence("e", "rms", **proof)]
    found = graph.gaps(register([implementation("rms", **fields)], records), on=ON)
    action = action_of(found, kind, ref)
    assert (action.closes, action.improves) == (2, 0)
    assert action in gap_of(found, RISKS).actions
    assert ref in action.words
    assert found.actions[0] == action  # nothing else closes two
    mended = register([implementation("rms", addresses=addresses)], [evidence("new", "rms")])
    closed = {gap.row.key for gap in found.gaps} - {gap.row.key for gap in graph.gaps(mended, on=ON).gaps}
    assert {key[0] for key in closed} == set(addresses)


def test_two_things_in_the_way_are_no_single_action(graph):
    made = register([implementation("rms", addresses=(RISKS,), reviewed_by="")])
    found = graph.gaps(made, on=ON)
    assert action_of(found, "review-claim", "rms") is None
    assert [a.kind for a in gap_of(found, RISKS).actions] == ["address"]


def test_evidence_for_a_control_that_helps_improves_and_closes_nothing(graph):
    found = graph.gaps(register([implementation("logs", LOGGING)]), on=ON)
    action = action_of(found, "collect-evidence", "logs")
    assert action.closes == 0
    assert action.improves >= 2
    assert action in gap_of(found, LOGS).actions


def test_one_implementation_may_close_a_gap_on_several_systems(graph):
    found = graph.gaps(register(systems=[system(), system("b")]), on=ON)
    assert action_of(found, "address", RISKS).closes == 2


@pytest.mark.parametrize(
    ("provision", "role", "sanction", "euro"),
    [
        ("Art.5(1)(a)", "deployer", "Art.99(3)", 35_000_000),
        ("Art.9(1)", "provider", "Art.99(4)(a)", 15_000_000),
        ("Annex.IV(2)(g)", "provider", "Art.99(4)(a)", 15_000_000),
        ("Art.26(6)", "deployer", "Art.99(4)(e)", 15_000_000),
        ("Art.25(4)", "provider", "Art.99(4)(da)", 15_000_000),
        ("Art.50(1)", "provider", "Art.99(4)(g)", 15_000_000),
        ("Art.27(1)", "deployer", "Art.99(1)", None),
        ("Art.4(1)", "provider", "Art.99(1)", None),
        ("Art.53(1)(a)", "gpai-provider", "Art.101(1)(a)", 15_000_000),
    ],
)
def test_the_fine_of_a_duty(graph, provision, role, sanction, euro):
    penalties = Penalties(graph.store, graph.index, graph.law)
    penalty = penalties.threatened(f"eu-ai-act:{provision}", role, graph.moment(ON))
    assert (penalty.provision, penalty.maximum_eur) == (f"eu-ai-act:{sanction}", euro)


def test_a_fine_that_was_inserted_later_does_not_count_before(graph):
    penalties = Penalties(graph.store, graph.index, graph.law)
    before = penalties.threatened("eu-ai-act:Art.25(4)", "provider", graph.moment("2026-07-01"))
    assert before.provision == "eu-ai-act:Art.99(1)"
    assert penalties.threatened("eu-ai-act:Art.0", "provider", graph.moment(ON)) is None


def test_questions_come_by_how_many_duties_any_answer_decides(graph):
    subject = system(facts={"real-world-testing": None, "logs-under-control": None})
    questions = graph.gaps(register(systems=[subject]), on=ON).questions
    codes = [question.code for question in questions]
    assert codes.index("real-world-testing") < codes.index("logs-under-control")
    assert [(-q.decides, -q.touches) for q in questions] == sorted((-q.decides, -q.touches) for q in questions)
    open_before = open_duties(graph, subject)
    for question in (q for q in questions if ":" not in q.code):  # what it says is what happens
        facts = {"real-world-testing": None, "logs-under-control": None}
        closed = [
            open_before - open_duties(graph, system(facts=facts | {question.code: answer})) for answer in (True, False)
        ]
        assert question.decides == len(closed[0] & closed[1])
        assert question.touches >= len(closed[0] | closed[1])
    assert next(q for q in questions if q.code == "real-world-testing").decides > 0


def open_duties(graph, subject):
    return {row.key for row in graph.coverage(register(systems=[subject]), on=ON) if row.applies.value == "unknown"}


def test_an_exclusion_nobody_decided_and_an_unknown_market_day_are_questions_too(graph):
    unsure = graph.gaps(register(systems=[system(exclusions={"military": None})]), on=ON).questions
    assert unsure[0].code == "exclusion:military"
    assert "eu-ai-act:Art.2(3)" in unsure[0].question
    nowhere = graph.gaps(register(systems=[system(placed="")]), on=ON).questions
    assert nowhere[0].code == "placed-on-market"


def test_the_day_a_duty_binds_is_found_by_the_law_as_known(graph):
    before = find_binding_days(graph.law, system(placed="2026-08-05"), graph.moment("2026-07-01", "2026-07-01"))
    assert before[RISKS.replace("@2024", ""), "provider"][0] == day("2026-08-05")


def test_gaps_are_json(graph):
    view = graph.gaps(register([implementation("logs", LOGGING)]), on=ON).to_dict()
    assert set(view) == {"gaps", "actions", "questions"}
    assert {"due", "penalty", "actions", "because", "status"} <= set(view["gaps"][0])
    assert view == graph.gaps(register([implementation("logs", LOGGING)]), on=ON).to_dict()
