"""Decides which application rules govern what.

A rule governs what it lists and everything below, unless a nearer provision is listed by any rule of the same law.

Dates of application belong to rules laid down by a version of an article (Article 113 of the AI Act), never to a duty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aimsgraph.content.read import FrameworkSource
from aimsgraph.content.tables import Row
from aimsgraph.content.versions import Version
from aimsgraph.domain.time import Span


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The application rules of one framework, ready to be looked up.

    Attributes:
        parents: the parent of each provision, by local id.
        versions: the versions of each provision, by local id.
        listed: for each law (a version key), the rules that list a provision or statement by its id.
        laws: when each law is in force, by its key: the spans of the versions that lay its rules down.
    """

    parents: Mapping[str, str]
    versions: Mapping[str, tuple[Version, ...]]
    listed: Mapping[str, Mapping[str, tuple[Row, ...]]]
    laws: Mapping[str, tuple[Span, ...]]

    @classmethod
    def of(cls, source: FrameworkSource, versions: Mapping[str, tuple[Version, ...]]) -> RuleBook:
        """Index the rules of a framework's `application.tsv`."""
        listed: dict[str, dict[str, tuple[Row, ...]]] = {}
        laws: dict[str, tuple[Span, ...]] = {}
        for rule in source.rows("application"):
            article = rule["legal_basis"].partition("(")[0]
            for law in rule.items("law"):
                spans = tuple(v.span for v in versions.get(article, ()) if v.key == law)
                laws[law] = (*laws.get(law, ()), *spans)
                by_id = listed.setdefault(law, {})
                for id_ in rule.items("governs"):
                    by_id[id_] = (*by_id.get(id_, ()), rule)
        parents = {row["id"]: row["parent"] for row in source.rows("provisions")}
        return cls(parents, versions, listed, laws)

    def for_provision(self, provision: str) -> tuple[Row, ...]:
        """Return the rules that govern a provision under any law it stands in, each once."""
        spans = [version.span for version in self.versions[provision]]
        return self._unique(rule for law in self._laws_of(spans) for rule in self._nearest(law, provision))

    def for_statement(self, statement: Row, expressing: tuple[Version, ...]) -> tuple[Row, ...]:
        """Return the rules that govern a statement: those listing it, else those of its provision, on its routes.

        Args:
            statement: the row of the statement.
            expressing: the versions of its provision that express it.
        """
        routes = set(statement.items("routes"))
        found = []
        for law in self._laws_of([version.span for version in expressing]):
            for rule in self.listed[law].get(statement["id"]) or self._nearest(law, statement["provision"]):
                if not rule.items("routes") or set(rule.items("routes")) & routes:
                    found.append(rule)
        return self._unique(found)

    def uneven(self) -> Iterator[tuple[Row, str]]:
        """Yield each rule of several laws with a provision it governs under one of them and not under another.

        Such a rule must be split: what it governs would otherwise depend on a law that is not asked about.
        """
        for provision, versions in self.versions.items():
            laws = self._laws_of([version.span for version in versions])
            governing = {law: {rule["id"]: rule for rule in self._nearest(law, provision)} for law in laws}
            for law in laws:
                for id_, rule in governing[law].items():
                    if any(id_ not in governing[other] for other in laws if other in rule.items("law")):
                        yield rule, provision

    def _laws_of(self, spans: list[Span]) -> list[str]:
        """Return the laws under which something with these spans stands."""
        return [law for law in self.listed if any(_overlap(a, b) for a in spans for b in self.laws[law])]

    def _nearest(self, law: str, provision: str) -> tuple[Row, ...]:
        while provision:
            if found := self.listed[law].get(provision):
                return found
            provision = self.parents.get(provision, "")
        return ()

    @staticmethod
    def _unique(rules: Iterator[Row] | list[Row]) -> tuple[Row, ...]:
        return tuple({rule["id"]: rule for rule in rules}.values())


def _overlap(one: Span, other: Span) -> bool:
    return (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
