"""The product on a real server: filled, asked and imported into, it answers what the store in memory answers."""

import json
import re

import pyoxigraph as ox
import pytest
from sparql_servers import FUSEKI_JAR, fuseki, oxigraph

from aimsgraph.api import AimsGraph
from aimsgraph.app import fill_directory, import_graphs, ontology_quads, open_store, prepare_directory
from aimsgraph.cli import session
from aimsgraph.cli.main import run
from aimsgraph.errors import BackendError, Refused, UsageError
from aimsgraph.graph.results import render_answer
from aimsgraph.settings import Settings, load_settings

IMPORT = ox.NamedNode("https://example.org/imported")
FOREIGN = [
    ox.Quad(ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p"), ox.Literal("ö"), IMPORT)
]
COMMANDS = [
    "frameworks --format json",
    "resolve Art.6(2)",
    "show iso-42001:A.6.2.8 --format json",
    "show eu-ai-act:Art.26 --format json",
    "search logging --format json",
    "duties --role deployer --route annex-iii --format json",
    "changes --from 2026-01-01 --to 2028-01-01 --format json",
    "crosswalk iso-42001:A.6.2.8 --to eu-ai-act --format json",
    "matrix iso-42001 eu-ai-act --format json",
    "unmapped iso-42001 --to eu-ai-act --format json",
    "query cq-018 -p provision=eu-ai-act:Art.12 -p framework=iso-42001 --format json",
    "map contradictions",
    "export --graph iso-42001/2023 --format turtle",
    "coverage data/examples/acme --format json",
]


@pytest.fixture(
    scope="module",
    params=[
        "oxigraph",
        pytest.param("fuseki", marks=pytest.mark.skipif(not FUSEKI_JAR, reason="FUSEKI_JAR names no jar")),
    ],
)
def address(request, tmp_path_factory):
    """The address of a server that others put something into before we filled it."""
    started = oxigraph() if request.param == "oxigraph" else fuseki(tmp_path_factory.mktemp("fuseki"))
    with started as url:
        settings = Settings(store=url)
        with open_store(settings, write=True).store as store:
            store.load(FOREIGN)
        prepare_directory(settings)
        fill_directory(settings)
        yield url


@pytest.fixture(scope="module")
def remote(address):
    with AimsGraph(open_store(Settings(store=address)), Settings(store=address)) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_answers_the_same(command, graph, remote, monkeypatch, capsys):
    answers = []
    for each in (graph, remote):
        monkeypatch.setattr(session, "open_store", lambda _settings, each=each: each._opened)
        code = run(["--quiet", "--today", "2026-11-23", *command.split(" ")])
        answers.append((code, re.sub(r'"graph_version": "[^"]+"', "", capsys.readouterr().out)))
    assert answers[0][0] == 0
    assert answers[0] == answers[1]
    assert answers[0][1].strip()


def test_a_command_opens_the_server_by_itself(address, monkeypatch, capsys):
    monkeypatch.setenv("AIMSGRAPH_STORE", address)
    assert run(["--quiet", "resolve", "Art.6(2)"]) == 0
    assert "eu-ai-act:Art.6(2)" in capsys.readouterr().out
    assert run(["--quiet", "--data", "somewhere", "resolve", "Art.6(2)"]) == 2


def test_every_stored_question_answers_the_same(graph, remote):
    asked = [question for question in graph.questions() if question.scope == "catalogue"]
    assert len(asked) > 20
    for question in asked:
        found = [json.loads(render_answer(each.query(question.text), "json")) for each in (graph, remote)]
        rows = [sorted(json.dumps(row, sort_keys=True) for row in each["results"]["bindings"]) for each in found]
        assert rows[0] == rows[1], question.id
        assert found[0]["head"] == found[1]["head"]


@pytest.mark.slow
def test_what_others_imported_stays_and_the_rest_is_what_memory_holds(graph, remote):
    def named(store):
        return {str(q) for q in store.quads() if "_:" not in str(q)}  # labels of blank nodes are the server's

    there = named(remote.store)
    assert there - named(graph.store) == {str(quad) for quad in FOREIGN}
    assert named(graph.store) <= there
    blank = [sum("_:" in str(q) for q in each.store.quads()) for each in (graph, remote)]
    assert blank[0] == blank[1] > 0


def test_an_import_replaces_a_graph_and_what_follows_is_derived():
    name = ox.NamedNode("https://example.org/second")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    system = ox.Quad(
        ox.NamedNode("https://example.org/x"), kind, ox.NamedNode("https://w3id.org/aimsgraph/ns#AISystem")
    )
    with oxigraph() as url:
        settings = Settings(store=url)
        with open_store(settings, write=True).store as store:
            gone = ox.Quad(ox.NamedNode("https://example.org/gone"), kind, kind, name)
            before = store.load([*ontology_quads(), *FOREIGN, gone])
        generation = import_graphs(settings, {name: [system]})
        with open_store(settings).store as store:
            assert store.generation == generation != before
            assert [found.subject for found in store.quads(graph=name)] == [system.subject]
            assert len(list(store.quads(subject=system.subject))) > 1, "nothing was derived from the import"
            assert [found.object.value for found in store.quads(graph=IMPORT)] == ["ö"]


def test_a_store_opened_for_reading_refuses_writes(address):
    with open_store(Settings(store=address)).store as store, pytest.raises(Refused, match="read-only"):
        store.load(FOREIGN)


# Settings


def test_secrets_come_from_the_environment_only(tmp_path):
    settings = load_settings(environment={"AIMSGRAPH_STORE_TOKEN": "hush", "AIMSGRAPH_STORE_PASSWORD": "hush"})
    assert settings.store_token == settings.store_password == "hush"
    assert "hush" not in repr(settings)
    file = tmp_path / "aimsgraph.toml"
    for name in ("store_token", "store_password"):
        file.write_text(f'{name} = "hush"\n')
        with pytest.raises(UsageError, match="a secret does not belong there") as caught:
            load_settings(file, environment={})
        assert "hush" not in str(caught.value)


def test_the_addresses_of_a_store_are_settings(address):
    broken = Settings(store=address, store_update="http://127.0.0.1:9/update")
    with pytest.raises(BackendError, match="no connection to"):
        prepare_directory(broken)
    with open_store(broken).store as store:
        assert store.address.update == "http://127.0.0.1:9/update"
