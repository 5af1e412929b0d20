"""What is wrong with a request is said as a problem, with a code, and what to do about it."""

from typing import Any

import httpx
import pytest

DUTIES = {"role": "provider", "route": "annex-iii"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"https://w3id.org/aimsgraph/problems/{code}"
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/v1/provisions/eu-ai-act:Art.999", "eu-ai-act:Art.99"),
        ("/v1/provisions/https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_999", "art_99"),
        ("/v1/frameworks/iso-42002", "iso-42001"),
        ("/v1/crosswalk?from=iso-42001:A.6.2.99&to=eu-ai-act", "iso-42001:A.6.2"),
        ("/v1/unmapped?from=iso-42001&to=nowhere", "eu-ai-act"),
        ("/v1/questions/cq-999", "cq-"),
        ("/v1/orgs/acme/gaps?system=cv-rankr", "cv-ranker"),
        ("/v1/orgs/acme/duties?system=cv-rankr", "cv-ranker"),
        ("/id/eu/reg/2024/1689/art_9999", "art_9"),
    ],
)
def test_what_is_unknown_is_answered_with_the_nearest(path: str, near: str, http: httpx.Client) -> None:
    assert near in problem(http.get(path), 404, "not-found")["remedy"]


def test_an_organisation_that_is_not_there(http: httpx.Client) -> None:
    for what in ("coverage", "gaps", "soa", "readiness", "duties", "impact?of=x"):
        assert "'umbrella'" in problem(http.get(f"/v1/orgs/umbrella/{what}"), 404, "not-found")["detail"]


@pytest.mark.parametrize("on", ["2027-13-01", "tomorrow", "", "1700000000", "2027-1-1", "1999-01-01"])
def test_a_day_that_is_none_or_before_the_act(on: str, http: httpx.Client) -> None:
    assert problem(http.get("/v1/duties", params=DUTIES | {"on": on}), 400, "bad-parameter")["remedy"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"}, {"route": "the-wrong-way"}, {"fact": "risk-found=maybe"}, {"fact": "unheard-of"},
    ],
)  # fmt: skip
def test_values_that_the_law_does_not_know(wrong: dict[str, str], http: httpx.Client) -> None:
    problem(http.get("/v1/duties", params=DUTIES | wrong), 400, "bad-parameter")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"limit": "0"}, "query/limit"), ({"limit": "501"}, "query/limit"), ({"limit": "many"}, "query/limit"),
        ({"law_asof": "2026-01-01"}, "query/law_asof"), ({"applies": "perhaps"}, "query/applies/0"),
        ({"cursor": "x" * 65}, "query/cursor"),
    ],
)  # fmt: skip
def test_a_parameter_of_the_wrong_form_or_that_nobody_knows(
    wrong: dict[str, str], pointer: str, http: httpx.Client
) -> None:
    body = problem(http.get("/v1/duties", params=DUTIES | wrong), 422, "bad-parameter")
    assert [each["pointer"] for each in body["errors"]] == [pointer]


def test_a_period_that_ends_before_it_starts(http: httpx.Client) -> None:
    problem(http.get("/v1/changes", params={"from": "2027-01-01", "to": "2026-01-01"}), 400, "bad-parameter")


def test_cursors_of_something_else(http: httpx.Client) -> None:
    first = http.get("/v1/duties", params=DUTIES | {"limit": 5}).json()["next"]
    assert first
    changed = first[:-2] + ("A" if first[-2] != "A" else "B") + first[-1]
    for wrong in (DUTIES | {"role": "deployer"}, DUTIES | {"on": "2027-12-02"}):
        answer = http.get("/v1/duties", params=wrong | {"cursor": first})
        assert "other parameters" in problem(answer, 400, "bad-parameter")["detail"]
    for cursor in (changed, "AAAA", "%", first + "AAAA", "é"):
        problem(http.get("/v1/duties", params=DUTIES | {"cursor": cursor}), 400, "bad-parameter")
    other = http.get("/v1/changes", params={"from": "2026-01-01", "to": "2028-01-01", "cursor": first})
    problem(other, 400, "bad-parameter")
    # The size of the pages may change on the way, and the day may be spelled out.
    again = DUTIES | {"cursor": first, "limit": 9, "on": "2026-11-23", "law_as_of": "2026-11-23"}
    assert len(http.get("/v1/duties", params=again).json()["duties"]) == 9


@pytest.mark.parametrize("path", ["/v1/crosswalk:batch", "/v1/proofs:check", "/v1/validate", "/v1/cite"])
def test_bodies_that_cannot_be_read(path: str, http: httpx.Client) -> None:
    problem(http.post(path, content=b"x", headers={"Content-Type": "image/png"}), 415, "unsupported-media-type")
    problem(http.post(path), 415, "unsupported-media-type")
    json = {"Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b'{"unheard": 1}', b"\xff", b"[" * 100_000):
        problem(http.post(path, content=body, headers=json), 422, "bad-parameter")


def test_bodies_that_are_too_large(http: httpx.Client) -> None:
    text = {"Content-Type": "text/plain"}
    problem(http.post("/v1/cite", content=b"x" * (1024 * 1024 + 1), headers=text), 413, "body-too-large")
    json = {"Content-Type": "application/json"}
    large = b'{"answers": ["' + b"x" * (4 * 1024 * 1024) + b'"]}'
    problem(http.post("/v1/proofs:check", content=large, headers=json), 413, "body-too-large")


def test_a_form_nobody_offers_and_a_method_nobody_takes(http: httpx.Client) -> None:
    problem(http.get("/v1/frameworks", headers={"Accept": "image/png"}), 406, "not-acceptable")
    problem(http.get("/ns?format=pdf"), 406, "not-acceptable")
    problem(http.delete("/v1/frameworks"), 405, "method-not-allowed")


def test_a_question_about_a_register_is_not_asked_of_the_catalogue(http: httpx.Client) -> None:
    assert "--org" in problem(http.get("/v1/questions/cq-012"), 400, "bad-parameter")["remedy"]


def test_a_question_without_its_parameters_or_with_others(http: httpx.Client) -> None:
    assert "route" in problem(http.get("/v1/questions/cq-001?role=provider"), 400, "bad-parameter")["detail"]
    wrong = "/v1/questions/cq-001?role=provider&route=annex-iii&rote=annex-i"
    assert "rote" in problem(http.get(wrong), 400, "bad-parameter")["detail"]
