"""Errors as RFC 9457 problem details: a type with a page, a title, a status, what happened, and a stable code.

No body tells of paths, stacks or other people's data. What is not an error of ours is a 500 without details; the log
has them under the request's id.
"""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from aimsgraph.errors import AimsgraphError, Busy, Unauthorised

MEDIA_TYPE = "application/problem+json"
TYPES = "https://w3id.org/aimsgraph/problems/"
_log = logging.getLogger("aimsgraph.web")


class HttpProblem(AimsgraphError):
    """A fault of the request as such, which only HTTP knows.

    Attributes:
        status: the HTTP status.
        headers: headers the answer has to carry.
    """

    def __init__(
        self, status: int, code: str, message: str, *, remedy: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.problem_code = code
        self.headers = dict(headers or {})


def problem(
    request: Request, status: int, code: str, detail: str, *, remedy: str = "",
    errors: list[dict[str, Any]] | None = None, headers: Mapping[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    """Return an answer that tells of a problem."""
    body: dict[str, Any] = {
        "type": f"{TYPES}{code}",
        "title": _TITLES.get(code) or http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "errors": errors or [],
    }
    if remedy:
        body["remedy"] = remedy
    if request_id := getattr(request.state, "request_id", ""):
        body["request_id"] = request_id
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA_TYPE)


_TITLES = {
    "sparql-syntax": "The SPARQL text does not parse",
    "not-found": "Nothing is known by that name",
    "refused": "This is not allowed here",
    "bad-parameter": "A parameter is wrong",
    "deadline-exceeded": "The answer took too long",
    "resources-exceeded": "The answer is larger, or takes more memory, than may be had",
    "too-many-requests": "More is asked than may be",
    "busy": "Too much is being asked at the same time",
    "conflict": "What was to be changed is no longer what it was",
    "unauthorised": "A valid key is needed",
    "not-acceptable": "The answer cannot be written in any form asked for",
    "unsupported-media-type": "The body is of a type that is not read here",
    "request-timeout": "The request did not arrive in time",
    "body-too-large": "The body is too large",
    "method-not-allowed": "This method is not for this address",
    "check-failed": "A check came out negative",
    "input-unreadable": "What was sent cannot be read",
    "backend-failed": "A store or an engine failed",
    "internal": "Something went wrong here",
}


def of_error(request: Request, error: AimsgraphError) -> JSONResponse:
    """Return the answer for an error of ours."""
    if isinstance(error, HttpProblem):
        return problem(
            request, error.status, error.problem_code, error.message, remedy=error.remedy, headers=error.headers
        )
    headers = {}
    if isinstance(error, Busy):
        headers["Retry-After"] = "1"
    where = []
    if error.location is not None:
        where.append({"detail": error.message, "line": error.location.line, "column": error.location.column})
    answer = problem(
        request, error.http_status, error.code, error.message, remedy=error.remedy, errors=where, headers=headers
    )
    if isinstance(error, Unauthorised):
        answer.headers.append("WWW-Authenticate", 'Bearer realm="aimsgraph"')
        if _is_a_page_of_ours(request):  # in a header of its own: Chromium reads one challenge a header
            answer.headers.append("WWW-Authenticate", 'Basic realm="aimsgraph", charset="UTF-8"')
    return answer


def _is_a_page_of_ours(request: Request) -> bool:
    """Say whether a browser asks, for its user or for a page of this server: only these may ask the user for a key."""
    headers = request.headers
    asks_for_page = headers.get("sec-fetch-mode") == "navigate" or "text/html" in headers.get("accept", "")
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin") and (
        asks_for_page or "sec-fetch-site" in headers
    )


def answer_error(request: Request, error: AimsgraphError) -> JSONResponse:
    """Return the answer for an error of ours, and log it when the server is at fault."""
    if error.http_status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s: %s", error.code, error.message)
    return of_error(request, error)


def install(app: FastAPI) -> None:
    """Make an app answer every error as a problem."""

    @app.exception_handler(AimsgraphError)
    async def _ours(request: Request, error: AimsgraphError) -> JSONResponse:
        return answer_error(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"pointer": "/".join(str(part) for part in each["loc"]), "detail": each["msg"]} for each in error.errors()
        ]
        detail = "; ".join(f"{each['pointer']}: {each['detail']}" for each in found)
        return problem(request, 422, "bad-parameter", detail, errors=found)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
        code = codes.get(error.status_code, "bad-parameter")
        return problem(request, error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)  # BrokenOff is none of these: its answer has begun
    async def _bug(request: Request, error: Exception) -> JSONResponse:
        _log.exception("a bug", exc_info=error)
        return problem(request, 500, "internal", "the server failed; its log says why under this request's id")
