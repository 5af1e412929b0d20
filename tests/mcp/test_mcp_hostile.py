"""What a model or somebody behind it may send: wrong, huge, sly. Each gets a code, a message and a remedy."""

import time
from typing import Any

import pytest
from asking import Face

from aimsgraph.api import AimsGraph
from aimsgraph.errors import QuerySyntaxError

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("resolve", {"text": "AI Act Art. 999"}, "not-found"),
    ("resolve", {"text": 6}, "bad-parameter"),
    ("resolve", {}, "bad-parameter"),
    ("resolve", {"text": "x" * 100_000}, "bad-parameter"),
    ("resolve", {"text": "eu-ai-act:Art.6\x00(2)"}, "bad-parameter"),
    ("resolve", {"txt": "eu-ai-act:Art.6"}, "bad-parameter"),
    ("show", {"reference": "../../etc/passwd"}, "not-found"),
    ("show", {"reference": "eu-ai-act:Art.4", "on": "yesterday"}, "bad-parameter"),
    ("show", {"reference": "eu-ai-act:Art.4", "on": "9999-99-99"}, "bad-parameter"),
    ("search", {"words": "log", "limit": 100_000}, "bad-parameter"),
    ("search", {"words": "log", "limit": -1}, "bad-parameter"),
    ("search", {"words": "log", "cursor": "AAAA"}, "bad-parameter"),
    ("search", {"words": "log", "framework": "no-such-thing"}, "not-found"),
    ("duties", {"role": "king", "route": ["annex-iii"]}, "bad-parameter"),
    ("duties", {"role": "provider", "route": ["annex-ix"]}, "bad-parameter"),
    ("duties", {"role": "provider", "route": ["annex-iii"], "fact": ["employer=perhaps"]}, "bad-parameter"),
    ("duties", {"role": "provider", "route": ["annex-iii"], "organisation": "acme"}, "bad-parameter"),
    ("duties", {"organisation": "acme", "system": "no-such-system"}, "not-found"),
    ("changes", {"start": "2027-01-01", "end": "2026-01-01"}, "bad-parameter"),
    ("crosswalk", {"references": [], "to": "eu-ai-act"}, "bad-parameter"),
    ("crosswalk", {"references": ["iso-42001:A.6.2.8"] * 51, "to": "eu-ai-act"}, "bad-parameter"),
    ("crosswalk", {"references": ["iso-42001:A.99"], "to": "eu-ai-act"}, "not-found"),
    ("crosswalk", {"references": ["iso-42001:A.6.2.8"], "to": "eu-ai-act", "max_hops": 99}, "bad-parameter"),
    ("unmapped", {"framework": "iso-42001", "to": "eu-ai-act", "part": "__class__"}, "bad-parameter"),
    ("cover", {"role": "provider", "route": ["annex-iii"], "framework": "no-such-thing"}, "not-found"),
    ("check_proof", {"answers": "no list"}, "bad-parameter"),
    ("gaps", {"organisation": "../acme"}, "not-found"),
    ("gaps", {"organisation": "/etc"}, "not-found"),
    ("gaps", {"system": "no-such-system"}, "not-found"),
    ("coverage", {"framework": "no-such-thing"}, "not-found"),
    ("coverage", {"on": "1999-01-01"}, "bad-parameter"),
    ("impact", {"of": "no-such-thing-at-all"}, "not-found"),
    ("cite", {"text": ""}, "bad-parameter"),
    ("cite", {"text": "x", "framework": "--output=/tmp/x"}, "not-found"),
    ("cite", {"text": "Article 6 " * 10_000, "framework": "--output=/tmp/x"}, "not-found"),
    ("validate", {"files": {"../../tmp/evil.yaml": "a: 1"}}, "input-unreadable"),
    ("validate", {"files": {"/etc/passwd": "a: 1"}}, "input-unreadable"),
    ("validate", {"files": {".hidden": "a: 1"}}, "input-unreadable"),
    ("validate", {"files": {"a\\b.yaml": "a: 1"}}, "input-unreadable"),
    ("validate", {"files": {"-organisation.yaml": "a: 1"}}, "input-unreadable"),
    ("validate", {"files": {}}, "input-unreadable"),
    ("validate", {"files": {f"f{i}.yaml": "" for i in range(501)}}, "body-too-large"),
    ("validate", {"files": {"organisation.yaml": 3}}, "bad-parameter"),
    ("validate", {"files": {"organisation.yaml": "slug: a"}, "organisation": "acme"}, "bad-parameter"),
    ("validate", {"files": {"organisation.yaml": "slug: a"}, "profiles": ["no-such-audit"]}, "bad-parameter"),
    ("validate", {"organisation": "nobody"}, "not-found"),
    ("question", {"id": "cq-999"}, "not-found"),
    ("question", {"id": "cq-001", "parameters": {"role": "king"}}, "bad-parameter"),
    ("question", {"id": "cq-001", "parameters": {"role": "provider } DROP ALL #", "route": "gpai"}}, "bad-parameter"),
    ("question", {"id": "cq-012", "organisation": "nobody"}, "not-found"),
    ("sparql", {"query": "SELECT * { ?s ?p"}, "sparql-syntax"),
    ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "sparql-syntax"),
    ("sparql", {"query": "INSERT DATA { <urn:a> <urn:b> 1 }"}, "sparql-syntax"),
    ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, "refused"),
    ("sparql", {"query": "SELECT * " + "{" * 5000 + "}" * 5000}, "refused"),
    ("sparql", {"query": "SELECT * { ?s ?p ?o . ?a ?b ?c }"}, "resources-exceeded"),
    ("sparql", {"query": "ASK {}", "seconds": -1}, "bad-parameter"),
    ("no_such_tool", {}, "not-found"),
    ("call_tool", {"name": "sparql"}, "not-found"),
]


@pytest.mark.parametrize(
    ("tool", "arguments", "code"), WRONG, ids=[f"{tool}-{i}" for i, (tool, _, _) in enumerate(WRONG)]
)
def test_what_is_wrong_is_said(face: Face, tool: str, arguments: dict[str, Any], code: str) -> None:
    error = face.fail(tool, **arguments)
    assert error["code"] == code, error
    assert error["message"]
    assert len(str(error)) < 3000


def test_the_nearest_ids_are_named(face: Face) -> None:
    assert "eu-ai-act:Art.99" in face.fail("show", reference="AI Act Art. 999")["remedy"]
    assert "'reference'" in face.fail("show", referense="eu-ai-act:Art.9")["remedy"]
    assert "'crosswalk'" in face.fail("cross_walk")["remedy"]
    assert "known: acme" in face.fail("gaps", organisation="acne")["remedy"]


def test_an_error_in_a_query_stands_where_the_asker_wrote_it(face: Face, graph: AimsGraph) -> None:
    for query in ("SELECT ?s {\n  ?s a nowhere:Thing }", "SELECT nonsense { }"):
        with pytest.raises(QuerySyntaxError) as wrong:
            graph.query(query)
        place = face.fail("sparql", query=query)
        assert wrong.value.location is not None
        assert (place["line"], place["column"]) == (wrong.value.location.line, wrong.value.location.column)


@pytest.mark.parametrize("answer", [{}, {"proofs": 3}, {"proofs": [{"steps": "x"}]}, {"subject": [], "proofs": [{}]}])
def test_a_proof_of_any_shape_is_judged_and_none_is_believed(face: Face, answer: dict[str, Any]) -> None:
    checked = face.ask("check_proof", answers=[answer])
    assert not checked["holds"]
    assert len(checked["rejected"]) == 1


def test_a_query_of_death_ends_at_its_deadline_and_others_are_answered(face: Face) -> None:
    started = time.monotonic()
    error = face.fail("sparql", query=BOMB, seconds=1)
    assert error["code"] == "deadline-exceeded"
    assert time.monotonic() - started < 10
    assert face.ask("sparql", query="ASK { ?s a aims:Framework }")["boolean"] is True


def test_a_longer_time_than_the_servers_own_is_not_given(short_of_time: Face) -> None:
    started = time.monotonic()
    assert short_of_time.fail("sparql", query=BOMB, seconds=3600)["code"] == "deadline-exceeded"
    assert time.monotonic() - started < 15


def test_a_cursor_goes_with_its_own_question(face: Face) -> None:
    cursor = face.ask("changes", start="2026-12-02", end="2027-12-02", limit=5)["next"]
    assert cursor
    assert face.ask("changes", start="2026-12-02", end="2027-12-02", limit=5, cursor=cursor)["changes"]
    for other in ({"start": "2026-12-01", "end": "2027-12-02"}, {"start": "2026-12-02", "end": "2027-12-01"}):
        assert face.fail("changes", **other, limit=5, cursor=cursor)["code"] == "bad-parameter"
    assert face.fail("duties", role="provider", route=["gpai"], cursor=cursor)["code"] == "bad-parameter"


def test_without_an_organisation_the_tools_say_so(short_of_time: Face) -> None:
    assert short_of_time.ask("organisations")["organisations"] == []
    for tool, arguments in (("gaps", {}), ("duties", {"system": "cv-ranker"}), ("impact", {"of": "dana"})):
        error = short_of_time.fail(tool, **arguments)
        assert (error["code"], "--org" in error["remedy"]) == ("not-found", True)
