"""Every test that the threat model names exists, and every attack we test is named there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODEL = (TESTS.parent / "THREAT_MODEL.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", MODEL))


def test_every_test_named_exists() -> None:
    assert len(NAMED) > 40
    missing = []
    for file, test in sorted(NAMED):
        source = (TESTS / file).read_text(encoding="utf-8") if (TESTS / file).is_file() else ""
        if not re.search(rf"^(async )?def {test}\(", source, re.MULTILINE):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_every_row_of_a_promise_names_a_test_or_says_why_not() -> None:
    promised = MODEL[MODEL.index("## 4.") : MODEL.index("## 5.")]
    rows = [line for line in promised.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 35
    assert [row for row in rows if "::test_" not in row and "is looked through" not in row] == []
