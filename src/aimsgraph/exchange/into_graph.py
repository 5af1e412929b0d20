"""A mapping table as quads of one named graph, by the same compiler as our own sets; all of it or nothing.

A framework that is not ours is described as far as the set speaks of it: its name and the items the rows name, under
`…/id/foreign/<slug>/`. No text of its items is taken over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content.emit import Emitter, any_uri, text
from aimsgraph.content.mapping_compile import Side, compile_mapping_set, graph_of
from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import Content
from aimsgraph.content.versions import derive_versions
from aimsgraph.domain.identifiers import make_iri
from aimsgraph.errors import InputError
from aimsgraph.exchange.into_folder import source_of
from aimsgraph.exchange.mapping_table import ForeignFramework, MappingRow, MappingTable
from aimsgraph.exchange.names import FOREIGN, foreign_iri, safe_local
from aimsgraph.exchange.rdf import render_quads
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_LABEL

UNSTATED = "unstated"
"""The version key of a foreign framework whose version the source does not state."""


@dataclass(frozen=True, slots=True)
class ForeignSide(Side):
    """A framework that is not ours as one side of a mapping set; it has one version, the one the source states."""

    version_key: str = UNSTATED

    def item(self, id_: str) -> ox.NamedNode:
        """Return the IRI of an item."""
        return ox.NamedNode(foreign_iri(self.names.header.slug, id_))

    def version(self, id_: str, key: str, law: dt.date) -> ox.NamedNode:
        """Return the one version of an item."""
        return ox.NamedNode(make_iri(FOREIGN, self.names.header.slug, id_, self.version_key))


def quads_of_table(table: MappingTable, content: Content, graph: str = "") -> list[ox.Quad]:
    """Return a complete table (see `into_folder.complete`) as quads of one named graph.

    Args:
        table: the set.
        content: our frameworks and vocabularies.
        graph: the graph's IRI; that of the set when empty.

    Raises:
        InputError: a row names an item or a version that is not there; nothing is returned.
    """
    sides = _sides(table, content)
    for row in table.rows:
        _check_pins(row, row.subjects, row.subject_versions, sides[table.header.slugs[0]])
        _check_pins(row, row.objects, row.object_versions, sides[table.header.slugs[1]])
    try:
        emitter = compile_mapping_set(source_of(table), sides, Concepts.from_content(content))
    except ValueError as error:
        where = next((row.location for row in table.rows if row.location), None)
        remedy = "authors, reviewers and roles that hold :// or become part of an IRI need its characters"
        raise InputError(f"the set has a value that no IRI can hold: {error}", location=where, remedy=remedy) from error
    for framework in table.foreign:
        _say_framework(emitter, framework)
    name = ox.NamedNode(graph or graph_of(table.header.id))
    return [ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in emitter.triples]


def write_turtle(table: MappingTable, content: Content) -> bytes:
    """Return a complete table as Turtle, the same bytes every time."""
    return render_quads(quads_of_table(table, content), "turtle")


def _sides(table: MappingTable, content: Content) -> Mapping[str, Side]:
    headers = {framework.header.slug: framework.header for framework in content.frameworks}
    foreign = {framework.slug: framework for framework in table.foreign}
    sides: dict[str, Side] = {}
    for slug in table.header.slugs:
        if slug in foreign:
            sides[slug] = _foreign_side(foreign[slug])
        elif slug in headers:
            source = next(f for f in content.frameworks if f.header.slug == slug)
            sides[slug] = Side.of(source, FrameworkNames.of(source), derive_versions(source, headers))
        else:
            raise InputError(f"there is no framework {slug!r}", remedy=f"known: {', '.join(headers)}")
    return sides


def _foreign_side(framework: ForeignFramework) -> ForeignSide:
    # Only the identity is known of a foreign framework; the dates and rights of a header of ours are not.
    header = FrameworkHeader.model_construct(
        slug=framework.slug, edition=framework.version, iri_path=f"{FOREIGN}/{framework.slug}"
    )
    return ForeignSide(FrameworkNames(header, {}, frozenset()), {}, {}, _version_key(framework))


def _check_pins(row: MappingRow, ends: Iterable[str], pins: tuple[str, ...], side: Side) -> None:
    """Refuse what the compiler, which trusts checked content, would take for something else."""
    ids = [reference.partition(":")[2] for reference in ends]
    for id_ in ids:
        if not isinstance(side, ForeignSide) and side.provisions.get(id_, id_) not in side.versions:
            raise InputError(f"there is no item {id_!r}", location=row.location, remedy="run `aimsgraph resolve`")
    for id_, pin in zip(ids, pins, strict=False):
        known = (
            {side.version_key}
            if isinstance(side, ForeignSide)
            else {version.key for version in side.versions[side.provisions.get(id_, id_)]}
        )
        if pin and pin not in known:
            raise InputError(
                f"{id_!r} has no version {pin!r}", location=row.location, remedy=f"known: {', '.join(sorted(known))}"
            )


def _say_framework(out: Emitter, framework: ForeignFramework) -> None:
    node = out.node(foreign_iri(framework.slug), "Framework")
    node.say(DCT_TITLE, text(framework.title)).say(RDFS_LABEL, text(framework.title)).say("slug", framework.slug)
    node.say("edition", framework.version)
    if "://" in framework.source and " " not in framework.source:
        node.say("sourceUrl", any_uri(framework.source))
    key = _version_key(framework)
    for item in framework.items:
        shown = f"{item.original} {item.label}".strip()
        about = out.node(foreign_iri(framework.slug, item.local), "Provision")
        about.say("localId", item.original).say("reference", f"{framework.slug}:{item.local}")
        about.say("inFramework", node.iri).say("isAssessable", True).say(RDFS_LABEL, text(shown))
        version = out.node(make_iri(FOREIGN, framework.slug, item.local, key), "ProvisionVersion")
        version.say("versionOf", about.iri).say("versionKey", key)


def _version_key(framework: ForeignFramework) -> str:
    return safe_local(framework.version) if framework.version else UNSTATED
