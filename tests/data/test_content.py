"""The content itself: official counts, versions, amendments, rules. A failure here is a wrong fact or a lost row."""

import datetime as dt
import shutil
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from aimsgraph import assets
from aimsgraph.content.check import check_content, count_framework
from aimsgraph.content.compile import Compiled, compile_content
from aimsgraph.content.read import Content, FrameworkSource, read_content
from aimsgraph.content.versions import Version, derive_versions

AIMS = "https://w3id.org/aimsgraph/ns#"
ACT = "https://w3id.org/aimsgraph/id/eu/reg/2024/1689/"
BEFORE, AMENDED = dt.date(2026, 7, 26), dt.date(2026, 7, 27)


@cache
def content() -> Content:
    return read_content([assets.path("data")])


@cache
def compiled() -> Compiled:
    return compile_content(content())


def framework(slug: str) -> FrameworkSource:
    return next(f for f in content().frameworks if f.header.slug == slug)


@cache
def versions(slug: str) -> dict[str, tuple[Version, ...]]:
    return derive_versions(framework(slug), {f.header.slug: f.header for f in content().frameworks})


@cache
def described(graph: str = "eu-ai-act/2024") -> dict[str, dict[str, set[str]]]:
    """Subject → local name of the property → values."""
    nodes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for triple in compiled().graphs[f"https://w3id.org/aimsgraph/graph/{graph}"]:
        name = triple.predicate.value.replace("#", "/").rsplit("/", 1)[-1]
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        nodes[triple.subject.value][name].add(triple.object.value)
    return nodes


def rows(table: str):
    return framework("eu-ai-act").rows(table)


def in_force(kind: str, day: dt.date) -> int:
    """How many provisions of a kind there are in the act on a day."""
    return sum(
        any(v.span.start <= day and (v.span.end is None or day < v.span.end) for v in versions("eu-ai-act")[row["id"]])
        for row in rows("provisions")
        if row["kind"] == kind
    )


def test_there_is_nothing_to_mend():
    assert [str(finding) for finding in check_content(content())] == []


# counts


@pytest.mark.parametrize("slug, counts", [
    ("iso-42001", {"clause": 43, "control": 38, "objective": 9, "sub-objective": 2, "ai-objective": 11,
                   "risk-source": 7}),
    ("iso-27001", {"control": 93}),
    ("gdpr", {"article": 99, "chapter": 11}),
    ("nist-ai-rmf", {"function": 4, "category": 19, "subcategory": 72}),
    ("nist-ai-600-1", {"risk": 12}),
    ("eu-ai-act", {"recital": 180, "definition": 70, "statement": 414, "assessable": 362, "umbrella": 19,
                   "superseded": 26, "amendment": 86, "amendment-elsewhere": 2}),
])  # fmt: skip
def test_official_counts(slug: str, counts: dict[str, int]):
    found = count_framework(framework(slug))
    assert {kind: found.get(kind, 0) for kind in counts} == counts
    pinned = framework(slug).header.expect
    assert {kind: pinned[kind] for kind in counts} == counts


def test_the_clauses_that_can_be_assessed():
    clauses = [row for row in framework("iso-42001").rows("provisions") if row["kind"] == "clause"]
    parents = {row["parent"] for row in clauses}
    leaves = {row["id"] for row in clauses if row["id"] not in parents}
    assert {row["id"] for row in clauses if row.flag("assessable")} == leaves
    assert len(leaves) == 32


@pytest.mark.parametrize("kind, before, after", [("article", 113, 119), ("annex", 13, 14), ("recital", 180, 180)])
def test_the_act_before_and_after_its_amendment(kind: str, before: int, after: int):
    assert (in_force(kind, BEFORE), in_force(kind, AMENDED)) == (before, after)


def test_the_catalogue():
    (catalogue,) = content().catalogues
    assert len(catalogue.entries.rows) == catalogue.header.expect["entry"] == 134


@pytest.mark.parametrize("file", [
    "frameworks/iso-42001/2023/provisions.tsv", "frameworks/iso-27001/2022/provisions.tsv",
    "frameworks/gdpr/2016/provisions.tsv", "frameworks/nist-ai-rmf/1.0/provisions.tsv",
    "frameworks/nist-ai-600-1/2024/provisions.tsv", "frameworks/eu-ai-act/2024/provisions.tsv",
    "frameworks/eu-ai-act/2024/statements.tsv", "frameworks/eu-ai-act/2024/amendments.tsv",
    "frameworks/eu-ai-act/2024/definitions.tsv", "catalogue/entries.tsv",
])  # fmt: skip
def test_a_lost_row_is_seen(tmp_path: Path, file: str):
    data = tmp_path / "data"
    shutil.copytree(assets.path("data"), data, ignore=shutil.ignore_patterns("compiled", "examples", "mappings"))
    path = data / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert "COUNT_WRONG" in {finding.rule for finding in check_content(read_content([data]))}


# statements


def test_assessable_statements_are_live_duties_that_stand_alone():
    for row in rows("statements"):
        node = described()[f"{ACT}stmt/{row['id']}"]
        duty = row["modality"] in ("must", "must-not", "content-item")
        expected = duty and not row.flag("umbrella") and not row["in_force_until"]
        assert node["isAssessable"] == {str(expected).lower()}, row["id"]


def test_every_statement_is_expressed_and_governed():
    governed = set().union(*(node["governs"] for node in described().values() if "governs" in node))
    for row in rows("statements"):
        iri = f"{ACT}stmt/{row['id']}"
        provision = described()[iri]["statedIn"]
        expressed = described()[iri]["expressedBy"]
        assert expressed, row["id"]
        assert all(described()[version]["versionOf"] == provision for version in expressed)
        assert iri in governed, row["id"]


def test_a_superseded_statement_ends_and_its_successor_is_there():
    ended = [row for row in rows("statements") if row["in_force_until"]]
    assert len(ended) == 26
    known = {row["id"] for row in rows("statements")} | {row["id"] for row in rows("provisions")}
    for row in ended:
        assert row["in_force_until"] == AMENDED.isoformat(), row["id"]
        keys = {iri.rsplit("/", 1)[-1] for iri in described()[f"{ACT}stmt/{row['id']}"]["expressedBy"]}
        assert keys == {"oj"}, row["id"]
        assert not row["replaced_by"] or row["replaced_by"] in known


# versions


def test_versions_neither_overlap_nor_leave_holes():
    for slug in (f.header.slug for f in content().frameworks):
        for provision, found in versions(slug).items():
            assert found, provision
            for earlier, later in pairwise(found):
                assert earlier.span.end == later.span.start, provision
                assert earlier.span.end_published == later.span.published, provision
                assert earlier.ended_by == later.introduced_by, provision
            assert all(v.span.end is None or v.span.start < v.span.end for v in found), provision
            assert len({v.key for v in found}) == len(found), provision


def test_every_version_is_compiled_once():
    compiled_versions = Counter(next(iter(node["versionOf"])) for node in described().values() if "versionOf" in node)
    provisions = {next(iter(n["localId"])): iri for iri, n in described().items() if "documentOrder" in n}
    assert compiled_versions == {provisions[id_]: len(found) for id_, found in versions("eu-ai-act").items()}


def test_every_amendment_introduces_or_ends_a_version_of_what_it_names():
    changing = [row for row in rows("amendments") if row["provisions"]]
    assert len(changing) == 86
    for row in changing:
        for provision in row.items("provisions"):
            found = versions("eu-ai-act")[provision]
            introduced = any(row["id"] in v.introduced_by for v in found)
            ended = any(row["id"] in v.ended_by for v in found)
            wanted = {"inserted": (True, False), "deleted": (False, True), "modified": (True, True)}[row["kind"]]
            assert (introduced, ended) == wanted, (row["id"], provision)


STATED, COMPOSED = "stated", "composed"


@pytest.mark.parametrize("local, expected", [
    ("Art.4", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.10", [("oj", COMPOSED, "2024-08-01", "2026-07-27"), ("2026-07-27", COMPOSED, "2026-07-27", None)]),
    ("Art.10(1)", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.10(2)", [("oj", STATED, "2024-08-01", None)]),
    ("Art.10(5)", [("oj", STATED, "2024-08-01", "2026-07-27")]),
    ("Art.11(1)", [("oj", COMPOSED, "2024-08-01", "2026-07-27"), ("2026-07-27", COMPOSED, "2026-07-27", None)]),
    ("Art.11(1).s2", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.43(3)", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.43(3).s1", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.75", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.77", [("oj", STATED, "2024-08-01", "2026-07-27"), ("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.4a", [("2026-07-27", STATED, "2026-07-27", None)]),
    ("Art.9", [("oj", STATED, "2024-08-01", None)]),
    ("Annex.I.A", [("oj", COMPOSED, "2024-08-01", "2026-07-27"), ("2026-07-27", COMPOSED, "2026-07-27", None)]),
    ("Annex.I.A(1)", [("oj", STATED, "2024-08-01", "2026-07-27")]),
    ("Annex.I.B(21)", [("2026-07-27", STATED, "2026-07-27", None)]),
    ("Annex.VIII.B(7)", [("oj", STATED, "2024-08-01", "2026-07-27")]),
    ("Annex.VIII.B(8)", [("oj", STATED, "2024-08-01", None)]),
    ("Annex.XIV", [("2026-07-27", STATED, "2026-07-27", None)]),
    ("Cpt.III", [("oj", STATED, "2024-08-01", None)]),
    ("Rec.27", [("oj", STATED, "2024-08-01", None)]),
])  # fmt: skip
def test_versions_of_provisions_whose_history_is_known(local: str, expected: list[tuple[str, str, str, str | None]]):
    found = [
        (v.key, COMPOSED if v.composed else STATED, v.span.start.isoformat(), v.span.end and v.span.end.isoformat())
        for v in versions("eu-ai-act")[local]
    ]
    assert found == expected


def test_an_amended_text_is_known_from_its_publication():
    oj, amended = versions("eu-ai-act")["Art.4"]
    assert oj.span.published == dt.date(2024, 7, 12)
    assert oj.span.end_published == amended.span.published == dt.date(2026, 7, 24)


@pytest.mark.parametrize("article, before, after", [
    ("art_75", "Mutual assistance, market surveillance and control of general-purpose AI systems",
     "Market surveillance and control of AI systems and mutual assistance"),
    ("art_77", "Powers of authorities protecting fundamental rights",
     "Powers of authorities protecting fundamental rights and cooperation with market surveillance authorities"),
    ("art_4", "AI literacy", "AI literacy"),
])  # fmt: skip
def test_a_title_belongs_to_a_version(article: str, before: str, after: str):
    assert described()[f"{ACT}{article}/oj"]["title"] == {before}
    assert described()[f"{ACT}{article}/2026-07-27"]["title"] == {after}
    assert described()[f"{ACT}{article}/2026-07-27"]["supersedes"] == {f"{ACT}{article}/oj"}


# rights and traces


def test_no_text_of_a_copyrighted_standard_is_held():
    for graph in ("iso-42001/2023", "iso-27001/2022"):
        assert not [iri for iri, node in described(graph).items() if "fullText" in node]


def test_every_row_can_be_found_from_its_node():
    by_place = defaultdict(list)
    for iri, where in compiled().sources.items():
        by_place[where.file, where.line].append(iri)
    tables = [t for f in content().frameworks for name, t in f.tables.items() if name not in ("gaps",)]
    for table in tables:
        for row in table.rows:
            assert by_place[row.file, row.line], f"{row.file}:{row.line}"


def test_no_blank_nodes_and_every_node_has_a_type():
    for triples in compiled().graphs.values():
        subjects = {t.subject for t in triples}
        typed = {t.subject for t in triples if t.predicate.value.endswith("#type")}
        assert all(isinstance(subject, ox.NamedNode) for subject in subjects)
        assert subjects == typed
    assert AIMS.endswith("#")
