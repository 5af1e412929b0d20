"""An organisation's register: both examples are sound, values and triples say what the files say."""

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import pytest
from rdflib import Graph

from aimsgraph import assets
from aimsgraph.content.organisation import (
    CompiledOrganisation,
    LawIndex,
    OrganisationSource,
    law_from_content,
    read_organisation,
)
from aimsgraph.content.organisation_models import OBJECTIVE_STATUSES
from aimsgraph.content.organisation_new import new_organisation
from aimsgraph.content.read import read_content
from aimsgraph.content.register_compile_assurance import _FINDING_CLASSES
from aimsgraph.content.register_models import (
    AUDIT_KINDS,
    DOCUMENT_KINDS,
    GRADES,
    IMPACT_KINDS,
    STAGES,
)
from aimsgraph.content.register_nodes import Record
from aimsgraph.content.register_tables import (
    EVIDENCE_TYPES,
    GOODS,
    INCIDENT_KINDS,
    LEVELS,
    STATUSES,
    TABLES,
    TREATMENTS,
)
from aimsgraph.domain.identifiers import TERM
from aimsgraph.domain.register import Evidence, Register
from aimsgraph.domain.report import Severity
from aimsgraph.errors import Location, Refused, UsageError
from aimsgraph.graph.vocabulary import RDF_TYPE, aims
from aimsgraph.reasoning.ontology_check import check_data
from aimsgraph.reasoning.ontology_files import find_ontology_files, read_turtle
from aimsgraph.reasoning.ontology_lint import list_terms

EXAMPLES = ("acme", "clean")
R = TypeVar("R", bound=Record)
ACME = "https://acme.example/aims/"
ACT = "https://w3id.org/aimsgraph/id/eu/reg/2024/1689/"
ISO = "https://w3id.org/aimsgraph/id/iso/42001/2023/"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def law() -> LawIndex:
    return law_from_content(read_content([assets.path("data")]))


@pytest.fixture(scope="module")
def sources(law: LawIndex) -> dict[str, OrganisationSource]:
    return {name: read_organisation(assets.path("data", "examples", name), law) for name in EXAMPLES}


@pytest.fixture(scope="module")
def compiled(sources: dict[str, OrganisationSource]) -> dict[str, CompiledOrganisation]:
    return {name: source.compile() for name, source in sources.items()}


@pytest.fixture(scope="module")
def acme(sources: dict[str, OrganisationSource]) -> Register:
    register = sources["acme"].register
    assert register is not None
    return register


@pytest.fixture(scope="module")
def clean(sources: dict[str, OrganisationSource]) -> Register:
    register = sources["clean"].register
    assert register is not None
    return register


def pick(records: Sequence[R], id_: str) -> R:
    return next(record for record in records if record.id == id_)


def objects(source: CompiledOrganisation, subject: str, predicate: str) -> set[str]:
    node = ox.NamedNode(ACME + subject)
    found = [t.object for t in source.triples if t.subject == node and t.predicate == aims(predicate)]
    return {value.value for value in found if isinstance(value, ox.NamedNode | ox.Literal)}


# ----- Both examples -----


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_findings(name: str, sources: dict[str, OrganisationSource]) -> None:
    assert [str(finding) for finding in sources[name].findings] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_statement_of_applicability_decides_on_all_38_controls(
    name: str, sources: dict[str, OrganisationSource], law: LawIndex
) -> None:
    register = sources[name].register
    assert register is not None
    decided = [decision.control for decision in register.soa.decisions]
    assert decided == [control for control in law.controls if control.startswith("iso-42001:")]
    assert len(decided) == 38


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_node_is_typed_and_traced_and_none_dangles(name: str, compiled: dict[str, CompiledOrganisation]) -> None:
    _, triples, places = compiled[name]
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)}
    assert len(subjects) == len({triple.subject for triple in triples})
    base = "https://brightmeadow.example/aims/" if name == "clean" else ACME
    assert all(subject.startswith(base) for subject in subjects)
    assert len(subjects) == len({triple.subject for triple in triples if triple.predicate == RDF_TYPE})
    assert subjects == set(places)
    pointed_at = {t.object.value for t in triples if isinstance(t.object, ox.NamedNode)}
    assert {iri for iri in pointed_at if iri.startswith(base)} <= subjects


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_term_is_declared(name: str, compiled: dict[str, CompiledOrganisation], law: LawIndex) -> None:
    declared = {
        str(term) for path in find_ontology_files(assets.root()).modules for term in list_terms(read_turtle(path))
    }
    nodes = {t.predicate.value for t in compiled[name].triples}
    nodes |= {t.object.value for t in compiled[name].triples if isinstance(t.object, ox.NamedNode)}
    assert {iri for iri in nodes if iri.startswith(TERM)} <= declared | set(law.concepts.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_contradicts_no_axiom(name: str, compiled: dict[str, CompiledOrganisation]) -> None:
    graph = Graph()
    graph.parse(data=ox.serialize(compiled[name].triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert check_data(assets.root(), [graph]).consistent


@pytest.mark.parametrize("name", EXAMPLES)
def test_compiling_is_deterministic(name: str, compiled: dict[str, CompiledOrganisation], law: LawIndex) -> None:
    again = read_organisation(assets.path("data", "examples", name), law).compile()
    assert again == compiled[name]
    assert list(again.sources) == list(compiled[name].sources)


@pytest.mark.parametrize("name", EXAMPLES)
def test_records_are_traced_to_their_ids(name: str, sources: dict[str, OrganisationSource]) -> None:
    register = sources[name].register
    assert register is not None
    folder = assets.path("data", "examples")
    kinds = "people controls risks impacts evidence documents audits findings reviews certificates incidents suppliers"
    for record in [each for kind in kinds.split() for each in getattr(register, kind)]:
        line = (folder / record.location.file).read_text("utf-8").splitlines()[record.location.line - 1]
        if record.location.file.endswith(".csv"):
            assert (line.startswith(record.id + ","), record.location.column) == (True, 1)
        else:
            assert line[record.location.column - 1 :].split()[0] == record.id


def test_coded_values_have_their_concepts(law: LawIndex) -> None:
    coded = {
        "implementation-status": STATUSES,
        "applicability": ("applicable", "not-applicable", "undetermined"),
        "risk-level": LEVELS,
        "risk-treatment": TREATMENTS,
        "risk-good": GOODS,
        "evidence-type": EVIDENCE_TYPES,
        "evidence-side": ("supports", "refutes"),
        "document-kind": DOCUMENT_KINDS,
        "audit-stage": STAGES,
        "finding-grade": GRADES,
        "incident-kind": INCIDENT_KINDS,
        "objective-status": OBJECTIVE_STATUSES,
    }
    for scheme, slugs in coded.items():
        assert tuple(slug for known, slug in law.concepts if known == scheme) == slugs
    assert set(_FINDING_CLASSES) == set(GRADES)
    assert set(STAGES) < set(AUDIT_KINDS)
    assert len(IMPACT_KINDS) == 3


# ----- Values -----


def test_acme_has_its_planned_faults(acme: Register) -> None:
    weak = next(d for d in acme.soa.decisions if d.applicable is False)
    assert (weak.control, weak.reason) == ("iso-42001:A.10.4", "n/a")
    stale = [e.id for e in acme.evidence if e.is_fresh(TODAY) is False]
    assert stale == ["literacy-2025"]
    testing = pick(acme.audits, "ia-2026-testing")
    owners = {control.owner for control in acme.controls if control.control in testing.scope}
    assert owners == {testing.auditor}
    high = [risk for risk in acme.risks if risk.residual == "high"]
    assert [(risk.id, risk.is_accepted(TODAY)) for risk in high] == [("legacy-bias", False)]
    lapsed = [r.id for r in acme.risks if r.accepted_on and not r.is_accepted(TODAY)]
    assert lapsed == ["chatbot-wrong-advice"]
    assert [impact.id for impact in acme.impacts if impact.done_on is None] == ["fria-cv-ranker"]
    assert [i.id for i in acme.impacts if i.next_review and i.next_review < TODAY] == ["ia-cv-ranker-legacy"]
    overdue = [f.id for f in acme.findings if f.due and f.due < TODAY and f.closed_on is None]
    assert overdue == ["nc-2026-logs"]
    assert pick(acme.findings, "nc-2026-logs").cause == ""
    assert [c.soa_version for c in acme.certificates] != [acme.soa.version]
    assert [s.id for s in acme.suppliers if not s.contract_covers] == ["parsewell"]
    assert [d.id for d in acme.documents if d.owner == d.approved_by] == ["oversight-procedure"]
    assert [p.id for p in acme.people if not p.competence] == ["otto"]
    paper_only = [
        control.id
        for control in acme.controls
        if control.is_operating(TODAY) and {e.type for e in acme.evidence if control.id in e.supports} == {"document"}
    ]
    assert paper_only == ["concerns-channel"]
    assert [o.id for o in acme.objectives if o.due and o.due < TODAY and o.status != "reached"] == [
        "complaints-answered"
    ]
    covered = set(pick(acme.documents, "tech-doc-cv-ranker").documents)
    assert "eu-ai-act:Annex.IV(4)" in covered
    assert not covered & {f"eu-ai-act:Annex.IV({n})" for n in (5, 6, 7, 8, 9)}


def test_acme_is_sound_but_for_them(acme: Register) -> None:
    for control in acme.controls:
        assert control.owner != control.reviewed_by
        if control.is_operating(TODAY) and control.id != "literacy-course":
            assert any(e.is_fresh(TODAY) and not e.refutes for e in acme.evidence if control.id in e.supports), (
                control.id
            )
    for decision in acme.soa.decisions:
        if decision.applicable:
            assert decision.driven_by
            assert decision.implemented_by
    assert {risk.system for risk in acme.risks} == {system.id for system in acme.systems} | {"aims"}


def test_clean_has_none_of_them(clean: Register) -> None:
    day = TODAY
    assert all(d.applicable is not None and len(d.reason) > 10 for d in clean.soa.decisions)
    assert all(d.driven_by and d.implemented_by for d in clean.soa.decisions if d.applicable)
    assert all(e.is_fresh(day) for e in clean.evidence)
    assert all(c.is_operating(day) and c.owner != c.reviewed_by for c in clean.controls)
    collectors = {(c.id, e.collected_by) for e in clean.evidence for c in clean.controls if c.id in e.supports}
    assert {id_ for id_, _ in collectors} == {c.id for c in clean.controls}
    assert all(
        risk.residual == "low" and risk.is_accepted(day) and risk.accepted_by != risk.owner for risk in clean.risks
    )
    assert all(i.done_on and i.next_review and i.next_review > day for i in clean.impacts)
    assert all(d.approved_by != d.owner and d.next_review and d.next_review > day for d in clean.documents)
    assert all(p.competence and p.trained_on for p in clean.people)
    assert all(s.contract_covers for s in clean.suppliers)
    audited = {reference for audit in clean.audits if audit.report for reference in audit.scope}
    assert audited == {f"iso-42001:{clause}" for clause in range(4, 11)}


def test_the_values_say_what_the_rows_say(acme: Register) -> None:
    logs = pick(acme.controls, "event-logs")
    assert (logs.control, logs.own, logs.systems) == ("iso-42001:A.6.2.8", False, ("cv-ranker",))
    assert (logs.serves("cv-ranker"), logs.serves("wound-imaging")) == (True, False)
    assert "eu-ai-act:art12-1" in logs.addresses
    assert pick(acme.controls, "output-marking").own
    assert pick(acme.controls, "output-marking").control == ""
    assert pick(acme.controls, "ai-policy").serves("wound-imaging")
    assert pick(acme.incidents, "age-complaints").corrective == ("nc-2026-age",)
    assert pick(acme.impacts, "ia-cv-ranker").affected_groups[0].name == "Applicants"
    assert acme.management_system.top_management == "carla"
    assert acme.context.parties[1].requirement == "To be told before a system is used at work."
    assert acme.soa.approved_on == dt.date(2026, 9, 28)
    assert acme.soa.location.line > 0


OPERATING = [
    ("chatbot-notice", "2025-05-31", False),
    ("chatbot-notice", "2025-06-01", True),
    ("event-logs", "2027-12-09", False),
    ("event-logs", "2027-12-10", True),
    ("release-gate", "2026-11-23", False),
    ("manual-transcripts", "2026-02-28", True),
    ("manual-transcripts", "2026-03-01", False),
]


@pytest.mark.parametrize(("control", "day", "expected"), OPERATING)
def test_an_implementation_operates_by_its_dates(control: str, day: str, expected: bool, acme: Register) -> None:
    assert pick(acme.controls, control).is_operating(dt.date.fromisoformat(day)) is expected


def evidence(collected: str, until: str, days: int | None) -> Evidence:
    def day(text: str) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return Evidence(
        "e", "", Location(""), "", "record", ("c",), (), day(collected), None, day(until), "", "", "", "", days, False,
        "", "", "", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("collected", "until", "days", "stale", "day", "fresh"),
    [
        ("2026-01-10", "", 10, "2026-01-20", "2026-01-20", True),
        ("2026-01-10", "", 10, "2026-01-20", "2026-01-21", False),
        ("2026-01-10", "", 10, "2026-01-20", "2026-01-09", False),
        ("2026-01-10", "2025-12-31", 10, "2026-01-10", "2026-01-10", True),
        ("2026-01-10", "2026-02-28", 0, "2026-01-10", "2026-01-11", False),
        ("", "2025-12-31", 1, "2026-01-01", "2026-01-01", True),
        ("", "", 10, "", "2026-01-01", None),
        ("2026-01-10", "", None, "", "2026-01-11", None),
        ("2026-01-10", "", 10**17, "", "2026-01-11", None),
    ],
)
def test_evidence_grows_stale(
    collected: str, until: str, days: int | None, stale: str, day: str, fresh: bool | None
) -> None:
    piece = evidence(collected, until, days)
    assert (piece.stale_after or "") == (dt.date.fromisoformat(stale) if stale else "")
    assert piece.is_fresh(dt.date.fromisoformat(day)) is fresh


# ----- Triples -----


def test_compiles_controls_and_decisions(compiled: dict[str, CompiledOrganisation]) -> None:
    acme = compiled["acme"]
    assert objects(acme, "control/event-logs", "implementationOf") == {ISO + "A.6.2.8"}
    assert objects(acme, "control/event-logs", "implementationStatus") == {aims("ImplementationPlanned").value}
    assert objects(acme, "control/event-logs", "operatesFrom") == {"2027-12-10"}
    assert ACT + "stmt/art12-1" in objects(acme, "control/event-logs", "addresses")
    assert objects(acme, "control/event-logs", "reviewedBy") == {ACME + "person/dana"}
    assert objects(acme, "control/output-marking", "implementationOf") == {ACME + "own-control/output-marking"}
    assert len(objects(acme, "control/ai-policy", "appliesToAsset")) == 4
    assert objects(acme, "document/ai-policy", "documentOf") == {
        ACME + "control/ai-policy",
        ACME + "management-system",
    }
    decision = "soa/1.2/iso-42001/A.7.3"
    assert objects(acme, decision, "inSoA") == {ACME + "soa/1.2"}
    assert objects(acme, decision, "forControl") == {ISO + "A.7.3"}
    assert objects(acme, decision, "applicability") == {aims("Applicable").value}
    assert objects(acme, decision, "treatsRisk") == {ACME + "risk/data-leak"}
    assert objects(acme, decision, "drivenBy") == {ACT + "stmt/art10-2-b"}
    assert objects(acme, decision, "implementedBy") == {ACME + "control/data-register"}
    assert objects(acme, "soa/1.2/iso-42001/A.10.2", "drivenByRecord") == {ACME + "supply/talentry"}
    assert objects(acme, "soa/1.2/iso-42001/A.2.2", "drivenByRecord") == {ACME + "document/ai-policy"}
    assert ACME + "impact-assessment/ia-cv-ranker" in objects(acme, "soa/1.2/iso-42001/A.5.2", "drivenByRecord")
    assert objects(acme, "soa/1.2/iso-42001/A.4.5", "applicability") == {aims("ApplicabilityUndetermined").value}
    assert objects(acme, "soa/1.2/iso-42001/A.10.4", "applicability") == {aims("NotApplicable").value}


def test_compiles_risks_and_impacts(compiled: dict[str, CompiledOrganisation]) -> None:
    acme = compiled["acme"]
    assert objects(acme, "risk/ranker-bias", "riskOf") == {ACME + "system/cv-ranker"}
    assert objects(acme, "risk/unclear-duties", "riskOf") == {ACME + "management-system"}
    assert objects(acme, "risk/ranker-bias", "residualLevel") == {aims("RiskMedium").value}
    assert objects(acme, "risk-acceptance/ranker-bias", "withinCriterion") == {ACME + "risk-criterion/ranker-bias"}
    assert objects(acme, "risk-acceptance/ranker-bias", "validUntil") == {"2027-12-01"}
    assert objects(acme, "risk-acceptance/legacy-bias", "accepts") == set()
    assert len(objects(acme, "risk-assessment/cv-ranker/2026-09-14", "identifiesRisk")) == 4
    fria = "impact-assessment/fria-cv-ranker"
    assert objects(acme, fria, "reuses") == {ACME + "impact-assessment/dpia-cv-ranker"}
    assert objects(acme, fria, "performedOn") == set()
    assert objects(acme, fria, "identifies") == {ACME + "impact/fria-cv-ranker/1/1"}
    harm = "impact/ia-cv-ranker/1/2"
    assert objects(acme, harm, "impactOn") == {ACME + "affected-group/ia-cv-ranker/1"}
    assert len(objects(acme, harm, "hasSafeguard")) == 2


def test_compiles_evidence_and_documents(compiled: dict[str, CompiledOrganisation]) -> None:
    acme = compiled["acme"]
    assert objects(acme, "evidence/literacy-2025", "staleAfter") == {"2026-03-06"}
    assert objects(acme, "evidence/literacy-2025", "evidences") == {
        ACME + "control/literacy-course",
        ACT + "stmt/art4-1",
    }
    assert objects(acme, "evidence/legacy-fairness", "supportsOrRefutes") == {aims("EvidenceRefutes").value}
    assert objects(acme, "evidence/legacy-fairness", "evidences") == {ISO + "A.6.2.6"}
    assert objects(acme, "evidence/ranker-accuracy", "testDataset") == {ACME + "dataset/hires-2019-2025"}
    assert objects(acme, "evidence/ranker-accuracy", "testResult") == {"0.87"}
    assert objects(acme, "freshness/365", "maxAgeDays") == {"365"}
    document = "document/tech-doc-cv-ranker"
    assert len(objects(acme, document, "hasSection")) == len(objects(acme, document, "coversProvision")) == 8
    assert objects(acme, document, "documentOf") == {ACME + "system/cv-ranker", ACME + "control/technical-file"}


def test_compiles_assurance(compiled: dict[str, CompiledOrganisation]) -> None:
    acme = compiled["acme"]
    assert objects(acme, "audit/surveillance-2026", "stage") == {aims("AuditSurveillance").value}
    assert objects(acme, "audit/surveillance-2026", "performedOn") == {"2026-07-07"}
    assert objects(acme, "audit/surveillance-2027", "performedOn") == set()
    assert objects(acme, "audit/surveillance-2027", "dueOn") == {"2027-07-06"}
    for audit in ("stage-1-2025", "recertification-2028"):
        assert objects(acme, f"audit/{audit}", "inCycle") == {ACME + "certification-cycle/aims-2025"}
    assert objects(acme, "certificate/aims-2025", "issuedBy") == {ACME + "organisation/nordzert"}
    assert objects(acme, "certificate/aims-2025", "statesSoAVersion") == {"1.1"}
    assert objects(acme, "finding/nc-2025-records", "grade") == {aims("GradeMinor").value}
    assert objects(acme, "corrective-action/nc-2025-records", "effectivenessVerifiedOn") == {"2025-12-01"}
    assert objects(acme, "finding/obs-2026-roles", "grade") == set()
    assert objects(acme, "finding/nc-2026-age", "triggeredBy") == {ACME + "incident/age-complaints"}
    assert objects(acme, "incident/age-complaints", "incidentKind") == {aims("IncidentSerious").value}
    assert objects(acme, "incident/age-complaints", "reportedTo") == {ACME + "organisation/market-authority"}
    assert objects(acme, "incident/wrong-deadline", "awareOn") == set()
    assert objects(acme, "incident/wrong-deadline", "happenedOn") == {"2026-07-02"}
    assert objects(acme, "supply/talentry", "supplier") == {ACME + "organisation/talentry"}
    assert objects(acme, "model/talentry-match-2", "suppliedUnder") == {ACME + "supply/talentry"}
    assert objects(acme, "measurement/notice-shown", "dueOn") == {"2027-02-02"}
    assert objects(acme, "objective/complaints-answered", "measuredBy") == set()
    assert objects(acme, "management-system", "ownedBy") == {ACME + "person/carla"}
    assert len(objects(acme, "management-system", "coversAsset")) == 4
    assert objects(acme, "training/priya", "validFrom") == {"2026-04-14"}


# ----- Templates -----


def test_a_new_folder_has_every_file_and_no_finding(tmp_path: Path, law: LawIndex) -> None:
    written = new_organisation(tmp_path / "Our Firm", law, 'Our "Firm" & Co')
    assert {path.name for path in written} >= {*TABLES, "organisation.yaml", "audits.yaml", "README.md"}
    source = read_organisation(tmp_path / "Our Firm", law)
    assert [str(finding) for finding in source.findings] == []
    assert source.organisation is not None
    assert (source.organisation.slug, source.organisation.label) == ("our-firm", 'Our "Firm" & Co')
    assert source.register is not None
    assert len(source.register.soa.decisions) == 38
    assert all(decision.applicable is None for decision in source.register.soa.decisions)
    assert source.compile().triples


def test_a_new_folder_explains_every_column(tmp_path: Path, law: LawIndex) -> None:
    new_organisation(tmp_path / "firm", law)
    readme = (tmp_path / "firm" / "README.md").read_text("utf-8")
    for columns in TABLES.values():
        assert all(f"| `{column.name}`" in readme and meaning in readme for column, meaning in columns)


def test_nothing_is_overwritten(tmp_path: Path, law: LawIndex) -> None:
    (tmp_path / ".git").mkdir()
    new_organisation(tmp_path, law)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(Refused):
        new_organisation(tmp_path, law)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path, law: LawIndex) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for folder, name in ((tmp_path / "…", ""), (tmp_path / "firm", "a\nb"), (tmp_path / "file" / "x", "")):
        with pytest.raises(UsageError):
            new_organisation(folder, law, name)
    assert not (tmp_path / "firm").exists()


# ----- The folder elsewhere -----


def test_an_example_can_be_read_anywhere_and_evidence_is_compared(tmp_path: Path, law: LawIndex) -> None:
    copy = shutil.copytree(assets.path("data", "examples", "acme"), tmp_path / "elsewhere")
    assert read_organisation(copy, law).findings == ()
    with (copy / "evidence" / "ranker-accuracy.txt").open("a", encoding="utf-8") as file:
        file.write(" ")
    findings = read_organisation(copy, law).findings
    assert [(f.rule, f.severity) for f in findings] == [("FILE_CHANGED", Severity.VIOLATION)]
