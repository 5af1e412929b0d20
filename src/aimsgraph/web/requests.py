"""Reads what a request brings: its parameters and its body, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from aimsgraph.web.problems import HttpProblem

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 10_000


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
        try:
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
        except ValueError as error:
            raise HttpProblem(400, "bad-parameter", f"the parameters cannot be read: {error}") from error
        return cls(tuple(pairs))

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


def query_parameters(request: Request) -> Parameters:
    """Return the parameters of a request's address."""
    return Parameters.parse(request.scope["query_string"].decode("ascii", "replace"))


def media_type(request: Request) -> str:
    """Return the media type of a request's body, without parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        HttpProblem: 413, it is longer than allowed.
    """
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
