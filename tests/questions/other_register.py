"""Another state of the example register: some faults mended, some new ones made; and how the tests read its files."""

import csv
import shutil
from pathlib import Path
from typing import Any

import yaml

from aimsgraph.api import AimsGraph

BASE = "https://acme.example/aims/"
Row = dict[str, str]
NEXT_AUDIT = """  - id: sv-2029
    kind: surveillance
    on: 2029-07-03
    auditor: nordzert
    scope: [iso-42001:8]
    report: https://dms.acme.example/audits/nordzert-2029

findings:
  - id: nc-2029-logs
    audit: sv-2029
    against: iso-42001:A.6.2.8
    grade: major
    text: The logs are still not kept.
"""
NEXT_CERTIFICATE = """certificates:
  - id: aims-2028
    of: aims
    by: nordzert
    valid_from: 2028-08-01
    valid_until: 2031-07-31
    scope: Development and use of AI systems
    soa_version: "1.2"
"""
POINTS = "  - eu-ai-act:Annex.IV(4)\n  - eu-ai-act:Annex.IV(5)\n"
LOSS = "2027-12-01,Loss to Acme below 100 000 euros a year"
EVENT = """events:
  - id: release-8
    kind: significant-design-change
    on: 2026-10-12
    description: It answers from another index.
deployments:
"""
EDITS = (
    ("audits.yaml", "findings:\n", NEXT_AUDIT),
    ("audits.yaml", "certificates:\n", NEXT_CERTIFICATE),
    ("audits.yaml", "    due: 2026-10-31\n", "    due: 2026-10-31\n    closed_on: 2026-11-02\n"),
    ("audits.yaml", "2025-04-16\n    auditor: nils", "2025-04-16\n    auditor: ben"),
    ("audits.yaml", *(f"2027-05-11\n    auditor: nils\n    scope: [{more}" for more in ("", "iso-42001:A.2, "))),
    ("controls.csv", "otto,2025-03-01,,eu-ai-act:art26-4,", "otto,2026-11-05,,eu-ai-act:art26-4,"),
    ("controls.csv", "eu-ai-act:art4-1,carla", "eu-ai-act:art4-1,dana"),
    ("evidence.csv", "document,concerns-channel", "log-extract,concerns-channel"),
    ("evidence.csv", "screenshot,chatbot-notice;eu-ai-act:art50-1", "document,chatbot-notice;eu-ai-act:art50-1"),
    ("evidence.csv", "model-testing;eu-ai-act:art15-1", "model-testing;eu-ai-act:art15-3"),
    ("evidence.csv", "78d988cf2,365,no", "78d988cf2,,no"),
    ("incidents.csv", "2026-09-21,market-authority", "2026-09-26,market-authority"),
    ("policies/oversight-procedure.yaml", "approved_by: otto", "approved_by: dana"),
    ("policies/tech-doc-cv-ranker.yaml", "  - eu-ai-act:Annex.IV(4)\n", POINTS),
    ("risks.csv", ",dana,2026-09-14,2027-03-14,,,,", ",dana,2026-09-14,2026-11-22,carla,2026-09-28,2027-01-31,"),
    ("risks.csv", '2027-12-01,"Harm to people: at most low, medium for a time"', LOSS),
    ("suppliers.csv", "cv-ranker,,,,2026-10-01", "cv-ranker,,Order 2026,eu-ai-act:Art.25,2026-10-01"),
    ("suppliers.csv", "eu-ai-act:art50-2;", "eu-ai-act:art53-1-b;"),
    ("systems/cv-ranker.yaml", "datasets: [hires-2019-2025, vacancy-texts]", "datasets: [vacancy-texts]"),
    ("systems/support-chatbot.yaml", "  is-employer: no\n", "  is-employer: no\n  open-source-gpai: yes\n"),
    ("systems/support-chatbot.yaml", "deployments:\n", EVENT),
)  # fmt: skip
"""File, what it says, what it says instead."""


def write_other(now: Path, folder: Path) -> Path:
    """Write the other state of a register to a new folder and return it; each change must fit exactly once."""
    other = Path(shutil.copytree(now, folder))
    for file, old, new in EDITS:
        text = (other / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        (other / file).write_text(text.replace(old, new), encoding="utf-8")
    return other


def ask(graph: AimsGraph, name: str, **values: str) -> list[Row]:
    """Return the rows of a stored question as text, without the base of the register and with nothing derived."""
    answer = graph.asserted.query(graph.bound_text(graph.question(name), values))
    return [
        {
            name: "" if term is None else term.value.removeprefix(BASE)
            for name, term in zip(answer.variables, row, strict=True)
        }
        for row in answer
    ]


def read_yaml(path: Path) -> Any:
    """Return a file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def read_table(path: Path) -> list[Row]:
    """Return the rows of a comma-separated table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
