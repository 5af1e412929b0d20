import pyoxigraph as ox
import pytest

from aimsgraph.errors import InputError, NotFound
from aimsgraph.graph.prefixes import Prefixes, load_prefixes, read_prefixes

TABLE = Prefixes({"ex": "http://example.org/", "deep": "http://example.org/a/", "v": "http://example.org/v#"})


def test_expand_and_compact_are_inverse():
    for curie in ("ex:x", "deep:b-1.c", "v:Term", "ex:1"):
        assert TABLE.compact(TABLE.expand(curie)) == curie


@pytest.mark.parametrize(
    ("iri", "shown"),
    [
        ("http://example.org/a/b", "deep:b"),
        ("http://example.org/a/b/c", "http://example.org/a/b/c"),
        ("http://example.org/", "http://example.org/"),
        ("http://example.org/x.", "http://example.org/x."),
        ("http://elsewhere.org/x", "http://elsewhere.org/x"),
    ],
)
def test_compact_takes_the_longest_namespace_and_only_safe_names(iri, shown):
    assert TABLE.compact(iri) == shown
    assert TABLE.compact(ox.NamedNode(iri)) == shown


@pytest.mark.parametrize("curie", ["no:x", "x", ":x"])
def test_an_unknown_prefix_is_not_found(curie):
    with pytest.raises(NotFound, match="no prefix"):
        TABLE.expand(curie)


def test_a_curie_that_makes_no_iri_is_an_input_error():
    with pytest.raises(InputError):
        TABLE.expand("ex:a b")


def test_the_header_declares_the_table_to_the_engine():
    assert ox.Store().query(TABLE.header() + "ASK { FILTER(ex:a != v:b) }")


def test_the_shipped_table_is_read_once_and_sound():
    shipped = load_prefixes()
    assert shipped is load_prefixes()
    assert shipped.expand("aims:Framework").value == "https://w3id.org/aimsgraph/ns#Framework"
    assert list(shipped.as_dict()) == sorted(shipped.as_dict())
    ox.Store().query(shipped.header() + "ASK {}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("a\tb\n", 1),
        ("prefix\tiri\nex\n", 2),
        ("prefix\tiri\n\nex\tno iri\n", 3),
        ("prefix\tiri\n9x\thttp://a/\n", 2),
        ("prefix\tiri\nex\thttp://a/\nex\thttp://b/\n", 3),
        ("prefix\tiri\nex\thttp://a/\ny\thttp://a/\n", 3),
    ],
)
def test_a_bad_table_says_where(tmp_path, text, line):
    path = tmp_path / "prefixes.tsv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_prefixes(path)
    assert caught.value.location.line == line


def test_a_missing_or_undecodable_table_is_an_input_error(tmp_path):
    with pytest.raises(InputError):
        read_prefixes(tmp_path / "none.tsv")
    (tmp_path / "bad.tsv").write_bytes(b"prefix\tiri\n\xff")
    with pytest.raises(InputError):
        read_prefixes(tmp_path / "bad.tsv")
