"""Derived mappings as a graph: what is written, from what, and that it is never taken for an assertion."""

import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_soundness import anything
from worlds import letters_of, network, row

import aimsgraph
from aimsgraph.api import AimsGraph
from aimsgraph.app import fill_directory
from aimsgraph.crosswalk.compose import Request
from aimsgraph.crosswalk.derive import DERIVED_MAPPINGS, derive_mappings, find_derived, proof_digest
from aimsgraph.crosswalk.load import load_network
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.vocabulary import RDF_TYPE, aims
from aimsgraph.settings import load_settings

IDENTIFIER = "http://purl.org/dc/terms/identifier"


def nowhere(_iri: str) -> None:
    return None


@pytest.fixture(scope="module")
def nodes(graph: AimsGraph) -> Mapping[str, Mapping[str, list[str]]]:
    """Node → local name of the property → values."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in graph.store.quads(None, None, None, DERIVED_MAPPINGS):
        name = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        found[str(quad.subject)][name].append(getattr(quad.object, "value", ""))
    return found


def test_each_node_says_all_there_is_to_say(nodes: Mapping[str, Mapping[str, list[str]]], graph: AimsGraph) -> None:
    rows = {each.iri: each for each in graph.crosswalks.network.rows}
    assert len(nodes) > 500
    for node in nodes.values():
        used = [rows[iri] for iri in node["derivedByPath"]]
        assert used
        assert len(node["subject"]) == len(node["object"]) == len(node["identifier"]) == 1
        assert 1 <= len(node["relation"]) <= 4
        assert float(node["confidence"][0]) == min(each.confidence for each in used)
        assert node["mappingStatus"] == [aims("Reviewed").value]
        assert {each.status for each in used} == {"reviewed"}
        limited = [each.perspective for each in used if each.perspective]
        told = {role.rpartition("/")[2] for role in node["perspective"]}
        assert told == (frozenset.intersection(*limited) if limited else set())
        assert node["identifier"][0].startswith("sha256:")
        assert sorted(name.rpartition("#")[2] for name in node["type"]) == ["Mapping", "MappingRecord"]
    assert len({node["identifier"][0] for node in nodes.values()}) == len(nodes)


def test_what_is_derived_is_what_the_composer_answers(
    nodes: Mapping[str, Mapping[str, list[str]]], graph: AimsGraph
) -> None:
    network_ = graph.crosswalks.network
    answers = list(find_derived(network_, Request("")))
    assert {proof_digest(answer) for answer in answers} == {node["identifier"][0] for node in nodes.values()}
    frameworks = {(network_.framework_of[a.subject], network_.framework_of[a.object]) for a in answers}
    assert ("eu-ai-act", "iso-42001") in frameworks, "an article and an ISO item, through the article's statements"
    assert not [pair for pair in frameworks if pair[0] == pair[1]]


def test_what_is_derived_never_enters_a_composition(graph: AimsGraph) -> None:
    asserted = MemoryStore(q for q in graph.store.quads() if q.graph_name not in (DERIVED_MAPPINGS,))
    with_it, without = load_network(graph.store, nowhere), load_network(asserted, nowhere)
    assert with_it == without
    before = {q.subject for q in graph.store.quads(None, RDF_TYPE, aims("Mapping"), DERIVED_MAPPINGS)}
    assert not before & {ox.NamedNode(each.iri) for each in with_it.rows}


def test_deriving_twice_changes_nothing_and_takes_well_under_a_second(graph: AimsGraph) -> None:
    store = MemoryStore(graph.store.quads())
    wanted = set(graph.store.quads(None, None, None, DERIVED_MAPPINGS))
    started = time.process_time()
    count = derive_mappings(store)
    assert time.process_time() - started < 20, "measured at 0.4 s; this only finds what grows without bound"
    assert set(store.quads(None, None, None, DERIVED_MAPPINGS)) == wanted
    assert count == len({quad.subject for quad in wanted})


def test_a_store_without_rows_gets_no_graph_and_loses_an_old_one(graph: AimsGraph) -> None:
    empty = MemoryStore()
    assert derive_mappings(empty) == 0
    assert empty.graphs() == ()
    stale = MemoryStore(graph.store.quads(None, None, None, DERIVED_MAPPINGS))
    assert derive_mappings(stale) == 0
    assert list(stale.quads(None, None, None, DERIVED_MAPPINGS)) == []


@pytest.mark.slow
def test_a_filled_directory_holds_them_and_answers_alike(tmp_path: Path, graph: AimsGraph) -> None:
    settings = load_settings(flags={"store": str(tmp_path / "store")}, environment={})
    fill_directory(settings)
    with aimsgraph.open_graph(str(tmp_path / "store"), today="2026-11-23") as opened:
        assert set(opened.store.quads(None, None, None, DERIVED_MAPPINGS)) == set(
            graph.store.quads(None, None, None, DERIVED_MAPPINGS)
        )
        asked = ("eu-ai-act:Art.12", "iso-42001")
        assert opened.crosswalk(*asked)["answers"] == graph.crosswalk(*asked)["answers"]


def test_one_direction_a_pair_and_nothing_asserted_nothing_contradictory() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "s"), row("2", "f2:a", "f3:a", "s"), row("3", "f1:b", "f2:b", "e"),
        row("4", "f2:b", "f3:b", "e"), row("5", "f1:b", "f3:b", "d"),
        row("6", "f1:c", "f2:c", "i"), row("7", "f2:c", "f3:c", "i"),
    ]  # fmt: skip
    found = list(find_derived(network(rows, {"f1:a": "f1:x"}), Request("", usable=anything)))
    told = {(answer.subject, answer.object): letters_of(answer.relation) for answer in found}
    assert told == {("f1:a", "f3:a"): "s", ("f1:x", "f2:a"): "esSi", ("f1:x", "f3:a"): "esSi"}
