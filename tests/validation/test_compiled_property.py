"""On graphs and shapes that nobody thought of, compiled plans find what pySHACL finds."""

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from oracle import Oracle, is_failure, multiset, parse
from shacl_strategies import graphs, shapes

from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.validation.compiled.engine import COMPILED, CompiledEngine
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.run import run_plan

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
BOUNDED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module")
def oracle():
    asked = Oracle()
    yield asked
    asked.close()


def same_as_pyshacl(oracle, facts, given_shapes):
    raw = f"{facts}\n\n{given_shapes}"
    facts, given_shapes = parse(facts), parse(given_shapes)
    wanted = oracle.judge(facts, given_shapes)
    assume(not is_failure(wanted))
    found = CompiledEngine().judge(facts, given_shapes)
    event(f"compiled alone: {set(found.engines.values()) == {COMPILED}}")
    note(raw)
    for node, reason in found.reasons.items():
        note(f"{node} left: {reason}")
    assert multiset(found.violations) == multiset(wanted.violations)
    assert found.focus_counts == {node: n for node, n in wanted.focus_counts.items() if node in found.focus_counts}
    return found


@BOUNDED
@given(facts=graphs(), given_shapes=shapes())
def test_core_constraints(oracle, facts, given_shapes):
    same_as_pyshacl(oracle, facts, given_shapes)


@BOUNDED
@given(facts=graphs(), given_shapes=shapes(queries=True))
def test_queries(oracle, facts, given_shapes):
    same_as_pyshacl(oracle, facts, given_shapes)


@BOUNDED
@given(facts=graphs(), given_shapes=shapes())
def test_a_focus_set_gives_what_the_whole_says_of_it(facts, given_shapes):
    facts, plan = parse(facts), compile_shapes(parse(given_shapes))
    store = MemoryStore(ox.Quad(t.subject, t.predicate, t.object) for t in facts)
    whole = run_plan(plan, store)
    nodes = sorted({t.subject for t in facts} | {t.object for t in facts}, key=str)
    nodes += [node for shape in plan.compiled for node in shape.targets.nodes]
    nodes = list(dict.fromkeys(nodes))
    parts = [run_plan(plan, store, only=nodes[start::2]) for start in range(2)]
    assert sorted((v for part in parts for v in part.violations), key=lambda v: v.sort_key) == list(whole.violations)
    assert whole.focus_counts == {node: sum(part.focus_counts[node] for part in parts) for node in whole.focus_counts}
