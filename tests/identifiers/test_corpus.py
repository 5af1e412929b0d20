"""The golden corpus of `docs/identifiers.md` against the real graph, and round trips of every name in it."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph.domain.citations import format_citation
from aimsgraph.domain.identifiers import ID, is_local_id, is_statement_id, parse_reference
from aimsgraph.errors import AimsgraphError, NotFound, UsageError

FOLDER = Path(__file__).parent
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[tn])")
_REPEAT = re.compile(r"(.*)\{([0-9]+)\}")


def read_corpus(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").split("\n")[1:-1]
    return [tuple(line.split("\t")) for line in lines]


def decode(text):
    r"""Inputs that no text file holds are written `\x00`, `\t`, and `x{10240}` for repetition."""
    if match := _REPEAT.fullmatch(text):
        text = match[1] * int(match[2])
    return _ESCAPE.sub(lambda m: {"t": "\t", "n": "\n"}.get(m[1]) or chr(int(m[1][1:], 16)), text)


VALID, INVALID = read_corpus("valid.tsv"), read_corpus("invalid.tsv")


def test_the_corpus_is_large_and_covers_every_framework_and_kind(graph):
    assert len(VALID) >= 120
    assert len({text for text, _, _ in VALID}) == len(VALID)
    assert len(INVALID) >= 60
    entries = [graph.index.by_reference[reference] for _, reference, _ in VALID]
    assert {entry.framework for entry in entries} == set(graph.index.frameworks)
    assert {entry.kind for entry in entries} == {"framework", "provision", "statement", "catalogue-entry"}
    assert {code for _, code, _ in INVALID} == {NotFound.code, UsageError.code}


@pytest.mark.parametrize(("text", "reference", "iri"), VALID, ids=[row[0] for row in VALID])
def test_valid(graph, text, reference, iri):
    entry = graph.resolve(text)
    assert (entry.reference, entry.iri) == (reference, iri)


@pytest.mark.parametrize(("text", "code", "named"), INVALID, ids=[f"{row[0]} {row[2]}" for row in INVALID])
def test_invalid(graph, text, code, named):
    with pytest.raises(AimsgraphError) as caught:
        graph.resolve(decode(text))
    assert caught.value.code == code
    assert named in f"{caught.value.message} {caught.value.remedy}"
    assert len(caught.value.message) < 1000
    assert caught.value.message.isprintable()


def test_an_ambiguous_citation_names_every_reading(graph):
    with pytest.raises(UsageError) as caught:
        graph.resolve("A.5.2")
    assert caught.value.remedy == "write iso-27001:A.5.2 or iso-42001:A.5.2"


def test_every_name_of_the_graph_resolves_to_itself(graph):
    entries = graph.index.by_reference
    assert len(entries) > 2800
    for reference, entry in entries.items():
        assert entry.reference == reference
        assert graph.resolve(reference) == entry
        assert graph.resolve(entry.iri) == entry
    assert len({entry.iri for entry in entries.values()}) == len(entries)


def test_every_name_has_the_form_of_its_style(graph):
    kinds = Counter()
    for reference, entry in graph.index.by_reference.items():
        assert re.fullmatch(re.escape(ID) + r"[A-Za-z0-9._@/-]+", entry.iri)
        if entry.kind == "framework":
            assert reference == entry.framework
            continue
        parsed = parse_reference(reference)
        assert (parsed.framework, parsed.edition) == (entry.framework, "")
        is_statement = entry.kind == "statement"
        assert is_statement_id(parsed.local) is is_statement
        if not is_statement:
            assert is_local_id(parsed.local, graph.index.frameworks[entry.framework].style)
        kinds[entry.kind] += 1
    assert kinds["statement"] == 440
    assert kinds["catalogue-entry"] == 134


def test_names_differ_by_more_than_case(graph):
    folded = Counter(reference.casefold() for reference in graph.index.by_reference)
    assert [name for name, number in folded.items() if number > 1] == []


def test_every_version_iri_resolves_to_what_it_is_a_version_of(graph):
    for group in graph.law.versions.values():
        for version in group:
            assert graph.resolve(version.iri).iri == version.provision


@pytest.mark.parametrize(
    "pattern", ["{name} {citation}", "{citation} of the {name}", "{citation} ({name})", "{slug}: {citation}"]
)
def test_every_provision_of_eu_law_resolves_from_its_citation(graph, pattern):
    tried = 0
    for reference, entry in graph.index.by_reference.items():
        info = graph.index.frameworks[entry.framework]
        if entry.kind != "provision" or info.style != "eu-law":
            continue
        citation = format_citation(parse_reference(reference).local, "eu-law")
        text = pattern.format(name=info.label, slug=info.slug, citation=citation)
        assert graph.resolve(text) == entry, text
        tried += 1
    assert tried > 1900


def test_every_other_provision_resolves_from_its_citation(graph):
    for reference, entry in graph.index.by_reference.items():
        info = graph.index.frameworks[entry.framework]
        if entry.kind == "provision" and info.style != "eu-law":
            local = parse_reference(reference).local
            assert graph.resolve(f"{info.names[0]} {format_citation(local, info.style)}") == entry


def test_every_catalogue_entry_resolves_from_its_designation(graph):
    rows = graph.query(
        "PREFIX aims: <https://w3id.org/aimsgraph/ns#> SELECT ?r ?d { ?e aims:designation ?d ; aims:reference ?r }"
    )
    frameworks = {name for info in graph.index.frameworks.values() for name in (info.label, *info.names)}
    strays = {
        (row["d"].value, row["r"].value)
        for row in rows
        if row["d"].value not in frameworks
        and graph.resolve(f"catalogue: {row['d'].value}").reference != row["r"].value
    }
    assert strays == set()


LIKE_CITATIONS = st.lists(
    st.sampled_from(
        [
            "Art",
            "Article",
            "Annex",
            "IV",
            "(",
            ")",
            "1",
            "2",
            "a",
            ".",
            ",",
            " ",
            "of",
            "the",
            "AI Act",
            "ISO",
            "42001",
            "@",
            ":",
            "-",
            "point",
            "second",
            "subparagraph",
            "A.6",
            "GOVERN",
            "http://",
            "eli",
            "\u00a0",
            "\u0410",
            "eu-ai-act",
            "oj",
            "/",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(st.text(max_size=400), LIKE_CITATIONS, st.text(alphabet=" ,().-:@/", max_size=300)))
def test_any_text_is_resolved_or_refused_with_an_error_of_ours(graph, text):
    try:
        entry = graph.resolve(text)
    except AimsgraphError as error:
        assert error.code in ("not-found", "bad-parameter")
    else:
        assert graph.index.by_reference[entry.reference] is entry


@given(st.text(max_size=200))
def test_any_text_is_no_framework_or_one(graph, text):
    try:
        assert graph.framework(text).slug in graph.index.frameworks
    except NotFound as error:
        assert "known: " in error.remedy


def test_long_texts_are_refused_at_once(graph):
    for text in (",(" * 50_000, "Article " * 10_000, "http://" + "x" * 100_000):
        with pytest.raises(UsageError, match="too long"):
            graph.resolve(text)
