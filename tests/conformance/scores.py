"""The entries of the suites that are not passed, each with its reason, as `expected-failures.tsv` lists them."""

import csv
from functools import cache
from pathlib import Path

import pytest

FILE = Path(__file__).parent / "expected-failures.tsv"


@cache
def expected_failures() -> dict[str, str]:
    """Return entry → why it is not passed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["entry"]: row["reason"] for row in csv.DictReader(file, delimiter="\t")}


def expected_failure(entry: str) -> tuple[pytest.MarkDecorator, ...]:
    """Return the mark of an entry that must fail; passing it all the same is an error, so the list stays true."""
    reason = expected_failures().get(entry)
    return (pytest.mark.xfail(reason=reason, strict=True),) if reason else ()
