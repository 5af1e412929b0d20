"""The table of scores in the documentation is that of the suites and of the list of expected failures."""

import re
from collections import Counter
from pathlib import Path

import pytest
from scores import expected_failures
from w3c_suites import SUITES, entries, load_entries

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
GROUPS = {
    "Query evaluation": ("QueryEvaluationTest",),
    "CSV results": ("CSVResultFormatTest",),
    "Update evaluation": ("UpdateEvaluationTest",),
    "Query syntax": ("PositiveSyntaxTest11", "NegativeSyntaxTest11"),
    "Update syntax": ("PositiveUpdateSyntaxTest11", "NegativeUpdateSyntaxTest11"),
    "Protocol": ("ProtocolTest",),
    "Graph Store Protocol": ("GraphStoreProtocolTest",),
    "Service Description": ("ServiceDescriptionTest",),
}


def table() -> dict[str, tuple[int, int]]:
    rows = re.findall(r"^\| ([A-Z][^|]+?) +\| +(\d+) +\| +(\d+) +\|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (int(passed), int(run)) for name, passed, run in rows}


def test_every_reason_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for reason, count in Counter(expected_failures().values()).items():
        assert f"| {count} | {reason} |" in text, reason


@pytest.mark.skipif(SUITES is None, reason="W3C_SUITES does not name the folder of the W3C suites")
def test_the_scores_are_those_of_the_suites() -> None:
    failing = expected_failures()
    assert set(failing) <= {entry.id for entry in load_entries()}, "a reason for what is no test"
    wanted = {}
    for group, kinds in GROUPS.items():
        run = [entry.id for entry in entries(*kinds, without=("entailment", "http-rdf-update"))]
        wanted[group] = (len([id_ for id_ in run if id_ not in failing]), len(run))
    assert table() == wanted
