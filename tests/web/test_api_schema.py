"""Whatever is asked: no answer is a failure of the server, and each is as the description says."""

from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from aimsgraph.api import AimsGraph
from running import Server

WANTED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip
OPERATIONS = """
GET /v1/frameworks
GET /v1/frameworks/{slug}
GET /v1/provisions/{ref}
GET /v1/search
GET /v1/duties
GET /v1/changes
GET /v1/questions
GET /v1/questions/{id}
GET /v1/crosswalk
POST /v1/crosswalk:batch
GET /v1/matrix
GET /v1/unmapped
GET /v1/contradictions
POST /v1/proofs:check
POST /v1/validate
POST /v1/cite
GET /v1/orgs
GET /v1/orgs/{org}/duties
GET /v1/orgs/{org}/coverage
GET /v1/orgs/{org}/gaps
GET /v1/orgs/{org}/soa
GET /v1/orgs/{org}/readiness
GET /v1/orgs/{org}/impact
GET /id/{path}
GET /map/{path}
GET /ontology/{path}
GET /vocab/{path}
GET /ns
GET /sparql
POST /sparql
GET /orgs/{org}/sparql
POST /orgs/{org}/sparql
POST /update
GET /graphs
PUT /graphs
POST /graphs
DELETE /graphs
GET /healthz
GET /readyz
GET /version
GET /metrics
""".strip().splitlines()
STARTS_PROCESSES = "POST /v1/validate"
"""It is asked fewer times: many of its requests start a process that loads the catalogue."""
NOTHING_IS_WRONG = ("GET /v1/frameworks/{slug}", "GET /v1/questions/{id}")
"""Their one described parameter is a name, and any text is one."""
CHECKED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
GOOD = [
    ("/v1/frameworks", "/v1/frameworks"),
    ("/v1/frameworks/{slug}", "/v1/frameworks/catalogue"),
    ("/v1/search", "/v1/search?q=risk&limit=500"),
    ("/v1/duties", "/v1/duties?role=provider&route=annex-iii&limit=500&everything=true"),
    ("/v1/changes", "/v1/changes?from=2024-01-01&to=2030-01-01&limit=500"),
    ("/v1/questions", "/v1/questions?limit=500"),
    ("/v1/crosswalk", "/v1/crosswalk?from=eu-ai-act:Art.9&from=eu-ai-act:Art.17&to=iso-42001&limit=500"),
    ("/v1/crosswalk", "/v1/crosswalk?from=nist-ai-rmf:GOVERN-1.1&to=eu-ai-act&min_status=candidate&explain=false"),
    ("/v1/matrix", "/v1/matrix?from=nist-ai-rmf&to=eu-ai-act&limit=500"),
    ("/v1/unmapped", "/v1/unmapped?from=nist-ai-rmf&to=eu-ai-act&limit=500"),
    ("/v1/contradictions", "/v1/contradictions"),
    ("/v1/orgs", "/v1/orgs"),
    ("/v1/orgs/{org}/duties", "/v1/orgs/acme/duties?limit=500"),
    ("/v1/orgs/{org}/coverage", "/v1/orgs/acme/coverage?limit=500"),
    ("/v1/orgs/{org}/coverage", "/v1/orgs/acme/coverage?framework=iso-42001&limit=500"),
    ("/v1/orgs/{org}/gaps", "/v1/orgs/acme/gaps?limit=500&without=people"),
    ("/v1/orgs/{org}/soa", "/v1/orgs/acme/soa?without=evidence"),
    ("/v1/orgs/{org}/readiness", "/v1/orgs/acme/readiness?on=2026-01-01"),
    ("/v1/orgs/{org}/impact", "/v1/orgs/acme/impact?of=dana&limit=500"),
]


@pytest.fixture(scope="session")
def described(server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def test_every_operation_is_asked(described: Any) -> None:
    assert sorted(each.ok().label for each in described.get_all_operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_api_is_as_it_is_described(label: str, described: Any) -> None:
    examples = 4 if label == STARTS_PROCESSES else 15
    _ask(described, label, examples, GenerationMode.POSITIVE)
    if " /v1/" in label and label not in NOTHING_IS_WRONG:
        _ask(described, label, examples // 3 + 1, GenerationMode.NEGATIVE)


@pytest.mark.slow
@pytest.mark.parametrize("label", OPERATIONS)
def test_the_api_is_as_it_is_described_at_length(label: str, described: Any) -> None:
    _ask(described, label, 20 if label == STARTS_PROCESSES else 150, GenerationMode.POSITIVE)


def _ask(described: Any, label: str, examples: int, mode: GenerationMode) -> None:
    method, path = label.split()
    asked = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=CHECKED)
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def judge(case: schemathesis.Case) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(checks=[CHECKS.get_one(name) for name in WANTED])

    judge()
    assert asked


@pytest.mark.parametrize(("path", "address"), GOOD)
def test_answers_are_of_the_form_described(path: str, address: str, http: httpx.Client) -> None:
    _judge(http, path, "get", http.get(address))


def test_what_is_shown_is_of_the_form_described(http: httpx.Client, graph: AimsGraph) -> None:
    kinds = {entry.kind for entry in graph.index.by_reference.values()}
    for kind in kinds:
        references = [entry.reference for entry in graph.index.by_reference.values() if entry.kind == kind]
        for reference in references[:: max(1, len(references) // 25)]:
            _judge(http, "/v1/provisions/{ref}", "get", http.get(f"/v1/provisions/{reference}"))


def test_answers_to_bodies_are_of_the_form_described(http: httpx.Client) -> None:
    batch = http.post("/v1/crosswalk:batch", json={"from": ["iso-42001:A.6.2.8"], "to": "eu-ai-act"})
    _judge(http, "/v1/crosswalk:batch", "post", batch)
    wrong = {"answers": [batch.json()["answers"][0] | {"relations": ["equal-to"]}, {}]}
    _judge(http, "/v1/proofs:check", "post", http.post("/v1/proofs:check", json=wrong))
    _judge(http, "/v1/cite", "post", http.post("/v1/cite", json={"text": "Article 6(99) of the AI Act"}))
    register = {"organisation.yaml": "slug: example\nname: Example\nsurprise: yes\n"}
    _judge(http, "/v1/validate", "post", http.post("/v1/validate", json={"files": register}))


def _judge(http: httpx.Client, path: str, method: str, answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text
    document = http.get("/openapi.json").json()
    schema = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
