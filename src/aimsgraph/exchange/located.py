"""Reads JSON and YAML of others with positions: every value keeps its line and column.

What is read is not trusted: a document has a largest depth, and YAML may not repeat parts by alias.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from aimsgraph.content.yaml_source import Path_, YamlSource
from aimsgraph.errors import InputError, Location

MAX_DEPTH = 32
_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(text: str, file: str) -> YamlSource:
    """Return a JSON document with positions; numbers are decimals, a key may not stand twice.

    Raises:
        InputError: it is no JSON, or nests too deeply.
    """
    return _JsonReader(text, file).read()


def parse_yaml(text: str, file: str) -> YamlSource:
    """Return a YAML document with positions; every scalar is text, an empty one None.

    Raises:
        InputError: it is no YAML, uses anchors, aliases or tags, repeats a key, or nests too deeply.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    positions: dict[Path_, tuple[int, int]] = {}
    try:
        data = _YamlReader(yaml.parse(text, Loader=loader), positions, file).read()
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"not YAML: {error}", location=Location(file), remedy="write the character itself, not an escape"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(
            f"not YAML: {problem}", location=where, remedy="check indentation and quotes on that line"
        ) from error
    return YamlSource(file, data, positions)


class _JsonReader:
    """A recursive reader that remembers where values stand; scalars are read by the standard library."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.positions: dict[Path_, tuple[int, int]] = {}
        self.scalar = json.JSONDecoder()
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> YamlSource:
        data, end = self._value(self._skip(0), (), 0)
        end = self._skip(end)
        if end != len(self.text):
            raise self._error("more text after the document", end)
        return YamlSource(self.file, data, self.positions)

    def _value(self, at: int, path: Path_, depth: int) -> tuple[Any, int]:
        self.positions[path] = self._place(at)
        if depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} levels", at)
        character = self.text[at : at + 1]
        if character == "{":
            return self._members(at, path, depth)
        if character == "[":
            return self._items(at, path, depth)
        if number := _NUMBER.match(self.text, at):
            return Decimal(number.group()), number.end()
        try:
            value, end = self.scalar.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self._error(error.msg, error.pos) from error
        if isinstance(value, str) and _SURROGATE.search(value):
            raise self._error("an escape stands for half a character", at)
        if isinstance(value, float):  # NaN and the infinities, which the standard library would let through
            raise self._error(f"{value} is no JSON", at)
        return value, end

    def _members(self, at: int, path: Path_, depth: int) -> tuple[dict[str, Any], int]:
        result: dict[str, Any] = {}
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "}":
            return result, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise self._error("a key in double quotes is missing", at)
            key, end = self._value(at, (*path, ""), depth + 1)
            if key in result:
                raise self._error(f"the key {key!r} stands twice", at)
            at = self._skip(end)
            if self.text[at : at + 1] != ":":
                raise self._error("a colon is missing", at)
            result[key], end = self._value(self._skip(at + 1), (*path, key), depth + 1)
            at, more = self._next(end, "}")
            if not more:
                return result, at

    def _items(self, at: int, path: Path_, depth: int) -> tuple[list[Any], int]:
        result: list[Any] = []
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "]":
            return result, at + 1
        while True:
            value, end = self._value(at, (*path, len(result)), depth + 1)
            result.append(value)
            at, more = self._next(end, "]")
            if not more:
                return result, at

    def _next(self, at: int, close: str) -> tuple[int, bool]:
        at = self._skip(at)
        character = self.text[at : at + 1]
        if character == close:
            return at + 1, False
        if character != ",":
            raise self._error(f"a comma or {close} is missing", at)
        return self._skip(at + 1), True

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def _error(self, message: str, at: int) -> InputError:
        return InputError(
            f"not JSON: {message}",
            location=Location(self.file, *self._place(min(at, len(self.text)))),
            remedy="check that line",
        )


class _YamlReader:
    """Builds values from YAML events, so that nothing is built that was refused."""

    def __init__(self, events: Iterator[Any], positions: dict[Path_, tuple[int, int]], file: str) -> None:
        self.events = events
        self.positions = positions
        self.file = file

    def read(self) -> Any:  # noqa: ANN401
        import yaml

        documents: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    raise self._refuse("only one document is read", event)
                documents.append(self._value(next(self.events), (), 0))
        return documents[0] if documents else {}

    def _value(self, event: Any, path: Path_, depth: int) -> Any:  # noqa: ANN401
        import yaml

        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._refuse("anchors and aliases are not read", event)
        if event.tag:
            raise self._refuse("tags are not read", event)
        if depth > MAX_DEPTH:
            raise self._refuse(f"more than {MAX_DEPTH} levels", event)
        self.positions[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            if _SURROGATE.search(event.value):
                raise self._refuse("an escape stands for half a character", event)
            plain = event.implicit[0]
            return None if plain and event.value in ("", "~", "null") else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(event, (*path, len(items)), depth + 1))
            return items
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._value(event, (*path, ""), depth + 1)
            if not isinstance(key, str) or key in result:
                raise self._refuse("a key stands twice" if isinstance(key, str) else "a key is no text", event)
            result[key] = self._value(next(self.events), (*path, key), depth + 1)
        return result

    def _refuse(self, what: str, event: Any) -> InputError:  # noqa: ANN401
        mark = event.start_mark
        return InputError(
            f"not YAML as it is read here: {what}",
            location=Location(self.file, mark.line + 1, mark.column + 1),
            remedy="write the value out",
        )
