"""Compiles the content folders to named graphs, with a map from every node to the row it was written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content import compile_duties, compile_norms
from aimsgraph.content.application import RuleBook
from aimsgraph.content.emit import Emitter, SourceMap, text
from aimsgraph.content.mapping_compile import Side, compile_mapping_set, graph_of
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import CatalogueSource, Content, FrameworkSource
from aimsgraph.content.versions import derive_versions
from aimsgraph.domain.identifiers import GRAPH, VOCABULARY, Reference, make_iri, parse_reference
from aimsgraph.graph.vocabulary import (
    DCT_TITLE,
    RDF_TYPE,
    RDFS_COMMENT,
    RDFS_LABEL,
    SKOS_CONCEPT,
    SKOS_CONCEPT_SCHEME,
    SKOS_DEFINITION,
    SKOS_IN_SCHEME,
    SKOS_NOTATION,
    aims,
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The graphs by name, and where each node was written."""

    graphs: dict[str, frozenset[ox.Triple]]
    sources: SourceMap

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every triple in its named graph."""
        for graph, triples in self.graphs.items():
            name = ox.NamedNode(graph)
            for triple in triples:
                yield ox.Quad(triple.subject, triple.predicate, triple.object, name)


def compile_content(content: Content) -> Compiled:
    """Compile checked content; the result depends on nothing but what the files say."""
    concepts = Concepts.from_content(content)
    names = {f.header.slug: FrameworkNames.of(f) for f in content.frameworks}
    graphs: dict[str, frozenset[ox.Triple]] = {}
    sources: SourceMap = {}
    emitters = {names[f.header.slug].graph: _compile_framework(f, content, names, concepts) for f in content.frameworks}
    for catalogue in content.catalogues:
        emitters[f"{GRAPH}{catalogue.header.slug}"] = _compile_catalogue(catalogue, names, concepts)
    emitters[f"{GRAPH}vocabularies"] = _compile_vocabularies(content)
    if content.mappings:
        headers = {f.header.slug: f.header for f in content.frameworks}
        sides = {
            f.header.slug: Side.of(f, names[f.header.slug], derive_versions(f, headers)) for f in content.frameworks
        }
        for mapping in content.mappings:
            emitters[graph_of(mapping.header.id)] = compile_mapping_set(mapping, sides, concepts)
    for graph, emitter in emitters.items():
        graphs[graph] = frozenset(emitter.triples)
        sources.update(emitter.sources)
    return Compiled(graphs, sources)


def _compile_framework(
    source: FrameworkSource, content: Content, all_names: dict[str, FrameworkNames], concepts: Concepts
) -> Emitter:
    out = Emitter()
    names = all_names[source.header.slug]
    headers = {f.header.slug: f.header for f in content.frameworks}
    versions = derive_versions(source, headers)
    rules = RuleBook.of(source, versions)
    compile_norms.compile_header(out, source, names, concepts)
    compile_norms.compile_provisions(out, source, names, concepts, versions)
    compile_norms.compile_amendments(out, source, names, concepts, all_names)
    compile_norms.compile_governs(out, rules, names)
    compile_duties.compile_vocabulary_of_duties(out, source, names)
    compile_duties.compile_statements(out, source, names, concepts, versions, rules)
    compile_duties.compile_rules(out, source, names, concepts)
    compile_duties.compile_consequences(out, source, names, concepts)
    return out


def _compile_catalogue(source: CatalogueSource, names: dict[str, FrameworkNames], concepts: Concepts) -> Emitter:
    out = Emitter()
    header = source.header
    catalogue = out.node(make_iri(header.slug), "Catalogue", where=source.yaml.where("slug"))
    catalogue.say(DCT_TITLE, text(header.title, "en")).say(RDFS_LABEL, text(header.short_title, "en"))
    catalogue.say("slug", header.slug).say("currentTo", header.current_to).say("checkedOn", header.checked_on)
    catalogue.say("checkedAgainst", header.checked_against).say("rights", header.rights)
    for row in source.entries.rows:
        node = out.node(make_iri(header.slug, row["id"]), "CatalogueEntry", where=row.where("id"))
        node.say("localId", row["id"]).say("reference", str(Reference(header.slug, row["id"])))
        node.say("designation", row["designation"]).say(DCT_TITLE, text(row["title"], "en"))
        node.say(RDFS_LABEL, text(f"{row['designation']} {row['title']}", "en")).say("inCatalogue", catalogue.iri)
        node.say("publisher", row["publisher"]).say("year", row["year"]).say("statusText", text(row["status"], "en"))
        node.say("topic", row["topic"]).say("evidenceGrade", concepts("evidence-grade", row["grade"]))
        for concerned in row.items("concerns"):
            reference = parse_reference(concerned)
            node.say("concernsProvision", names[reference.framework].provision(reference.local))
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
    return out


def _compile_vocabularies(content: Content) -> Emitter:
    out = Emitter()
    for scheme, table in content.vocabularies:
        scheme_node = out.node(VOCABULARY + scheme).say(RDF_TYPE, SKOS_CONCEPT_SCHEME)
        scheme_node.say(RDFS_LABEL, text(scheme.replace("-", " "), "en"))
        for row in table.rows:
            node = out.node(aims(row["term"]).value, where=row.where("term")).say(RDF_TYPE, SKOS_CONCEPT)
            node.say(SKOS_IN_SCHEME, scheme_node.iri).say(SKOS_NOTATION, row["slug"])
            node.say(RDFS_LABEL, text(row["label"], "en")).say(SKOS_DEFINITION, text(row["definition"], "en"))
    return out
