"""The W3C SHACL suite: the compiled engine with its fallback, and what it judges without."""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from w3c_shacl import load_tests, shown
from w3c_suites import SUITES

from aimsgraph.errors import BackendError, InputError, Refused
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.compiled.fallback import FallbackJob, run_pyshacl

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "conformance-shacl.md"
TESTS = {entry.id: entry for entry in load_tests()}


@cache
def listed(name):
    """Return test → reason, as a file lists it."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return {row["entry"]: row["reason"] for row in csv.DictReader(file, delimiter="\t")}


def multiset(violations):
    return Counter(
        (shown(v.focus), v.path, shown(v.value), f"<{v.component}>", f"<{v.severity}>", shown(v.source))
        for v in violations
    )


def judge(entry):
    """Return the results as the suite writes them, None where the shapes are refused."""
    try:
        return multiset(CompiledEngine().judge(entry.data, entry.shapes).violations)
    except (BackendError, InputError) as error:
        assert entry.expected is None, error
        return None


def alone(entry):
    """Return why the compiled engine does not judge a test without pySHACL, or nothing."""
    try:
        CompiledEngine(fallback=False).judge(entry.data, entry.shapes)
    except (InputError, Refused) as error:
        return error.message.partition(": ")[2]
    return ""


@pytest.mark.parametrize("name", TESTS)
def test_the_results_are_those_of_the_suite(name):
    expected = listed("shacl-expected.tsv").get(name)
    if expected is not None:
        with pytest.raises(AssertionError):
            assert judge(TESTS[name]) == TESTS[name].expected
        return
    assert judge(TESTS[name]) == TESTS[name].expected


@pytest.mark.skipif(SUITES is None, reason="W3C_SUITES does not name the folder of the W3C suites")
def test_it_passes_at_least_as_many_as_pyshacl():
    jobs = [FallbackJob(entry.data, entry.shapes) for entry in TESTS.values()]
    passed = Counter()
    for entry, report in zip(TESTS.values(), run_pyshacl(jobs), strict=True):
        failed = isinstance(report, BackendError)
        passed[entry.group] += entry.expected is None if failed else multiset(report.violations) == entry.expected
    ours = Counter(entry.group for entry in TESTS.values() if entry.id not in listed("shacl-expected.tsv"))
    assert ours["core"] >= passed["core"] > 90
    assert ours["sparql"] >= passed["sparql"] > 20


@pytest.mark.skipif(SUITES is None, reason="W3C_SUITES does not name the folder of the W3C suites")
def test_the_page_lists_what_is_judged_by_compiled_code_alone():
    reasons = {name: alone(entry) for name, entry in TESTS.items()}
    text = PAGE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `((?:core|sparql)/[^`]+)` \| (.+?) \|$", text, re.MULTILINE))
    assert rows == {name: reason for name, reason in reasons.items() if reason}
    for group in ("core", "sparql"):
        names = [name for name in TESTS if name.startswith(group)]
        passed = sum(name not in listed("shacl-expected.tsv") for name in names)
        by_plans = sum(not reasons[name] for name in names)
        assert f"| {group} | {len(names)} | {passed} | {by_plans} |" in text


def test_every_test_that_is_not_passed_has_its_reason_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    for name, reason in listed("shacl-expected.tsv").items():
        assert f"`{name}`: {reason}" in text
