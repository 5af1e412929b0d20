"""How the records of a register become nodes: their names, labels, places, and what they point at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

from aimsgraph.content.emit import Emitter, Node, any_uri, text
from aimsgraph.content.organisation_compile import OrganisationNames
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.domain.register import ALL_SYSTEMS, Register
from aimsgraph.errors import Location
from aimsgraph.graph.vocabulary import RDFS_LABEL


class Record(Protocol):
    """A record with an id, a node and a place."""

    @property
    def id(self) -> str:
        """Its short name."""

    @property
    def iri(self) -> str:
        """Its node."""

    @property
    def location(self) -> Location:
        """Where it was written."""


@dataclass(frozen=True, slots=True)
class Things:
    """Everything records may point at.

    Attributes:
        register: all records.
        names: the IRIs below the organisation's base.
        law: the IRIs of the law, and the concepts.
        out: where triples go.
        language: the language the organisation writes in.
    """

    register: Register
    names: OrganisationNames
    law: LawIndex
    out: Emitter
    language: str

    @property
    def management_system(self) -> ox.NamedNode:
        """The management system."""
        return ox.NamedNode(self.names("management-system"))

    def words(self, value: str) -> ox.Literal | None:
        """Return the organisation's own words in its language, nothing for none."""
        return text(value, self.language) if value else None

    def label(self, node: Node, value: str) -> Node:
        """Give a node its name for people."""
        return node.say(RDFS_LABEL, text(value, self.language))

    def node(self, record: Record, *classes: str, label: str) -> Node:
        """Start the node of a record."""
        return self.label(self.out.node(record.iri, *classes, where=record.location), label)

    def part(self, record: Record, kind: str, class_: str, *, label: str) -> Node:
        """Start a node for what is split off from a record."""
        return self.label(self.out.node(self.names(kind, record.id), class_, where=record.location), label)

    def numbered(self, where: Location, class_: str, label: str, kind: str, id_: str, *numbers: int) -> Node:
        """Start a node for an entry of a list, named by its place in it."""
        iri = self.names(kind, id_, *map(str, numbers))
        return self.label(self.out.node(iri, class_, where=where), label)

    def record(self, kind: str, id_: str) -> ox.NamedNode:
        """Return the node of a record by its kind and id."""
        return ox.NamedNode(self.names(kind, id_))

    def agent(self, id_: str) -> ox.NamedNode | None:
        """Return the node of a person or an organisation, nothing for no id."""
        return ox.NamedNode(self.names.agent(id_)) if id_ else None

    def systems(self, ids: Iterable[str]) -> list[ox.NamedNode]:
        """Return the nodes of systems; `all` stands for each of them."""
        chosen = tuple(ids)
        if chosen == ALL_SYSTEMS:
            chosen = tuple(system.id for system in self.register.systems)
        return [self.record("system", id_) for id_ in chosen]

    def law_node(self, reference: str) -> ox.NamedNode:
        """Return the node of a statement or provision."""
        iri = self.law.find(reference)
        assert iri is not None, f"{reference} was checked and does not resolve"
        return ox.NamedNode(iri)

    def concept(self, scheme: str, slug: str) -> ox.NamedNode | None:
        """Return the concept of a coded value, nothing for an empty one."""
        return ox.NamedNode(self.law.concepts[scheme, slug]) if slug else None

    def say_paper(self, value: str, about: Node) -> None:
        """Say which document is about a thing: one of ours, or one that lies somewhere."""
        if any(document.id == value for document in self.register.documents):
            Node(self.out, self.record("document", value)).say("documentOf", about.iri)
        elif value:
            about.say("locator", any_uri(self.place_of(value)))

    def place_of(self, value: str) -> str:
        """Return where a paper is kept: a piece of evidence is kept where its row says."""
        return next((e.locator or e.iri for e in self.register.evidence if e.id == value), value)
