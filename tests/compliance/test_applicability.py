"""Which duties bind: date × law as known × route × role × condition."""

import csv
import datetime as dt
import itertools
import re
from collections import Counter, defaultdict

import pytest

from aimsgraph import assets
from aimsgraph.compliance.applicability import DUTY_MODALITIES, ROUTE_FACTS
from aimsgraph.domain.duty import Applies
from aimsgraph.errors import UsageError

FOLDER = assets.path("data", "frameworks", "eu-ai-act", "2024")
YES, NO, UNKNOWN, CONTESTED = Applies.YES, Applies.NO, Applies.UNKNOWN, Applies.CONTESTED


def day(text):
    return dt.date.fromisoformat(text)


def by_statement(duties):
    return {duty.statement.partition(":")[2]: duty for duty in duties}


# --- the whole law again, by the plainest reading of its tables ------------------------------------------------------

FIRST_DAY, PUBLISHED, AMENDED_ON, AMENDMENT_PUBLISHED = map(
    day, ("2024-08-01", "2024-07-12", "2026-07-27", "2026-07-24")
)
DAYS = [
    "2024-08-01",
    "2025-02-01",
    "2025-02-02",
    "2025-08-02",
    "2026-07-26",
    "2026-07-27",
    "2026-08-01",
    "2026-08-02",
    "2026-12-01",
    "2026-12-02",
    "2027-08-02",
    "2027-12-01",
    "2027-12-02",
    "2028-08-01",
    "2028-08-02",
    "2030-08-02",
]
KNOWN = ["2024-07-12", "2026-07-23", "2026-07-24", "2026-11-23"]


def read_table(name):
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def split(text):
    return [part for part in text.split(";") if part]


STATEMENTS = read_table("statements")
PROVISIONS = {row["id"]: row for row in read_table("provisions")}
RULES = read_table("application")
LISTED = {
    law: {
        i: [r for r in RULES if law in split(r["law"]) and i in split(r["governs"])]
        for r0 in RULES
        for i in split(r0["governs"])
    }
    for law in ("oj", "2026-07-27")
}


def law_on(on, known):
    return "2026-07-27" if known >= AMENDMENT_PUBLISHED and on >= AMENDED_ON else "oj"


def is_text_of_the_day(row, on, known):
    provision = PROVISIONS[row["provision"]]
    starts = [day(text) for text in (row["in_force_from"], provision["in_force_from"]) if text]
    ends = [day(text) for text in (row["in_force_until"], provision["in_force_until"]) if text]
    start = max(starts, default=FIRST_DAY)
    if start > on or (start > FIRST_DAY and known < AMENDMENT_PUBLISHED):
        return False
    return not (ends and min(ends) <= on and known >= AMENDMENT_PUBLISHED)


def dates_of(row, route, law):
    listed, provision = LISTED[law], row["provision"]
    rules = listed.get(row["id"])
    while not rules and provision:
        rules = listed.get(provision)
        provision = PROVISIONS[provision]["parent"]
    rules = rules or []
    return rules, [r for r in rules if not r["routes"] or route in split(r["routes"])]


def truth_of(expression, facts):
    """Try every answer to what is open: three values without any logic of three values."""
    if not expression:
        return True
    codes = sorted(set(re.findall(r"[a-z][a-z0-9-]*", expression)))
    python = re.sub(r"[a-z][a-z0-9-]*", lambda m: f"v[{m[0]!r}]", expression)
    python = python.replace("AND", "and").replace("OR", "or").replace("NOT", "not")
    program = compile(python, "condition", "eval")
    free = [code for code in codes if code not in facts]
    outcomes = {
        bool(eval(program, {"v": {**facts, **dict(zip(free, answers, strict=True))}}))
        for answers in itertools.product((True, False), repeat=len(free))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def recompute(row, route, facts, on, known):
    rules, on_route = dates_of(row, route, law_on(on, known))
    reached = {day(r["applies_from"]) <= on for r in on_route}
    if not rules:
        by_date = UNKNOWN
    elif not on_route:
        by_date = NO
    else:
        by_date = CONTESTED if len(reached) == 2 else YES if reached == {True} else NO
    truth = truth_of(row["condition"], facts)
    if truth is False:
        return NO
    return by_date if truth or by_date is NO else UNKNOWN


ALL_CODES = [row["code"] for row in read_table("conditions")]
FACTS = [{}, dict.fromkeys(ALL_CODES, True), dict.fromkeys(ALL_CODES, False), dict.fromkeys(ALL_CODES[::2], True)]
ROLES = [row["slug"] for row in read_table("roles")]
ROUTES = tuple(ROUTE_FACTS)


@pytest.mark.parametrize("known", KNOWN)
def test_every_statement_on_every_day_equals_a_plain_recomputation(graph, known):
    seen, statements = Counter(), set()
    for number, on in enumerate(DAYS):
        facts = FACTS[number % len(FACTS)]
        for role in ROLES:
            duties = graph.duties(role=role, route=ROUTES, on=on, law_as_of=known, facts=facts, everything=True)
            found = {(d.statement.partition(":")[2], d.route): d for d in duties}
            assert len(found) == len(duties)
            full = {"annex-iii-any": True, "annex-i-section-a": True, "gpai-systemic-risk": True, **facts}
            expected = {
                (row["id"], route): recompute(row, route, full, day(on), day(known))
                for row in STATEMENTS
                if role in split(row["roles"]) and is_text_of_the_day(row, day(on), day(known))
                for route in split(row["routes"])
            }
            assert {key: d.applies for key, d in found.items()} == expected
            seen.update(expected.values())
            statements |= {key[0] for key in found}
    assert set(seen) == set(Applies)
    if known >= "2026-07-24":
        assert len(statements) == 440


def test_dates_and_legal_bases_equal_the_tables(graph):
    on, known = "2027-12-02", "2026-11-23"
    rows = {row["id"]: row for row in STATEMENTS}
    for role in ROLES:
        for duty in graph.duties(role=role, route=ROUTES, on=on, law_as_of=known, everything=True):
            _, rules = dates_of(rows[duty.statement.partition(":")[2]], duty.route, "2026-07-27")
            dates = {day(r["applies_from"]) for r in rules}
            assert {r.applies_from for r in duty.readings} == dates
            assert duty.applies_from == (next(iter(dates)) if len(dates) == 1 else None)
            assert {r.legal_basis for r in duty.readings} == {f"eu-ai-act:{r['legal_basis']}" for r in rules}
            assert set(duty.legal_basis.split("; ")) - {""} == {r.legal_basis for r in duty.readings}
            assert {r.interpretation for r in duty.readings} == {r["interpretation"] for r in rules}


# --- single points of law --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "known", "applies", "applies_from", "basis"),
    [
        ("2026-07-26", "2026-07-23", NO, "2026-08-02", "Art.113(2)"),
        ("2026-08-02", "2026-07-23", YES, "2026-08-02", "Art.113(2)"),  # as published in 2024
        ("2026-08-02", "2026-07-24", NO, "2027-12-02", "Art.113(3)(c)(i)"),  # the amendment is known
        ("2027-12-01", "2026-11-23", NO, "2027-12-02", "Art.113(3)(c)(i)"),
        ("2027-12-02", "2026-11-23", YES, "2027-12-02", "Art.113(3)(c)(i)"),
        ("2026-07-26", "2026-11-23", NO, "2026-08-02", "Art.113(2)"),  # that day's law, also when asked later
    ],
)
def test_annex_iii_duties_before_and_after_the_amendment(graph, on, known, applies, applies_from, basis):
    duty = by_statement(graph.duties(role="provider", route="annex-iii", on=on, law_as_of=known))["art9-1"]
    assert (duty.applies, duty.applies_from) == (applies, day(applies_from))
    assert duty.legal_basis == f"eu-ai-act:{basis}"
    assert basis in duty.because[0]


def test_a_contested_duty_is_contested_exactly_between_its_readings(graph):
    answers = {
        on: by_statement(graph.duties(role="provider", route="annex-iii", on=on, law_as_of="2026-11-23"))["art72-1"]
        for on in ("2026-08-01", "2026-08-02", "2027-12-01", "2027-12-02")
    }
    assert [duty.applies for duty in answers.values()] == [NO, CONTESTED, CONTESTED, YES]
    duty = answers["2026-08-02"]
    assert duty.applies_from is None
    assert [(str(r.applies_from), r.legal_basis, r.interpretation) for r in duty.readings] == [
        ("2026-08-02", "eu-ai-act:Art.113(2)", "contested"),
        ("2027-12-02", "eu-ai-act:Art.113(3)(c)(i)", "contested"),
    ]
    assert duty.because[0].startswith("readings disagree: ")


def test_a_model_with_systemic_risk_has_the_duties_of_every_model_too(graph):
    both = graph.duties(role="gpai-provider", route="gpai-systemic", on="2026-11-23")
    plain = graph.duties(role="gpai-provider", route="gpai", on="2026-11-23")
    assert {d.statement for d in plain} < {d.statement for d in both}
    assert {d.route for d in both} == {"gpai-systemic", "gpai"}
    assert by_statement(both)["art55-1-a"].applies is YES
    # Article 53(2): the exception for open-source models is not for those with systemic risk, and the route says so
    assert by_statement(both)["art53-1-a"].applies is YES
    assert by_statement(plain)["art53-1-a"].applies is UNKNOWN
    assert by_statement(plain)["art53-1-a"].undecided == ("open-source-gpai", "gpai-systemic-risk")
    open_source = {"open-source-gpai": True}
    spared = graph.duties(
        role="gpai-provider", route="gpai", on="2026-11-23", facts=open_source | {"gpai-systemic-risk": False}
    )
    assert by_statement(spared)["art53-1-a"].applies is NO
    bound = graph.duties(role="gpai-provider", route="gpai-systemic", on="2026-11-23", facts=open_source)
    assert by_statement(bound)["art53-1-a"].applies is YES


def test_what_is_said_of_one_route_counts_on_the_others_asked_with_it(graph):
    alone = by_statement(graph.duties(role="provider", route="all-ai", on="2028-08-02", everything=True))
    joint = graph.duties(role="provider", route=["all-ai", "annex-iii"], on="2028-08-02", everything=True)
    codes = {code.code for duty in joint for code in duty.conditions if duty.route == "all-ai"}
    for duty in joint:
        for condition in duty.conditions:
            if condition.code == "annex-iii-any":
                assert condition.answer is True
    assert {d.statement for d in joint if d.route == "all-ai"} == {f"eu-ai-act:{name}" for name in alone}
    assert codes


def test_transparency_duties_apply_from_their_day(graph):
    for on, applies in (("2026-08-01", NO), ("2026-08-02", YES)):
        facts = {
            "interacts-with-persons": True,
            "law-enforcement-migration-border-area": False,
            "generates-synthetic-content": True,
        }
        duties = by_statement(
            graph.duties(role="provider", route="transparency", on=on, law_as_of="2026-11-23", facts=facts)
        )
        assert duties["art50-1"].applies is applies
        assert duties["art50-1"].legal_basis == "eu-ai-act:Art.113(2)"
        assert duties["art50-2"].applies is applies


def test_prohibitions_of_2024_and_of_2026(graph):
    answers = {
        on: by_statement(
            graph.duties(
                role="provider",
                route="prohibited",
                on=on,
                law_as_of="2026-11-23",
                facts={"generates-synthetic-content": True},
            )
        )
        for on in ("2025-02-01", "2025-02-02", "2026-07-27", "2026-12-01", "2026-12-02")
    }
    old, new = "art5-1-a", "art5-1-ba"
    assert [answers[on][old].applies for on in answers] == [NO, YES, YES, YES, YES]
    assert new not in answers["2025-02-02"]  # not yet a text
    assert [answers[on][new].applies for on in ("2026-07-27", "2026-12-01", "2026-12-02")] == [NO, NO, YES]
    assert answers["2026-12-02"][new].legal_basis == "eu-ai-act:Art.113(3)(a)"
    assert all(duty.modality in ("must", "must-not") for duty in answers["2026-12-02"].values())


def test_superseded_statements_stand_only_in_their_time(graph):
    for on, known, standing, gone in (
        ("2026-07-26", "2026-11-23", "art4-1@2024", "art4-1"),
        ("2026-07-27", "2026-11-23", "art4-1", "art4-1@2024"),
        ("2026-07-27", "2026-07-23", "art4-1@2024", "art4-1"),
        ("2027-12-02", "2026-07-23", "art4-1@2024", "art4-1"),
    ):
        duties = by_statement(graph.duties(role="deployer", route="all-ai", on=on, law_as_of=known))
        assert standing in duties
        assert gone not in duties
        assert duties[standing].applies is YES
        assert duties[standing].applies_from == day("2025-02-02")
    superseded = {row["id"] for row in STATEMENTS if row["in_force_until"]}
    assert len(superseded) == 26
    for role in ROLES:
        names = set(
            by_statement(
                graph.duties(role=role, route=ROUTES, on="2026-07-27", law_as_of="2026-07-24", everything=True)
            )
        )
        assert not names & superseded


def test_article_26_6_binds_deployers_alone(graph):
    bearers = [s.roles for s in graph.law.statements if s.provision_reference == "eu-ai-act:Art.26(6)"]
    assert bearers == [("deployer",)]
    deployer = by_statement(graph.duties(role="deployer", route="annex-iii", on="2027-12-02"))["art26-6"]
    assert (deployer.applies, deployer.undecided) == (UNKNOWN, ("logs-under-control",))
    assert deployer.because[1] == "depends on logs-under-control"
    facts = {"logs-under-control": True}
    assert (
        by_statement(graph.duties(role="deployer", route="annex-iii", on="2027-12-02", facts=facts))["art26-6"].applies
        is YES
    )
    facts = {"logs-under-control": False}
    answer = by_statement(graph.duties(role="deployer", route="annex-iii", on="2027-12-02", facts=facts))["art26-6"]
    assert (answer.applies, answer.because[1]) == (NO, "condition not met: logs-under-control")
    assert "art26-6" not in by_statement(graph.duties(role="provider", route="annex-iii", on="2027-12-02"))


def test_an_unknown_condition_never_makes_a_duty_bind_nor_hides_a_no(graph):
    for on in ("2026-11-23", "2027-12-02"):
        for duty in graph.duties(role="provider", route="annex-iii", on=on):
            if duty.undecided:
                assert duty.applies in (UNKNOWN, NO)
                reached = {reading.applies_from <= day(on) for reading in duty.readings}
                assert (duty.applies is NO) is (True not in reached)


def test_every_answer_is_reached_and_every_answer_has_a_reason(graph):
    counts = defaultdict(set)
    for on in DAYS:
        for duty in graph.duties(role="provider", route=ROUTES, on=on, law_as_of="2026-11-23", everything=True):
            counts[duty.applies].add(duty.because[0].split(" 20")[0].split(":")[0])
            assert duty.because
            assert duty.readings or duty.applies is not YES
    assert set(counts) == set(Applies)
    assert "does not arise on this route by the law of that day" in counts[NO]
    assert any("readings disagree" in reason for reason in counts[CONTESTED])


def test_only_duties_are_listed_unless_everything_is_asked_for(graph):
    duties = graph.duties(role="provider", route="annex-iii", on="2027-12-02")
    everything = graph.duties(role="provider", route="annex-iii", on="2027-12-02", everything=True)
    assert {d.modality for d in duties} <= DUTY_MODALITIES
    assert not any(d.umbrella for d in duties)
    rest = [d for d in everything if d not in duties]
    assert rest
    assert all(d.umbrella or d.modality not in DUTY_MODALITIES for d in rest)
    orders = {s.reference: s.order for s in graph.law.statements}
    assert [orders[d.statement] for d in duties] == sorted(orders[d.statement] for d in duties)


@pytest.mark.parametrize(
    ("asked", "says", "remedy"),
    [
        ({"role": "provder"}, "no role 'provder'", "did you mean 'provider'?"),
        ({"route": "anex-iii"}, "no route 'anex-iii'", "did you mean 'annex-iii'?"),
        ({"facts": {"is-emploier": True}}, "no condition 'is-emploier'", "did you mean 'is-employer'?"),
        ({"on": "2027-13-01"}, "is no calendar day", "write a day as 2027-12-02"),
        ({"on": "2024-07-31"}, "not in force yet", "ask for 2024-08-01 or later"),
        ({"law_as_of": "2024-07-11"}, "not published yet", "ask for 2024-07-12 or later"),
    ],
)
def test_what_is_unknown_or_too_early_is_refused_with_the_nearest(graph, asked, says, remedy):
    with pytest.raises(UsageError) as caught:
        graph.duties(**({"role": "provider", "route": "annex-iii"} | asked))
    assert says in caught.value.message
    assert remedy in caught.value.remedy


def test_the_first_days_can_be_asked_about(graph):
    duties = graph.duties(role="provider", route=ROUTES, on="2024-08-01", law_as_of="2024-07-12", facts={})
    assert duties
    assert {d.applies for d in duties} <= {NO, UNKNOWN}
