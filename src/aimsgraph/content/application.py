"""Decides which application rules govern what: a rule governs what it lists and everything below, unless a nearer
provision is listed by any rule of the same law.

Dates of application belong to rules laid down by a version of an article (Article 113 of the AI Act), never to a duty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aimsgraph.content.tables import Row


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The application rules of one framework, ready to be looked up.

    Attributes:
        parents: the parent of each provision, by local id.
        listed: for each law (a version key), the rules that list a provision or statement by its id.
    """

    parents: Mapping[str, str]
    listed: Mapping[str, Mapping[str, tuple[Row, ...]]]

    @classmethod
    def from_rows(cls, rules: tuple[Row, ...], parents: Mapping[str, str]) -> RuleBook:
        """Index the rules of `application.tsv`."""
        listed: dict[str, dict[str, tuple[Row, ...]]] = {}
        for rule in rules:
            for law in rule.items("law"):
                by_id = listed.setdefault(law, {})
                for id_ in rule.items("governs"):
                    by_id[id_] = (*by_id.get(id_, ()), rule)
        return cls(parents, listed)

    def for_provision(self, provision: str) -> tuple[Row, ...]:
        """Return the rules that govern a provision under any law, each once."""
        return self._unique(rule for law in self.listed for rule in self._nearest(law, provision))

    def for_statement(self, statement: str, provision: str, routes: tuple[str, ...]) -> tuple[Row, ...]:
        """Return the rules that govern a statement: those listing it, else those of its provision, on its routes."""
        found = []
        for law, by_id in self.listed.items():
            for rule in by_id.get(statement) or self._nearest(law, provision):
                rule_routes = rule.items("routes")
                if not rule_routes or set(rule_routes) & set(routes):
                    found.append(rule)
        return self._unique(found)

    def _nearest(self, law: str, provision: str) -> tuple[Row, ...]:
        while provision:
            if found := self.listed[law].get(provision):
                return found
            provision = self.parents.get(provision, "")
        return ()

    @staticmethod
    def _unique(rules: Iterator[Row] | list[Row]) -> tuple[Row, ...]:
        return tuple({rule["id"]: rule for rule in rules}.values())
