"""YAML with positions: every value keeps its line and column.

Scalars are read as text whatever they look like (`no` stays "no", `2023` stays "2023", a date stays its text); the
models that read the result say what they are. That avoids YAML's guesses, which turn Norway into false.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from aimsgraph.content.tables import read_lines
from aimsgraph.errors import InputError, Location

Path_ = tuple[str | int, ...]
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YAML document.

    Attributes:
        file: its name in messages.
        data: dicts, lists and strings (None for an empty value).
        positions: where each value stands, by its path of keys and indexes.
    """

    file: str
    data: Any
    positions: dict[Path_, tuple[int, int]]

    def where(self, *path: str | int) -> Location:
        """Return where a value stands, or its nearest recorded parent."""
        key: Path_ = path
        while key and key not in self.positions:
            key = key[:-1]
        line, column = self.positions.get(key, (1, 1))
        return Location(self.file, line, column)

    @property
    def stem(self) -> str:
        """What the document is named after: the file's name without its ending."""
        return PurePath(self.file).stem

    @property
    def files(self) -> frozenset[str]:
        """The names, as locations have them, of everything its values stand in."""
        return frozenset((self.file,))


def read_yaml(path: Path, shown_as: str) -> YamlSource:
    """Read one YAML document.

    Raises:
        InputError: the file cannot be read, is no YAML, repeats a key, uses anchors or tags, or nests too deeply.
    """
    text = "\n".join(read_lines(path, shown_as)) + "\n"
    try:
        node = _compose(text, shown_as)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"not YAML: an escape is no character: {error}",
            location=Location(shown_as),
            remedy="write the character itself",
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = Location(shown_as, mark.line + 1, mark.column + 1) if mark else Location(shown_as)
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(
            f"not YAML: {problem}", location=where, remedy="check indentation and quotes on that line"
        ) from error
    positions: dict[Path_, tuple[int, int]] = {}
    data = _construct(node, (), positions, shown_as) if node is not None else {}
    return YamlSource(shown_as, data, positions)


def _compose(text: str, file: str) -> yaml.Node | None:
    """Return the nodes of a document, read by libyaml where it is there: it takes a fifth of the time.

    What it refuses is read again by yaml's own parser, whose messages and places are the same on every machine.
    """
    if _ParsedByC is not None:
        with contextlib.suppress(yaml.YAMLError, ValueError, OverflowError):
            return _composed_by(_ParsedByC(text, file))
    return _composed_by(_Parsed(text, file))


def _composed_by(loader: Any) -> yaml.Node | None:  # noqa: ANN401  # what both parsers are
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


class _Plain(Composer, Resolver):
    """Refuses what means more than it shows: anchors, aliases, tags, deep nesting, halves of characters."""

    def __init__(self, file: str) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self._file = file
        self._depth = 0

    peek_event: Callable[[], yaml.Event]

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401  # yaml's own
        """Return the next node; see yaml."""
        event = self.peek_event()
        if what := self._find_indirection(event):
            mark = event.start_mark
            where = Location(self._file, mark.line + 1, mark.column + 1) if mark else Location(self._file)
            raise InputError(f"not YAML as we write it: {what}", location=where, remedy="write the value out")
        self._depth += 1
        node = Composer.compose_node(self, parent, index)
        self._depth -= 1
        return node

    def _find_indirection(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return "anchors and aliases are not used here"
        if getattr(event, "tag", None):
            return "tags are not used here"
        if isinstance(event, yaml.CollectionStartEvent) and self._depth >= _MAX_DEPTH:
            return f"more than {_MAX_DEPTH} levels"
        if any("\ud800" <= character <= "\udfff" for character in getattr(event, "value", "")):
            return "an escape stands for half a character"
        return ""


class _Parsed(_Plain, Reader, Scanner, Parser):
    """Reads with yaml's own parser."""

    def __init__(self, text: str, file: str) -> None:
        _Plain.__init__(self, file)
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


_ParsedByC: Callable[[str, str], Any] | None
if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _Fast(_Plain, CParser):
        """Reads with libyaml."""

        def __init__(self, text: str, file: str) -> None:
            _Plain.__init__(self, file)
            CParser.__init__(self, text)

    _ParsedByC = _Fast
else:
    _ParsedByC = None


def _construct(node: yaml.Node, path: Path_, positions: dict[Path_, tuple[int, int]], file: str) -> Any:  # noqa: ANN401
    positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return None if node.value == "" and not node.style else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, i), positions, file) for i, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in result:
            where = Location(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            raise InputError(f"the key {key!r} stands twice", location=where, remedy="keep one of them")
        result[key] = _construct(value_node, (*path, key), positions, file)
    return result
