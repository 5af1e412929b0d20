"""What OpenAPI says beyond what FastAPI finds out by itself: keys, problems, media types, the SPARQL protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from aimsgraph.client.frame import Problem
from aimsgraph.web.json_ld import MEDIA_TYPE as JSON_LD
from aimsgraph.web.linked_data import OFFERED
from aimsgraph.web.negotiation import GRAPHS, NAMES, ROWS
from aimsgraph.web.problems import MEDIA_TYPE as PROBLEM

Json = dict[str, Any]
TAGS = {
    "Norms": "Frameworks, provisions, statements: what they say, since when and why.",
    "Duties": "What binds whom on a day, by the law as known on a day.",
    "Crosswalk": "What corresponds to what, with proofs; where nothing follows, that is the answer.",
    "Questions": "The stored questions.",
    "Checks": "Registers and texts somebody sends, judged; nothing of them is kept.",
    "Organisations": "Where an organisation stands on a day.",
    "Linked data": "Every IRI of ours, as a page and as RDF.",
    "SPARQL": "The SPARQL 1.1 Protocol.",
    "Graph store": "The SPARQL 1.1 Graph Store HTTP Protocol.",
    "Operation": "For those who watch the server.",
}
_PROBLEMS = {
    "400": "A parameter or the input is wrong.",
    "401": "A valid key is needed.",
    "403": "The key does not allow this, or nobody may do it here.",
    "404": "Nothing is known by that name; the nearest are named.",
    "406": "The answer cannot be written in any form asked for.",
    "413": "The body, or the answer, is too large.",
    "422": "A parameter or the body is not of the form described.",
    "429": "More is asked than may be.",
    "503": "Too much is asked at the same time, or something behind the server failed.",
    "504": "There was no complete answer in time.",
}
_BODY_PROBLEMS = {"415": "The body is of a type that is not read here."}
_LISTED = {"Link": "The next page, as `rel=next`."}
_HEADERS = {"ETag": "Names this answer; send it back as `If-None-Match`."}
_TEXT = {"schema": {"type": "string"}}


def install(app: FastAPI) -> None:
    """Make an app describe itself by `describe`, worked out once."""
    made: Json = {}

    def openapi() -> Json:
        if not made:
            made.update(describe(app))
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def describe(app: FastAPI) -> Json:
    """Return the description of an app as OpenAPI 3.1."""
    found = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes,
        summary="AI law, AI standards and registers of AI systems, over HTTP",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
    )  # fmt: skip
    parts = found.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key the operator made: `agk_…`."}
    }
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _describe_operation(path, method, operation)
    return found


def _describe_operation(path: str, method: str, operation: Json) -> None:
    tag = operation["tags"][0]
    if tag == "Operation":
        return
    operation["security"] = [{"key": []}, {}]
    responses: Json = operation["responses"]
    responses.pop("422", None)
    if path.startswith("/v1"):
        _describe_answer(method, responses, path)
    elif tag == "Linked data":
        responses["200"] = _answer(_results(OFFERED), _HEADERS)
        operation.setdefault("parameters", []).append(_format_parameter(OFFERED))
    else:
        _describe_sparql(path, method, operation)
    problems = _PROBLEMS | (_BODY_PROBLEMS if method in ("post", "put") else {})
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    responses |= {
        status: {"description": words, "content": {PROBLEM: schema}} for status, words in sorted(problems.items())
    }
    if method == "get":
        responses["304"] = {"description": "The answer is still the one that was named by `If-None-Match`."}


def _describe_answer(method: str, responses: Json, path: str) -> None:
    answer = responses["200"]
    if path == "/v1/questions/{id}":
        answer |= _answer(_results((*ROWS, *GRAPHS)), _HEADERS)
    elif method == "get":
        answer["headers"] = _header_objects(_HEADERS | _LISTED)
        answer["content"][JSON_LD] = {"schema": {"type": "object", "required": ["@context"]}}


def _describe_sparql(path: str, method: str, operation: Json) -> None:
    parameters: list[Json] = operation.setdefault("parameters", [])
    asks = path.endswith("/sparql")
    if path == "/graphs":
        parameters += [
            _parameter("graph", "The IRI of the graph; or give `default`."),
            _parameter("default", "Say this, with any value, for the graph without a name."),
        ]
    if asks and method == "get":
        parameters.append(_parameter("query", "The query; without one the service describes itself."))
    if asks:
        parameters += [
            _parameter("default-graph-uri", "A graph of the default graph; repeatable.", repeated=True),
            _parameter("named-graph-uri", "A named graph; repeatable.", repeated=True),
            _parameter("timeout", "Seconds until it is given up; at most what the server allows."),
            _format_parameter((*ROWS, *GRAPHS)),
        ]
    if method in ("post", "put"):
        name = "query" if asks else "update" if path == "/update" else ""
        if name:
            form = {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}
            content = {f"application/sparql-{name}": _TEXT, "application/x-www-form-urlencoded": {"schema": form}}
        else:
            content = dict.fromkeys(GRAPHS, _TEXT)
        operation["requestBody"] = {"required": True, "content": content}
    if asks:
        operation["responses"]["200"] = _answer(_results((*ROWS, *GRAPHS)), _HEADERS)
    elif method == "get":
        operation["responses"]["200"] = _answer(_results(GRAPHS), _HEADERS)
    else:
        done = {"description": "Done.", "headers": _header_objects({"ETag": "The new generation."})}
        operation["responses"].clear()
        operation["responses"] |= {"204": done, "412": _conflict()}
        if path == "/graphs" and method in ("post", "put"):
            operation["responses"]["201"] = done | {"description": "The graph was made."}


def _conflict() -> Json:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": "The content is no longer that of `If-Match`.", "content": {PROBLEM: schema}}


def _results(forms: Iterable[str]) -> Json:
    """Return what an answer in each of these forms is: JSON is an object or a list, everything else text."""
    return {name: {"schema": {}} if name.endswith("json") else _TEXT for name in forms}


def _answer(content: Json, headers: Mapping[str, str]) -> Json:
    return {"description": "The answer.", "content": content, "headers": _header_objects(headers)}


def _header_objects(headers: Mapping[str, str]) -> Json:
    return {name: {"description": words, "schema": {"type": "string"}} for name, words in headers.items()}


def _format_parameter(offered: tuple[str, ...]) -> Json:
    names = [name for name, media_type in NAMES.items() if media_type in offered]
    return _parameter("format", "The form of the answer, before what `Accept` says.") | {
        "schema": {"type": "string", "enum": names}
    }


def _parameter(name: str, words: str, *, repeated: bool = False) -> Json:
    schema: Json = {"type": "array", "items": {"type": "string"}} if repeated else {"type": "string"}
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
