"""Bodies of requests to `/v1`: read within bounds, checked against a model."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import media_type, read_body

JSON = "application/json"
Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model], most: int) -> Model:
    """Return the body of a request as a model.

    Raises:
        HttpProblem: 415, it is no JSON; 413, it is too large.
        RequestValidationError: 422, it is not what the model wants.
    """
    kind = media_type(request)
    if kind != JSON:
        raise unsupported(kind, JSON)
    return parse_json(await read_body(request, most), model)


def parse_json(body: bytes, model: type[Model]) -> Model:
    """Return a body as a model.

    Raises:
        RequestValidationError: 422, it is not what the model wants.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error


def unsupported(kind: str, *read: str) -> HttpProblem:
    """Return the problem of a body of a type that is not read here."""
    return HttpProblem(
        415, "unsupported-media-type", f"a body of type {kind or 'unknown'!r} is not read here",
        remedy=f"send {' or '.join(read)}",
    )  # fmt: skip


def body_of(model: type[BaseModel], **others: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI says of a body: JSON of a model, and other media types with their schemas."""
    schema = model.model_json_schema(by_alias=True)
    content = {JSON: {"schema": schema}} | {name: {"schema": each} for name, each in others.items()}
    return {"requestBody": {"required": True, "content": content}}
