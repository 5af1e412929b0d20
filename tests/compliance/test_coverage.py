"""How far each duty is covered: every status for every reason, what a record changes, and that more never hurts."""

import copy
import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registers import DAY, LOGGING, LOGS, ON, RISKS, day, evidence, implementation, register, system

from aimsgraph.compliance.coverage import Status, count_statuses
from aimsgraph.compliance.posture import Norms, Posture
from aimsgraph.crosswalk.compose import Composer
from aimsgraph.crosswalk.network import Network
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.relation import Relation
from aimsgraph.domain.time import Moment, Span
from aimsgraph.errors import NotFound, UsageError

COVERED, PARTLY, UNKNOWN, NOT_COVERED = Status.COVERED, Status.PARTLY, Status.UNKNOWN, Status.NOT_COVERED
NOT_APPLICABLE = Status.NOT_APPLICABLE


def rows_of(graph, made, on=ON, **options):
    return {row.key: row for row in graph.coverage(made, on=on, **options)}


def row_of(graph, made, reference, system="ranker", role="provider", **options):
    return rows_of(graph, made, **options)[reference, system, role]


def words(row):
    return "; ".join(str(cause) for cause in row.because)


def direct(**fields):
    return implementation("rms", addresses=(RISKS,), **fields)


# --- directly, by an implementation that addresses the statement ------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "proof", "status", "says"),
    [
        ({}, {}, COVERED, "record, collected on 2027-12-01, counts until 2028-11-30"),
        ({"status": "planned", "since": "2028-02-01"}, {}, NOT_COVERED, "operates from 2028-02-01 only"),
        ({"status": "planned", "since": ""}, {}, NOT_COVERED, "is planned, with no day from which it operates"),
        ({"status": "in-progress"}, {}, NOT_COVERED, "is in-progress"),
        ({"until": "2028-01-15"}, {}, NOT_COVERED, "was retired on 2028-01-15"),
        ({"until": "2028-01-16"}, {}, COVERED, "operating since"),
        ({"status": "retired"}, {}, NOT_COVERED, "is retired"),
        ({"systems": ("other",)}, {}, NOT_COVERED, "nothing in the register addresses it"),
        ({"reviewed_by": ""}, {}, UNKNOWN, "nobody has reviewed the claim"),
        ({"reviewed_on": "2028-02-01"}, {}, UNKNOWN, "is reviewed on 2028-02-01 only"),
        ({}, None, NOT_COVERED, "there is no evidence that it operates"),
        ({}, {"type": "document"}, NOT_COVERED, "shows a text, not that it is done"),
        ({}, {"collected_on": "2026-01-01"}, NOT_COVERED, "expired on 2027-01-01"),
        ({}, {"collected_on": "2028-02-01"}, NOT_COVERED, "is of 2028-02-01 only"),
        ({}, {"collected_on": ""}, UNKNOWN, "carries no date"),
        ({}, {"max_age_days": None}, UNKNOWN, "has no limit of age"),
        ({}, {"systems": ("other",)}, NOT_COVERED, "there is no evidence"),
        ({}, {"systems": ("ranker",)}, COVERED, "counts until"),
        ({}, {"refutes": True}, NOT_COVERED, "refutes it, collected on 2027-12-01"),
        ({"reviewed_by": ""}, {"type": "document"}, NOT_COVERED, "nobody has reviewed the claim"),
    ],
)
def test_a_duty_addressed_directly(graph, made, proof, status, says):
    found = [] if proof is None else [evidence("e", "rms", **proof)]
    row = row_of(graph, register([direct(**made)], found), RISKS)
    assert (row.status, row.applies) == (status, Applies.YES)
    assert says in words(row)


def test_the_chain_goes_from_the_duty_to_the_evidence_and_names_the_files(graph):
    row = row_of(graph, register([direct()], [evidence("e", "rms")]), RISKS)
    assert [(cause.kind, cause.ref) for cause in row.because] == [
        ("duty", RISKS),
        ("implementation", "rms"),
        ("evidence", "e"),
    ]
    view = row.to_dict()
    assert {"statement", "system", "role", "status", "because"} <= set(view)
    assert view["because"][2] | {"says": ""} == {
        "step": "evidence", "ref": "e", "says": "", "file": "evidence.csv", "line": 2,
    }  # fmt: skip
    assert json.loads(json.dumps(view)) == view


def test_evidence_for_the_statement_itself_backs_what_addresses_it_but_nothing_else(graph):
    proof = evidence("e", RISKS)
    assert row_of(graph, register([direct()], [proof]), RISKS).status is COVERED
    assert row_of(graph, register([], [proof]), RISKS).status is NOT_COVERED
    mapped = register([implementation("logs", LOGGING)], [evidence("e", LOGS)])
    assert row_of(graph, mapped, LOGS).status is NOT_COVERED


def test_a_reference_to_a_provision_with_one_statement_means_that_statement(graph):
    made = register([implementation("rms", addresses=("eu-ai-act:Art.9(1)",))], [evidence("e", "rms")])
    assert row_of(graph, made, RISKS).status is COVERED


@pytest.mark.parametrize(
    ("against", "support", "status"),
    [
        ("2027-11-01", "2027-12-01", COVERED),  # what was wrong is shown to be right
        ("2027-12-01", "2027-12-01", NOT_COVERED),
        ("2027-12-24", "2027-12-01", NOT_COVERED),
        ("", "2027-12-01", NOT_COVERED),
        ("2028-02-01", "2027-12-01", COVERED),  # not known yet
        ("2020-01-01", "", NOT_COVERED),  # a refutation does not heal with age
    ],
)
def test_a_refutation_stands_until_later_evidence(graph, against, support, status):
    records = [evidence("no", "rms", refutes=True, collected_on=against)]
    records += [evidence("yes", "rms", collected_on=support)] if support else []
    assert row_of(graph, register([direct()], records), RISKS).status is status


# --- through the crosswalk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "proof", "status", "says"),
    [
        ({}, {}, PARTLY, "iso-42001:A.6.2.8: overlaps eu-ai-act:art12-1 (reviewed"),
        ({"reviewed_by": ""}, {}, PARTLY, "counts until"),
        ({"until": "2027-12-31"}, {}, NOT_COVERED, "was retired on 2027-12-31"),
        ({}, None, NOT_COVERED, "there is no evidence"),
        ({}, {"collected_on": "2026-01-01"}, NOT_COVERED, "expired on"),
        ({}, {"type": "document"}, NOT_COVERED, "shows a text"),
        ({}, {"collected_on": ""}, UNKNOWN, "carries no date"),
        ({"systems": ("other",)}, {}, NOT_COVERED, "nothing in the register addresses it"),
    ],
)
def test_a_control_that_overlaps_covers_partly_at_most(graph, made, proof, status, says):
    found = [] if proof is None else [evidence("e", "logs", **proof)]
    row = row_of(graph, register([implementation("logs", LOGGING, **made)], found), LOGS)
    assert row.status is status
    assert says in words(row)


def test_a_mapping_alone_covers_nothing(graph):
    rows = rows_of(graph, register())
    assert {row.status for row in rows.values() if row.applies is Applies.YES} == {NOT_COVERED}


def test_partly_says_what_keeps_it_from_more(graph):
    controls = [implementation("logs", LOGGING), implementation("own", addresses=(LOGS,), reviewed_by="")]
    row = row_of(graph, register(controls, [evidence("e", "logs"), evidence("f", "own")]), LOGS)
    assert row.status is PARTLY
    assert "nobody has reviewed the claim" in words(row)


def test_evidence_against_the_statement_leaves_no_control_that_helps(graph):
    records = [evidence("e", "logs"), evidence("no", LOGS, refutes=True, collected_on="2027-12-20")]
    assert row_of(graph, register([implementation("logs", LOGGING)], records), LOGS).status is NOT_COVERED


def with_rows(graph, change, *, nomatches=None):
    """Return norms like the shipped ones, with other rows between the items."""
    crosswalk = copy.copy(graph.crosswalks)
    old = crosswalk.network
    rows = change(old.rows)
    crosswalk.network = Network.build(old.framework_of, old.parent_of, rows, None, old.periods)
    crosswalk.composer = Composer(crosswalk.network)
    if nomatches is not None:
        crosswalk.nomatches = nomatches
    return Norms(graph.store, graph.index, graph.law, crosswalk)


def between(graph, row, control, reference):
    names = {graph.crosswalks.name(iri) for iri in (*row.subjects, *row.objects)}
    return {control, reference} == names


def relate(graph, *words_, **fields):
    def change(rows):
        for row in rows:
            if between(graph, row, LOGGING, LOGS):
                yield dataclasses.replace(row, relation=Relation.of(*words_) if words_ else row.relation, **fields)
            else:
                yield row

    return change


def posture(norms, made, on=ON):
    return Posture(norms, made, Moment(day(on), day("2026-11-23")))


def status_of(norms, made, reference, on=ON):
    return next(row for row in posture(norms, made, on).coverage if row.statement == reference)


SET_UP = register([implementation("logs", LOGGING)], [evidence("e", "logs")])


@pytest.mark.parametrize(
    ("relations", "status"),
    [
        (("superset-of",), COVERED),
        (("equal-to", "superset-of"), COVERED),
        (("subset-of",), PARTLY),
        (("superset-of", "intersects-with"), PARTLY),
        (("intersects-with", "no-relationship"), UNKNOWN),
        (("no-relationship",), NOT_COVERED),
    ],
)
def test_what_a_relation_comes_to(graph, relations, status):
    row = status_of(with_rows(graph, relate(graph, *relations)), SET_UP, LOGS)
    assert row.status is status, words(row)


def test_a_proven_cover_still_needs_evidence(graph):
    norms = with_rows(graph, relate(graph, "superset-of"))
    assert status_of(norms, register([implementation("logs", LOGGING)]), LOGS).status is NOT_COVERED


def test_controls_cover_together_by_a_joint_row_only_when_all_of_them_work(graph):
    def joint(rows):
        one = next(row for row in rows if between(graph, row, LOGGING, LOGS))
        other = graph.resolve("iso-42001:A.6.2.6").iri
        both = dataclasses.replace(
            one, iri="https://maker.example/map/joint", subjects=(*one.subjects, other), subject_versions=("", ""),
            relation=Relation.of("superset-of"),
        )  # fmt: skip
        return (both, *rows)

    norms = with_rows(graph, joint)
    watch = implementation("watch", "iso-42001:A.6.2.6")
    both = register([*SET_UP.controls, watch], [*SET_UP.evidence, evidence("w", "watch")])
    row = status_of(norms, both, LOGS)
    assert row.status is COVERED
    assert "covers it jointly" in words(row)
    without_proof = register([*SET_UP.controls, watch], SET_UP.evidence)
    assert status_of(norms, without_proof, LOGS).status is PARTLY


def test_a_mapping_made_for_a_version_that_was_superseded_leaves_it_unknown(graph):
    norms = with_rows(graph, lambda rows: rows)
    row = next(r for r in norms.crosswalk.network.rows if between(graph, r, LOGGING, LOGS))
    pin = next(v for v in (*row.subject_versions, *row.object_versions) if v in norms.crosswalk.spans)
    ended = Span(day("2024-07-12"), day("2024-08-01"), day("2028-01-10"), day("2026-10-01"))
    norms.crosswalk.spans = {**norms.crosswalk.spans, pin: ended}
    found = status_of(norms, SET_UP, LOGS)
    assert found.status is UNKNOWN
    assert "was made for a version that is not in force that day" in words(found)
    before = status_of(norms, SET_UP, LOGS, on="2028-01-09")
    assert before.status is PARTLY


def test_where_nobody_looked_a_control_that_works_leaves_it_unknown(graph):
    statement_iri = graph.resolve(LOGS).iri

    def without(rows):
        return [row for row in rows if statement_iri not in (*row.subjects, *row.objects)]

    nomatches = [n for n in graph.crosswalks.nomatches if n.item != statement_iri]
    norms = with_rows(graph, without, nomatches=nomatches)
    row = status_of(norms, SET_UP, LOGS)
    assert row.status is UNKNOWN
    assert "nobody has looked whether iso-42001 reaches it" in words(row)
    assert status_of(norms, register(), LOGS).status is NOT_COVERED  # nothing works here that could reach it


def test_where_only_contested_rows_speak_it_is_unknown(graph):
    statement_iri = graph.resolve(LOGS).iri

    def contest(rows):
        return [dataclasses.replace(r, status="contested") if statement_iri in r.objects else r for r in rows]

    row = status_of(with_rows(graph, contest), SET_UP, LOGS)
    assert row.status is UNKNOWN
    assert "only contested rows say whether iso-42001 reaches it" in words(row)


# --- the duty itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "on", "says"),
    [
        (system(placed="2028-06-01"), ON, "not on the market before 2028-06-01"),
        (system(exclusions={"military": True}), ON, "excluded by eu-ai-act:Art.2(3)"),
        (system(placed="2025-03-01"), ON, "spared by eu-ai-act:Art.111(2)"),
        (system(placed="2026-01-01"), "2026-11-23", "applies from 2027-12-02"),
    ],
)
def test_a_duty_that_does_not_bind_is_not_applicable_with_its_reason(graph, subject, on, says):
    made = register([direct(since="2026-02-01")], [evidence("e", "rms", collected_on="2026-06-01")], systems=[subject])
    row = row_of(graph, made, RISKS, on=on)
    assert (row.status, row.applies) == (NOT_APPLICABLE, Applies.NO)
    assert says in words(row)


def test_a_condition_that_is_not_met_is_a_reason(graph):
    made = register(systems=[system(facts={"logs-under-control": False})])
    row = row_of(graph, made, "eu-ai-act:art19-1")
    assert row.status is NOT_APPLICABLE
    assert "condition not met: logs-under-control" in words(row)


@pytest.mark.parametrize(
    "subject",
    [system(exclusions={"military": None}), system(exclusions={"military": "undecided"}), system(placed="")],
)
def test_a_duty_nobody_knows_to_bind_stays_unknown_however_well_covered(graph, subject):
    row = row_of(graph, register([direct()], [evidence("e", "rms")], systems=[subject]), RISKS)
    assert (row.status, row.applies) == (UNKNOWN, Applies.UNKNOWN)
    assert "whether it binds is not known; if it does: covered" in words(row)
    assert row.to_dict()["if_it_binds"] == "covered"


def decided(monkeypatch, **change):
    from aimsgraph.compliance import coverage

    def decide(*arguments):
        return [dataclasses.replace(duty, **change) for duty in real(*arguments)]

    real = coverage.decide_system_duties
    monkeypatch.setattr(coverage, "decide_system_duties", decide)


def test_a_contested_duty_stays_unknown(graph, monkeypatch):
    decided(monkeypatch, applies=Applies.CONTESTED)
    row = row_of(graph, register([direct()], [evidence("e", "rms")]), RISKS)
    assert row.status is UNKNOWN
    assert "readings of the law disagree whether it binds; if it does: covered" in words(row)


def test_a_no_without_a_reason_is_no_decision(graph, monkeypatch):
    decided(monkeypatch, applies=Applies.NO, because=())
    assert row_of(graph, register(), RISKS).status is UNKNOWN


def test_a_duty_that_arises_on_two_routes_is_one_row(graph):
    made = register(systems=[system(routes=("annex-iii", "annex-i"), facts={"annex-i-section-a": True})])
    rows = graph.coverage(made, on="2029-01-15")
    assert len(rows) == len({row.key for row in rows})
    assert row_of(graph, made, RISKS, on="2029-01-15").routes == ("annex-iii", "annex-i")


# --- expiry, determinism, other frameworks ----------------------------------------------------------------------------


def test_expiring_one_record_changes_exactly_the_rows_that_rest_on_it_in_every_framework(graph):
    controls = [implementation("logs", LOGGING), direct()]
    fresh = register(controls, [evidence("e", "logs"), evidence("f", "rms")])
    stale = register(controls, [evidence("e", "logs", collected_on="2020-01-01"), evidence("f", "rms")])
    for framework in ("eu-ai-act", "iso-42001", "nist-ai-rmf"):
        before, after = (
            {
                row.key: row
                for row in (p.coverage if framework == "eu-ai-act" else p.item_coverage(framework))
            }
            for p in (graph.posture(fresh, on=ON), graph.posture(stale, on=ON))
        )  # fmt: skip
        changed = {key for key in before if before[key].status is not after[key].status}
        resting = {
            key
            for key, row in before.items()
            if row.applies in (None, Applies.YES) and any("e" in chain.rests_on for chain in row.reach.chains)
        }
        assert changed == resting != set(), framework
        assert {after[key].status for key in changed} == {NOT_COVERED}


def test_an_implementation_of_a_control_covers_that_control_in_its_own_framework(graph):
    rows = {row.statement: row for row in graph.posture(SET_UP, on=ON).item_coverage("iso-42001")}
    assert rows[LOGGING].status is COVERED
    assert rows["iso-42001:A.6.2.6"].status is NOT_COVERED
    assert rows[LOGGING].to_dict()["role"] == ""


def test_the_same_register_gives_the_same_rows_in_the_same_order(graph):
    made = register(
        [direct(), implementation("logs", LOGGING)], [evidence("e", "logs")], systems=[system(), system("b")]
    )
    one, other = ([row.to_dict() for row in graph.coverage(made, on=ON)] for _ in range(2))
    assert one == other
    assert [row["system"] for row in one] == sorted((row["system"] for row in one), key=["ranker", "b"].index)


def test_counts_name_every_status(graph):
    assert count_statuses(graph.coverage(SET_UP, on=ON)).keys() == {status.value for status in Status}


def test_one_system_can_be_asked_for_and_an_unknown_one_is_named(graph):
    made = register(systems=[system(), system("b")])
    assert {row.system for row in graph.coverage(made, system="b", on=ON)} == {"b"}
    with pytest.raises(NotFound, match="no system 'c'"):
        graph.coverage(made, system="c", on=ON)
    with pytest.raises(UsageError, match="leave out"):
        graph.posture(made, without=["names"])


# --- more never hurts -------------------------------------------------------------------------------------------------

_IMPLEMENTATIONS = st.builds(
    lambda i, control, addresses, status, since, until, reviewer, systems: implementation(
        f"c{i}", control, addresses=addresses, status=status, since=since, until=until, reviewed_by=reviewer,
        systems=systems,
    ),
    st.integers(0, 5),
    st.sampled_from(["", LOGGING, "iso-42001:A.6.2.6", "iso-42001:8.2", "iso-42001:A.7.4"]),
    st.sampled_from([(), (RISKS,), (LOGS, RISKS), ("eu-ai-act:Art.9(1)",)]),
    st.sampled_from(["operating", "planned", "in-progress", "retired"]),
    st.sampled_from(["", "2027-01-01", "2028-02-01"]),
    st.sampled_from(["", "2027-06-01", "2029-01-01"]),
    st.sampled_from(["", "bob"]),
    st.sampled_from([("all",), ("ranker",), ("other",)]),
)  # fmt: skip
_EVIDENCE = st.builds(
    lambda i, supports, type_, on, age, refutes, systems: evidence(
        f"e{i}", *supports, type=type_, collected_on=on, max_age_days=age, refutes=refutes, systems=systems
    ),
    st.integers(0, 9),
    st.lists(st.sampled_from(["c0", "c1", "c2", "c3", "c4", "c5", RISKS, LOGS]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["record", "document", "log-extract"]),
    st.sampled_from(["", "2026-01-01", "2027-12-01", "2027-12-20", "2028-03-01"]),
    st.sampled_from([None, 30, 365, 3650]),
    st.booleans(),
    st.sampled_from([(), ("ranker",), ("other",)]),
)


def _unique(records):
    return list({record.id: record for record in records}.values())


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.lists(_IMPLEMENTATIONS, max_size=5).map(_unique),
    st.lists(_EVIDENCE, max_size=6).map(_unique),
    _IMPLEMENTATIONS,
    _EVIDENCE,
)
def test_adding_an_implementation_or_support_never_makes_a_duty_less_covered(graph, controls, records, more, proof):
    controls = [c for c in controls if c.id != more.id]
    records = [e for e in records if e.id != proof.id]
    proof = dataclasses.replace(proof, refutes=False)
    before = rows_of(graph, register(controls, records))
    for grown in (register([*controls, more], records), register(controls, [*records, proof])):
        after = rows_of(graph, grown)
        assert before.keys() == after.keys()
        worse = [key for key in before if after[key].status.rank < before[key].status.rank]
        assert not worse, [(words(before[key]), words(after[key])) for key in worse]


@settings(max_examples=30)
@given(st.lists(_IMPLEMENTATIONS, max_size=5).map(_unique), st.lists(_EVIDENCE, max_size=6).map(_unique), _EVIDENCE)
def test_adding_a_refutation_never_makes_a_duty_more_covered(graph, controls, records, proof):
    records = [e for e in records if e.id != proof.id]
    before = rows_of(graph, register(controls, records))
    after = rows_of(graph, register(controls, [*records, dataclasses.replace(proof, refutes=True)]))
    assert all(after[key].status.rank <= before[key].status.rank for key in before)


@settings(max_examples=60)
@given(st.lists(_IMPLEMENTATIONS, max_size=5).map(_unique), st.lists(_EVIDENCE, max_size=6).map(_unique))
def test_covered_always_rests_on_something_that_operates_with_fresh_evidence(graph, controls, records):
    by_id = {c.id: c for c in controls} | {e.id: e for e in records}
    for row in rows_of(graph, register(controls, records)).values():
        if row.status in (COVERED, PARTLY):
            used = [by_id[cause.ref] for cause in row.because if cause.kind in ("implementation", "evidence")]
            working = [each for each in used if hasattr(each, "is_operating") and each.is_operating(DAY)]
            live = [e for e in used if hasattr(e, "is_fresh") and e.is_fresh(DAY) and not e.refutes]
            assert working
            assert any(e.type != "document" for e in live)


# --- the example organisation -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def acme():
    from aimsgraph import assets

    return assets.path("data", "examples", "acme")


def test_the_example_has_one_row_for_each_statement_and_role_of_each_system(graph, acme):
    rows = graph.coverage(acme, on="2027-12-15")
    wanted = {
        (duty.statement, duty.system, duty.role)
        for each in graph.systems(acme)
        for duty in graph.system_duties(each, on="2027-12-15")
    }
    assert {row.key for row in rows} == wanted
    assert len(rows) == len(wanted)


def test_in_the_example_nothing_open_is_listed_as_anything_but_unknown(graph, acme):
    for row in graph.coverage(acme, on="2027-12-15"):
        if row.applies in (Applies.UNKNOWN, Applies.CONTESTED):
            assert row.status is UNKNOWN
        if row.status is NOT_APPLICABLE:
            assert row.applies is Applies.NO
            assert words(row)


def test_the_example_falls_when_its_evidence_is_gone(graph, acme):
    from aimsgraph.compliance.posture import load_sound

    made, _ = load_sound(acme)
    bare = dataclasses.replace(made, evidence=())
    assert {row.status for row in graph.coverage(bare, on="2027-12-15")}.isdisjoint({COVERED, PARTLY})


def test_in_the_example_each_covered_duty_falls_with_the_evidence_its_chains_rest_on(graph, acme):
    from aimsgraph.compliance.posture import load_sound

    made, _ = load_sound(acme)
    covered = [row for row in graph.coverage(made, on="2026-11-23") if row.status is COVERED]
    assert covered
    for row in covered:
        used = frozenset().union(*(chain.rests_on for chain in row.reach.chains if chain.status is COVERED))
        kept = tuple(record for record in made.evidence if record.id not in used)
        bare = dataclasses.replace(made, evidence=kept)
        assert len(kept) < len(made.evidence)
        assert {r.key: r for r in graph.coverage(bare, on="2026-11-23")}[row.key].status is not COVERED
