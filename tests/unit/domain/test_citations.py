"""Reading and writing citations, without knowing which ids exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph.domain.citations import Scheme, format_citation, iter_candidates, split_framework
from aimsgraph.domain.identifiers import STYLES

SCHEMES = {
    "eu-ai-act": Scheme("eu-ai-act", "eu-law", ("AI Act", "EU AI Act", "2024/1689")),
    "iso-42001": Scheme("iso-42001", "iso", ("ISO/IEC 42001", "ISO 42001", "ISO/IEC 42001:2023", "42001")),
    "nist-ai-rmf": Scheme("nist-ai-rmf", "nist", ("AI RMF", "NIST AI RMF 1.0")),
}


@pytest.mark.parametrize(
    ("text", "slug", "edition", "rest"),
    [
        ("AI Act Art. 6", "eu-ai-act", "", "Art. 6"),
        ("EU AI Act, Art. 6", "eu-ai-act", "", "Art. 6"),
        ("Article 6 of the EU AI Act", "eu-ai-act", "", "Article 6"),
        ("Article 6 (AI Act)", "eu-ai-act", "", "Article 6"),
        ("Article 6 in the AI Act", "eu-ai-act", "", "Article 6"),
        ("ISO/IEC 42001:2023: A.2", "iso-42001", "", "A.2"),
        ("iso42001 A.2", "iso-42001", "", "A.2"),
        ("iso-42001@2023 A.2", "iso-42001", "2023", "A.2"),
        ("ISO 42001 @ 2022: A.2", "iso-42001", "2022", "A.2"),
        ("NIST AI RMF 1.0 MAP-1", "nist-ai-rmf", "", "MAP-1"),
        ("  spread   over\u00a0blanks  of the AI Act ", "eu-ai-act", "", "spread over blanks"),
    ],
)
def test_a_framework_is_found_before_and_after(text, slug, edition, rest):
    scheme, at, left = split_framework(text, SCHEMES)
    assert scheme is SCHEMES[slug]
    assert (at, left) == (edition, rest)


@pytest.mark.parametrize(
    "text", ["Article 6", "AI Act", "XAI Acts 6", "Article 6 of the XAI Act", "ISO 420011 A.2", ""]
)
def test_no_framework_is_found_where_none_stands(text):
    scheme, at, left = split_framework(text, SCHEMES)
    assert (scheme, at, left) == (None, "", text)


@pytest.mark.parametrize(
    ("text", "style", "candidates"),
    [
        ("Article 6", "eu-law", ["Art.6"]),
        ("ART. 60A", "eu-law", ["Art.60a"]),
        ("Article 6 (2) ( a )", "eu-law", ["Art.6(2)(a)"]),
        ("Annex VII 4.4", "eu-law", ["Annex.VII(4)(4)", "Annex.VII(4.4)"]),
        ("Annex XIII, point a", "eu-law", ["Annex.XIII.A", "Annex.XIII(a)"]),
        ("Annex IV.2(g)", "eu-law", ["Annex.IV.2(g)", "Annex.IV(2)(g)"]),
        ("point (b) of paragraph 2 of Article 9", "eu-law", ["Art.9(2)(b)"]),
        ("Articles 6 and 7", "eu-law", []),
        ("Article", "eu-law", []),
        ("Article six", "eu-law", []),
        ("Annex 4", "eu-law", []),
        ("clause 6.1", "iso", ["6.1"]),
        ("control 6.1", "iso", ["A.6.1"]),
        ("objective A.2", "iso", ["A.2"]),
        ("annex 6.1", "iso", []),
        ("Annex C", "iso", ["C"]),
        ("a 6.2.8", "iso", ["A.6.2.8"]),
        ("D.1", "iso", []),
        ("Govern 1.1", "nist", ["GOVERN-1.1"]),
        ("risk 3", "number", ["3"]),
        ("ISO/IEC TS 8200:2024", "slug", ["iso-iec-ts-8200-2024"]),
    ],
)
def test_candidates(text, style, candidates):
    assert list(iter_candidates(text, style)) == candidates


@pytest.mark.parametrize(
    ("local", "style", "citation"),
    [
        ("Art.6(2)", "eu-law", "Article 6(2)"),
        ("Art.13(3)(b)(ii)", "eu-law", "Article 13(3)(b)(ii)"),
        ("Art.11(1).s2", "eu-law", "Article 11(1), second subparagraph"),
        ("Art.43(1).s2(a)", "eu-law", "Article 43(1), second subparagraph, point (a)"),
        ("Annex.I", "eu-law", "Annex I"),
        ("Annex.I.A", "eu-law", "Annex I, Section A"),
        ("Annex.IV(2)(g)", "eu-law", "Annex IV, point 2(g)"),
        ("Annex.XIII(a)", "eu-law", "Annex XIII, point (a)"),
        ("Annex.XI.1(1)(a)", "eu-law", "Annex XI, Section 1, point 1(a)"),
        ("Annex.VII(3.2).s1", "eu-law", "Annex VII, point 3.2, first subparagraph"),
        ("Rec.27", "eu-law", "Recital 27"),
        ("Cpt.III.Sec.2", "eu-law", "Chapter III, Section 2"),
        ("A.6.2.8", "iso", "A.6.2.8"),
        ("MAP-1.1", "nist", "MAP 1.1"),
        ("3", "number", "Risk 3"),
    ],
)
def test_citations_are_written_as_people_write_them_and_read_back(local, style, citation):
    assert format_citation(local, style) == citation
    assert local in iter_candidates(citation, style)


ARTICLES = st.from_regex(r"Art\.[1-9][0-9]?[a-z]?(\([1-9][0-9]?[a-z]?\)(\([a-z]{1,2}\))?)?(\.s[1-9])?", fullmatch=True)
ANNEXES = st.from_regex(r"Annex\.[IVX]{1,4}(\.[A-C1-3])?(\([1-9](\.[1-9])?\)(\([a-z]\))?)?(\.s[1-9])?", fullmatch=True)


@given(st.one_of(ARTICLES, ANNEXES))
def test_every_well_formed_id_of_eu_law_survives_being_cited(local):
    assert STYLES["eu-law"].fullmatch(local)
    assert local in iter_candidates(format_citation(local, "eu-law"), "eu-law")


@given(st.text(max_size=200), st.sampled_from(sorted(STYLES)))
def test_any_text_gives_candidates_of_some_number(text, style):
    assert all(isinstance(candidate, str) for candidate in iter_candidates(text, style))


@given(st.text(max_size=200))
def test_any_text_splits(text):
    scheme, _, rest = split_framework(text, SCHEMES)
    assert scheme is not None or rest == rest.strip()
