"""The corpus: what is found, line by line, and how much of it is false.

`corpus/` holds invented documents with true and false citations; `expected.tsv` names the lines with a mistake and the
rule that must find it. Lines of files named b… and c… were written after the rules, to see how they do on unseen text.
"""

from collections import Counter
from pathlib import Path

import pytest

from aimsgraph import assets
from aimsgraph.api import AimsGraph
from aimsgraph.domain.segments import Segment
from aimsgraph.exchange.documents import iter_paths, load_document
from aimsgraph.norms.cite import RULES, CitationJudge
from aimsgraph.norms.cite_tables import load_tables

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
Key = tuple[str, int]


@pytest.fixture(scope="module")
def judge(graph: AimsGraph) -> CitationJudge:
    return CitationJudge(graph.index, graph.law, graph.moment(), load_tables(assets.path("data", "citations")))


def _expected() -> dict[Key, list[set[str]]]:
    rows: dict[Key, list[set[str]]] = {}
    for line in (HERE / "expected.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        file, number, rules = line.split("\t")
        rows.setdefault((file, int(number)), []).append(set(rules.split("|")))
    return rows


def test_corpus_precision_and_recall(judge: CitationJudge) -> None:
    files = sorted((HERE / "corpus").iterdir())
    wanted, citations, false, right = _expected(), 0, [], 0
    total = sum(len(rules) for rules in wanted.values())
    for path in files:
        checked = judge.check(load_document(path).segments, path.name)
        citations += checked.citations
        for finding in (one.finding for one in checked.findings):
            open_ = wanted.get((path.name, finding.location.line), [])
            match = next((rules for rules in open_ if finding.rule in rules), None)
            if match is None:
                false.append(str(finding))
            else:
                open_.remove(match)
                right += 1
    assert len(files) >= 60
    assert citations >= 400
    assert right / (right + len(false)) >= 0.98, "\n".join(false)
    assert len(false) / citations <= 0.02
    missed = [key for key, rules in wanted.items() if rules]
    assert right / total >= 0.95, missed


def test_every_rule_is_in_the_corpus() -> None:
    counts = Counter(rule for group in _expected().values() for rules in group for rule in rules)
    assert set(counts) == set(RULES)
    assert min(counts.values()) >= 5


SHOWN = {"http-api.md": ["CITE_UNKNOWN_ID", "CITE_SUPERSEDED"]}  # what an answer about a wrong citation looks like


def test_our_own_texts_hold_no_mistake(judge: CitationJudge) -> None:
    texts = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs", "data/README.md", "ontology")]
    citations = 0
    for path, _ in iter_paths(texts):
        checked = judge.check(load_document(path).segments, path.name)
        citations += checked.citations
        shown = [one.finding.rule for one in checked.findings]
        assert shown == SHOWN.get(path.name, []), [str(one.finding) for one in checked.findings]
    assert citations >= 100


@pytest.mark.parametrize(
    "folder", sorted((ROOT / "data" / "frameworks").glob("*/*"), key=str), ids=lambda p: p.parent.name
)
def test_the_labels_of_the_data_hold_no_mistake(judge: CitationJudge, graph: AimsGraph, folder: Path) -> None:
    """Ids and labels as the graph has them, read as a list of that framework."""
    slug = folder.parent.name
    moment = graph.moment()
    lines: list[Segment] = []
    for entry in graph.index.by_reference.values():
        versions = graph.law.versions.get(entry.iri, ())
        now = [version for version in versions if version.span.holds(moment)]
        if entry.framework == slug and entry.kind == "provision" and (now or not versions):
            title = now[-1].title if now else ""
            label = f"{entry.label.partition(' – ')[0]} – {title}" if title and " – " in entry.label else entry.label
            lines.append(Segment(label, ((0, len(lines) + 1, 1),)))
    checked = judge.check(lines, "labels", slug)
    assert [str(one.finding) for one in checked.findings] == []
    if slug not in ("eu-omnibus-ai", "nist-ai-600-1"):  # one has no provisions here; "Risk 2" needs its profile's name
        assert checked.citations >= len(lines) / 2


def test_the_order_of_findings_is_the_order_of_the_text(judge: CitationJudge) -> None:
    for path in sorted((HERE / "corpus").iterdir()):
        found = [one.finding.location for one in judge.check(load_document(path).segments, path.name).findings]
        assert found == sorted(found, key=lambda at: (at.line, at.column))
