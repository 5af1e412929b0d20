"""Entity tags, JSON-LD, the pages about the API."""

import json
import re

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from aimsgraph.api import AimsGraph

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's reader of JSON-LD uses it
TERM = "https://w3id.org/aimsgraph/ns#"
ANSWER = "https://w3id.org/aimsgraph/answer#"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
READS = [
    "/v1/frameworks", "/v1/provisions/eu-ai-act:Art.9", "/v1/questions/cq-001?role=provider&route=annex-iii",
    "/v1/orgs/acme/soa", "/v1/duties?role=provider&route=annex-iii", "/id/eu/reg/2024/1689/art_9", "/ns",
]  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_an_answer_that_is_known_is_not_sent_again(path: str, http: httpx.Client) -> None:
    first = http.get(path)
    tag = first.headers["etag"]
    assert first.status_code == 200
    assert "Accept" in first.headers["vary"]
    assert "Authorization" in first.headers["vary"]
    for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = http.get(path, headers={"If-None-Match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/provisions/eu-ai-act:Art.999", "/v1/orgs/nobody/gaps", "/id/none", "/v1/search"])
def test_whatever_a_client_knows_an_error_is_an_error(path: str, http: httpx.Client) -> None:
    assert http.get(path, headers={"If-None-Match": "*"}).status_code in (404, 422)


def test_tags_differ_by_form_parameters_and_page(http: httpx.Client) -> None:
    path = "/v1/duties?role=provider&route=annex-iii&limit=2"
    following = http.get(path).links["next"]["url"]
    json_ld = {"Accept": "application/ld+json"}
    tags = [http.get(path).headers["etag"], http.get(path, headers=json_ld).headers["etag"]]
    tags += [http.get(each).headers["etag"] for each in (following, f"{path}&on=2027-12-02")]
    assert len(set(tags)) == len(tags)


def triples(http: httpx.Client, path: str) -> set[ox.Triple]:
    answer = http.get(path, headers={"Accept": "application/ld+json"})
    assert answer.headers["content-type"] == "application/ld+json"
    found = {quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.JSON_LD)}
    other = rdflib.Graph().parse(data=answer.text, format="json-ld")
    assert len(other) == len(found)
    return found


def test_json_ld_of_a_provision_says_what_the_graph_says(http: httpx.Client, graph: AimsGraph) -> None:
    found = triples(http, "/v1/provisions/eu-ai-act:Art.9")
    article = ox.NamedNode(graph.resolve("eu-ai-act:Art.9").iri)
    reference = ox.NamedNode(TERM + "reference")
    for predicate in (LABEL, reference, ox.NamedNode(TERM + "localId")):
        ours = {t.object.value for t in found if t.subject == article and t.predicate == predicate}
        graphs = {quad.object.value for quad in graph.asserted.quads(subject=article, predicate=predicate)}
        assert ours == graphs != set()
    statement = ox.NamedNode(graph.resolve("eu-ai-act:art9-1").iri)
    assert ox.Triple(statement, reference, ox.Literal("eu-ai-act:art9-1")) in found
    assert not any(t.subject == article and t.predicate.value == f"{ANSWER}graph_version" for t in found)


def test_json_ld_of_duties_names_the_statements(http: httpx.Client, graph: AimsGraph) -> None:
    path = "/v1/duties?role=provider&route=annex-iii&limit=500"
    listed = {graph.resolve(duty["statement"]).iri for duty in http.get(path).json()["duties"]}
    named = {t.object.value for t in triples(http, path) if t.predicate.value == f"{ANSWER}statement"}
    assert named == listed


def test_json_ld_of_a_crosswalk_names_both_ends_and_the_rows(http: httpx.Client, graph: AimsGraph) -> None:
    found = triples(http, "/v1/crosswalk?from=iso-42001:A.6.2.8&to=eu-ai-act")
    control = ox.NamedNode(graph.resolve("iso-42001:A.6.2.8").iri)
    assert any(t.object == control and t.predicate.value == f"{ANSWER}subject" for t in found)
    rows = {t.object for t in found if t.predicate.value == f"{ANSWER}row"}
    assert rows
    assert all(next(graph.asserted.quads(subject=row), None) is not None for row in rows)


@pytest.mark.parametrize("path", ["/v1/frameworks", "/v1/search?q=logs", "/v1/orgs/acme/coverage", "/v1/questions"])
def test_json_ld_parses(path: str, http: httpx.Client) -> None:
    assert len(triples(http, path)) > 10


def test_the_context_is_the_one_in_the_answers(http: httpx.Client) -> None:
    served = http.get("/v1/context.jsonld")
    assert served.headers["content-type"] == "application/ld+json"
    answer = http.get("/v1/frameworks", headers={"Accept": "application/ld+json"})
    assert json.loads(answer.text)["@context"] == served.json()["@context"]


def test_the_description_names_every_operation_with_its_problems_and_key(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    names = []
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert operation["summary"], path
            if not path.startswith("/v1"):
                continue
            assert operation["security"] == [{"key": []}, {}], path
            for status in ("400", "401", "404", "422", "503"):
                assert set(operation["responses"][status]["content"]) == {"application/problem+json"}, (path, method)
            assert operation["responses"]["200"]["content"]
    assert len(set(names)) == len(names)
    assert {"show", "duties", "crosswalk", "validate", "gaps"} <= set(names)


def test_the_page_about_the_api_runs_only_scripts_of_this_server_and_names_every_operation(http: httpx.Client) -> None:
    page = http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert scripts
    assert all('src="/static/' in script for script in scripts)
    for path in http.get("/openapi.json").json()["paths"]:
        assert path in page.text
    sheet = re.search(r'href="(/static/\w+/page\.css)"', page.text)
    assert sheet is not None
    assert http.get(sheet[1]).headers["content-type"].startswith("text/css")


def test_a_query_that_may_differ_is_answered_anew_and_has_no_tag(http: httpx.Client) -> None:
    asked = {"query": "SELECT (STRUUID() AS ?id) {}"}
    first, second = http.get("/sparql", params=asked), http.get("/sparql", params=asked)
    assert first.text != second.text
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"


def test_a_query_asked_again_has_the_same_answer_and_tag(http: httpx.Client) -> None:
    asked = {"query": "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3"}
    first, second = http.get("/sparql", params=asked), http.post("/sparql", data=asked)
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]
    assert http.get("/sparql", params=asked, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
