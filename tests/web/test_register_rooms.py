"""The dataset of an organisation: its register in SPARQL, for those who may see it, as its files are now."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimsgraph.web.keys import KeyFile, Scope
from running import Server, running

SYSTEMS = "SELECT ?name { ?s a aims:AISystem ; rdfs:label ?name } ORDER BY ?name"
PREFIXES = "PREFIX aims: <https://w3id.org/aimsgraph/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@pytest.fixture(scope="module")
def organisations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, str, str]]:
    folder = tmp_path_factory.mktemp("orgs")
    for name in ("acme", "clean"):
        shutil.copytree(Path("data/examples") / name, folder / name)
    file = KeyFile(folder / "keys.json")
    one, _ = file.new("acme only", [Scope.READ], organisations=["acme"])
    every, _ = file.new("all", [Scope.READ])
    options = ("--org", str(folder / "acme"), "--org", str(folder / "clean"), "--keys", str(file.path))
    with running(*options) as server:
        yield server, folder, one, every


def names(server: Server, key: str, slug: str) -> list[str]:
    with server.client(key) as client:
        answer = client.post(f"/orgs/{slug}/sparql", data={"query": PREFIXES + SYSTEMS}, headers={"Accept": "text/csv"})
        assert answer.status_code == 200, answer.text
        return answer.text.split("\r\n")[1:-1]


def test_a_register_is_asked_with_the_content_it_is_judged_against_and_seen_only_with_a_key_for_it(
    organisations: tuple[Server, Path, str, str],
) -> None:
    server, _, one, every = organisations
    assert names(server, one, "acme") == ["CV ranker", "CV ranker (legacy)", "Support chatbot", "Wound imaging"]
    with server.client(every) as client:
        (clean,) = [org["slug"] for org in client.get("/v1/orgs").json()["organisations"] if org["slug"] != "acme"]
    assert names(server, every, clean) not in ([], names(server, every, "acme"))
    with server.client(one) as client:
        hidden = client.get(f"/orgs/{clean}/sparql", params={"query": "ASK {}"})
        nowhere = client.get("/orgs/nobody/sparql", params={"query": "ASK {}"})
        assert hidden.status_code == nowhere.status_code == 404
        assert hidden.json()["detail"].replace(clean, "nobody") == nowhere.json()["detail"]
        shared = client.post("/sparql", data={"query": PREFIXES + "ASK { ?s a aims:AISystem }"})
        assert shared.json()["boolean"] is False, "the shared content holds nobody's register"
        both = "ASK { { ?s aims:reference 'eu-ai-act:art9-1' } UNION { ?s a aims:NormStatement } ?x a aims:AISystem }"
        assert client.post("/orgs/acme/sparql", data={"query": PREFIXES + both}).json()["boolean"] is True
    with server.client() as client:
        assert client.get("/orgs/acme/sparql", params={"query": "ASK {}"}).status_code == 401


@pytest.mark.slow
def test_a_changed_file_is_seen_and_a_broken_one_is_said(organisations: tuple[Server, Path, str, str]) -> None:
    server, folder, one, _ = organisations
    file = folder / "acme" / "systems" / "support-chatbot.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("name: Support chatbot", "name: Careers chatbot"), encoding="utf-8")
    assert "Careers chatbot" in names(server, one, "acme")
    file.write_text("id: support-chatbot\nname: [", encoding="utf-8")
    with server.client(one) as client:
        assert client.get("/orgs/acme/sparql", params={"query": "ASK {}"}).status_code in (500, 503)
    file.write_text(text, encoding="utf-8")
    assert "Support chatbot" in names(server, one, "acme")
