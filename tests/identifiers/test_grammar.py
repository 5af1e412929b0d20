"""The grammar of references, local ids and IRIs by itself: no graph, no data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph.domain.identifiers import (
    STYLES,
    Reference,
    is_local_id,
    is_statement_id,
    make_iri,
    parse_reference,
    slugify,
)

WELL_FORMED = {
    "eu-law": [
        "Art.6",
        "Art.6(2)",
        "Art.113",
        "Art.4a",
        "Art.60a",
        "Art.75a(3)",
        "Art.5(1)(ba)",
        "Art.5(1a)",
        "Art.3(14a)",
        "Art.13(3)(b)(ii)",
        "Art.11(1).s2",
        "Art.43(1).s2(a)",
        "Annex.IV",
        "Annex.IV(2)(g)",
        "Annex.VIII.B",
        "Annex.VIII.B(8)",
        "Annex.XI.1(1)(a)",
        "Annex.VII(4.4)",
        "Annex.VII(3.2).s1",
        "Annex.XIV(2)(a)(AIP0107)",
        "Annex.XIII(a)",
        "Rec.1",
        "Rec.180",
        "Cpt.III",
        "Cpt.III.Sec.2",
    ],
    "iso": ["4", "6.1.3", "10.2", "A.2", "A.6.2.8", "A.10.4", "C.2.11"],
    "nist": ["GOVERN", "MAP-3", "GOVERN-1.1", "MEASURE-2.13"],
    "number": ["1", "12", "100"],
    "slug": ["en-18286-2026", "iso-iec-42001-2023", "x"],
}
MALFORMED = {
    "eu-law": [
        "",
        "Art.",
        "Art.0",
        "Art.06",
        "Art 6",
        "art.6",
        "Art.6()",
        "Art.6(2",
        "Art.6 (2)",
        "Art.6(2) ",
        "Art.6.2",
        "Art.6(2).s0",
        "Art.6(2).s10",
        "Article 6",
        "Annex.4",
        "Annex.iv",
        "Annex.IV.2(g)(",
        "Annex.VIII.BB",
        "Annex.VII(4.)",
        "Annex.VII(.4)",
        "Annex.XIV(AIP107)",
        "Annex.XIV(aip0107)",
        "Rec.0",
        "Rec.1(2)",
        "Rec.1a",
        "Cpt.3",
        "Cpt.III.Sec.0",
        "Cpt.III.2",
        "\u0410rt.6",
        "Art.6(2)\n",
        "Art.6(\u0662)",
        "Art.6(A)",
    ],
    "iso": [
        "",
        "0",
        "6.",
        ".6",
        "6.01",
        "6.1.3.4.5",
        "D.2",
        "a.6.2",
        "A6.2",
        "A.0",
        "6,1",
        "6.1 ",
        "100",
        "\u0410.6.2.8",
    ],
    "nist": ["", "govern", "GOVERN 1.1", "GOVERN-", "GOVERN-0", "GOVERN-1.1.1", "1.1", "GOVERN\u20111.1"],
    "number": ["", "0", "01", "1.0", "-1", "one", "\u0661"],
    "slug": ["", "-a", "a-", "a--b", "A", "a b", "a_b"],
}


@pytest.mark.parametrize(("style", "local"), [(style, local) for style in WELL_FORMED for local in WELL_FORMED[style]])
def test_well_formed_local_ids_are_accepted_and_make_references(style, local):
    assert is_local_id(local, style)
    reference = Reference("eu-ai-act", local)
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(("style", "local"), [(style, local) for style in MALFORMED for local in MALFORMED[style]])
def test_malformed_local_ids_are_refused(style, local):
    assert not is_local_id(local, style)


@pytest.mark.parametrize(
    "local", ["art9-1", "art10-5@2024", "art111-2-s1@2024", "annexXI-1-1-a", "art4a-1-b", "annexVII-3.1-a"]
)
def test_statement_ids(local):
    assert is_statement_id(local)
    assert not any(is_local_id(local, style) for style in STYLES if style != "slug")


@pytest.mark.parametrize(
    "local", ["", "art", "9-1", "art9-", "art9--1", "art9-1@", "art9-1@24", "Art9-1", "rec1", "art9 1"]
)
def test_what_is_no_statement_id(local):
    assert not is_statement_id(local)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("eu-ai-act:Art.6(2)", ("eu-ai-act", "Art.6(2)", "")),
        ("iso-42001@2023:A.6.2.8", ("iso-42001", "A.6.2.8", "2023")),
        ("nist-ai-rmf@1.0:MAP-1.1", ("nist-ai-rmf", "MAP-1.1", "1.0")),
        ("eu-ai-act@2024:art10-5@2024", ("eu-ai-act", "art10-5@2024", "2024")),
    ],
)
def test_references_come_apart_and_together(text, parts):
    reference = parse_reference(text)
    assert (reference.framework, reference.local, reference.edition) == parts
    assert str(reference) == text
    assert str(reference.without_edition) == f"{parts[0]}:{parts[1]}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "Art.6",
        "eu-ai-act",
        "eu-ai-act:",
        ":Art.6",
        "EU-AI-ACT:Art.6",
        "eu_ai_act:Art.6",
        "-eu:Art.6",
        "eu-:Art.6",
        "eu ai act:Art.6",
        "eu-ai-act@:Art.6",
        "eu-ai-act@latest:Art.6",
        "eu-ai-act@1.:Art.6",
        "eu-ai-act:.6",
        "eu-ai-act:(2)",
        "eu-ai-act: Art.6",
        "eu-ai-act:Art.6/2",
        "eu-ai-act:Art.6%20",
        "eu-ai-act:Art.6:2",
        "eu-ai-act:Art.6\n",
        "eu-ai-act:\u0410.6",
        "\u0435u-ai-act:Art.6",
        "https://w3id.org/aimsgraph/id/eu",
    ],
)
def test_malformed_references_are_refused(text):
    with pytest.raises(ValueError):
        parse_reference(text)


@pytest.mark.parametrize(
    "part", ["art 6", "art%206", "art_6?", "art_6#x", "a//b", "/a", "a/", "", "\u00e4", "a\n", "(a)"]
)
def test_an_iri_of_ours_never_needs_percent_encoding(part):
    with pytest.raises(ValueError, match="never needs"):
        make_iri(part)


def test_an_iri_joins_its_parts():
    assert make_iri("iso/27001/2022", "A.5.15") == "https://w3id.org/aimsgraph/id/iso/27001/2022/A.5.15"


@given(st.text())
def test_any_text_is_a_reference_or_a_value_error(text):
    try:
        reference = parse_reference(text)
    except ValueError:
        return
    assert str(reference) == text


@given(st.text())
def test_a_slug_is_a_slug_or_empty(text):
    slug = slugify(text)
    assert slug == "" or STYLES["slug"].fullmatch(slug)
    assert slugify(slug) == slug
