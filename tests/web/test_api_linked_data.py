"""Every IRI of ours is a page and RDF: what is said of it, and what points at it."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from aimsgraph.api import AimsGraph
from aimsgraph.web.linked_data import Thing
from aimsgraph.web.pages.thing import render_thing

BASE = "https://w3id.org/aimsgraph/"
ARTICLE = "id/eu/reg/2024/1689/art_9"
FORMS = {
    "text/turtle": ("turtle", ox.RdfFormat.TURTLE),
    "application/n-triples": ("nt", ox.RdfFormat.N_TRIPLES),
    "application/ld+json": ("json-ld", ox.RdfFormat.JSON_LD),
    "application/rdf+xml": ("xml", ox.RdfFormat.RDF_XML),
}


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts: list[str] = []
        self.inside: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append(dict(attrs).get("src") or "")
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.inside.append(data)

    def scripts_are_files_of_this_server(self) -> bool:
        return not self.inside and all(source.startswith("/static/") for source in self.scripts)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's reader of JSON-LD uses it
@pytest.mark.parametrize("media_type", FORMS)
@pytest.mark.parametrize("path", [ARTICLE, "id/eu/reg/2024/1689/role/provider", "vocab/version-basis"])
def test_rdf_is_what_the_graph_says_in_every_form(
    path: str, media_type: str, http: httpx.Client, graph: AimsGraph
) -> None:
    answer = http.get(f"/{path}", headers={"Accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    found = {quad.triple for quad in ox.parse(answer.content, format=FORMS[media_type][1])}
    node = ox.NamedNode(BASE + path)
    said = {quad.triple for quad in graph.store.quads(subject=node)}
    pointing = {quad.triple for quad in graph.store.quads(object=node)}
    assert said
    assert said <= found
    beside = {triple for triple in found if triple.subject.value.startswith("http://127.0.0.1")}
    assert len(found - beside - said) == min(len(pointing - said), 500)
    assert found - beside - said <= pointing
    assert len(rdflib.Graph().parse(data=answer.content, format=FORMS[media_type][0])) == len(found)


def test_every_kind_of_iri_resolves(http: httpx.Client, graph: AimsGraph) -> None:
    seen: dict[tuple[str, str], str] = {}
    for quad in graph.store.quads(predicate=ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")):
        iri = getattr(quad.subject, "value", "")
        if iri.startswith(BASE) and "#" not in iri:
            seen.setdefault((iri.removeprefix(BASE).partition("/")[0], quad.object.value), iri)
    assert {space for space, _ in seen} >= {"id", "map", "vocab", "ontology"}
    for (_, kind), iri in seen.items():
        answer = http.get("/" + iri.removeprefix(BASE), headers={"Accept": "application/n-triples"})
        assert answer.status_code == 200, iri
        assert f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{kind}>" in answer.text


def test_a_list_that_is_cut_says_so(http: httpx.Client) -> None:
    for form in ("turtle", "html", "jsonld"):
        assert "only 500 of the triples that point at it" in http.get(f"/id/eu/reg/2024/1689?format={form}").text


def test_a_page_has_only_scripts_of_its_own_and_its_links_work(http: httpx.Client) -> None:
    page = http.get(f"/{ARTICLE}", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    links = Links()
    links.feed(page.text)
    assert links.scripts_are_files_of_this_server()
    assert "Article 9 – Risk management system" in page.text
    local = sorted({link.partition("#")[0] for link in links.found if link.startswith("/")})
    assert len(local) > 20
    for link in local:
        assert http.get(link).status_code == 200, link
    assert {urlsplit(link).scheme for link in links.found} <= {"", "http", "https"}


def test_whatever_a_literal_or_an_iri_says_is_text(graph: AimsGraph) -> None:
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    node = ox.NamedNode("https://example.org/x")
    said = (
        ox.Triple(node, label, ox.Literal("<script>alert(1)</script>")),
        ox.Triple(node, ox.NamedNode("https://example.org/p"), ox.NamedNode("javascript:alert(1)")),
        ox.Triple(node, ox.NamedNode("https://example.org/p"), ox.NamedNode("https://example.org/'onclick='x")),
    )
    page = render_thing(graph, Thing(node.value, said, ()))
    links = Links()
    links.feed(page)
    assert links.scripts_are_files_of_this_server()
    assert not any(link.startswith("javascript") for link in links.found)
    assert "&lt;script&gt;" in page


def test_the_terms_are_all_there(http: httpx.Client, graph: AimsGraph) -> None:
    page = http.get("/ns", headers={"Accept": "text/html"}).text
    kind = ox.NamedNode("http://www.w3.org/2002/07/owl#Class")
    classes = [q.subject.value for q in graph.store.quads(object=kind) if isinstance(q.subject, ox.NamedNode)]
    ours = [iri.partition("#")[2] for iri in classes if iri.startswith(f"{BASE}ns#")]
    assert len(ours) > 20
    for name in ours:
        assert f'id="{name}"' in page


def test_a_slash_too_many_and_a_named_graph_lead_on(http: httpx.Client) -> None:
    assert http.get(f"/{ARTICLE}/").headers["location"] == f"/{ARTICLE}"
    moved = http.get("/graph/eu-ai-act/2024")
    assert moved.status_code == 303
    assert http.get(moved.headers["location"]).status_code == 200
    assert http.head(f"/{ARTICLE}").status_code == 200


def test_an_address_that_is_no_iri_is_not_found(http: httpx.Client) -> None:
    for path in ("/id/%00", "/id/a%20b", "/id/%3Cx%3E", "/id/x%22y", "/vocab/none", "/map/none", "/ontology/none"):
        assert http.get(path).status_code == 404, path
