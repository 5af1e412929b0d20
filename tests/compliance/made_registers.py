"""Registers made by hand, small enough to see through."""

import datetime as dt

from aimsgraph.domain.organisation import EXCLUSIONS, AISystem, Exclusion, Organisation, RoleHolding
from aimsgraph.domain.register import (
    AffectedGroup,
    Audit,
    Certificate,
    Context,
    ControlImplementation,
    Document,
    Evidence,
    Finding,
    ImpactAssessment,
    ManagementReview,
    ManagementSystem,
    Objective,
    Person,
    Register,
    Risk,
    Soa,
    SoaDecision,
)
from aimsgraph.errors import Location

BASE = "https://maker.example/aims/"
MAKER = Organisation("maker", BASE + "org/maker", "Maker", "DE")
ON = "2028-01-15"
DAY = dt.date(2028, 1, 15)
LOGGING = "iso-42001:A.6.2.8"  # overlaps art12-1 and art19-1 by reviewed rows
RISKS = "eu-ai-act:art9-1"
LOGS = "eu-ai-act:art12-1"
FACTS = {
    "annex-iii-any": True,
    "logs-under-control": True,
    "is-public-authority": False,
    "large-scale-it-system-annex-x": False,
    "law-enforcement-migration-border-area": False,
    "provider-outside-union": False,
    "real-world-testing": False,
}


def day(text):
    return dt.date.fromisoformat(text) if text else None


def place(file, line=2):
    return Location(file, line, 1)


def system(
    id="ranker", *, routes=("annex-iii",), roles=("provider",), placed="2027-12-10", facts=None, exclusions=None
):
    answers = dict.fromkeys(EXCLUSIONS, False) | (exclusions or {})
    decisions = tuple(
        Exclusion(f"{BASE}exclusion/{id}/{s}", s, EXCLUSIONS[s], a) for s, a in answers.items() if a != "undecided"
    )
    held = tuple(RoleHolding(f"{BASE}role/{id}/{r}", "maker", "Maker", r, day("2026-01-01")) for r in roles)
    known = {code: a for code, a in (FACTS | (facts or {})).items() if a is not None}
    routes = ("all-ai", *routes)
    return AISystem(id, f"{BASE}system/{id}", id, MAKER, routes, day(placed), False, held, known, decisions, ())


def implementation(id, control="", **fields):
    values = {
        "title": id, "systems": ("all",), "status": "operating", "owner": "ann", "since": "2027-01-01", "until": "",
        "addresses": (), "reviewed_by": "bob", "reviewed_on": "2027-02-01", "procedure": "",
    } | fields  # fmt: skip
    for name in ("since", "until", "reviewed_on"):
        values[name] = day(values[name])
    return ControlImplementation(id, f"{BASE}control/{id}", place("controls.csv"), control, not control, **values)


def evidence(id, *supports, **fields):
    values = {
        "title": id, "type": "record", "systems": (), "collected_on": "2027-12-01", "period_from": "", "period_to": "",
        "collected_by": "ann", "method": "export", "locator": f"{id}.txt", "sha256": "", "max_age_days": 365,
        "refutes": False, "metric": "", "threshold": "", "result": "", "dataset": "", "tool": "",
    } | fields  # fmt: skip
    for name in ("collected_on", "period_from", "period_to"):
        values[name] = day(values[name])
    return Evidence(id, f"{BASE}evidence/{id}", place("evidence.csv"), supports=supports, **values)


def risk(id="r1", **fields):
    values = {
        "title": id, "system": "ranker", "source": "data", "affects": "fundamental-rights", "inherent": "high",
        "treatment": "modify", "controls": ("logs",), "residual": "low", "owner": "ann", "assessed_on": "2027-06-01",
        "next_review": "2028-06-01", "accepted_by": "", "accepted_on": "", "accepted_until": "", "criterion": "c",
    } | fields  # fmt: skip
    for name in ("assessed_on", "next_review", "accepted_on", "accepted_until"):
        values[name] = day(values[name])
    return Risk(id, f"{BASE}risk/{id}", place("risks.csv"), **values)


def decision(control, applicable=True, reason="the risk r1 asks for it", driven_by=("r1",), implemented_by=(), **days):
    return SoaDecision(
        control, f"{BASE}soa/{control}", place("soa.csv"), applicable, reason, driven_by, implemented_by,
        day(days.get("last_review", "")), day(days.get("next_review", "")),
    )  # fmt: skip


def statement(*decisions, version="3", approved_by="bob", approved_on="2027-07-01"):
    return Soa(version, approved_by, day(approved_on), decisions, BASE + "soa", place("organisation.yaml"))


def person(id, name="", competence="course", trained_on="2027-10-01", role="lead"):
    iri = f"{BASE}person/{id}"
    return Person(
        id, iri, place("people.csv"), name or id.title(), role, competence, day("2026-01-01"), day(trained_on)
    )


def document(id, kind, documents=(), **fields):
    values = {
        "title": id, "version": "1", "owner": "ann", "approved_by": "bob", "approved_on": "2027-05-01",
        "next_review": "2028-05-01", "retention": "10 years", "communicated_on": "2027-05-02",
    } | fields  # fmt: skip
    for name in ("approved_on", "next_review", "communicated_on"):
        values[name] = day(values[name])
    iri = f"{BASE}document/{id}"
    return Document(id, iri, place(f"policies/{id}.yaml"), kind, documents=documents, **values)


def impact_of(
    id, system, kind="ai-system", done_on="2027-11-01", next_review="2028-11-01", notified_on="", groups=True
):
    group = AffectedGroup("applicants", ("unfair rank",), ("human check",))
    return ImpactAssessment(
        id, f"{BASE}impact/{id}", place(f"impacts/{id}.yaml"), kind, system, day(done_on), "ann", day(next_review), (),
        (group,) if groups else (), day(notified_on),
    )  # fmt: skip


def audit(id, kind, on, scope=(), auditor="bob", report="report"):
    return Audit(id, f"{BASE}audit/{id}", place("audits.yaml"), kind, day(on), auditor, scope, report)


def finding(id, grade="minor", cause="c", action="a", due="2028-03-01", closed_on="", effective_on=""):
    return Finding(
        id, f"{BASE}finding/{id}", place("audits.yaml"), "a1", "iso-42001:9.1", grade, "t", cause, action, "ann",
        day(due), day(closed_on), day(effective_on),
    )  # fmt: skip


def review(id, on, inputs=("audits",), decisions=("go on",), minutes="m"):
    return ManagementReview(id, f"{BASE}review/{id}", place("audits.yaml"), day(on), inputs, decisions, minutes)


def certificate(valid_from="2026-12-01", valid_until="2029-11-30", soa_version="3", scope="all"):
    days = day(valid_from), day(valid_until)
    return Certificate("cert", BASE + "cert", place("audits.yaml"), "aims", "body", *days, scope, soa_version)


def objective(id, last_measured="2027-12-01", due="2028-12-31", owner="ann"):
    return Objective(
        id, f"{BASE}objective/{id}", place("organisation.yaml"), id, owner, "count", "0", day(due), "open",
        day(last_measured),
    )  # fmt: skip


def register(controls=(), evidence=(), *, systems=None, **fields):
    values = dict.fromkeys(
        (
            "people",
            "risks",
            "impacts",
            "documents",
            "audits",
            "findings",
            "reviews",
            "certificates",
            "incidents",
            "suppliers",
            "objectives",
            "measurements",
            "changes",
        ),
        (),
    )
    values |= {"soa": Soa("", "", None, ()), "context": Context(), "management_system": ManagementSystem()}
    values |= fields
    return Register(
        organisation=MAKER,
        systems=tuple(systems) if systems is not None else (system(),),
        controls=tuple(controls),
        evidence=tuple(evidence),
        **values,
    )
