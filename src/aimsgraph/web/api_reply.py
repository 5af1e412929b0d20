"""How `/v1` answers: JSON or JSON-LD, with an entity tag, by pages where the answer is a list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from aimsgraph.api import AimsGraph
from aimsgraph.domain.time import utc_today
from aimsgraph.version import __version__
from aimsgraph.web.api_parameters import Paged
from aimsgraph.web.json_ld import MEDIA_TYPE as JSON_LD
from aimsgraph.web.json_ld import to_json_ld
from aimsgraph.web.negotiation import choose
from aimsgraph.web.paging import Page, cut, link_to_next
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

Json = dict[str, Any]
Compute = Callable[[AimsGraph], Json]
FORMS = ("application/json", JSON_LD)
_PAGING = frozenset({"limit", "cursor"})
_DAYS = ("on", "law_as_of")


@dataclass(frozen=True, slots=True)
class Listing:
    """Where the list of an answer stands, and which part of it is wanted.

    Attributes:
        key: the key of the list.
        page: the part.
        days: which days the address takes as parameters.
    """

    key: str
    page: Page
    days: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: str, asked: Paged) -> Listing:
        """Return the part of a list that a question wants."""
        return cls(key, asked.page, tuple(day for day in _DAYS if day in type(asked).model_fields))


async def reply(service: Service, request: Request, compute: Compute, listing: Listing | None = None) -> Response:
    """Return the answer to a GET about the shared content.

    The entity tag names the content, the day, the form and the question, so an unchanged answer need not be made again.

    Raises:
        AimsgraphError: what computing raises; 406 when no form is welcome; 400 for a cursor of something else.
    """
    form = choose(request.headers.get("accept", ""), FORMS)
    today = service.settings.program.today or utc_today()
    headers = headers_of(tag_of(service.generation, str(today), form, request.url.path, request.url.query), "no-cache")
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)

    def make(graph: AimsGraph) -> tuple[bytes, str]:
        answer = compute(graph)
        link = _page(request, answer, listing, str(answer["graph_version"]))
        return _write(graph, answer, form), link

    body, link = await service.ask(make)
    if is_known(request, headers["ETag"], exists=True):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | ({"Link": link} if link else {}), media_type=form)


async def reply_private(
    service: Service, request: Request, compute: Compute, listing: Listing | None = None
) -> Response:
    """Return the answer to a GET about an organisation, whose files may change under the same content.

    The entity tag is one of the whole list, so it changes with the register, on every page.

    Raises:
        AimsgraphError: as `reply`.
    """
    form = choose(request.headers.get("accept", ""), FORMS)

    def make(graph: AimsGraph) -> tuple[bytes, str, str]:
        answer = compute(graph)
        content = _digest(write_json(answer))
        link = _page(request, answer, listing, content)
        tag = tag_of(content, form, request.url.path, request.url.query)
        return _write(graph, answer, form), link, tag

    body, link, tag = await service.ask(make)
    headers = headers_of(tag, "private, no-cache")
    if is_known(request, tag, exists=True):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | ({"Link": link} if link else {}), media_type=form)


async def reply_to_post(service: Service, compute: Compute) -> Response:
    """Return the answer to a POST: plain JSON.

    Raises:
        AimsgraphError: what computing raises.
    """
    body = await service.ask(lambda graph: write_json(compute(graph)))
    return Response(body, media_type="application/json")


def is_known(request: Request, tag: str, *, exists: bool = False) -> bool:
    """Say whether the client has this answer already (`If-None-Match`, RFC 9110, section 13.1.2).

    Args:
        request: what the client sent.
        tag: the answer's entity tag.
        exists: whether it is certain that there is an answer, so that `*` means it.
    """
    said = request.headers.get("if-none-match", "")
    return (exists and said.strip() == "*") or tag in (each.strip().removeprefix("W/") for each in said.split(","))


def write_json(answer: object) -> bytes:
    """Return an answer as bytes of JSON, as short as it gets."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _page(request: Request, answer: Json, listing: Listing | None, content: str) -> str:
    """Cut an answer to one page; return the link to the next."""
    if listing is None:
        return ""
    pairs = [pair for pair in query_parameters(request).pairs if pair[0] not in _PAGING | set(_DAYS)]
    # The days are those of the answer: a walk that goes on after midnight goes on with the day it began on.
    days = [(name, answer[name]) for name in _DAYS]
    path = request.url.path
    following = cut(answer, listing.key, listing.page, content, [("", path), *pairs, *days])
    if not following:
        return ""
    takes_days = [(name, day) for name, day in days if name in listing.days]
    return link_to_next(path, [*pairs, *takes_days], listing.page, following)


def _write(graph: AimsGraph, answer: Json, form: str) -> bytes:
    if form == JSON_LD:
        answer = to_json_ld(answer, lambda text: _iri_of(graph, text))
    return write_json(answer)


def _iri_of(graph: AimsGraph, text: str) -> str | None:
    entry = graph.index.by_reference.get(text)
    return entry.iri if entry else None


def tag_of(*parts: str) -> str:
    """Return the entity tag of an answer that depends on these, and on the program."""
    return f'"{_digest(repr((__version__, *parts)))}"'


def headers_of(tag: str, caching: str) -> dict[str, str]:
    """Return the headers of an answer that depends on its form and on who asks."""
    return {"ETag": tag, "Vary": "Accept, Authorization", "Cache-Control": caching}


def _digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:24]
