"""The example organisation goes through every audit; what is found is real and has its place."""

import json
from pathlib import Path

from aimsgraph import assets

FIXTURES = Path(__file__).parents[1] / "shapes"
SOUND = {
    "NoDanglingReference",
    "DatesTyped",
    "IntervalsOrdered",
    "NoBlankNodes",
    "OneProviderAtATime",
    "SystemRecorded",
}


def test_the_example_goes_through_every_audit(validate, library):
    folder = assets.path("data", "examples", "acme")
    result = validate(folder, "--profile", "all", "--format", "json")
    answer = json.loads(result.out)
    assert answer["not_judged"] == []
    assert len(answer["focus_counts"]) == len(library.for_organisation(["all"]).shapes) > 60
    found = {finding["rule"] for finding in answer["findings"]}
    assert found
    assert not found & SOUND
    for finding in answer["findings"]:
        assert finding["message"]
        assert finding["remedy"]
        assert "https://" not in finding["message"]
        assert finding["file"].startswith(folder.as_posix())
        assert finding["line"] > 0 or finding["rule"] == "NOTHING_JUDGED"


PLANNED = {
    ("soa.csv", "SoaExclusionJustified"),
    ("evidence.csv", "EvidenceFresh"),
    ("controls.csv", "TemplateIsNotCoverage"),
    ("risks.csv", "HighRiskTreated"),
    ("risks.csv", "AcceptanceWithinCriteria"),
    ("impacts/fria-cv-ranker.yaml", "AssessmentDone"),
    ("impacts/ia-cv-ranker-legacy.yaml", "ReviewNotOverdue"),
    ("audits.yaml", "AuditorIndependent"),
    ("audits.yaml", "NonconformityClosed"),
    ("audits.yaml", "CertificateNamesSoa"),
    ("suppliers.csv", "SupplierContractCovers"),
    ("policies/oversight-procedure.yaml", "ApproverNotAuthor"),
    ("organisation.yaml", "ObjectivesMeasurable"),
    ("people.csv", "CompetenceRecorded"),
}
"""The faults its README plans, but the one of Annex IV, which only the audit of a provider asks for."""
OPEN = {("soa.csv", "SoaControlUndecided")}
"""What its README leaves open on purpose."""
FOLLOWS = {("soa.csv", "SoaImplementedBacked")}
"""The stale evidence is the only one of the control that a decision rests on."""


def test_the_planned_faults_are_found_each_by_its_shape_and_nothing_else(validate):
    folder = assets.path("data", "examples", "acme")
    profiles = [argument for name in ("iso-42001", "soa", "certification") for argument in ("--profile", name)]
    found = json.loads(validate(folder, *profiles, "--format", "json").out)["findings"]
    placed = {(f["file"].removeprefix(folder.as_posix() + "/"), f["rule"]) for f in found}
    assert placed == PLANNED | OPEN | FOLLOWS


def test_the_holes_in_the_technical_documentation_are_found_point_by_point(validate):
    folder = assets.path("data", "examples", "acme")
    found = json.loads(validate(folder, "--profile", "all", "--format", "json").out)["findings"]
    missing = [f["message"].partition(" ")[0] for f in found if f["rule"] == "TechDocComplete"]
    assert missing == [f"eu-ai-act:Annex.IV({point})" for point in range(5, 10)]
    assert [f["message"] for f in found if f["rule"] == "DeployerFile"] == [
        "no operating control meets any part of eu-ai-act:Art.26(6) for it"
    ]


def test_every_shape_judges_something_in_the_example_or_says_why_it_may_not(validate, library):
    folder = assets.path("data", "examples", "acme")
    counts = json.loads(validate(folder, "--profile", "all", "--format", "json").out)["focus_counts"]
    shapes = library.for_organisation(["all"]).by_name
    empty = {name for name in shapes if not counts[name]}
    assert empty == {"OversightNotDeveloper", "RequiredEvidenceListMet"}
    for name in empty:
        assert shapes[name].may_be_empty
        for fixture in ("pass", "fail"):
            assert (FIXTURES / name / f"{fixture}.ttl").is_file()
