"""The slice of the catalogue that a register is judged on: as good as the whole, and smaller."""

import datetime as dt

import pytest

from aimsgraph import assets
from aimsgraph.compliance import validate as use_case
from aimsgraph.compliance.validate import Catalogue, Request, validate_registers
from aimsgraph.graph.vocabulary import aims
from aimsgraph.validation.facts import date_literal, duty_triples, gather_facts, run_triples
from aimsgraph.validation.pyshacl_engine import PyShaclEngine

DAY = dt.date(2026, 11, 23)


def test_a_run_says_the_day_and_duties_are_sorted_and_distinct():
    assert [t.object for t in run_triples(DAY) if t.predicate == aims("asOf")] == [date_literal(DAY)]
    given = [("https://a.example/s2", "https://b.example/d"), ("https://a.example/s1", "https://b.example/d")] * 2
    systems = [t.object.value for t in duty_triples(given) if t.predicate == aims("coverageFor")]
    assert systems == ["https://a.example/s1", "https://a.example/s2"]


def test_the_slice_is_small_and_depends_on_the_register(graph, library):
    terms = library.for_organisation(["all"]).terms
    bare = gather_facts(graph.store, [], terms, DAY)
    assert 500 < len(bare) < 5000
    assert bare == gather_facts(graph.store, [], terms, DAY)


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2026-11-23", "2028-09-01"])
def test_the_whole_catalogue_gives_the_same_findings(graph, library, monkeypatch, day):
    folder = assets.path("data", "examples", "acme")
    catalogue = Catalogue(graph.store, graph.law, library)
    request = Request(graph.moment(day), ("all",))
    sliced = validate_registers([folder], catalogue, PyShaclEngine(), request)

    def gather_all(store, register, _terms, on):
        return set(register) | {quad.triple for quad in store.quads() if not derived(quad)} | set(run_triples(on))

    def derived(quad):
        return quad.graph_name.value.endswith(("/inferred", "/derived-mappings", "/ontology")) and (
            not quad.predicate.value.endswith("#subClassOf")
        )

    monkeypatch.setattr(use_case, "gather_facts", gather_all)
    whole = validate_registers([folder], catalogue, PyShaclEngine(), request)
    assert whole.findings == sliced.findings
    assert whole.focus_counts.keys() == sliced.focus_counts.keys()
    assert whole.dataset_digest != sliced.dataset_digest
