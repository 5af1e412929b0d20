"""A call of the API: what is sent, and what the answer is read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Call(Generic[Answered]):
    """One request to be made.

    Attributes:
        path: below the server's address.
        reads: what makes the answer's value of its JSON.
        parameters: of the address; those that are None or empty lists are left out.
        body: JSON to be sent; None for a GET, unless there is `content`.
        content: bytes to be sent, and their media type.
        accept: the media type wanted.
    """

    path: str
    reads: type[Answered]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    content: tuple[bytes, str] | None = None
    accept: str = "application/json"

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None and self.content is None else "POST"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters as they are written."""
        found: list[tuple[str, str]] = []
        for name, value in self.parameters.items():
            several = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            found += [(name, _text(each)) for each in several if each is not None]
        return found

    def after(self, answer: object) -> Call[Answered] | None:
        """Return the call for the page after an answer; None when it was the last.

        The days stay those of the first page, so a walk that goes on after midnight is one list.
        """
        cursor = getattr(answer, "next", None)
        if not cursor:
            return None
        if self.body is not None:
            return replace(self, body={**self.body, "cursor": cursor})
        days = {name: str(getattr(answer, name)) for name in ("on", "law_as_of") if name in self.parameters}
        return replace(self, parameters={**self.parameters, **days, "cursor": cursor})


def part(text: str) -> str:
    """Return text as one part of an address."""
    return quote(text, safe=":@().,")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
