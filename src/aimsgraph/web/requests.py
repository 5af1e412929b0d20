"""Reads what a request brings: its parameters and its body, within bounds."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote_to_bytes

import anyio.to_thread
import pyoxigraph as ox
from anyio import CapacityLimiter
from fastapi import Request
from starlette.datastructures import URL

from aimsgraph.web.problems import HttpProblem

T = TypeVar("T")
FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 10_000
BODY_SECONDS = 30.0
LONG = 64 * 1024
"""Reading a text of more bytes takes so long that others would wait for it."""
_one_at_a_time = CapacityLimiter(1)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Named values in order; a name may come more than once."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Parameters:
        """Return the parameters of a query string or a form.

        Raises:
            HttpProblem: 400, it is not UTF-8 or has too many parameters.
        """
        if text.count("&") >= MOST_PARAMETERS:
            raise HttpProblem(400, "bad-parameter", f"there are more than {MOST_PARAMETERS:,} parameters")
        fields = [field.partition("=") for field in text.split("&") if field]
        try:
            return cls(tuple((_decoded(name), _decoded(value)) for name, _, value in fields))
        except UnicodeDecodeError as error:
            raise HttpProblem(400, "bad-parameter", f"the parameters cannot be read: {error.reason}") from error

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a name."""
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, name: str) -> str | None:
        """Return the value of a name, None when it is not given.

        Raises:
            HttpProblem: 400, it is given twice.
        """
        found = self.all(name)
        if len(found) > 1:
            raise HttpProblem(400, "bad-parameter", f"{name!r} is given {len(found)} times", remedy="give it once")
        return found[0] if found else None


async def read_form(request: Request, most: int, seconds: float = BODY_SECONDS) -> Parameters:
    """Return the parameters that the body of a request holds.

    Raises:
        HttpProblem: see `read_body` and `Parameters.parse`.
    """
    return await apart(Parameters.parse, text_of(await read_body(request, most, seconds)))


async def apart(read: Callable[[str], T], text: str) -> T:
    """Read a text, in a thread when it is long: one at a time, so that short ones hardly notice."""
    if len(text) <= LONG:
        return read(text)
    return await anyio.to_thread.run_sync(read, text, limiter=_one_at_a_time)


def _decoded(text: str) -> str:
    """Return what a percent-encoded text stands for, worked out in short steps so that other threads go on."""
    data, at, found = text.replace("+", " ").encode(), 0, []
    while at < len(data):
        end = at + LONG
        cut = data.rfind(b"%", end - 2, end)
        end = cut if at < cut and end < len(data) else end
        found.append(unquote_to_bytes(data[at:end]))
        at = end
    return b"".join(found).decode("utf-8")


def query_parameters(request: Request) -> Parameters:
    """Return the parameters of a request's address."""
    return Parameters.parse(request.scope["query_string"].decode("ascii", "replace"))


def asked_address(request: Request) -> URL:
    """Return the address a server is asked at, by the request's own words: scheme, host and port."""
    scope = request.scope
    return _address(scope["scheme"], request.headers.get("host"), scope["server"], scope["root_path"])


@functools.lru_cache(64)
def _address(scheme: str, host: str | None, server: tuple[str, int | None], root_path: str) -> URL:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    parts = {"scheme": scheme, "headers": headers, "server": server, "root_path": root_path}
    return Request({"type": "http", "path": "/", "query_string": b"", **parts}).base_url


def check_iri(iri: str) -> str:
    """Return an IRI as it is.

    Raises:
        HttpProblem: 400, it is no absolute IRI.
    """
    try:
        return ox.NamedNode(iri).value
    except ValueError as error:
        raise HttpProblem(400, "bad-parameter", f"{iri!r} is no absolute IRI: {error}") from error


def media_type(request: Request) -> str:
    """Return the media type of a request's body, without parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, most: int, seconds: float = BODY_SECONDS) -> bytes:
    """Return the body of a request.

    Raises:
        HttpProblem: 413, it is longer than allowed; 408, it is not there in time.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, most)
    except TimeoutError:
        raise HttpProblem(
            408, "request-timeout", f"the body was not there within {seconds:g} s",
            remedy="send it faster, or in parts", headers={"Connection": "close"},
        ) from None  # fmt: skip


async def _read(request: Request, most: int) -> bytes:
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise _too_large(most)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def text_of(body: bytes) -> str:
    """Return a body as text.

    Raises:
        HttpProblem: 400, it is not UTF-8.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HttpProblem(400, "bad-parameter", "the body is not UTF-8", remedy="send it as UTF-8") from error


def _too_large(most: int) -> HttpProblem:
    return HttpProblem(413, "body-too-large", f"the body has more than {most:,} bytes", remedy="send it in parts")
