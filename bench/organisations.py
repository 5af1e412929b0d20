"""Makes organisations of many AI systems in the folder format: invented, and the same each time.

    python bench/organisations.py SYSTEMS FOLDER

Systems come in turn from four kinds: a high-risk system still to be placed on the market, one bought before the law
applied, a safety component of a product, a chatbot. Each brings implementations of its own with evidence, risks, impact
assessments, a supplier where it was bought, a model and a dataset; every control of Annex A is decided once for the
organisation. Some evidence is stale, some risks are not accepted, some suppliers have no contract: a register with
something to find.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from aimsgraph import assets

SLUG = "manifold"
PEOPLE = ("ada", "boris", "cleo", "dmitri", "edda", "farid", "greta", "hugo")
SUPPLIERS = tuple(f"vendor-{letter}" for letter in "abcdef")
COMMON_FACTS = {
    "uses-personal-data": True, "trained-with-data": True, "component-or-service-supplier": True,
    "provided-digitally": True, "controls-input-data": True, "logs-under-control": True, "emotion-recognition": False,
    "biometric-categorisation": False, "deepfake": False, "real-time-remote-biometric-id": False,
    "post-remote-biometric-id": False, "claims-art-6-3-derogation": False, "uses-special-category-data": False,
    "annex-iii-2-critical-infrastructure": False, "annex-i-section-b": False, "continues-to-learn": False,
}  # fmt: skip
KINDS = (
    ("ranker", "annex-iii", "2027-12-10", "eu-ai-act:Annex.III(4)(a)", {"annex-iii-any": True, "is-employer": True}),
    ("legacy", "annex-iii", "2025-03-03", "eu-ai-act:Annex.III(4)(b)", {"annex-iii-any": True, "is-employer": True}),
    ("sensor", "annex-i", "2028-08-02", "eu-ai-act:Annex.I.A(11)", {"annex-i-section-a": True}),
    ("chatbot", "transparency", "2025-06-02", "eu-ai-act:Art.50(1)", {"generates-synthetic-content": True}),
)
SET_UP = (
    ("test", "iso-42001:A.6.2.4", "test-report", ("eu-ai-act:art9-6", "eu-ai-act:art9-8")),
    ("logs", "iso-42001:A.6.2.8", "log-extract", ("eu-ai-act:art12-1", "eu-ai-act:art19-1")),
    ("data", "iso-42001:A.7.4", "record", ("eu-ai-act:art10-2-e", "eu-ai-act:art10-3")),
    ("eyes", "iso-42001:A.9.3", "record", ("eu-ai-act:art26-2",)),
    ("note", "iso-42001:A.8.2", "screenshot", ("eu-ai-act:art50-1", "eu-ai-act:art26-11")),
)
POLICIES = {
    "ai-policy": ("ai-policy", ["iso-42001:5.2"]), "aims-scope": ("aims-scope", ["iso-42001:4.3", "iso-42001:4.4"]),
    "risk-process": ("risk-process", ["iso-42001:6.1.2", "iso-42001:6.1.3"]),
    "impact-process": ("impact-process", ["iso-42001:6.1.4"]),
}  # fmt: skip


def make_organisation(folder: Path, systems: int) -> Path:
    """Write an organisation with so many AI systems into a new folder, and return the folder."""
    folder.mkdir(parents=True)
    names = [f"{KINDS[i % len(KINDS)][0]}-{i:03}" for i in range(systems)]
    _yaml(folder / "organisation.yaml", _header())
    for i, name in enumerate(names):
        _yaml(folder / "systems" / f"{name}.yaml", _system(i, name))
        _yaml(folder / "impacts" / f"ia-{name}.yaml", _impact(i, name, "ai-system"))
        _yaml(folder / "impacts" / f"dpia-{name}.yaml", _impact(i, name, "dpia"))
    for name, (kind, documents) in POLICIES.items():
        _yaml(folder / "policies" / f"{name}.yaml", _policy(name, kind, documents))
    _yaml(folder / "audits.yaml", _audits())
    controls = [e.removeprefix("iso-42001:") for e in _annex_a()]
    _table(folder / "people.csv", (_person(i, person) for i, person in enumerate(PEOPLE)))
    _table(folder / "controls.csv", [*map(_shared, controls), *(r for i, n in enumerate(names) for r in _own(i, n))])
    _table(folder / "soa.csv", map(_decision, controls))
    _table(
        folder / "evidence.csv",
        [AUDIT, *map(_proof, controls), *(r for i, n in enumerate(names) for r in _proofs(i, n))],
    )
    _table(folder / "risks.csv", (row for i, name in enumerate(names) for row in _risks(i, name)))
    _table(folder / "suppliers.csv", _suppliers(names), "id,name,supplies,role,contract,contract_covers,since,until")
    _table(folder / "incidents.csv", (_incident(name) for name in names[1::10]), "id,system,title,kind,aware_on")
    return folder


def _yaml(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    path.write_text(text.replace(": true\n", ": yes\n").replace(": false\n", ": no\n").replace("'", ""), "utf-8")


def _table(path: Path, rows: Iterable[dict[str, str]], header: str = "") -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else header.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _annex_a() -> list[str]:
    path = assets.path("data", "frameworks", "iso-42001", "2023", "provisions.tsv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["id"] for row in rows if row["id"].startswith("A.") and row["assessable"] == "yes"]


def _header() -> dict[str, object]:
    facts = dict.fromkeys(
        ("is-public-authority", "is-union-institution", "is-financial-institution", "is-microenterprise",
         "provider-outside-union", "large-scale-it-system-annex-x", "is-public-body-or-public-service-provider"),
        False,
    )  # fmt: skip
    return {
        "slug": SLUG, "name": "Manifold Works plc", "base": "https://manifold.example/aims/", "jurisdiction": "IE",
        "language": "en", "agents": [{"id": name, "name": name.title()} for name in (*SUPPLIERS, "watchdog")],
        "facts": facts, "management_system": {"scope": "aims-scope", "top_management": "ada"},
        "soa": {"version": "v1", "approved_by": "ada", "approved_on": "2026-10-05"},
        "context": {"issues": ["Many systems, few people."], "parties": [{"name": "Users", "requirement": "Care."}]},
    }  # fmt: skip


def _system(i: int, name: str) -> dict[str, object]:
    kind, route, placed, ground, facts = KINDS[i % len(KINDS)]
    bought = kind in ("legacy", "chatbot")
    provider = SUPPLIERS[i % len(SUPPLIERS)] if bought else SLUG
    roles = [{"agent": provider, "role": "provider", "from": placed if bought else "2026-10-01"}]
    if kind != "sensor":
        roles.append({"agent": SLUG, "role": "deployer", "from": placed})
    known = dict.fromkeys(("annex-iii-any", "annex-i-section-a", "generates-synthetic-content"), False)
    model: dict[str, object] = {"id": f"model-{name}", "name": f"Model {i}", "datasets": [f"data-{name}"]}
    return {
        "id": name, "name": f"{kind.title()} {i}", "purpose": f"{kind.title()} number {i}.",
        "owner": PEOPLE[i % len(PEOPLE)], "routes": [route], "planned": placed > "2026-11-23",
        "placed_on_market": placed,
        "art_2_exclusions": dict.fromkeys(
            ("military", "third-country-authority", "scientific-research", "research-and-development-before-market",
             "personal-use", "open-source"), False,
        ),
        "roles": roles,
        "classification": {
            "status": "decided", "outcome": route, "grounded_on": [ground], "decided_by": PEOPLE[i % len(PEOPLE)],
            "decided_on": "2026-10-20", "rationale": "What it is used for is named there.",
        },
        "facts": COMMON_FACTS | known | facts | {"interacts-with-persons": kind == "chatbot"},
        "models": [model], "datasets": [{"id": f"data-{name}", "name": f"Data {i}", "personal_data": True}],
    }  # fmt: skip


def _impact(i: int, name: str, kind: str) -> dict[str, object]:
    short = "ia" if kind == "ai-system" else "dpia"
    group = {"name": "Users", "harms": ["A wrong result."], "safeguards": ["A person looks at it."]}
    return {
        "id": f"{short}-{name}", "kind": kind, "system": name, "done_on": "2026-09-21", "by": PEOPLE[i % 8],
        "next_review": "2026-10-21" if i % 9 == 4 else "2027-09-21", "affected_groups": [group],
    }  # fmt: skip


def _policy(name: str, kind: str, documents: list[str]) -> dict[str, object]:
    return {
        "id": name, "kind": kind, "title": name.replace("-", " "), "version": "v1", "owner": "boris",
        "approved_by": "ada", "approved_on": "2026-10-05", "next_review": "2027-10-05", "retention": "10 years",
        "documents": documents, "communicated_on": "2026-10-06",
    }  # fmt: skip


def _audits() -> dict[str, object]:
    scope = [f"iso-42001:{clause}" for clause in range(4, 11)]
    audit = {"id": "ia-2026", "kind": "internal", "on": "2026-06-09", "auditor": "hugo", "scope": scope}
    finding = {
        "id": "nc-2026", "audit": "ia-2026", "against": "iso-42001:9.1", "grade": "minor", "text": "Too few measures.",
        "cause": "Nobody was asked.", "action": "Ask.", "action_owner": "boris", "due": "2027-01-31",
    }  # fmt: skip
    return {"programme": [audit | {"report": "internal-audit"}], "findings": [finding]}


def _person(i: int, name: str) -> dict[str, str]:
    return {
        "id": name, "name": f"{name.title()} Sample", "role": ("top-management", "ai-lead", "engineer")[min(i, 2)],
        "since": "2025-06-02", "competence": "course 2025", "trained_on": "2026-09-07", "training": "AI at work",
    }  # fmt: skip


def _control(id_: str, control: str, systems: str, owner: str, **more: str) -> dict[str, str]:
    return {
        "id": id_, "control": control, "title": id_.replace("-", " "), "systems": systems, "status": "operating",
        "owner": owner, "since": "2025-09-01", "until": "", "addresses": "", "reviewed_by": "", "reviewed_on": "",
        "procedure": "", "note": "",
    } | more  # fmt: skip


def _shared(control: str) -> dict[str, str]:
    return _control(f"all-{control.lower().replace('.', '-')}", f"iso-42001:{control}", "all", "boris")


def _own(i: int, name: str) -> list[dict[str, str]]:
    return [
        _control(
            f"{short}-{name}", control, name, PEOPLE[i % 8], addresses=";".join(statements), reviewed_by="hugo",
            reviewed_on="2026-10-12",
        )
        for short, control, _, statements in SET_UP
    ]  # fmt: skip


def _decision(control: str) -> dict[str, str]:
    return {
        "control": f"iso-42001:{control}", "applicable": "yes", "reason": "It is part of how we work.",
        "driven_by": "policy", "implemented_by": f"all-{control.lower().replace('.', '-')}", "status_note": "",
        "last_review": "2026-10-05", "next_review": "2027-10-05",
    }  # fmt: skip


def _evidence(id_: str, type_: str, supports: str, system: str, collected: str, **more: str) -> dict[str, str]:
    empty = ("period_from", "period_to")
    tail = ("metric", "threshold", "result", "dataset", "tool")
    return {
        "id": id_, "title": id_.replace("-", " "), "type": type_, "supports": supports, "system": system,
        "collected_on": collected, **dict.fromkeys(empty, ""), "collected_by": "hugo", "method": "export",
        "location": f"https://files.manifold.example/{id_}", "sha256": "", "max_age_days": "365", "refutes": "no",
        **dict.fromkeys(tail, ""),
    } | more  # fmt: skip


AUDIT = _evidence("internal-audit", "audit-report", "iso-42001:9.2.2", "", "2026-06-12")


def _proof(control: str) -> dict[str, str]:
    short = control.lower().replace(".", "-")
    return _evidence(f"proof-{short}", "record", f"all-{short}", "", "2026-10-12")


def _proofs(i: int, name: str) -> list[dict[str, str]]:
    tested = {"metric": "share right", "threshold": "0.9", "result": "0.93", "dataset": f"data-{name}", "tool": "t 1"}
    return [
        _evidence(
            f"proof-{short}-{name}", type_, f"{short}-{name}", name, "2025-03-01" if i % 7 == 3 else "2026-10-19",
            **(tested if short == "test" else {}),
        )
        for short, _, type_, _ in SET_UP
    ]  # fmt: skip


def _risks(i: int, name: str) -> list[dict[str, str]]:
    return [
        {
            "id": f"{what}-{name}", "title": f"{what} of {name}", "system": name, "source": "data", "affects": affects,
            "inherent": "high", "treatment": "modify", "controls": f"{by}-{name}",
            "residual": "high" if i % 11 == 5 else "low", "owner": PEOPLE[i % 8], "assessed_on": "2026-09-21",
            "next_review": "2027-09-21", "accepted_by": "" if i % 11 == 5 else "ada",
            "accepted_on": "" if i % 11 == 5 else "2026-10-05", "accepted_until": "", "criterion": "harm: low",
        }
        for what, affects, by in (("bias", "fundamental-rights", "data"), ("drift", "organisation", "test"))
    ]  # fmt: skip


def _suppliers(names: list[str]) -> Iterable[dict[str, str]]:
    for i, name in enumerate(SUPPLIERS):
        supplied = [each for k, each in enumerate(names) if k % len(SUPPLIERS) == i and not each.startswith("sensor")]
        if supplied:
            yield {
                "id": name, "name": f"{name.title()} Ltd", "supplies": ";".join(supplied), "role": "provider",
                "contract": "" if i == 3 else "C-2025", "contract_covers": "", "since": "2025-01-01", "until": "",
            }  # fmt: skip


def _incident(name: str) -> dict[str, str]:
    return {
        "id": f"complaint-{name}", "system": name, "title": "A complaint", "kind": "other", "aware_on": "2026-07-02",
        "reported_on": "", "reported_to": "", "corrective": "", "note": "",
    }  # fmt: skip


def main() -> int:
    folder = make_organisation(Path(sys.argv[2]), int(sys.argv[1]))
    print(f"{sys.argv[1]} systems in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
