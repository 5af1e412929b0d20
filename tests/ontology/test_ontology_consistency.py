"""HermiT finds the vocabulary and the examples consistent, and each fault breaks the axiom it names."""

import re
from pathlib import Path

import pytest
from rdflib import Graph

from aimsgraph import assets
from aimsgraph.reasoning.consistency import check_consistency
from aimsgraph.reasoning.ontology_files import OntologyFiles, read_turtle

HERE = Path(__file__).parent
FAULTS = sorted((assets.root() / "ontology" / "faults").glob("*.ttl"))
EXAMPLES = sorted((HERE / "consistent").glob("*.ttl"))


def header(path: Path, name: str) -> str:
    match = re.search(rf"^# {name}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert match, f"{path.name} lacks the line # {name}:"
    return match.group(1)


def cure(vocabulary: Graph, update: str) -> Graph:
    """Return the vocabulary without the axiom that a fault breaks."""
    cured = Graph() + vocabulary
    cured.bind("aims", "https://w3id.org/aimsgraph/ns#", override=True)
    before = len(cured)
    cured.update(update)
    assert len(cured) < before, f"takes nothing out: {update}"
    return cured


def test_vocabulary_is_consistent_and_every_class_can_have_members(vocabulary: Graph) -> None:
    result = check_consistency([vocabulary])
    assert result.consistent
    assert result.unsatisfiable == ()
    assert result.axioms > 800
    assert 0 < result.seconds < 30


def test_there_are_at_least_eight_faults_for_different_axioms() -> None:
    assert len(FAULTS) >= 8
    assert len({header(path, "Axiom") for path in FAULTS}) == len(FAULTS)
    assert len({header(path, "Cure") for path in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_fault_is_inconsistent_for_its_axiom_alone(path: Path, vocabulary: Graph) -> None:
    """With the axiom each is found inconsistent (see test_ontology_check); without it each is not."""
    cured = cure(vocabulary, header(path, "Cure"))
    assert check_consistency([cured, read_turtle(path)]).consistent


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_consistent(path: Path, vocabulary: Graph) -> None:
    result = check_consistency([vocabulary, read_turtle(path)])
    assert result.consistent
    assert result.unsatisfiable == ()


def test_examples_use_declared_terms_only(files: OntologyFiles, vocabulary: Graph) -> None:
    declared = {str(subject) for subject in vocabulary.subjects()}
    for path in (*EXAMPLES, *files.faults):
        graph = read_turtle(path)
        used = {str(p) for p in graph.predicates()} | {
            str(o) for o in graph.objects(None, None) if re.search(r"/ns#[A-Z]", str(o)) and _is_class(graph, o)
        }
        ours = {term for term in used if "aimsgraph/ns#" in term}
        assert ours, path.name
        assert ours <= declared, path.name


def _is_class(graph: Graph, node: object) -> bool:
    from rdflib import RDF

    return any(True for _ in graph.subjects(RDF.type, node))
