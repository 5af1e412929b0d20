"""The example register, and an earlier state of it, made by undoing some decisions on controls."""

import csv
import shutil
from pathlib import Path

from aimsgraph import assets

ACME = assets.path("data", "examples", "acme")
CHANGED = {
    "iso-42001:A.6.2.6": {"driven_by": "ranker-drift"},
    "iso-42001:A.9.3": {"implemented_by": "human-oversight;use-rules"},
    "iso-42001:A.10.2": {"applicable": "undetermined", "reason": "", "driven_by": "", "implemented_by": ""},
    "iso-42001:A.10.4": {"applicable": "yes", "reason": "Customers ask.", "driven_by": "vendor-failure"},
}
"""What the rows of the earlier statement said instead."""
MISSING = "iso-42001:A.8.5"
"""A control the earlier statement did not decide on."""


def write_earlier(folder: Path) -> Path:
    """Write the earlier state of the example register to a new folder and return it."""
    before = Path(shutil.copytree(ACME, folder))
    header = before / "organisation.yaml"
    text = header.read_text(encoding="utf-8")
    assert 'version: "1.2"' in text and "approved_on: 2026-09-28" in text
    text = text.replace('version: "1.2"', 'version: "1.1"').replace(
        "approved_on: 2026-09-28", "approved_on: 2025-09-22"
    )
    header.write_text(text, encoding="utf-8")
    rows = [
        row | CHANGED.get(row["control"], {}) for row in read_table(before / "soa.csv") if row["control"] != MISSING
    ]
    with (before / "soa.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return before


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a comma-separated table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
