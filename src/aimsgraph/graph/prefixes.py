"""The one prefix table, `ontology/prefixes.tsv`: CURIEs to IRIs and back, and the header of a query."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from aimsgraph import assets
from aimsgraph.errors import InputError, Location, NotFound

_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_PREFIX: Final = re.compile(r"[A-Za-z](?:[\w.-]*[\w-])?", re.ASCII)
_HEADER: Final = ["prefix", "iri"]


class Prefixes:
    """A table of prefixes, each bound to one namespace and no namespace bound twice."""

    __slots__ = ("_by_length", "_namespaces")

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = dict(sorted(namespaces.items()))
        longest_first = sorted(self._namespaces.items(), key=lambda entry: (-len(entry[1]), entry))
        self._by_length = tuple((namespace, prefix) for prefix, namespace in longest_first)

    def as_dict(self) -> dict[str, str]:
        """Return prefix → namespace, sorted by prefix."""
        return dict(self._namespaces)

    def has(self, prefix: str) -> bool:
        """Tell whether the table knows a prefix."""
        return prefix in self._namespaces

    def expand(self, curie: str) -> NamedNode:
        """Return the IRI a CURIE stands for.

        >>> Prefixes({"ex": "http://example.org/"}).expand("ex:a").value
        'http://example.org/a'

        Raises:
            NotFound: the prefix is not in the table, or there is none.
        """
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self._namespaces:
            raise NotFound(
                f"no prefix {prefix!r} in {curie!r}", remedy=f"known prefixes: {', '.join(self._namespaces)}"
            )
        try:
            return NamedNode(self._namespaces[prefix] + local)
        except ValueError as error:
            raise InputError(f"{curie!r} makes no valid IRI: {error}") from error

    def compact(self, iri: NamedNode | str) -> str:
        """Return the CURIE of an IRI under its longest namespace, or the IRI itself where none fits.

        >>> Prefixes({"ex": "http://example.org/"}).compact("http://example.org/a")
        'ex:a'
        """
        text = iri if isinstance(iri, str) else iri.value
        for namespace, prefix in self._by_length:
            if text.startswith(namespace) and _LOCAL.fullmatch(text, len(namespace)):
                return f"{prefix}:{text[len(namespace) :]}"
        return text

    def header(self) -> str:
        """Return the `PREFIX` lines that declare the whole table."""
        return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in self._namespaces.items())

    def used_by(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the prefixes that are the longest match of at least one of these IRIs."""
        used = set()
        for iri in iris:
            for namespace, prefix in self._by_length:
                if iri.startswith(namespace):
                    used.add(prefix)
                    break
        return {prefix: iri for prefix, iri in self._namespaces.items() if prefix in used}


@cache
def load_prefixes() -> Prefixes:
    """Return the table the product ships, read once.

    Raises:
        InputError: the file is not a prefix table.
    """
    return read_prefixes(assets.path("ontology", "prefixes.tsv"))


def read_prefixes(path: Path) -> Prefixes:
    """Read a table of two tab-separated columns, `prefix` and `iri`, under a header.

    Raises:
        InputError: no such file, another header, or a row that is wrong or there twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the prefix table: {error}", location=Location(str(path))) from error
    rows = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or rows[0][:2] != _HEADER:
        raise InputError("expected the columns prefix and iri", location=Location(str(path), 1))
    table: dict[str, str] = {}
    for line, row in enumerate(rows[1:], start=2):
        if row:
            prefix, namespace = _checked_row(row, table, Location(str(path), line))
            table[prefix] = namespace
    return Prefixes(table)


def _checked_row(row: list[str], table: Mapping[str, str], where: Location) -> tuple[str, str]:
    if len(row) < 2 or not _PREFIX.fullmatch(row[0]):
        raise InputError("expected a prefix and an IRI, separated by a tab", location=where)
    prefix, namespace = row[0], row[1]
    try:
        NamedNode(namespace)
    except ValueError as error:
        raise InputError(f"{namespace!r} is no IRI: {error}", location=where) from error
    if prefix in table or namespace in table.values():
        raise InputError(f"{prefix} or its namespace is in the table already", location=where)
    return prefix, namespace
