"""The check as a whole: sound for what is shipped, and red for each thing that may go wrong."""

from pathlib import Path

import pytest

from aimsgraph.reasoning.ontology_check import check_data, check_ontology
from aimsgraph.reasoning.ontology_files import OntologyFiles, read_turtle


def keep_faults(root: Path, *names: str) -> None:
    for path in (root / "ontology" / "faults").glob("*.ttl"):
        if path.stem not in names:
            path.unlink()


@pytest.mark.slow
def test_shipped_ontology_is_sound(files: OntologyFiles) -> None:
    report = check_ontology(files.root)
    assert report.findings == ()
    assert report.status == "consistent"
    assert report.reason == ""
    assert report.unsatisfiable == ()
    assert report.is_sound
    assert len(report.faults) >= 8
    assert all(fault.found and fault.axiom for fault in report.faults)
    assert report.axioms > 800
    assert sum(report.terms.values()) > 400


def test_fault_that_is_none_is_reported(copied_root: Path) -> None:
    keep_faults(copied_root, "system-is-model")
    path = copied_root / "ontology" / "faults" / "system-is-model.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("aims:AISystem ,", ""), encoding="utf-8")
    report = check_ontology(copied_root)
    assert [finding.rule for finding in report.findings] == ["fault-not-found"]
    assert report.findings[0].location.file == "ontology/faults/system-is-model.ttl"
    assert not report.is_sound


def test_absence_of_faults_is_reported(copied_root: Path) -> None:
    keep_faults(copied_root)
    assert [finding.rule for finding in check_ontology(copied_root).findings] == ["no-faults"]


def test_empty_class_is_reported(copied_root: Path) -> None:
    keep_faults(copied_root, "system-is-model")
    core = copied_root / "ontology" / "dl.ttl"
    core.write_text(
        core.read_text(encoding="utf-8") + "\naims:GPAIModel rdfs:subClassOf aims:Risk .\n", encoding="utf-8"
    )
    report = check_ontology(copied_root)
    assert report.unsatisfiable == ("https://w3id.org/aimsgraph/ns#GPAIModel",)
    assert [finding.rule for finding in report.findings] == ["unsatisfiable-class"]


def test_contradiction_is_reported(copied_root: Path) -> None:
    keep_faults(copied_root, "system-is-model")
    dl = copied_root / "ontology" / "dl.ttl"
    dl.write_text(
        dl.read_text(encoding="utf-8") + "\naims:Widget a aims:Framework , aims:Provision .\n",
        encoding="utf-8",
    )
    report = check_ontology(copied_root)
    assert report.status == "inconsistent"
    assert "inconsistent" in {finding.rule for finding in report.findings}
    assert not report.is_sound


EXAMPLES = sorted((Path(__file__).parent / "consistent").glob("*.ttl"))


def test_examples_contradict_no_axiom(files: OntologyFiles) -> None:
    assert check_data(files.root, [read_turtle(path) for path in EXAMPLES]).consistent


@pytest.mark.parametrize("fault", ["part-of-itself", "assessable-perhaps", "hidden-dataset"])
def test_faulty_data_contradicts_an_axiom(files: OntologyFiles, fault: str) -> None:
    path = next(path for path in files.faults if path.stem == fault)
    assert not check_data(files.root, [read_turtle(path)]).consistent
