"""Every list and every answer of /v1 says what the command line says, and paging gives each item once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from aimsgraph.api import AimsGraph

ACME = "data/examples/acme"
DAY = "2027-12-15"
LISTS = [
    ("/v1/frameworks", {}, ["frameworks"], "frameworks", 3),
    ("/v1/search", {"q": "event logs"}, ["search", "event", "logs", "--limit", "500"], "hits", 7),
    ("/v1/search", {"q": "logs", "framework": "iso-42001"}, ["search", "logs", "--framework", "iso-42001"], "hits", 2),
    (
        "/v1/duties",
        {"role": "provider", "route": ["annex-iii", "all-ai"], "on": "2027-12-02", "fact": "risk-found=yes"},
        ["duties", "--role", "provider", "--route", "annex-iii", "--route", "all-ai", "--on", "2027-12-02", "--fact",
         "risk-found"],
        "duties",
        60,
    ),
    (
        "/v1/duties",
        {"role": "deployer", "route": "annex-iii", "applies": ["unknown", "contested"], "everything": "true"},
        ["duties", "--role", "deployer", "--route", "annex-iii", "--applies", "unknown", "--applies", "contested",
         "--all"],
        "duties",
        7,
    ),
    (
        "/v1/changes",
        {"from": "2026-01-01", "to": "2028-01-01", "law_as_of": "2026-11-23"},
        ["changes", "--from", "2026-01-01", "--to", "2028-01-01", "--law-as-of", "2026-11-23"],
        "changes",
        40,
    ),
    (
        "/v1/crosswalk",
        {"from": ["eu-ai-act:Art.9", "eu-ai-act:Art.12"], "to": "iso-42001", "max_hops": "2"},
        ["crosswalk", "eu-ai-act:Art.9", "eu-ai-act:Art.12", "--to", "iso-42001", "--max-hops", "2"],
        "answers",
        5,
    ),
    ("/v1/matrix", {"from": "iso-42001", "to": "eu-ai-act"}, ["matrix", "iso-42001", "eu-ai-act"], "cells", 50),
    ("/v1/unmapped", {"from": "iso-42001", "to": "eu-ai-act"}, ["unmapped", "iso-42001", "--to", "eu-ai-act"],
     "no_match", 3),
    ("/v1/contradictions", {}, ["map", "contradictions"], "contradictions", 5),
    ("/v1/questions", {}, ["questions"], "questions", 11),
    ("/v1/orgs/acme/duties", {"system": "cv-ranker", "on": DAY}, ["duties", ACME, "--system", "cv-ranker", "--on", DAY],
     "duties", 60),
    ("/v1/orgs/acme/coverage", {"on": DAY, "status": ["covered", "unknown"]},
     ["coverage", ACME, "--on", DAY, "--status", "covered", "--status", "unknown"], "coverage", 100),
    ("/v1/orgs/acme/gaps", {"without": ["people", "evidence"]}, ["gaps", ACME, "--without", "people,evidence"], "gaps",
     200),
    ("/v1/orgs/acme/soa", {"without": "people"}, ["soa", ACME, "--without", "people"], "controls", 20),
    ("/v1/orgs/acme/readiness", {}, ["readiness", ACME], "steps", 4),
    ("/v1/orgs/acme/impact", {"of": "iso-42001:A.6.2.8", "on": DAY}, ["impact", "iso-42001:A.6.2.8", ACME, "--on", DAY],
     "dependents", 4),
]  # fmt: skip


@pytest.mark.parametrize(("path", "asked", "command", "key", "limit"), LISTS, ids=lambda value: str(value)[:40])
def test_a_list_is_the_command_lines_and_paging_gives_each_item_once(
    path: str, asked: dict[str, Any], command: list[str], key: str, limit: int, http: httpx.Client,
    cli_json: Callable[..., Any],
) -> None:  # fmt: skip
    expected = cli_json(*command)
    items: list[Any] = []
    address: str | None = path
    parameters: dict[str, Any] | None = {**asked, "limit": str(limit)}
    pages = 0
    while address is not None:
        answer = http.get(address, params=parameters)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        pages += 1
        items += body.pop(key)
        following, total = body.pop("next"), body.pop("total")
        assert total == len(expected[key])
        assert body == {name: value for name, value in expected.items() if name != key}
        address, parameters = answer.links.get("next", {}).get("url"), None
        assert (address is None) is (following is None)
        if address is not None:
            assert dict(parse_qsl(urlsplit(address).query))["cursor"] == following
    assert items == expected[key]
    assert pages == max(1, -(-len(expected[key]) // limit))


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/v1/provisions/eu-ai-act:Art.9", ["show", "eu-ai-act:Art.9"]),
        ("/v1/provisions/AI Act Art. 6(2)", ["show", "AI Act Art. 6(2)"]),
        ("/v1/provisions/eu-ai-act:art9-1", ["show", "eu-ai-act:art9-1"]),
        ("/v1/provisions/https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_4", ["show", "eu-ai-act:Art.4"]),
        ("/v1/provisions/eu-ai-act:Art.4?on=2025-06-01&law_as_of=2025-06-01",
         ["show", "eu-ai-act:Art.4", "--on", "2025-06-01", "--law-as-of", "2025-06-01"]),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_thing(
    path: str, command: list[str], http: httpx.Client, cli_json: Callable[..., Any]
) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.json() == cli_json(*command)


def test_one_framework_is_that_of_the_list(http: httpx.Client) -> None:
    listed = {each["slug"]: each for each in http.get("/v1/frameworks").json()["frameworks"]}
    one = http.get("/v1/frameworks/gdpr").json()
    assert {key: one[key] for key in listed["gdpr"]} == listed["gdpr"]


def test_the_version_is_that_of_the_content(http: httpx.Client, graph: AimsGraph) -> None:
    versions = {http.get(path).json()["graph_version"] for path in ("/version", "/v1/frameworks", "/v1/orgs")}
    assert versions == {graph.version}


def test_the_batch_is_the_crosswalk_of_many_by_pages(http: httpx.Client, graph: AimsGraph) -> None:
    items = ["eu-ai-act:Art.9", "eu-ai-act:Art.10", "eu-ai-act:Art.12"]
    expected = graph.crosswalk(items, "iso-42001")["answers"]
    found: list[Any] = []
    cursor = ""
    while True:
        body = {"from": items, "to": "iso-42001", "limit": 9, "cursor": cursor}
        answer = http.post("/v1/crosswalk:batch", json=body).json()
        found += answer["answers"]
        assert answer["total"] == len(expected)
        if answer["next"] is None:
            break
        cursor = answer["next"]
    assert found == expected


def test_proofs_that_hold_and_one_that_was_tampered_with(http: httpx.Client) -> None:
    answer = http.get("/v1/crosswalk", params={"from": "iso-42001:A.6.2.8", "to": "eu-ai-act"}).json()
    sound = http.post("/v1/proofs:check", json=answer).json()
    assert (sound["holds"], sound["checked"], sound["rejected"]) == (True, len(answer["answers"]), [])
    answer["answers"][1]["relations"] = ["equal-to"]
    wrong = http.post("/v1/proofs:check", json=answer).json()
    assert wrong["holds"] is False
    assert [each["index"] for each in wrong["rejected"]] == [1]
    assert wrong["rejected"][0]["why"]


def test_without_explanation_there_are_no_proofs(http: httpx.Client) -> None:
    asked = {"from": "iso-42001:A.6.2.8", "to": "eu-ai-act", "explain": "false"}
    answers = http.get("/v1/crosswalk", params=asked).json()["answers"]
    assert answers
    assert not any("proofs" in each for each in answers)


def test_a_stored_question_is_run_with_its_parameters(http: httpx.Client, graph: AimsGraph) -> None:
    values = {"role": "provider", "route": "annex-iii", "on": "2027-12-02"}
    expected = sorted(str(row["duty"].value) for row in graph.ask("cq-001", values))
    answer = http.get("/v1/questions/cq-001", params=values)
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert sorted(row["duty"]["value"] for row in answer.json()["results"]["bindings"]) == expected
    lines = http.get("/v1/questions/cq-001", params=values, headers={"Accept": "text/csv"}).text.splitlines()
    assert len(lines) == len(expected) + 1


def test_the_organisations_are_listed(http: httpx.Client) -> None:
    assert [each["slug"] for each in http.get("/v1/orgs").json()["organisations"]] == ["acme"]
