"""A part of a document of others: asks for what should be there and says where it stands when it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from aimsgraph.content.tables import nearest
from aimsgraph.content.yaml_source import Path_, YamlSource
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.mapping_table import clean_cell, parse_decimal


@dataclass(frozen=True, slots=True)
class Node:
    """An object (mapping) within a document.

    Attributes:
        source: the document.
        path: keys and indexes that lead here.
    """

    source: YamlSource
    path: Path_ = ()

    def __post_init__(self) -> None:
        """Refuse what is no object."""
        if not isinstance(self.data, dict):
            raise self.wrong("", "an object is expected here", "compare with an export of ours")

    @property
    def data(self) -> Any:  # noqa: ANN401 - a document's part
        """What stands here."""
        data = self.source.data
        for step in self.path:
            data = data[step]
        return data

    def __contains__(self, name: str) -> bool:
        """Say whether a field is there and not null."""
        return self.data.get(name) is not None

    def child(self, name: str) -> Node:
        """Return an object that has to be there.

        Raises:
            InputError: it is missing, or no object.
        """
        if name not in self:
            guess = nearest(name, [str(key) for key in self.data])
            raise self.wrong("", f"{name!r} is missing", f"did you write {guess!r} for it?" if guess else "add it")
        return Node(self.source, (*self.path, name))

    def children(self, name: str) -> list[Node]:
        """Return a list of objects; one object stands for a list of one, nothing for an empty list.

        Raises:
            InputError: it is no list of objects.
        """
        value = self.data.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return [Node(self.source, (*self.path, name))]
        if not isinstance(value, list):
            raise self.wrong(name, f"{name!r} is no list", "write a list of objects")
        return [Node(self.source, (*self.path, name, number)) for number in range(len(value))]

    def text(self, name: str, *, required: bool = False, allowed: Sequence[str] = ()) -> str:
        """Return a text, clean; empty when it is not there.

        Raises:
            InputError: it is missing though required, no text, too long, or none of the allowed ones.
        """
        value = self.data.get(name)
        if value is not None and not isinstance(value, str | Decimal | bool):
            raise self.wrong(name, f"{name!r} is no text", "write a text")
        text = clean_cell("" if value is None else str(value), name, self.where(name))
        if required and not text:
            raise self.wrong(name, f"{name!r} is missing", "fill it in")
        if text and allowed and text not in allowed:
            guess = nearest(text, allowed)
            hint = f"did you mean {guess!r}? " if guess else ""
            raise self.wrong(name, f"{name!r}: unknown value {text[:60]!r}", f"{hint}Allowed: {', '.join(allowed)}")
        return text

    def number(self, name: str, low: int, high: int) -> Decimal | None:
        """Return a number within bounds, None when it is not there.

        Raises:
            InputError: it is none.
        """
        text = self.text(name)
        try:
            return parse_decimal(text, low, high) if text else None
        except ValueError as error:
            raise self.wrong(name, f"{name!r}: {error}", f"write a number from {low} to {high}") from error

    def unread(self, known: Sequence[str]) -> Iterator[str]:
        """Yield the names of fields other than the known ones."""
        return (str(name) for name in self.data if name not in known)

    def where(self, name: str = "") -> Location:
        """Return where this, or a field of it, stands."""
        return self.source.where(*self.path, *([name] if name else []))

    def wrong(self, name: str, message: str, remedy: str) -> InputError:
        """Return an error about a field; the way to it is named."""
        way = "/".join(str(step) for step in (*self.path, *([name] if name else [])))
        return InputError(f"{way or 'document'}: {message}", location=self.where(name), remedy=remedy)
