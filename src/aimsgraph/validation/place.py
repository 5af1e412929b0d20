"""Puts results where they were written, in words people know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from aimsgraph.domain.identifiers import TERM
from aimsgraph.domain.report import Severity
from aimsgraph.errors import Location
from aimsgraph.graph.store import Store
from aimsgraph.graph.vocabulary import SKOS_NOTATION, aims
from aimsgraph.validation.report import NOTHING_JUDGED, Report, ReportedFinding
from aimsgraph.validation.shapes import ORGANISATION, Shape, ShapeSet

_IRI: Final = re.compile(r"<?((?:https?://|urn:)[^\s<>\"',;]+)>?")


def shown(at: Location) -> Location:
    """Leave out the dot of the current folder, so that a service finds the file in the repository."""
    return Location(at.file.removeprefix("./"), at.line, at.column)


@dataclass(frozen=True, slots=True)
class Names:
    """How messages name nodes: by reference or code, by place below the organisation's base, else by address."""

    references: Mapping[str, str]
    base: str

    @classmethod
    def of(cls, store: Store, sources: Mapping[str, Location]) -> Names:
        """Take the references of the catalogue, and the base all nodes of a register lie below."""
        references = {
            quad.subject.value: quad.object.value
            for name in (aims("reference"), SKOS_NOTATION)
            for quad in store.quads(predicate=name)
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
        }
        own = next((iri for iri in sources if iri.endswith("/management-system")), "")
        return cls(references, own.removesuffix("management-system"))

    def of_iri(self, iri: str) -> str:
        """Return the shortest name of a node."""
        if iri in self.references:
            return self.references[iri]
        if self.base and iri.startswith(self.base):
            return iri.removeprefix(self.base)
        return iri.removeprefix(TERM)

    def in_text(self, text: str) -> str:
        """Put names in the place of addresses."""
        return _IRI.sub(lambda found: self.of_iri(found.group(1)), text)


@dataclass(frozen=True, slots=True)
class Place:
    """Puts results where they were written."""

    sources: Mapping[str, Location]
    whole: Location
    names: Names

    def from_report(self, report: Report, shapes: ShapeSet) -> Iterator[ReportedFinding]:
        """Yield the results of a report, and a finding for each shape that judged nothing."""
        for result in report.results:
            yield ReportedFinding(
                result.rule,
                self.names.in_text(result.message),
                shown(self.sources.get(result.focus, self.whole)),
                result.remedy,
                result.severity,
                result.focus,
                result.path,
                result.value,
                self.names.of_iri(result.provision) if result.provision else "",
            )
        for name in report.unjudged:
            yield self._nothing_judged(shapes.by_name[name])

    def _nothing_judged(self, shape: Shape) -> ReportedFinding:
        """Say that a shape judged nothing: a gap when an audit asked for it, a remark when every register runs it."""
        always = not shape.profiles or ORGANISATION in shape.profiles
        return ReportedFinding(
            NOTHING_JUDGED,
            f'{shape.name} has nothing to judge ("{shape.message}")',
            shown(self.whole),
            "record what it looks at; a check of nothing finds nothing wrong",
            Severity.INFO if always else shape.severity,
            shape.iri,
            provision=self.names.of_iri(shape.provisions[0]) if shape.provisions else "",
        )
