"""The IRIs the content compiler gives to things, and the terms that stand for coded values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.read import Content, FrameworkSource
from aimsgraph.domain.identifiers import GRAPH, Reference, make_iri
from aimsgraph.graph.vocabulary import aims


@dataclass(frozen=True, slots=True)
class Concepts:
    """The terms of the vocabularies: `route` and `annex-iii` give `aims:RouteAnnexIII`."""

    terms: Mapping[tuple[str, str], str]

    @classmethod
    def from_content(cls, content: Content) -> Concepts:
        """Index the vocabulary tables."""
        return cls({(scheme, row["slug"]): row["term"] for scheme, table in content.vocabularies for row in table.rows})

    def __call__(self, scheme: str, slug: str) -> ox.NamedNode | None:
        """Return the term, None for an empty slug."""
        return aims(self.terms[scheme, slug]) if slug else None


@dataclass(frozen=True, slots=True)
class FrameworkNames:
    """The IRIs within one framework."""

    header: FrameworkHeader
    paths: Mapping[str, str]
    statements: frozenset[str]

    @classmethod
    def of(cls, source: FrameworkSource) -> FrameworkNames:
        """Take the paths from the provisions table; the local id serves where no path is given."""
        paths = {row["id"]: row["path"] or row["id"] for row in source.rows("provisions")}
        return cls(source.header, paths, frozenset(row["id"] for row in source.rows("statements")))

    @property
    def framework(self) -> str:
        """The framework's own IRI."""
        return make_iri(self.header.iri_path)

    @property
    def graph(self) -> str:
        """The named graph that holds what the framework's folder says."""
        return f"{GRAPH}{self.header.slug}/{self.header.edition}"

    def provision(self, local: str) -> ox.NamedNode:
        """Return the IRI of a provision."""
        return ox.NamedNode(make_iri(self.header.iri_path, self.paths[local]))

    def version(self, local: str, key: str) -> ox.NamedNode:
        """Return the IRI of a version of a provision."""
        return ox.NamedNode(make_iri(self.header.iri_path, self.paths[local], key))

    def thing(self, kind: str, id_: str) -> ox.NamedNode:
        """Return the IRI of anything else, by kind: `stmt`, `role`, `app`, `amd`, `cond`, `clock` and so on."""
        return ox.NamedNode(make_iri(self.header.iri_path, kind, id_))

    def provision_or_statement(self, id_: str) -> ox.NamedNode:
        """Return the IRI of whichever of the two the id names."""
        return self.thing("stmt", id_) if id_ in self.statements else self.provision(id_)

    def reference(self, local: str) -> str:
        """Return the canonical reference of a provision or statement."""
        return str(Reference(self.header.slug, local))
