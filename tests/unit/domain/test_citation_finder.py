"""Finding citations in text, without knowing which ids exist."""

from itertools import pairwise

import pytest

from aimsgraph.domain.citation_context import Located, locate, sentences
from aimsgraph.domain.citation_finder import CitationFinder
from aimsgraph.domain.citations import Scheme
from aimsgraph.domain.segments import HEADING, Segment

SCHEMES = {
    "act": Scheme("act", "eu-law", ("AI Act", "2024/1689")),
    "gdpr": Scheme("gdpr", "eu-law", ("GDPR", "2016/679")),
    "iso-42001": Scheme("iso-42001", "iso", ("ISO/IEC 42001", "42001")),
    "rmf": Scheme("rmf", "nist", ("AI RMF",)),
}
FINDER = CitationFinder(SCHEMES)


@pytest.mark.parametrize(
    ("text", "locals_"),
    [
        ("Article 6(2)", ["Art.6(2)"]),
        ("Art. 6 (2), Art.6.2 and art 6 Abs. 2", ["Art.6(2)", "Art.6(2)", "Art.6(2)"]),
        ("point (a) of Article 6(3)", ["Art.6(3)(a)"]),
        ("Article 11(1), second subparagraph", ["Art.11(1).s2"]),
        ("Articles 9, 10 and 11(1)", ["Art.9", "Art.10", "Art.11(1)"]),
        ("Articles 8 to 15", ["Art.8", "Art.15"]),
        ("Article 50(3) and (4)", ["Art.50(3)", "Art.50(4)"]),
        ("Article 5 and 30 days", ["Art.5"]),
        ("Articles 5 and 30 days", ["Art.5"]),
        ("Annex III, point 4(a)", ["Annex.III(4)(a)"]),
        ("Annexes XI and XII", ["Annex.XI", "Annex.XII"]),
        ("Annex VIII, Section B, point 8", ["Annex.VIII.B(8)"]),
        ("recitals 12 and 27", ["Rec.12", "Rec.27"]),
        ("clause 6.1.3 f)", ["6.1.3"]),
        ("control 6.2.8, A.6.2.8", ["A.6.2.8", "A.6.2.8"]),
        ("ISO 42001 6.1.3", ["6.1.3"]),
        ("GOVERN 1.1, MS-2.6-003, Map 1.1", ["GOVERN-1.1", "MEASURE-2.6", "MAP-1.1"]),
        ("act:Art.6(2).", ["Art.6(2)"]),
        ("Regulation 2024/1689, the 5th article, map 12, v1.2.3, A.1x, article of faith", []),
    ],
)
def test_forms(text: str, locals_: list[str]) -> None:
    citations, _ = FINDER.find(text)
    assert [citation.local for citation in citations] == locals_


def places(*segments: Segment) -> list[tuple[str, str]]:
    return [(x.citation.local, x.slug) for x in locate(segments, FINDER) if isinstance(x, Located)]


def segment(text: str, kind: str = "text", level: int = 0) -> Segment:
    return Segment(text, ((0, 1, 1),), kind, level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Article 35 GDPR and Article 27 AI Act", [("Art.35", "gdpr"), ("Art.27", "act")]),
        ("GDPR Article 35 AI Act Article 27", [("Art.35", "gdpr"), ("Art.27", "act")]),
        ("Under the GDPR, Article 27 of the AI Act", [("Art.27", "act")]),
        ("AI Act. Article 9 is here.", [("Art.9", "act")]),
        ("AI Act. Article 9 DORA. Article 10.", []),
        ("AI Act: Article 9 of our contract", []),
        ("The Colorado AI Act, Article 9", []),
        ("Article 9", []),
        ("AI Act and ISO 42001: Article 9, A.2.2", [("Art.9", "act"), ("A.2.2", "iso-42001")]),
    ],
)
def test_frameworks(text: str, expected: list[tuple[str, str]]) -> None:
    assert places(segment(text)) == expected


def test_a_heading_names_the_framework_of_its_section() -> None:
    assert places(
        segment("GDPR", HEADING, 1), segment("Article 5."), segment("AI Act", HEADING, 1), segment("Article 6.")
    ) == [("Art.5", "gdpr"), ("Art.6", "act")]


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = "See Art. 6 and e.g. No. 7. Then more."
    bounds = sentences(segment(text))
    assert [text[a:b].strip() for a, b in pairwise(bounds)] == [
        "See Art. 6 and e.g. No. 7.",
        "Then more.",
    ]
