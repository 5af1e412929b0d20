"""Which fine the Act threatens for breaking a duty: a reading of Articles 99 and 101, for putting gaps in order only.

The amounts and their limits come from the facts; which provisions each sanction answers is said below, because the Act
says it by reference. Article 99(4)(a) names Article 16, which in turn lists Section 2 of Chapter III and the articles
on quality management, documents, logs, corrective action, conformity assessment, declaration, marking, registration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aimsgraph.domain.time import Moment
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import iter_rows, text_of
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law

_ARTICLE_16 = (
    *(f"Art.{n}" for n in (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 43, 47, 48)),
    "Art.49(1)", "Annex.IV", "Annex.V", "Annex.VI", "Annex.VII", "Annex.VIII.A",
)  # fmt: skip
_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "Art.99(3)": ("Art.5",),
    "Art.99(4)(a)": _ARTICLE_16,
    "Art.99(4)(b)": ("Art.22",),
    "Art.99(4)(c)": ("Art.23",),
    "Art.99(4)(d)": ("Art.24",),
    "Art.99(4)(da)": ("Art.25(2)", "Art.25(4)"),
    "Art.99(4)(e)": ("Art.26",),
    "Art.99(4)(g)": ("Art.50",),
    "Art.101(1)(a)": ("Art.53", "Art.54", "Art.55", "Annex.XI", "Annex.XII"),
}
"""Sanction → the provisions whose breach it answers."""
_OTHERS = "Art.99(1)"
"""Everything else: penalties of national law."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """The upper limits of a fine.

    Attributes:
        provision: reference of the provision that threatens it.
        maximum_eur: limit in euro; None where national law sets it.
        maximum_turnover_percent: limit as a share of worldwide turnover; empty where there is none.
    """

    provision: str
    maximum_eur: int | None
    maximum_turnover_percent: str

    def to_dict(self) -> dict[str, Any]:
        """Return the penalty as JSON."""
        return {
            "provision": self.provision,
            "maximum_eur": self.maximum_eur,
            "maximum_turnover_percent": self.maximum_turnover_percent,
        }


@dataclass(frozen=True, slots=True)
class Sanction:
    """A penalty with the roles it can hit and the provisions whose breach it answers, by IRI."""

    penalty: Penalty
    roles: frozenset[str]
    answers: tuple[str, ...]


class Penalties:
    """The sanctions of the Act, ready to be asked."""

    def __init__(self, store: Store, index: Index, law: Law) -> None:
        self._index, self._law = index, law
        self._sanctions = list(_read(store, index))

    def threatened(self, provision: str, role: str, moment: Moment) -> Penalty | None:
        """Return the highest fine for a role that breaks a duty of a provision; None if none is known.

        Only sanctions whose text is in force that day count.
        """
        entry = self._index.by_reference.get(provision)
        if entry is None:
            return None
        hits = [s for s in self._sanctions if role in s.roles and self._in_force(s, moment)]
        named = [s for s in hits if any(self._law.is_within(entry.iri, whole) for whole in s.answers)]
        other = [s for s in hits if s.penalty.provision.endswith(":" + _OTHERS)]
        found = named or other
        return max((s.penalty for s in found), key=lambda p: p.maximum_eur or 0, default=None)

    def _in_force(self, sanction: Sanction, moment: Moment) -> bool:
        iri = self._index.by_reference[sanction.penalty.provision].iri
        versions = self._law.versions.get(iri, ())
        return not versions or any(version.span.holds(moment) for version in versions)


def _read(store: Store, index: Index) -> list[Sanction]:
    query = """SELECT ?iri ?provision ?role ?eur ?percent WHERE { ?iri a aims:Sanction ;
        aims:sanctionedUnder/aims:reference ?provision ; aims:borneByRole/aims:slug ?role .
        OPTIONAL { ?iri aims:maximumAmountEur ?eur } OPTIONAL { ?iri aims:maximumTurnoverPercent ?percent } }
        ORDER BY ?iri ?role"""
    penalties: dict[str, Penalty] = {}
    roles: dict[str, list[str]] = {}
    for row in iter_rows(store, query):
        iri, eur = text_of(row, "iri"), row.get("eur")
        amount = eur if isinstance(eur, int) else None
        penalties[iri] = Penalty(text_of(row, "provision"), amount, text_of(row, "percent"))
        roles.setdefault(iri, []).append(text_of(row, "role"))
    found = []
    for iri, penalty in penalties.items():
        framework, _, local = penalty.provision.partition(":")
        names = (f"{framework}:{name}" for name in _ANSWERS.get(local, ()))
        answers = tuple(index.by_reference[name].iri for name in names if name in index.by_reference)
        if answers or local == _OTHERS:
            found.append(Sanction(penalty, frozenset(roles[iri]), answers))
    return found
