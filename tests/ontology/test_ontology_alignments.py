"""Alignments point only at terms the other vocabularies have, and contradict nothing."""

from pathlib import Path

import pytest
from rdflib import OWL, Graph

from aimsgraph.errors import InputError
from aimsgraph.reasoning.alignment_lint import lint_alignments, read_mapping_rows, read_term_list
from aimsgraph.reasoning.consistency import check_consistency
from aimsgraph.reasoning.ontology_files import OntologyFiles, find_ontology_files, merge_turtle, read_turtle
from aimsgraph.reasoning.ontology_lint import list_terms, parse_ontology


def lint(root: Path) -> list[tuple[str, str, int]]:
    files = find_ontology_files(root)
    parsed = parse_ontology(files)
    declared = frozenset(str(term) for file in parsed for term in list_terms(file.graph))
    alignments = [file for file in parsed if file.path in files.alignments]
    return [(f.rule, f.location.file, f.location.line) for f in lint_alignments(files, alignments, declared)]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_foreign_term_is_listed(files: OntologyFiles) -> None:
    assert lint(files.root) == []


def test_lists_name_their_source_and_day(files: OntologyFiles) -> None:
    assert {path.stem for path in files.term_lists} == {
        "airo", "dcat", "dct", "dpv", "dpv-ai", "eli", "eu-aiact", "org", "prov", "skos", "sssom",
    }  # fmt: skip
    for path in files.term_lists:
        first, second, *_ = path.read_text(encoding="utf-8").splitlines()
        assert first.startswith("# ") and "http" in first
        assert second.startswith("# Taken from ") or "Taken on 20" in second
        terms = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert terms == sorted(set(terms))
        assert len(read_term_list(path)) == len(terms) > 10


def test_tables_hold_a_few_dozen_rows(files: OntologyFiles) -> None:
    counts = {path.name: len(list(read_mapping_rows(path))) for path in files.mappings}
    assert set(counts) == {"airo.sssom.tsv", "dpv.sssom.tsv"}
    assert all(count >= 24 for count in counts.values())


def test_invented_term_in_a_module_is_reported_with_its_line(copied_root: Path) -> None:
    replace(
        copied_root / "ontology" / "align" / "prov.ttl",
        "aims:Agent rdfs:subClassOf prov:Agent",
        "aims:Agent rdfs:subClassOf prov:Actor",
    )
    lines = (copied_root / "ontology" / "align" / "prov.ttl").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if "prov:Actor" in text)
    assert lint(copied_root) == [("unknown-foreign-term", "ontology/align/prov.ttl", line)]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("dpv:Risk\t", "dpv:Hazard\t", "unknown-foreign-term"),
        ("aims:Risk\t", "aims:Hazard\t", "undeclared-term"),
        ("skos:closeMatch\tdpv:Risk\t", "owl:equivalentClass\tdpv:Risk\t", "alignment-predicate"),
    ],
)
def test_each_slip_in_a_table_is_reported(copied_root: Path, old: str, new: str, rule: str) -> None:
    path = copied_root / "ontology" / "align" / "dpv.sssom.tsv"
    replace(path, old, new)
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if new in text)
    assert lint(copied_root) == [(rule, "ontology/align/dpv.sssom.tsv", line)]


def test_table_with_other_columns_is_refused(copied_root: Path) -> None:
    path = copied_root / "ontology" / "align" / "airo.sssom.tsv"
    replace(path, "\tcomment\n", "\tremark\n")
    with pytest.raises(InputError, match="columns must be"):
        lint(copied_root)


def test_alignments_equate_nothing(files: OntologyFiles) -> None:
    graph = merge_turtle(files.alignments)
    for predicate in (OWL.equivalentClass, OWL.equivalentProperty, OWL.sameAs):
        assert (None, predicate, None) not in graph


def test_alignments_are_consistent_with_each_other_and_the_foreign_axioms(
    files: OntologyFiles, vocabulary: Graph, fixtures: Path
) -> None:
    foreign = read_turtle(fixtures / "foreign-axioms.ttl")
    result = check_consistency([vocabulary, merge_turtle(files.alignments), foreign])
    assert result.consistent
    assert result.unsatisfiable == ()


def test_careless_alignment_leaves_a_class_empty(files: OntologyFiles, vocabulary: Graph, fixtures: Path) -> None:
    clash = [read_turtle(fixtures / name) for name in ("foreign-axioms.ttl", "clashing-alignment.ttl")]
    result = check_consistency([vocabulary, merge_turtle(files.alignments), *clash])
    assert result.unsatisfiable == ("https://w3id.org/aimsgraph/ns#Deployment",)
