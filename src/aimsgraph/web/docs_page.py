"""`/docs`: the description of the API as a page, made here, without scripts. `/v1/context.jsonld`: the context."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Response

from aimsgraph.web.api_reply import write_json
from aimsgraph.web.json_ld import CONTEXT, MEDIA_TYPE
from aimsgraph.web.pages.shell import draw_html, html

Json = dict[str, Any]


def routes(app: FastAPI) -> APIRouter:
    """Return the routes; the page describes the app."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> Response:
        page = render_docs(app.openapi())
        return html(page)

    @router.get("/v1/context.jsonld")
    async def context() -> Response:
        headers = {"Cache-Control": "max-age=3600", "Access-Control-Allow-Origin": "*"}
        return Response(write_json({"@context": CONTEXT}), media_type=MEDIA_TYPE, headers=headers)

    return router


def render_docs(described: Json) -> str:
    """Return an OpenAPI description as a page."""
    body = [
        f"<p>{escape(described['info']['description'])}</p>",
        '<p><a href="/openapi.json">OpenAPI 3.1</a>; a client: <code>aimsgraph.Client</code>; with a key: '
        "<code>Authorization: Bearer agk_…</code></p>",
    ]
    for tag in described["tags"]:
        operations = list(_operations(described, tag["name"]))
        if operations:
            body += [f"<h2>{escape(tag['name'])}</h2>", f"<p>{escape(tag['description'])}</p>"]
            body += [line for path, method, each in operations for line in _operation(path, method, each)]
    return draw_html("HTTP API", body)


def _operations(described: Json, tag: str) -> Iterator[tuple[str, str, Json]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if tag in operation.get("tags", ()):
                yield path, method, operation


def _operation(path: str, method: str, operation: Json) -> Iterator[str]:
    yield f'<h3 id="{escape(operation["operationId"])}"><code>{method.upper()} {escape(path)}</code></h3>'
    yield f"<p>{escape(operation.get('summary', ''))}. {escape(operation.get('description', ''))}</p>"
    rows = [_parameter(each) for each in operation.get("parameters", ())]
    rows += [_row("body", "", kind, "") for kind in operation.get("requestBody", {}).get("content", {})]
    answers = ((status, each) for status, each in operation["responses"].items() if status < "300")
    rows += [
        _row("answer", status, ", ".join(each.get("content", {"": {}})), each.get("description", ""))
        for status, each in answers
    ]
    yield f"<table>{''.join(rows)}</table>"


def _parameter(each: Json) -> str:
    schema = each.get("schema", {})
    kind = schema.get("type", "")
    if kind == "array":
        kind = f"{schema.get('items', {}).get('type', '')}, repeatable"
    choices = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    more = [f"one of {', '.join(map(str, choices))}"] if choices else []
    if "default" in schema and schema["default"] not in ("", [], None):
        more.append(f"default {schema['default']}")
    if examples := schema.get("examples"):
        more.append(f"such as {examples[0]}")
    needed = "needed" if each.get("required") else ""
    return _row(each["name"], needed, kind, "; ".join([each.get("description", ""), *more]).strip("; "))


def _row(name: str, needed: str, kind: str, words: str) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in (needed, kind, words))
    return f"<tr><th><code>{escape(name)}</code></th>{cells}</tr>"
