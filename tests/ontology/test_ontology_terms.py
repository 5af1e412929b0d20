"""Every term is explained, declared once and named well, and the check that says so can say no."""

import shutil
from pathlib import Path

import pytest
from rdflib import OWL, RDF, URIRef

from aimsgraph.errors import InputError
from aimsgraph.reasoning.layout_lint import lint_layout
from aimsgraph.reasoning.ontology_files import (
    DOCUMENTS,
    NAMESPACE,
    OntologyFiles,
    find_ontology_files,
    merge_turtle,
    read_turtle,
)
from aimsgraph.reasoning.ontology_lint import ParsedFile, lint_ontology, list_terms, parse_ontology

MODULES = {
    "aiact", "aims", "asset", "assurance", "control", "core",
    "crosswalk", "deontic", "evidence", "impact", "norm", "risk",
}  # fmt: skip


def lint(root: Path) -> list[tuple[str, str, int, str]]:
    files = find_ontology_files(root)
    parsed = parse_ontology(files)
    found = [*lint_layout(files, parsed), *lint_ontology(files, parsed)]
    return [(f.rule, f.location.file, f.location.line, f.message) for f in found]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_modules_are_the_twelve(files: OntologyFiles) -> None:
    assert {path.stem for path in files.modules} == MODULES
    assert {path.stem for path in files.alignments} == {"dcat", "eli", "org", "prov", "skos", "sssom"}


def test_each_file_parses_and_declares_its_ontology(parsed: tuple[ParsedFile, ...]) -> None:
    for file in parsed:
        assert set(file.graph.subjects(RDF.type, OWL.Ontology)) == {file.iri}
        assert str(file.iri).startswith(DOCUMENTS)
        assert not str(file.iri).endswith("#")


def test_each_module_declares_terms(parsed: tuple[ParsedFile, ...]) -> None:
    counts = {file.path.stem: len(list_terms(file.graph)) for file in parsed}
    assert all(counts[module] > 5 for module in MODULES)
    assert sum(counts[module] for module in MODULES) == sum(counts.values())


def test_entry_imports_every_module_and_not_the_dl_axioms(files: OntologyFiles) -> None:
    imported = set(read_turtle(files.entry).objects(URIRef(f"{DOCUMENTS}aimsgraph"), OWL.imports))
    assert imported == {URIRef(DOCUMENTS + module) for module in MODULES}


def test_modules_import_what_they_use(parsed: tuple[ParsedFile, ...]) -> None:
    owner = {term: file.iri for file in parsed for term in list_terms(file.graph)}
    for file in parsed:
        if file.path.stem not in MODULES:
            continue
        used = {owner[node] for triple in file.graph for node in triple if node in owner} - {file.iri}
        used.discard(URIRef(f"{DOCUMENTS}core")) if _uses_only_annotations(file) else None
        assert used <= set(file.graph.objects(file.iri, OWL.imports))


def _uses_only_annotations(file: ParsedFile) -> bool:
    """Tell whether nothing of core but its annotation properties is used."""
    core = read_turtle(file.path.with_name("core.ttl"))
    terms = list_terms(core) - set(core.subjects(RDF.type, OWL.AnnotationProperty))
    return not any(node in terms for triple in file.graph for node in triple)


def test_nothing_is_wrong_with_the_files(files: OntologyFiles) -> None:
    assert lint(files.root) == []


def test_no_definition_is_used_twice(parsed: tuple[ParsedFile, ...]) -> None:
    skos_definition = URIRef("http://www.w3.org/2004/02/skos/core#definition")
    seen: dict[str, URIRef] = {}
    for file in parsed:
        for term in list_terms(file.graph):
            text = str(file.graph.value(term, skos_definition))
            assert text not in seen, f"{term} and {seen.get(text)} share a definition"
            seen[text] = term


def test_terms_the_model_contract_names_are_declared(vocabulary) -> None:
    for name in (
        "Framework", "Provision", "ProvisionVersion", "Amendment", "NormStatement", "ContentRequirement",
        "ApplicationRule", "TransitionRule", "Deadline", "Sanction", "TimelineEntry", "DefinedTerm",
        "CatalogueEntry", "OperatorRole", "MappingRecord", "RoleAssignment", "ClassificationDecision",
        "reference", "ownWords", "endPublishedOn", "instructedBy", "movedTo", "versionBasis", "spares",
        "maximumTurnoverPercent", "evidenceGrade", "happensOn", "extent", "addresses",
    ):  # fmt: skip
        assert URIRef(NAMESPACE + name) in list_terms(vocabulary)


def test_unexplained_terms_are_reported(copied_root: Path, fixtures: Path) -> None:
    shutil.copy(fixtures / "unexplained.ttl", copied_root / "ontology" / "unexplained.ttl")
    found = lint(copied_root)
    about = {(rule, line) for rule, file, line, _ in found if file == "ontology/unexplained.ttl"}
    messages = "\n".join(message for *_, message in found)
    assert ("annotation", 10) in about
    assert ("circular-definition", 10) in about
    assert ("undeclared-term", 0) in about
    assert ("term-name", 18) in about
    assert ("forbidden-axiom", 18) in about
    assert ("forbidden-axiom", 23) in about
    assert ("punning", 23) in about
    assert "aims:Agent is already declared" in messages
    assert "says something about <http://xmlns.com/foaf/0.1/Agent>" in messages
    for lack in (
        "rdfs:label",
        "skos:definition",
        "dct:source",
        "competency question",
        "vs:term_status",
        "defined by",
    ):
        assert lack in messages
    assert {rule for rule, *_ in found} >= {"header", "catalog"}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"cq-007" , "cq-017"', '"cq-000"', "annotation"),
        ('rdfs:label "agent"@en', 'rdfs:label "Agent"@de', "annotation"),
        ('    vs:term_status "stable" ;\n', "", "annotation"),
        ("<https://www.w3.org/TR/prov-o/>", "<https://example.org/>", "annotation"),
        ("    rdfs:isDefinedBy <", "    rdfs:seeAlso <", "annotation"),
        ("rdfs:subClassOf aims:Agent", "rdfs:subClassOf aims:Actor", "undeclared-term"),
        ('owl:versionInfo "0.1.0"', 'owl:versionInfo "0.2.0"', "header"),
        ("dct:license <https://creativecommons.org/licenses/by/4.0/> ;", "", "header"),
        ("http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.1/", "prefix"),
        ("owl:versionInfo", "owl:imports <http://www.w3.org/ns/prov> ; owl:versionInfo", "import"),
    ],
)  # fmt: skip
def test_each_slip_is_reported(copied_root: Path, old: str, new: str, rule: str) -> None:
    replace(copied_root / "ontology" / "core.ttl", old, new)
    assert rule in {found for found, *_ in lint(copied_root)}


def test_key_outside_dl_is_reported(copied_root: Path) -> None:
    replace(
        copied_root / "ontology" / "norm.ttl",
        "aims:Provision\n    a owl:Class ;",
        "aims:Provision\n    owl:hasKey ( aims:localId ) ;\n    a owl:Class ;",
    )
    assert "uses owl:hasKey outside dl.ttl" in {message for *_, message in lint(copied_root)}


def test_catalog_that_leads_elsewhere_is_reported(copied_root: Path) -> None:
    replace(copied_root / "ontology" / "catalog-v001.xml", 'uri="norm.ttl"', 'uri="core.ttl"')
    assert "catalog" in {rule for rule, *_ in lint(copied_root)}


def test_broken_turtle_names_file_and_line(copied_root: Path) -> None:
    replace(
        copied_root / "ontology" / "risk.ttl",
        "aims:RiskSource\n    a owl:Class ;",
        "aims:RiskSource\n    a owl:Class",
    )
    with pytest.raises(InputError) as caught:
        lint(copied_root)
    assert caught.value.location is not None
    assert caught.value.location.file.endswith("ontology/risk.ttl")
    assert caught.value.location.line > 1


def test_folder_without_ontology_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ontology"):
        find_ontology_files(tmp_path)


def test_no_term_is_an_individual_or_blank_concept(files: OntologyFiles) -> None:
    graph = merge_turtle(files.rl)
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    for subject in {s for s in graph.subjects() if str(s).startswith(NAMESPACE)}:
        assert len(kinds & set(graph.objects(subject, RDF.type))) == 1
