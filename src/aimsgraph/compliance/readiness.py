"""How ready the management system is: the steps of implementing it, each with what is expected and what is on record.

A step is met when all its checks are, not when none is; unknown when nothing is met and something cannot be judged;
else partly. It counts what is on record: it is no audit and foresees no certification decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aimsgraph.compliance import readiness_assurance as assurance
from aimsgraph.compliance import readiness_certification as certification
from aimsgraph.compliance import readiness_checks as check
from aimsgraph.compliance import readiness_tests as tests
from aimsgraph.compliance.readiness_records import Check, Mark, Records

_Make = Callable[[Records], Check]


@dataclass(frozen=True, slots=True)
class ReadinessStep:
    """One step of the way to a working management system.

    Attributes:
        id: kebab-case name.
        title: its name for people.
        expects: references of the clauses, controls and provisions it answers.
        checks: what was looked at, each with its mark.
    """

    id: str
    title: str
    expects: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def status(self) -> Mark:
        """What the checks come to together."""
        return summarise(each.mark for each in self.checks if each.is_due)

    @property
    def because(self) -> tuple[str, ...]:
        """Why the step is not met, or not known to be."""
        return tuple(f"{c.what}: {reason}" for c in self.checks if c.mark is not Mark.MET for reason in c.because)

    @property
    def records(self) -> tuple[str, ...]:
        """Ids of the records found."""
        return tuple(dict.fromkeys(record for each in self.checks for record in each.records))

    def to_dict(self) -> dict[str, Any]:
        """Return the step as JSON."""
        return {
            "step": self.id,
            "title": self.title,
            "status": self.status.value,
            "expects": list(self.expects),
            "records": list(self.records),
            "because": list(self.because),
            "checks": [each.to_dict() for each in self.checks],
        }


def summarise(marks: Iterable[Mark]) -> Mark:
    """Return what several marks come to.

    >>> summarise([Mark.MET, Mark.UNKNOWN]), summarise([Mark.NOT, Mark.UNKNOWN])
    (<Mark.PARTLY: 'partly'>, <Mark.UNKNOWN: 'unknown'>)
    """
    found = set(marks) or {Mark.MET}
    if len(found) == 1:
        return found.pop()
    if found & {Mark.MET, Mark.PARTLY}:
        return Mark.PARTLY
    return Mark.UNKNOWN


def _iso(*local: str) -> tuple[str, ...]:
    return tuple(f"iso-42001:{each}" for each in local)


def _act(*local: str) -> tuple[str, ...]:
    return tuple(f"eu-ai-act:{each}" for each in local)


_STEPS: Sequence[tuple[str, str, tuple[str, ...], tuple[_Make, ...]]] = (
    (
        "readiness-assessment", "Where the organisation stands",
        _iso("4.1", "4.2", "4.3", "4.4"),
        (check.has_context, check.has_parties, check.has_scope, check.has_systems, check.knows_duties),
    ),
    (
        "governance", "Governance structures and roles",
        _iso("5.1", "5.2", "5.3", "7.1", "A.2.2", "A.2.3", "A.2.4", "A.3.2", "A.3.3"),
        (
            check.has_top_management, check.has_policy, check.has_roles,
            check.controls("A.2.2", "A.2.3", "A.2.4", "A.3.2", "A.3.3"),
        ),
    ),
    (
        "processes", "The management system in the processes: plan, do, check, act",
        _iso("6.2", "6.3", "7.4", "8.1", "9.1", "10.1", "A.6.1.2", "A.6.1.3", "A.6.2.5", "A.6.2.6", "A.9.2"),
        (
            check.has_objectives, check.has_planned_changes, check.measures,
            check.controls("A.6.1.2", "A.6.1.3", "A.6.2.5", "A.6.2.6", "A.9.2"),
            check.duties("Quality management system", "Art.17"),
        ),
    ),
    (
        "risk-management", "Risk management",
        (*_iso("6.1.1", "6.1.2", "6.1.3", "8.2", "8.3"), *_act("Art.9")),
        (
            check.has_risk_process, check.assesses_risks, check.treats_risks, check.accepts_high_risks,
            check.decides_controls, check.duties("Risk management of high-risk systems", "Art.9"),
        ),
    ),
    (
        "data-management", "Data management",
        (*_iso("A.4.3", "A.7.2", "A.7.3", "A.7.4", "A.7.5", "A.7.6"), *_act("Art.10")),
        (
            check.controls("A.4.3", "A.7.2", "A.7.3", "A.7.4", "A.7.5", "A.7.6"),
            check.duties("Data and data governance", "Art.10"),
        ),
    ),
    (
        "transparency", "Transparency",
        (*_iso("A.8.2", "A.8.3", "A.8.4", "A.8.5"), *_act("Art.13", "Art.50")),
        (
            check.controls("A.8.2", "A.8.3", "A.8.4", "A.8.5"),
            check.duties("Information for deployers and persons", "Art.13", "Art.50", "Art.26(7)", "Art.26(11)"),
        ),
    ),
    (
        "principles-and-impact", "Principles and impact assessments",
        (*_iso("6.1.4", "8.4", "A.5.2", "A.5.3", "A.5.4", "A.5.5", "A.9.3", "A.9.4"), *_act("Art.27")),
        (
            assurance.has_impact_process, assurance.assesses_impacts, assurance.names_affected_groups,
            assurance.weighs_rights_and_society, assurance.has_fria_where_due,
            check.controls("A.5.2", "A.5.3", "A.5.4", "A.5.5", "A.9.3", "A.9.4"),
        ),
    ),
    (
        "training", "Training and competence",
        (*_iso("7.2", "7.3", "A.4.6"), *_act("Art.4")),
        (
            check.has_competence, check.has_training, check.controls("A.4.6"),
            check.duties("AI literacy and oversight staff", "Art.4", "Art.26(2)"),
        ),
    ),
    (
        "documented-information", "Documented information",
        (*_iso("7.5.1", "7.5.2", "7.5.3"), *_act("Art.11", "Art.18", "Annex.IV")),
        (
            assurance.has_required_documents, assurance.controls_documents,
            check.duties("Technical documentation and its keeping", "Art.11", "Art.18", "Annex.IV"),
        ),
    ),
    (
        "audits", "Internal audit, management review, external audit and certificate",
        _iso("9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.2"),
        (
            assurance.audits_internally, assurance.audits_every_clause, assurance.has_independent_auditors,
            assurance.reviews_by_management, assurance.corrects_findings, certification.has_stage_1,
            certification.has_stage_2, certification.has_surveillance, certification.has_certificate,
        ),
    ),
    (
        "tests", "Tests of AI systems",
        (*_iso("A.6.2.4"), *_act("Art.9(6)", "Art.9(8)", "Art.10", "Art.13", "Art.15")),
        (
            tests.tests_systems, tests.tests_of_kind("bias", "Art.10"),
            tests.tests_of_kind("explicability", "Art.13"), tests.tests_of_kind("accuracy and robustness", "Art.15"),
            check.controls("A.6.2.4"),
            check.duties("Testing, accuracy, robustness", "Art.9(6)", "Art.9(8)", "Art.15"),
        ),
    ),
)  # fmt: skip


def judge_readiness(records: Records) -> list[ReadinessStep]:
    """Return every step, in the order in which a management system is set up."""
    return [
        ReadinessStep(id_, title, refs, tuple(make(records) for make in makes)) for id_, title, refs, makes in _STEPS
    ]
