"""Bodies that are small and grow, are deep, are no text, name other places, or are simply large."""

import gzip
import json
import threading
import time

import httpx
import pytest
from siege import EX, Besieged, is_problem

REFUSED = (403, "refused")
UNREADABLE = (400, "input-unreadable")
BAD = (400, "bad-parameter")
TOO_MUCH = (413, "resources-exceeded")
TOO_LARGE = (413, "body-too-large")
RDF_XML = "application/rdf+xml"
JSON_LD = "application/ld+json"

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rdf [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    '<rdf:Description rdf:about="http://example.org/x"><e:p>&a9;</e:p></rdf:Description></rdf:RDF>'
)
XXE = (
    '<!DOCTYPE rdf [<!ENTITY x SYSTEM "FILE"><!ENTITY y SYSTEM "CANARY"><!ENTITY % z SYSTEM "CANARY"> %z;]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    '<rdf:Description rdf:about="http://example.org/x"><e:p>&x;&y;</e:p></rdf:Description></rdf:RDF>'
)

BODIES = {
    "billion-laughs": (RDF_XML, LAUGHS, (REFUSED,)),
    "billion-laughs-in-utf-16": (RDF_XML, LAUGHS.encode("utf-16"), (REFUSED, UNREADABLE)),
    "external-entity": (RDF_XML, XXE, (REFUSED,)),
    "long-prefix": ("text/turtle", f"@prefix p: <urn:{'x' * 72_000}> .\n" + "p:a p:b p:c .\n" * 5_000, (TOO_MUCH,)),
    "long-base": ("text/turtle", f"@base <urn:{'x' * 72_000}/> .\n" + "<a> <b> <c> .\n" * 5_000, (TOO_MUCH,)),
    "deep-turtle": ("text/turtle", "<urn:a> <urn:b> " + "[ <urn:b> " * 200_000, (UNREADABLE,)),
    "deep-lists": ("text/turtle", "<urn:a> <urn:b> " + "( " * 200_000, (UNREADABLE,)),
    "deep-quoted-triples": ("text/turtle", "<< " * 100_000 + "<urn:a>", (UNREADABLE,)),
    "deep-json-ld": (JSON_LD, '{"@graph": ' * 100_000 + "{}" + "}" * 100_000, (UNREADABLE,)),
    "deep-json-ld-lists": (JSON_LD, '{"urn:p": ' + "[" * 100_000 + "]" * 100_000 + "}", (UNREADABLE,)),
    "remote-context": (JSON_LD, '{"@context": "CANARY", "@id": "urn:a", "p": 1}', (UNREADABLE,)),
    "remote-context-import": (
        JSON_LD,
        '{"@context": {"@version": 1.1, "@import": "CANARY"}, "@id": "urn:a", "urn:p": 1}',
        (UNREADABLE,),
    ),
    "context-in-a-file": (JSON_LD, '{"@context": "FILE", "@id": "urn:a", "p": 1}', (UNREADABLE,)),
    "no-utf-8": ("text/turtle", b"<urn:a> <urn:b> '\xff\xfe\x80' .", (UNREADABLE,)),
    "half-a-character": ("application/n-triples", b"<urn:a> <urn:b> '\xe2\x82", (UNREADABLE,)),
    "surrogates": ("text/turtle", '<urn:a> <urn:b> "\\uD800" .', (UNREADABLE,)),
    "no-iri": ("application/n-triples", "<urn:a b> <urn:{x}> <urn:<script>> .", (UNREADABLE,)),
    "a-graph-of-another-name": (
        "application/trig",
        "<https://w3id.org/aimsgraph/graph/x> { <urn:a> <urn:b> ",
        (UNREADABLE,),
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_graph_is_refused_and_nothing_is_fetched_or_read(name: str, besieged: Besieged) -> None:
    media_type, said, allowed = BODIES[name]
    body = said if isinstance(said, bytes) else said.replace("CANARY", besieged.canary.url).encode()
    body = body.replace(b"FILE", besieged.canary.file.as_uri().encode())
    with besieged.attack(f"body: {name}"), besieged.server.client() as client:
        started = time.monotonic()
        answer = client.put("/graphs", params={"graph": "urn:x"}, content=body, headers={"Content-Type": media_type})
        is_problem(answer, *allowed)
        assert time.monotonic() - started < 5


def test_imports_are_said_and_not_followed(besieged: Besieged) -> None:
    body = (
        f"<urn:o> <http://www.w3.org/2002/07/owl#imports> <{besieged.canary.url}>, <{besieged.canary.file.as_uri()}> ."
    )
    with besieged.server.client() as client:
        for method in ("PUT", "DELETE"):
            assert client.request(method, "/graphs?graph=urn:o", content=body.encode()).status_code in (201, 204)
    assert besieged.canary.calls == []


@pytest.mark.slow
def test_long_prefixes_in_an_update_are_bounded_too(besieged: Besieged) -> None:
    triples = "p:a p:b p:c . p:d p:e p:f . " * 2_000
    text = f"PREFIX p: <urn:{'x' * 72_000}> INSERT DATA {{ {triples} }} ; CREATE GRAPH <{EX}g>"
    with besieged.attack("update: long prefix"), besieged.server.client() as client:
        is_problem(client.post("/update", data={"update": text}), TOO_MUCH, REFUSED, (504, "deadline-exceeded"))


@pytest.mark.parametrize("path", ["/sparql", "/update", "/graphs?graph=urn:x"])
def test_a_body_larger_than_allowed(path: str, besieged: Besieged) -> None:
    kinds = {"/sparql": "application/sparql-query", "/update": "application/sparql-update"}
    headers = {"Content-Type": kinds.get(path, "text/turtle")}

    def pieces():  # without a length, so that only counting helps
        for _ in range(20):
            yield b"#" * (1 << 20)

    with besieged.attack(f"large body: {path}"), besieged.server.client() as client:
        is_problem(client.post(path, content=b"#" * (17 << 20), headers=headers), TOO_LARGE)
        is_problem(client.post(path, content=pieces(), headers=headers), TOO_LARGE)


def test_large_forms_do_not_hold_up_the_others(besieged: Besieged) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers: list[httpx.Response] = []

    def post(body: bytes) -> None:
        with besieged.server.client() as client:
            answers.append(client.post("/sparql", content=body, headers=form))

    with besieged.attack("large forms"):
        bodies = [b"query=" + b"%41" * 1_300_000, b"a=b&" * 700_000, b"query=" + b"%ff" * 1_000]
        threads = [threading.Thread(target=post, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 3
    assert all(is_problem(answer, BAD, (400, "sparql-syntax"), REFUSED) for answer in answers)


def test_a_compressed_body_is_not_unpacked(besieged: Besieged) -> None:
    body = gzip.compress(b"<urn:a> <urn:b> <urn:c> .\n" * 100_000)
    headers = {"Content-Type": "text/turtle", "Content-Encoding": "gzip"}
    with besieged.attack("compressed body"), besieged.server.client() as client:
        is_problem(client.put("/graphs?graph=urn:x", content=body, headers=headers), UNREADABLE)


def test_many_parts(besieged: Besieged) -> None:
    part = "--x\r\nContent-Type: text/turtle\r\n\r\n<urn:a> <urn:b> 1 .\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with besieged.attack("many parts"), besieged.server.client() as client:
        body = part * 20_000 + "--x--"
        is_problem(client.post("/graphs?graph=urn:x", content=body.encode(), headers=headers), BAD)
        nested = "--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 2_000
        is_problem(
            client.post("/graphs?graph=urn:x", content=nested.encode(), headers=headers),
            BAD,
            (415, "unsupported-media-type"),
        )


@pytest.mark.parametrize("depth", [10, 5_000])
def test_deep_or_wrong_json(depth: int, besieged: Besieged) -> None:
    body = "[" * depth + "]" * depth
    with besieged.server.client() as client:
        paths = [path for path, said in client.get("/openapi.json").json()["paths"].items() if "post" in said]
    posts = [path for path in paths if path.startswith("/v1") and "{" not in path]
    assert posts
    with besieged.attack(f"json: {depth}"), besieged.server.client() as client:
        for path in posts:
            for said in (body, json.dumps({"a": 10**400}), '{"a": NaN}', "\xff"):
                answer = client.post(path, content=said.encode("latin-1"), headers={"Content-Type": "application/json"})
                assert 400 <= answer.status_code < 500, (path, answer.text)
                assert answer.headers["content-type"] == "application/problem+json"
