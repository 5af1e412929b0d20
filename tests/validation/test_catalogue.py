"""The shipped content passes its own shapes, and each of them had something to judge."""

import datetime as dt

import pyoxigraph as ox
import pytest

from aimsgraph.app import ontology_quads
from aimsgraph.compliance.validate import shipped_quads, validate_catalogue
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.pyshacl_engine import PyShaclEngine


@pytest.mark.parametrize("engine", [CompiledEngine, pytest.param(PyShaclEngine, marks=pytest.mark.slow)])
def test_the_shipped_content_passes_its_shapes(library, engine):
    quads = [*shipped_quads(), *ontology_quads()]
    report = validate_catalogue(engine(), library, dt.date(2026, 11, 23), quads)
    assert report.results == ()
    assert report.unjudged == ()
    assert report.may_be_empty == {}
    assert report.focus_counts["ProvisionIdentity"] > 2000
    assert report.focus_counts["MappingComplete"] > 500
    assert len(report.passed) == len(library.for_catalogue().shapes)


def test_a_catalogue_without_content_does_not_pass(library):
    report = validate_catalogue(PyShaclEngine(), library, dt.date(2026, 11, 23), list[ox.Quad]())
    assert not report.conforms
    assert "ProvisionIdentity" in report.unjudged
