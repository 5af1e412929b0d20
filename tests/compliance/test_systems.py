"""Which duties a real system brings: exclusions, roles over time, the market, the transition rules of Article 111."""

import datetime as dt

import pytest

from aimsgraph import assets
from aimsgraph.compliance.systems import decide_system_duties
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.organisation import EXCLUSIONS, AISystem, Exclusion, Organisation, RoleHolding, SystemEvent
from aimsgraph.errors import InputError

ACME = Organisation("acme", "https://acme.example/aims/org/acme", "Acme", "DE")
YES, NO, UNKNOWN, CONTESTED = Applies.YES, Applies.NO, Applies.UNKNOWN, Applies.CONTESTED
NONE_EXCLUDED = dict.fromkeys(EXCLUSIONS, False)
FACTS = {
    "is-public-authority": False,
    "large-scale-it-system-annex-x": False,
    "logs-under-control": True,
    "annex-iii-any": True,
    "generates-synthetic-content": True,
    "interacts-with-persons": True,
    "law-enforcement-migration-border-area": False,
    "open-source-gpai": False,
    "gpai-systemic-risk": False,
    "provider-outside-union": False,
}


def day(text):
    return dt.date.fromisoformat(text)


def held(role, since="2024-08-01", until="", agent="acme", ground=""):
    iri = f"https://acme.example/aims/role/{agent}-{role}-{since}"
    return RoleHolding(iri, agent, agent.title(), role, day(since), day(until) if until else None, ground)


def event(kind, on):
    return SystemEvent(f"https://acme.example/aims/event/{kind}", kind, kind, day(on))


def system(
    *routes,
    placed="2025-03-01",
    roles=("provider", "deployer"),
    facts=None,
    exclusions=NONE_EXCLUDED,
    events=(),
    unanswered=(),
):
    answers = {code: answer for code, answer in (FACTS | (facts or {})).items() if code not in unanswered}
    decisions = (
        Exclusion(f"https://acme.example/aims/exclusion/{s}", s, EXCLUSIONS[s], a) for s, a in exclusions.items()
    )
    return AISystem(
        "sys",
        "https://acme.example/aims/system/sys",
        "System",
        ACME,
        ("all-ai", *routes),
        day(placed) if placed else None,
        False,
        tuple(held(role) if isinstance(role, str) else role for role in roles),
        answers,
        tuple(decisions),
        tuple(events),
    )


@pytest.fixture
def decide(graph):
    def run(subject, on, *, law_as_of="2026-11-23", **options):
        moment = graph.legal_moment(on, law_as_of)
        duties = decide_system_duties(graph.law, subject, moment, **options)
        return {(duty.statement.partition(":")[2], duty.role): duty for duty in duties}

    return run


def answer(duties, statement, role="provider"):
    return duties[statement, role].applies


def reasons(duties, statement, role="provider"):
    return "; ".join(duties[statement, role].because)


# --- exclusions of Article 2 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["military", "third-country-authority", "scientific-research"])
def test_an_exclusion_takes_the_system_out_whole(decide, slug):
    duties = decide(system("annex-iii", exclusions=NONE_EXCLUDED | {slug: True}, placed="2027-12-02"), "2028-01-01")
    assert {duty.applies for duty in duties.values()} == {NO}
    assert f"excluded by {EXCLUSIONS[slug]} ({slug})" in reasons(duties, "art9-1")


@pytest.mark.parametrize(
    "answers", [NONE_EXCLUDED | {"military": None}, {s: False for s in EXCLUSIONS if s != "military"}, {}]
)
def test_an_exclusion_that_nobody_decided_leaves_everything_open(decide, answers):
    duties = decide(system("annex-iii", exclusions=answers, placed="2027-12-02"), "2028-01-01")
    assert {duty.applies for duty in duties.values()} <= {UNKNOWN, NO}
    assert answer(duties, "art9-1") is UNKNOWN
    assert "undetermined exclusion: " in reasons(duties, "art9-1")
    assert "eu-ai-act:Art.2(3) (military)" in reasons(duties, "art9-1")


@pytest.mark.parametrize(
    ("routes", "statement", "role", "applies"),
    [
        (("annex-iii",), "art9-1", "provider", YES),
        (("annex-i",), "art9-1", "provider", YES),
        (("transparency",), "art50-1", "provider", YES),
        (("transparency",), "art4-1", "provider", YES),  # bound by Article 50, so bound by the Regulation
        ((), "art4-1", "provider", NO),
        ((), "art5-1-a", "provider", YES),
        (("gpai",), "art53-1-c", "gpai-provider", YES),  # a model: Article 2(12) speaks of systems
    ],
)
def test_an_open_source_licence_excludes_only_systems_of_no_listed_kind(decide, routes, statement, role, applies):
    open_source = NONE_EXCLUDED | {"open-source": True}
    subject = system(*routes, exclusions=open_source, placed="2029-01-01", roles=("provider", "gpai-provider"))
    duties = decide(subject, "2029-06-01")
    assert answer(duties, statement, role) is applies
    assert ("Art.2(12)" in reasons(duties, statement, role)) is (applies is NO)


def test_personal_use_excludes_the_duties_of_deployers_alone(decide):
    duties = decide(
        system("annex-iii", exclusions=NONE_EXCLUDED | {"personal-use": True}, placed="2027-12-02"), "2028-01-01"
    )
    assert {d.applies for (_, role), d in duties.items() if role == "deployer"} == {NO}
    assert answer(duties, "art9-1") is YES
    assert "Art.2(10)" not in reasons(duties, "art9-1")


def test_research_before_the_market_ends_with_the_market(decide):
    researched = NONE_EXCLUDED | {"research-and-development-before-market": True}
    before = decide(system("annex-iii", exclusions=researched, placed="2028-06-01"), "2028-01-01")
    assert answer(before, "art4-1") is NO
    assert "Art.2(8)" in reasons(before, "art4-1")
    after = decide(system("annex-iii", exclusions=researched, placed="2028-06-01"), "2028-06-01")
    assert answer(after, "art9-1") is YES
    assert answer(after, "art4-1") is YES


def test_testing_in_real_world_conditions_is_not_excluded_as_research(decide):
    researched = NONE_EXCLUDED | {"research-and-development-before-market": True}
    tested = system("annex-iii", exclusions=researched, placed="2029-01-01", facts={"real-world-testing": True})
    duties = decide(tested, "2028-01-01")
    testing = [d for d in duties.values() if d.provision.startswith(("eu-ai-act:Art.60", "eu-ai-act:Art.61"))]
    assert testing
    assert any(d.applies is YES for d in testing)
    assert all("Art.2(8)" not in "; ".join(d.because) for d in testing)


# --- on the market ---------------------------------------------------------------------------------------------------


def test_a_system_not_yet_placed_owes_nothing_on_its_route_but_what_binds_everybody(decide):
    duties = decide(system("annex-iii", placed="2028-06-01"), "2028-05-31")
    assert answer(duties, "art9-1") is NO
    assert "not on the market before 2028-06-01" in reasons(duties, "art9-1")
    assert answer(duties, "art4-1") is YES
    assert answer(decide(system("annex-iii", placed="2028-06-01"), "2028-06-01"), "art9-1") is YES


def test_a_day_of_placing_nobody_recorded_leaves_the_route_open(decide):
    duties = decide(system("annex-iii", placed=None), "2028-06-01")
    assert answer(duties, "art9-1") is UNKNOWN
    assert "is not recorded" in reasons(duties, "art9-1")
    assert answer(duties, "art5-1-a") is YES


# --- Article 111(2): legacy systems ----------------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["2027-12-02", "2028-08-02", "2035-01-01"])
def test_a_legacy_system_is_spared(decide, on):
    duties = decide(system("annex-iii"), on)
    assert answer(duties, "art9-1") is NO
    assert "spared by eu-ai-act:Art.111(2): placed 2025-03-01, before 2027-12-02" in reasons(duties, "art9-1")
    assert answer(duties, "art26-6", "deployer") is NO
    assert answer(duties, "art4-1") is YES  # Article 4 is not on its route
    assert answer(duties, "art5-1-a") is YES  # without prejudice to Article 5


@pytest.mark.parametrize(("placed", "applies"), [("2027-12-01", NO), ("2027-12-02", YES)])
def test_the_cut_off_is_half_open(decide, placed, applies):
    assert answer(decide(system("annex-iii", placed=placed), "2028-01-01"), "art9-1") is applies


def test_each_route_has_its_own_cut_off(decide):
    late = system("annex-i", placed="2028-08-01")
    assert answer(decide(late, "2028-08-02"), "art9-1") is NO
    assert answer(decide(system("annex-i", placed="2028-08-02"), "2028-08-02"), "art9-1") is YES
    # by the law as published in 2024 one day held for both
    assert (
        answer(decide(system("annex-iii", placed="2026-08-02"), "2026-08-02", law_as_of="2026-07-01"), "art9-1") is YES
    )
    assert (
        answer(decide(system("annex-iii", placed="2026-08-01"), "2026-08-02", law_as_of="2026-07-01"), "art9-1") is NO
    )


@pytest.mark.parametrize(
    ("changed", "on", "applies"),
    [
        ("2028-03-01", "2028-02-29", NO),  # not yet
        ("2028-03-01", "2028-03-01", YES),
        ("2027-12-02", "2028-01-01", YES),  # the first day that counts
        ("2027-12-01", "2028-01-01", NO),  # before the cut-off: it does not end the sparing
        ("2026-01-01", "2028-01-01", NO),
    ],
)
def test_a_design_change_ends_it_from_the_cut_off_on(decide, changed, on, applies):
    duties = decide(system("annex-iii", events=[event("significant-design-change", changed)]), on)
    assert answer(duties, "art9-1") is applies
    if applies is YES:
        assert f"no longer spared by eu-ai-act:Art.111(2): significant-design-change on {changed}" in reasons(
            duties, "art9-1"
        )


@pytest.mark.parametrize(("modified", "applies"), [("2028-03-01", UNKNOWN), ("2027-12-01", NO)])
def test_a_substantial_modification_leaves_open_whether_the_design_changed(decide, modified, applies):
    duties = decide(system("annex-iii", events=[event("substantial-modification", modified)]), "2028-06-01")
    assert answer(duties, "art9-1") is applies
    both = [event("substantial-modification", modified), event("significant-design-change", "2028-04-01")]
    assert answer(decide(system("annex-iii", events=both), "2028-06-01"), "art9-1") is YES


@pytest.mark.parametrize(
    ("authority", "on", "applies"),
    [
        (True, "2030-08-01", NO),
        (True, "2030-08-02", YES),
        (False, "2030-08-02", NO),
        (None, "2030-08-01", NO),
        (None, "2030-08-02", UNKNOWN),
    ],
)
@pytest.mark.parametrize("route", ["annex-iii", "annex-i"])
def test_systems_for_public_authorities_comply_by_2030(decide, route, authority, on, applies):
    subject = system(
        route,
        facts={"is-public-authority": authority} if authority is not None else {},
        unanswered=(() if authority is not None else ("is-public-authority",)),
    )
    duties = decide(subject, on)
    assert answer(duties, "art9-1") is applies
    if applies is YES:
        assert "the transition period of eu-ai-act:Art.111(2) ended on 2030-08-02" in reasons(duties, "art9-1")
    if applies is UNKNOWN:
        assert "eu-ai-act:Art.111(2) depends on is-public-authority" in reasons(duties, "art9-1")


@pytest.mark.parametrize(
    ("large_scale", "placed", "on", "applies"),
    [
        (True, "2025-03-01", "2030-12-30", NO),
        (True, "2025-03-01", "2030-12-31", YES),
        (True, "2027-08-02", "2027-12-02", YES),
        (None, "2025-03-01", "2028-01-01", UNKNOWN),
        (None, "2027-08-02", "2028-01-01", UNKNOWN),
        (None, "2027-12-02", "2028-01-01", YES),
    ],
)
def test_large_scale_it_systems_have_a_rule_of_their_own(decide, large_scale, placed, on, applies):
    facts = {} if large_scale is None else {"large-scale-it-system-annex-x": large_scale}
    unanswered = ("large-scale-it-system-annex-x",) if large_scale is None else ()
    duties = decide(system("annex-iii", placed=placed, facts=facts, unanswered=unanswered), on)
    assert answer(duties, "art9-1") is applies
    if applies is UNKNOWN:
        assert "depends on large-scale-it-system-annex-x" in reasons(duties, "art9-1")


# --- Article 111(3) and (4): models and generators -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("placed", "on", "applies"),
    [
        ("2025-08-01", "2025-08-02", NO),
        ("2025-08-01", "2027-08-01", NO),
        ("2025-08-01", "2027-08-02", YES),
        ("2025-08-02", "2025-08-02", YES),
    ],
)
@pytest.mark.parametrize("route", ["gpai", "gpai-systemic"])
def test_models_of_before_2025_08_02(decide, route, placed, on, applies):
    subject = system(
        route, placed=placed, roles=("gpai-provider",), facts={"gpai-systemic-risk": route == "gpai-systemic"}
    )
    duties = decide(subject, on)
    assert answer(duties, "art53-1-c", "gpai-provider") is applies
    if route == "gpai-systemic":
        assert answer(duties, "art55-1-a", "gpai-provider") is applies
    assert "Art.111(3)" in reasons(duties, "art53-1-c", "gpai-provider") or placed == "2025-08-02"


@pytest.mark.parametrize(
    ("placed", "on", "applies"),
    [
        ("2025-06-01", "2026-08-02", NO),
        ("2025-06-01", "2026-12-01", NO),
        ("2025-06-01", "2026-12-02", YES),
        ("2026-08-01", "2026-08-02", NO),
        ("2026-08-02", "2026-08-02", YES),
    ],
)
def test_the_marking_duty_of_generators(decide, placed, on, applies):
    duties = decide(system("transparency", placed=placed), on)
    assert answer(duties, "art50-2") is applies
    assert answer(duties, "art50-1") is YES  # only Article 50(2) is put off
    if placed < "2026-08-02":
        assert "Art.111(4)" in reasons(duties, "art50-2")
        assert "Art.111(4)" not in reasons(duties, "art50-1")


def test_the_law_as_published_in_2024_did_not_spare_generators(decide):
    duties = decide(system("transparency", placed="2025-06-01"), "2026-08-02", law_as_of="2026-07-23")
    assert answer(duties, "art50-2") is YES


# --- roles -----------------------------------------------------------------------------------------------------------


def test_roles_count_on_their_days_and_for_their_agent(decide):
    roles = (
        held("provider", "2025-03-01", "2028-03-01", agent="vendor"),
        held("deployer", "2025-03-01", "2029-01-01"),
        held("provider", "2028-03-01", ground="eu-ai-act:Art.25(1)(b)"),
    )
    subject = system("annex-iii", placed="2027-12-02", roles=roles)
    before, on_the_day, after = (decide(subject, on) for on in ("2028-02-29", "2028-03-01", "2029-01-01"))
    assert {role for _, role in before} == {"deployer"}
    assert {role for _, role in on_the_day} == {"deployer", "provider"}
    assert {role for _, role in after} == {"provider"}
    assert {role for _, role in decide(subject, "2028-02-29", agent="vendor")} == {"provider"}
    assert decide(subject, "2028-03-01", agent="vendor") == {}
    assert decide(subject, "2028-03-01", agent="nobody") == {}
    assert "Acme is provider since 2028-03-01 under eu-ai-act:Art.25(1)(b)" in reasons(on_the_day, "art9-1")
    assert reasons(before, "art26-1", "deployer").startswith("Acme is deployer since 2025-03-01 until 2029-01-01")


def test_a_role_moved_by_article_25_answers_its_condition_from_that_day_on(decide):
    roles = (
        held("provider", "2025-03-01", agent="vendor"),
        held("provider", "2028-03-01", ground="eu-ai-act:Art.25(1)(b)"),
    )
    duties = decide(system("annex-iii", placed="2027-12-02", roles=roles), "2028-03-01", everything=True)
    known = {c.code: c.answer for d in duties.values() for c in d.conditions}
    assert known["art-25-role-change"] is True
    early = decide(system("annex-iii", placed="2027-12-02", roles=roles), "2028-02-29", agent="vendor", everything=True)
    assert {c.code: c.answer for d in early.values() for c in d.conditions}["art-25-role-change"] is None


def test_a_role_held_twice_is_answered_once(decide):
    roles = (held("provider", "2025-01-01"), held("provider", "2026-01-01"))
    moment_duties = decide(system("annex-iii", roles=roles), "2028-01-01")
    assert "since 2025-01-01" in reasons(moment_duties, "art9-1")


def test_every_duty_names_its_system_and_the_path_of_reasons(decide):
    duties = decide(system("annex-iii"), "2028-01-01")
    for duty in duties.values():
        assert duty.system == "sys"
        assert duty.because[0].startswith("Acme is ")
        assert duty.to_dict()["system"] == "sys"


def test_contested_dates_stay_contested_for_a_real_system(decide):
    subject = system("annex-iii", placed="2026-11-01", facts={"serious-incident": True})
    assert answer(decide(subject, "2026-11-23"), "art72-1") is NO  # spared as long as its design stays
    new = system("annex-iii", placed="2027-12-01", unanswered=("large-scale-it-system-annex-x",))
    assert answer(decide(new, "2027-12-01"), "art72-1") is UNKNOWN
    excluded = system("annex-iii", placed="2026-11-01", exclusions=NONE_EXCLUDED | {"military": True})
    assert answer(decide(excluded, "2026-11-23"), "art72-1") is NO


# --- the example organisation ----------------------------------------------------------------------------------------


def test_the_example_shows_both_sides_of_article_111_2(graph):
    systems = {s.id: s for s in graph.systems(assets.path("data", "examples", "acme"))}
    assert set(systems) == {"cv-ranker", "cv-ranker-legacy", "support-chatbot", "wound-imaging"}

    def look(name, on):
        return {(d.statement.partition(":")[2], d.role): d.applies for d in graph.system_duties(systems[name], on=on)}

    assert look("cv-ranker", "2027-12-15")["art26-1", "deployer"] is YES
    assert look("cv-ranker", "2027-12-09")["art9-1", "provider"] is NO
    assert look("cv-ranker-legacy", "2027-12-15")["art26-1", "deployer"] is NO
    assert look("cv-ranker-legacy", "2028-03-01")["art26-1", "deployer"] is YES
    assert look("cv-ranker-legacy", "2028-03-01")["art9-1", "provider"] is YES
    assert look("support-chatbot", "2026-12-01")["art50-2", "provider"] is NO
    assert look("support-chatbot", "2026-12-02")["art50-2", "provider"] is YES
    assert look("wound-imaging", "2028-08-02")["art9-1", "provider"] is YES


def test_a_folder_that_cannot_be_read_is_an_input_error(graph, tmp_path):
    with pytest.raises(InputError) as caught:
        graph.systems(tmp_path / "nowhere")
    assert "nowhere" in str(caught.value)
