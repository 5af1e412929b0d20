"""The clients have a method for each operation, with its parameters, and raise the errors the graph itself raises."""

import asyncio
import inspect
import subprocess
import sys
from typing import Any

import httpx
import pytest

import aimsgraph
from aimsgraph.api import AimsGraph
from aimsgraph.client import calls, models
from aimsgraph.client.call import Call
from aimsgraph.client.errors import error_of
from aimsgraph.errors import (
    BackendError,
    Busy,
    DeadlineExceeded,
    InputError,
    NotFound,
    Refused,
    ResourcesExceeded,
    Unauthorised,
    UsageError,
)
from running import Server

ACME = "data/examples/acme"
NAMES = {
    "reference": "ref", "words": "q", "facts": "fact", "start": "from", "end": "to", "items": "from", "one": "from",
    "other": "to", "organisation": "org", "name": "id", "register": "files",
}  # fmt: skip
PAGING = {"cursor"}


def operations(http: httpx.Client) -> dict[str, dict[str, Any]]:
    paths = http.get("/openapi.json").json()["paths"]
    return {
        each["operationId"]: each for path, ways in paths.items() if path.startswith("/v1") for each in ways.values()
    }


def methods(kind: type[Any]) -> set[str]:
    return {name for name, value in vars(kind).items() if isinstance(getattr(value, "build", None), type(methods))}


def test_each_operation_is_a_method_of_both_clients(http: httpx.Client) -> None:
    expected = set(operations(http))
    assert methods(aimsgraph.Client) == expected
    assert methods(aimsgraph.AsyncClient) == expected
    built = {name for name, value in vars(calls).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert built - {"part"} == expected


def test_each_parameter_of_an_operation_is_one_of_its_method(http: httpx.Client) -> None:
    for name, operation in operations(http).items():
        known = {each["name"] for each in operation.get("parameters", ())} - PAGING
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        known |= set(body.get("properties", {})) - PAGING
        taken = {
            NAMES.get(parameter.name, parameter.name)
            for parameter in inspect.signature(getattr(calls, name)).parameters.values()
            if parameter.kind is not parameter.VAR_KEYWORD and parameter.name != "workbook"
        }
        if name == "cite":
            taken = (taken - {"id"}) | {"name"}
        assert taken == known, name


def test_the_clients_answers_are_those_of_the_graph(server: Server, graph: AimsGraph) -> None:
    with aimsgraph.Client(server.url) as client:
        assert client.show("AI Act Art. 9").ref == "eu-ai-act:Art.9"
        assert client.show("https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_9").ref == "eu-ai-act:Art.9"
        duties = [
            duty
            for page in client.duties.pages(role="provider", route=["annex-iii"], on="2027-12-02", limit=100)
            for duty in page.duties
        ]
        expected = graph.duties(role="provider", route="annex-iii", on="2027-12-02")
        assert [(d.statement, d.applies) for d in duties] == [(d.statement, d.applies.value) for d in expected]
        answers = client.crosswalk("iso-42001:A.6.2.8", "eu-ai-act")
        assert client.check_proofs([each.model_dump() for each in answers.answers]).holds
        batch = [
            a for p in client.crosswalk_batch.pages(["iso-42001:A.6.2.8"], "eu-ai-act", limit=2) for a in p.answers
        ]
        assert batch == answers.answers
        rows = client.ask("cq-001", role="provider", route="annex-iii", on="2027-12-02")["results"]["bindings"]
        assert len(rows) == len(
            list(graph.ask("cq-001", {"role": "provider", "route": "annex-iii", "on": "2027-12-02"}))
        )
        assert client.cite("Article 6(99) of the AI Act", name="policy.txt").findings[0].file == "policy.txt"
        assert client.soa("acme", without=["people"]).left_out
        assert client.impact("acme", "iso-42001:A.6.2.8").of == {"kind": "control", "ref": "iso-42001:A.6.2.8"}
        assert client.coverage("acme", status=["covered"]).summary == client.coverage("acme").summary


def test_every_answer_is_read_by_its_model(server: Server) -> None:
    with aimsgraph.Client(server.url) as client:
        pages = [
            client.frameworks(), client.framework("iso-42001"), client.search("logs"), client.questions(),
            client.changes("2026-01-01", "2028-01-01", limit=500), client.matrix("iso-42001", "eu-ai-act", limit=500),
            client.unmapped("iso-42001", "eu-ai-act"), client.contradictions(), client.organisations(),
            client.organisation_duties("acme", limit=500), client.coverage("acme", limit=500),
            client.gaps("acme", limit=500), client.readiness("acme"),
        ]  # fmt: skip
        assert {each.graph_version for each in pages} == {pages[0].graph_version}
        for entry in client.search("risk", limit=60).hits:
            assert client.show(entry.ref).iri == entry.iri


def test_the_awaited_client_answers_alike(server: Server) -> None:
    async def walk() -> tuple[models.Changes, list[models.Change]]:
        async with aimsgraph.AsyncClient(server.url) as client:
            whole = await client.changes("2026-01-01", "2028-01-01", limit=500)
            pages = client.changes.pages("2026-01-01", "2028-01-01", limit=40)
            return whole, [change async for page in pages for change in page.changes]

    whole, walked = asyncio.run(walk())
    assert walked == whole.changes
    with aimsgraph.Client(server.url) as client:
        assert client.changes("2026-01-01", "2028-01-01", limit=500) == whole


def test_problems_are_the_errors_of_the_graph(server: Server, graph: AimsGraph) -> None:
    with aimsgraph.Client(server.url) as client:
        for far, near in (
            (lambda: client.show("eu-ai-act:Art.999"), lambda: graph.show("eu-ai-act:Art.999")),
            (lambda: client.duties(role="king", route="gpai"), lambda: graph.duties(role="king", route="gpai")),
            (lambda: client.changes("2027", "2028"), lambda: graph.changes("2027", "2028")),
            (lambda: client.impact("acme", "nothing-like-it"), lambda: graph.impact("nothing-like-it", ACME)),
        ):  # fmt: skip
            with pytest.raises(aimsgraph.AimsgraphError) as theirs:
                far()
            with pytest.raises(aimsgraph.AimsgraphError) as ours:
                near()
            assert (type(theirs.value), str(theirs.value)) == (type(ours.value), str(ours.value))


def test_a_server_that_is_not_there_and_one_that_is_slow(server: Server) -> None:
    with aimsgraph.Client("http://127.0.0.1:1") as client, pytest.raises(BackendError, match="no connection"):
        client.frameworks()
    with aimsgraph.Client(server.url, seconds=0.001) as client, pytest.raises(DeadlineExceeded):
        client.gaps("acme", on="2027-05-05")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": "input-unreadable", "detail": "x"}, InputError), (401, None, Unauthorised),
        (403, {"code": "new-code", "detail": "x"}, Refused), (404, "text", NotFound), (413, {}, ResourcesExceeded),
        (418, {}, UsageError), (429, {"code": "too-many-requests"}, Busy), (500, {"code": "internal"}, BackendError),
        (502, None, BackendError), (504, None, DeadlineExceeded),
    ],
)  # fmt: skip
def test_the_kind_of_an_error(status: int, body: Any, kind: type[Exception]) -> None:
    assert type(error_of(status, body)) is kind


def test_a_key_is_sent_and_days_stay_those_of_the_first_page() -> None:
    client = aimsgraph.Client("http://127.0.0.1:1", key="agk_x")
    assert client._http.headers["authorization"] == "Bearer agk_x"
    call = calls.duties(role="provider", route="annex-iii")
    page = models.Duties(
        graph_version="1", data_current_to="2026-11-23", on="2026-11-23", law_as_of="2026-11-23", warnings=[], total=2,
        next="c", duties=[],
    )  # fmt: skip
    following = call.after(page)
    assert isinstance(following, Call)
    assert {("on", "2026-11-23"), ("law_as_of", "2026-11-23"), ("cursor", "c")} <= set(following.pairs)
    assert call.after(page.model_copy(update={"next": None})) is None


def test_importing_is_cheap_and_the_client_brings_no_server() -> None:
    code = (
        "import sys, aimsgraph\n"
        "assert 'httpx' not in sys.modules and 'pydantic' not in sys.modules\n"
        "aimsgraph.Client\n"
        "heavy = {'fastapi', 'starlette', 'uvicorn', 'pyoxigraph', 'rdflib', 'aimsgraph.api'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
