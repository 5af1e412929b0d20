"""The entry file and the modules stay inside OWL 2 RL, and the check sees what does not."""

from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef

from aimsgraph.reasoning.ontology_files import NAMESPACE, OntologyFiles, merge_turtle, read_turtle
from aimsgraph.reasoning.rl_profile import find_profile_violations


def test_vocabulary_is_inside_the_profile(files: OntologyFiles) -> None:
    assert find_profile_violations(merge_turtle(files.rl)) == ()


def test_dl_axioms_are_outside_the_profile(files: OntologyFiles) -> None:
    assert len(find_profile_violations(read_turtle(files.dl))) > 10


def test_each_construct_outside_is_seen(fixtures: Path) -> None:
    found = find_profile_violations(read_turtle(fixtures / "outside-rl.ttl"))
    names = {str(violation.subject).removeprefix(NAMESPACE) for violation in found}
    assert names == {
        "Existential", "UnionAbove", "Exact", "AtMostTwo", "Union", "reflexive", "unionDomain", "dated",
    }  # fmt: skip


def test_what_the_profile_allows_is_let_through(fixtures: Path) -> None:
    assert find_profile_violations(read_turtle(fixtures / "inside-rl.ttl")) == ()


def test_dates_have_no_range(vocabulary: Graph) -> None:
    ranges = set(vocabulary.objects(None, RDFS.range))
    assert URIRef("http://www.w3.org/2001/XMLSchema#date") not in ranges
    assert (URIRef(NAMESPACE + "inForceFrom"), RDF.type, OWL.DatatypeProperty) in vocabulary


def test_four_transitive_properties_and_three_chains(vocabulary: Graph) -> None:
    transitive = {str(s).removeprefix(NAMESPACE) for s in vocabulary.subjects(RDF.type, OWL.TransitiveProperty)}
    chained = {str(s).removeprefix(NAMESPACE) for s in vocabulary.subjects(OWL.propertyChainAxiom)}
    assert transitive == {"isPartOf", "hasComponent", "fineTunedFrom", "derivedFromDataset"}
    assert chained == {"potentiallyBears", "dependsOnDataset", "evidencesControl"}


def test_only_simple_properties_carry_axioms_that_need_them(vocabulary: Graph) -> None:
    """OWL 2 DL allows functional, asymmetric and counted properties only when nothing chains into them."""
    compound = set(vocabulary.subjects(RDF.type, OWL.TransitiveProperty))
    compound |= set(vocabulary.subjects(OWL.propertyChainAxiom))
    above = {parent for child in compound for parent in vocabulary.transitive_objects(child, RDFS.subPropertyOf)}
    needing = set(vocabulary.objects(None, OWL.onProperty))
    for kind in (OWL.FunctionalProperty, OWL.AsymmetricProperty, OWL.IrreflexiveProperty):
        needing |= set(vocabulary.subjects(RDF.type, kind))
    assert above & needing == set()
