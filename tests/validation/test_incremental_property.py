"""Whatever changes, judging what the change touches comes to the report that judging all comes to."""

import random
import shutil
from functools import cache

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from oracle import parse
from register_edits import FactEdits, FileEdits
from shacl_strategies import graphs, shapes

from aimsgraph import assets
from aimsgraph.compliance import validate as registers
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.run import run_plan
from aimsgraph.validation.incremental.engine import IncrementalEngine
from aimsgraph.validation.incremental.reach import reach_of
from aimsgraph.validation.incremental.state import JudgedFacts

ACME = assets.path("data", "examples", "acme")
BOUNDED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
MANY = settings(BOUNDED, max_examples=2000)


class Both:
    """Judges what changed, and all; the reports have to be the same."""

    name = "both"

    def __init__(self):
        self.incremental = IncrementalEngine()
        self.rejudged = []

    def validate(self, quads, shapes, deadline=None):
        self.quads, self.shapes = tuple(quads), shapes
        self.incremental.again()
        report = self.incremental.validate(self.quads, shapes, deadline)
        assert report == CompiledEngine().validate(self.quads, shapes, deadline)
        (step,) = self.incremental.steps
        self.rejudged.append(len(step.nodes))
        return report


@pytest.fixture(scope="module")
def catalogue(graph, library):
    return registers.Catalogue(graph.asserted, graph.law, library)


@pytest.fixture(scope="module")
def acme(graph, catalogue):
    both = Both()
    registers.validate_registers([ACME], catalogue, both, registers.Request(graph.moment(), ("all",)))
    return both.quads, both.shapes


def edit_facts(acme, seed, edits):
    """Make so many edits, and compare the reports after every change of one to eight of them."""
    quads, shapes = acme
    now = sorted({quad.triple for quad in quads}, key=str)
    random_edits, both = FactEdits(random.Random(seed), now), Both()
    while random_edits.made < edits:
        both.validate(map(quad_of, now), shapes)
        now = random_edits.edit(now)
    both.validate(map(quad_of, now), shapes)
    assert len(both.rejudged) > edits / 5
    # Not by judging all each time.
    assert sum(both.rejudged[1:]) < len(shapes.shapes) * len(both.rejudged) / 2


@cache
def quad_of(triple):
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def edit_files(graph, catalogue, tmp_path, seed, edits):
    folder = shutil.copytree(ACME, tmp_path / "acme")
    random_edits, both = FileEdits(random.Random(seed), folder), Both()
    request = registers.Request(graph.moment(), ("all",))
    for _ in range(edits):
        found = registers.validate_registers([folder], catalogue, both, request)
        if found.not_judged:
            random_edits.restore()
        random_edits.edit()
    assert len(both.rejudged) > edits / 2, "too few of the edits left a register that shapes can judge"
    assert sum(both.rejudged[1:]) < both.rejudged[0] * edits / 2


def test_edits_of_facts(acme):
    edit_facts(acme, 1, 300)


@pytest.mark.slow
def test_edits_of_files(graph, catalogue, tmp_path):
    edit_files(graph, catalogue, tmp_path, 1, 15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_many_edits_of_facts(acme, seed):
    edit_facts(acme, seed, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 13))
def test_many_edits_of_files(graph, catalogue, tmp_path, seed):
    edit_files(graph, catalogue, tmp_path, seed, 100)


def judged(plan, triples):
    return JudgedFacts(plan, tuple(map(reach_of, plan.compiled)), triples, None)


@st.composite
def small_changes(draw):
    """Return a graph and the same after one to four of its triples came or went."""
    before = draw(graphs()).splitlines()
    gone = draw(st.sets(st.sampled_from(before), max_size=2))
    come = draw(st.lists(st.sampled_from(draw(graphs()).splitlines()), max_size=2))
    return "\n".join(before), "\n".join([*(line for line in before if line not in gone), *come])


def same_as_anew(change, given_shapes):
    before, after, given_shapes = parse(change[0]), parse(change[1]), parse(given_shapes)
    plan = compile_shapes(given_shapes)
    kept = judged(plan, before)
    step = kept.change(set(after) - set(before), set(before) - set(after))
    anew = judged(plan, after)
    event(f"some shape kept its results: {len(step.nodes) < len(anew.focus_counts)}")
    assert kept.violations == anew.violations
    assert kept.focus_counts == anew.focus_counts
    assert kept.left == anew.left
    found = run_plan(plan, MemoryStore(ox.Quad(t.subject, t.predicate, t.object) for t in after))
    assert [one for one in found.violations if one.root not in kept.left] == kept.violations


@BOUNDED
@given(change=small_changes(), given_shapes=shapes())
def test_any_constraints(change, given_shapes):
    same_as_anew(change, given_shapes)


@BOUNDED
@given(change=small_changes(), given_shapes=shapes(queries=True))
def test_any_queries(change, given_shapes):
    same_as_anew(change, given_shapes)


@pytest.mark.slow
@MANY
@given(change=small_changes(), given_shapes=st.one_of(shapes(), shapes(queries=True)))
def test_any_constraints_and_queries_many_times(change, given_shapes):
    same_as_anew(change, given_shapes)
