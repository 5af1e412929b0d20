"""Every code of the two linters: a row that earns it, and one beside it that does not."""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from worlds import network, row

from aimsgraph.content import mapping_check
from aimsgraph.content.mapping_check import check_mappings
from aimsgraph.content.read import read_content
from aimsgraph.crosswalk import lint as lint_module
from aimsgraph.crosswalk.lint import lint
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.mapping import NoMatch, Review
from aimsgraph.domain.relation import Relation
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.domain.time import Moment, Span
from aimsgraph.errors import Location

sys.path.append(str(Path(__file__).parents[1] / "unit" / "content"))
from make_tiny import make_tiny, spoil

DAY = dt.date(2026, 11, 23)
CODE = re.compile(r'(?:Finding|_warning)\(\s*"([A-Z][A-Z_]+)"')
SPANS = {
    "f2:a@old": Span(dt.date(2024, 7, 12), dt.date(2024, 8, 1), dt.date(2026, 7, 27), dt.date(2026, 7, 24)),
    "f2:a@new": Span(dt.date(2026, 7, 24), dt.date(2026, 7, 27)),
}
ITEMS = {"f1:a", "f1:b", "f2:a", "f2:b", "f3:a"}


def codes_in(module: Any) -> set[str]:
    return set(CODE.findall(Path(module.__file__).read_text(encoding="utf-8")))


# ----- Rows of a network -----


def good(**more: Any) -> Row:
    base: dict[str, Any] = {"extent": "some", "gap_object": "a record", "versions": ("", "f2:a@new")}
    return row("1", "f1:a", "f2:a", more.pop("letters", "i"), **base | more)


def review(
    agreement: float, *, kind: str = "automated", blind: bool = True, day: int = 1, proposed: str = ""
) -> Review:
    return Review(f"reviewer {day}", kind, dt.date(2026, 11, day), blind, Relation.of(*proposed.split()), agreement)


def found_in(rows: Iterable[Row], nomatches: Iterable[NoMatch] = ()) -> list[Finding]:
    return lint(network(rows), nomatches, SPANS, frozenset(ITEMS), Moment(DAY, DAY), str)


def codes(rows: Iterable[Row], nomatches: Iterable[NoMatch] = ()) -> list[str]:
    return [finding.rule for finding in found_in(rows, nomatches)]


NOTHING_FOUND = NoMatch("urn:none", "set", "f1:a", "f3", DAY, "looked at all of it", Location("nomatch.tsv", 2))
HUMAN = review(1, kind="human", blind=False)
FAILING: dict[str, list[Row]] = {
    "MAP_NOT_ASSESSABLE": [replace(good(), objects=("f2:heading",))],
    "MAP_VERSION_SUPERSEDED": [good(versions=("", "f2:a@old"))],
    "MAP_SAYS_NOTHING": [good(letters="esSid")],
    "MAP_COVERS_WITH_GAP": [good(letters="S", extent="all")],
    "MAP_GAP_MISSING": [good(gap_object="")],
    "MAP_EXTENT_MISMATCH": [good(extent="all")],
    "MAP_RATIONALE_SHORT": [good(rationale="It is the same.")],
    "MAP_CONFIDENCE_RANGE": [good(confidence=1.2)],
    "MAP_ACCEPTED_WITHOUT_PERSON": [good(status="accepted", reviews=(review(1),))],
    "MAP_PRESUMPTION": [good(conformity_effect="presumption-of-conformity")],
    "MAP_DISAGREEMENT_OPEN": [good(reviews=(review(-1), review(1, day=1)))],
    "MAP_DUPLICATE": [good(), replace(good(), iri="urn:row:2")],
    "MAP_CONTRADICTION": [good(), replace(row("2", "f1:a", "f2:a", "d", extent="none"), set_id="other")],
}
PASSING: dict[str, list[Row]] = {
    "MAP_VERSION_SUPERSEDED": [good(), good(status="deprecated", versions=("", "f2:a@old"))],
    "MAP_COVERS_WITH_GAP": [good(letters="S", extent="all", gap_object="")],
    "MAP_GAP_MISSING": [good(letters="d", extent="none", gap_object="")],
    "MAP_EXTENT_MISMATCH": [good(letters="e", extent="all", gap_object="")],
    "MAP_CONFIDENCE_RANGE": [good(confidence=1.0), replace(good(confidence=0.0), perspective=frozenset({"a"}))],
    "MAP_ACCEPTED_WITHOUT_PERSON": [good(status="accepted", reviews=(review(1), HUMAN))],
    "MAP_DISAGREEMENT_OPEN": [
        good(reviews=(review(-1), review(1, blind=False))),
        replace(good(reviews=(review(-1), review(1, day=2))), perspective=frozenset({"a"})),
        replace(good(reviews=(review(-0.5, proposed="intersects-with"),)), perspective=frozenset({"b"})),
        good(status="contested", versions=("", ""), reviews=(review(-1),)),
    ],
    "MAP_DUPLICATE": [
        good(),
        replace(good(), iri="urn:row:2", perspective=frozenset({"provider"})),
        replace(good(), iri="urn:row:3", set_id="other"),
        replace(good(), iri="urn:row:4", status="deprecated"),
        replace(good(), iri="urn:row:5", object_versions=("",)),
    ],
    "MAP_CONTRADICTION": [
        good(),
        replace(row("2", "f1:a", "f2:a", "d", extent="none", status="contested"), set_id="o"),
    ],
}


def test_a_good_row_earns_nothing() -> None:
    assert found_in([good()]) == []


@pytest.mark.parametrize("code", sorted(FAILING))
def test_each_code_is_earned(code: str) -> None:
    findings = [finding for finding in found_in(FAILING[code]) if finding.rule == code]
    assert findings, codes(FAILING[code])
    assert set(codes(FAILING[code])) <= {code, "MAP_SAYS_NOTHING", "MAP_EXTENT_MISMATCH", "MAP_CONTRADICTION"}
    for finding in findings:
        assert finding.remedy and finding.message
        assert finding.location.file.startswith("data/mappings/") and finding.location.line == 2


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_is_right_earns_no_code(code: str) -> None:
    assert codes(PASSING[code]) == []


def test_an_end_that_does_not_exist() -> None:
    made = network([good()])
    known = {item: slug for item, slug in made.framework_of.items() if item != "f2:a"}
    half = type(made).build(known, {}, made.rows, ITEMS)
    findings = lint(half, [], SPANS, frozenset(ITEMS), Moment(DAY, DAY), str)
    assert [(f.rule, f.message) for f in findings] == [("MAP_DANGLING_END", "there is no item f2:a")]


def test_a_no_match_beside_an_overlap_that_follows() -> None:
    rows = [good(letters="S", extent="all", gap_object=""), row("2", "f2:a", "f3:a", "S", extent="all")]
    (finding,) = found_in(rows, [NOTHING_FOUND])
    assert (finding.rule, finding.severity) == ("MAP_NOMATCH_OVERLAPS", Severity.WARNING)
    assert finding.remedy == "follows from urn:row:1, urn:row:2"
    assert codes(rows, [replace(NOTHING_FOUND, item="f1:b")]) == []
    assert codes(rows[:1], [NOTHING_FOUND]) == [], "it never refutes and is no finding alone"


def test_the_other_direction_is_a_duplicate_too() -> None:
    back = row("2", "f2:a", "f1:a", "i", extent="some", gap_object="a plan", versions=("f2:a@new", ""))
    assert codes([good(), back]) == ["MAP_DUPLICATE"]
    third = replace(good(), iri="urn:row:3", set_id="other")
    assert codes([third, good(), back]) == ["MAP_DUPLICATE"], "a set is compared with itself"


def test_the_codes_in_the_source_are_those_tested_here() -> None:
    assert codes_in(lint_module) == {*FAILING, "MAP_DANGLING_END", "MAP_NOMATCH_OVERLAPS"}
    assert {code for code in FAILING if code not in PASSING} == {
        "MAP_NOT_ASSESSABLE", "MAP_SAYS_NOTHING", "MAP_RATIONALE_SHORT", "MAP_PRESUMPTION"
    }, "the good row is their passing one"  # fmt: skip


# ----- Files of a set -----

SET = "mappings/tiny-standard--tiny-act"
ROWS = f"{SET}/rows/all.tsv"
HEADER = (
    "id|subject|object|relation|extent|rationale|gap_object|gap_subject|basis|confidence|perspective|effect|citation|"
    "status|subject_version|object_version"
)
FIRST = (
    "one|A.2.2|art1-1|intersects-with|some|A policy that says who is responsible says who you are in part.|the address|"
    "|semantic|0.6||||reviewed||"
)
FILES = {
    f"{SET}/set.yaml": """\
id: tiny-standard--tiny-act
title: Tiny Standard to Tiny Act
subject: tiny-standard@2022
object: tiny-act@2020
version: 0.1.0
licence: CC BY 4.0
author: an author
author_kind: automated
authored_on: 2022-02-01
method: automated
justification: semapv:LLMBasedMatching
law_version: "2022-01-01"
""",
    ROWS: f"{HEADER}\n{FIRST}\n",
    f"{SET}/nomatch.tsv": "item|scope|reason|searched_on\n4.1|tiny-act|Looked at all three articles.|2022-02-01\n",
    f"{SET}/reviews.tsv": "row|reviewer|kind|on|blind|proposed|agreement|note\n"
    "one|a machine|automated|2022-03-01|yes|intersects-with|1.0|\n",
}
Spoiled = tuple[str, str, str]
FILE_CODES: dict[str, list[Spoiled]] = {
    "UNKNOWN_REFERENCE": [
        (ROWS, "one|A.2.2", "one|A.9.9"),
        (f"{SET}/set.yaml", "tiny-act@2020", "tiny-act@2019"),
        (f"{SET}/nomatch.tsv", "|tiny-act|", "|tiny-amendment|"),
        (f"{SET}/nomatch.tsv", "4.1|", "4.9|"),
        (f"{SET}/reviews.tsv", "one|a machine", "two|a machine"),
    ],
    "NOT_ASSESSABLE": [(ROWS, "one|A.2.2", "one|A.2")],
    "DUPLICATE_ID": [
        (ROWS, "reviewed||", "reviewed||\n" + FIRST.replace("A.2.2", "4.1")),
        (f"{SET}/nomatch.tsv", "2022-02-01\n", "2022-02-01\n4.1|tiny-act|Looked once more at it all.|2022-02-02\n"),
    ],
    "DUPLICATE_PAIR": [(ROWS, "reviewed||", "reviewed||\n" + FIRST.replace("one|", "two|"))],
    "VERSIONS_COUNT": [(ROWS, "reviewed||", "reviewed||oj;oj")],
    "UNKNOWN_VERSION": [(ROWS, "reviewed||", "reviewed||1999")],
    "RATIONALE_SHORT": [(ROWS, "A policy that says who is responsible says who you are in part.", "The same.")],
    "EXTENT_MISMATCH": [
        (ROWS, "|some|", "|all|"),
        (ROWS, "intersects-with|some", "superset-of|most"),
    ],
    "GAP_MISSING": [(ROWS, "|the address|", "||")],
    "COVERS_WITH_GAP": [(ROWS, "intersects-with|some", "superset-of|all")],
    "CONFIDENCE_RANGE": [(ROWS, "|0.6|", "|1.6|")],
    "PRESUMPTION_UNCITED": [(ROWS, "|0.6||||", "|0.6||presumption-of-conformity||")],
    "ACCEPTED_WITHOUT_PERSON": [(ROWS, "reviewed||", "accepted||")],
    "NOMATCH_MAPPED": [(f"{SET}/nomatch.tsv", "4.1|", "A.2.2|")],
    "AGREEMENT_RANGE": [(f"{SET}/reviews.tsv", "|1.0|", "|2.0|")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_tiny(tmp_path / "data")
    for name, text in FILES.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("|", "\t") if name.endswith(".tsv") else text, encoding="utf-8")
    return made


def file_codes(folder: Path) -> list[str]:
    return [finding.rule for finding in check_mappings(read_content([folder]))]


def test_a_good_set_earns_nothing(folder: Path) -> None:
    assert file_codes(folder) == []


@pytest.mark.parametrize(
    ("code", "spoiled"), [(code, each) for code, all_ in FILE_CODES.items() for each in all_], ids=str
)
def test_each_code_of_the_files_is_earned(code: str, spoiled: Spoiled, folder: Path) -> None:
    spoil(folder, *spoiled)
    findings = [f for f in check_mappings(read_content([folder])) if f.rule == code]
    assert findings, file_codes(folder)
    assert findings[0].location.file.endswith(spoiled[0])
    assert findings[0].location.line >= 1


SOUND: list[Callable[[str], str]] = [
    lambda text: text.replace("reviewed\t\t", "reviewed\t\toj"),
    lambda text: text.replace("intersects-with\tsome", "superset-of\tall").replace("the address", ""),
    lambda text: text.replace("intersects-with\tsome", "no-relationship\tnone").replace("the address", ""),
    lambda text: text.replace("0.6", "1"),
    lambda text: text.replace("0.6\t\t\t\t", "0.6\t\tpresumption-of-conformity\tOJ L 1, 1.1.2022\t"),
]


@pytest.mark.parametrize("change", SOUND)
def test_what_is_right_earns_no_code_in_files(change: Callable[[str], str], folder: Path) -> None:
    path = folder / ROWS
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    assert file_codes(folder) == []


def test_a_person_makes_accepted(folder: Path) -> None:
    spoil(folder, ROWS, "reviewed||", "accepted||")
    spoil(folder, f"{SET}/reviews.tsv", "a machine|automated", "A. Person|human")
    assert file_codes(folder) == []


def test_a_person_who_disagrees_does_not_make_accepted(folder: Path) -> None:
    spoil(folder, ROWS, "reviewed||", "accepted||")
    path = folder / f"{SET}/reviews.tsv"
    header, first, *_ = path.read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    cells = dict(zip(names, first.split("\t"), strict=True)) | {"kind": "human", "agreement": "-1.0"}
    path.write_text(f"{header}\n" + "\t".join(cells[name] for name in names) + "\n", encoding="utf-8")
    assert file_codes(folder) == ["ACCEPTED_WITHOUT_PERSON"]


def test_the_codes_of_the_files_are_those_tested_here() -> None:
    assert codes_in(mapping_check) == set(FILE_CODES)
