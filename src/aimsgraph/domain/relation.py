"""The algebra of mapping relations: RCC-5 over non-empty sets of requirements.

Each assessable item stands for a non-empty set of requirements. Between two such sets exactly one of five base
relations holds: equal, subset, superset, intersects (some shared, each has more), disjoint. What is *known* is a set of
base relations, the ones still possible. Sets compose element by element and join; several paths between the same ends
intersect.

Sources: NIST IR 8477 (set theory relationship mapping), OSCAL 1.2 mapping-collection for the words; Cohn, Bennett,
Gooday, Gotts (1997), Qualitative Spatial Representation and Reasoning with the Region Connection Calculus, for the
calculus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Base(Enum):
    """A base relation, from subject to object; the value is its bit.

    `EQUAL` stands for both equal-to (same words) and equivalent-to (same meaning): their sets are the same.
    """

    EQUAL = 1
    SUBSET = 2
    SUPERSET = 4
    INTERSECTS = 8
    DISJOINT = 16


_E, _S, _P, _I, _D = (base.value for base in Base)  # P: superset, the "S" of the table in the documentation
_ALL = 31
_COMPOSITION: dict[tuple[int, int], int] = {
    (_S, _S): _S, (_S, _P): _ALL, (_S, _I): _S | _I | _D, (_S, _D): _D,
    (_P, _S): _E | _S | _P | _I, (_P, _P): _P, (_P, _I): _P | _I, (_P, _D): _P | _I | _D,
    (_I, _S): _S | _I, (_I, _P): _P | _I | _D, (_I, _I): _ALL, (_I, _D): _P | _I | _D,
    (_D, _S): _S | _I | _D, (_D, _P): _D, (_D, _I): _S | _I | _D, (_D, _D): _ALL,
}  # fmt: skip
WORDS = {
    "equal-to": Base.EQUAL,
    "equivalent-to": Base.EQUAL,
    "subset-of": Base.SUBSET,
    "superset-of": Base.SUPERSET,
    "intersects-with": Base.INTERSECTS,
    "no-relationship": Base.DISJOINT,
}
_WORD_OF = {base: word for word, base in reversed(WORDS.items())}


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A set of base relations, as bits: what is still possible between a subject and an object.

    >>> Relation.of("superset-of").then(Relation.of("intersects-with")).words
    ('superset-of', 'intersects-with')
    >>> Relation.of("intersects-with").then(Relation.of("intersects-with")) == ANYTHING
    True
    """

    bits: int

    @classmethod
    def of(cls, *words: str) -> Relation:
        """Return the set of these words.

        Raises:
            ValueError: a word is no relation.
        """
        bits = 0
        for word in words:
            if word not in WORDS:
                raise ValueError(f"{word!r} is no relation; known: {', '.join(WORDS)}")
            bits |= WORDS[word].value
        return cls(bits)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the base relations, in a fixed order; `equal-to` for equality of either kind."""
        return tuple(_WORD_OF[base] for base in self)

    def __iter__(self) -> Iterator[Base]:
        """Yield the base relations still possible."""
        return (base for base in Base if self.bits & base.value)

    def then(self, other: Relation) -> Relation:
        """Return the composition: what follows for A and C from A–B and B–C."""
        return Relation(_table()[self.bits][other.bits])

    def inverse(self) -> Relation:
        """Return the relation from object to subject."""
        return Relation(_inverse(self.bits))

    def meet(self, other: Relation) -> Relation:
        """Return what both leave possible; empty means that they contradict each other."""
        return Relation(self.bits & other.bits)

    @property
    def is_contradiction(self) -> bool:
        """Whether nothing is possible any more."""
        return self.bits == 0

    @property
    def says_nothing(self) -> bool:
        """Whether everything is still possible."""
        return self.bits == _ALL


ANYTHING = Relation(_ALL)
"""Nothing follows."""
OVERLAPS = Relation(_E | _S | _P | _I)
"""Something is shared, the extent unknown: how a foreign "intersect", `relatedMatch` or bare pair is read."""
PART_OF = Relation(_E | _S)
"""A part and its whole: contained, perhaps all of it."""


class Verdict(Enum):
    """An answer of three values."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a relation answers: does the subject cover the object, is it covered by it, do they overlap."""

    covers: Verdict
    covered_by: Verdict
    overlaps: Verdict
    summary: str


def judge(relation: Relation) -> Verdicts:
    """Return the three answers and the one-word summary of a relation.

    A contradiction is tested for first and has no verdicts.

    >>> judge(Relation.of("subset-of", "intersects-with", "no-relationship")).covers
    <Verdict.NO: 'no'>
    """
    if relation.is_contradiction:
        return Verdicts(Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, "contradiction")
    bits = relation.bits
    covers = _three(bits, _E | _P)
    covered_by = _three(bits, _E | _S)
    overlaps = _three(bits, _E | _S | _P | _I)
    return Verdicts(covers, covered_by, overlaps, _summary(bits, covers, covered_by, overlaps))


def _three(bits: int, yes: int) -> Verdict:
    if not bits & ~yes:
        return Verdict.YES
    return Verdict.NO if not bits & yes else Verdict.UNKNOWN


def _summary(bits: int, covers: Verdict, covered_by: Verdict, overlaps: Verdict) -> str:
    if bits == _E:
        return "equal"
    if covers is Verdict.YES:
        return "covers"
    if covered_by is Verdict.YES:
        return "covered-by"
    if overlaps is Verdict.YES:
        return "overlaps"
    return "disjoint" if overlaps is Verdict.NO else "unknown"


def _inverse(bits: int) -> int:
    swapped = (_S if bits & _P else 0) | (_P if bits & _S else 0)
    return (bits & (_E | _I | _D)) | swapped


@cache
def _table() -> tuple[tuple[int, ...], ...]:
    """Return the composition of every two sets, by their bits."""
    return tuple(tuple(_compose(one, other) for other in range(32)) for one in range(32))


def _compose(one: int, other: int) -> int:
    result = 0
    for a in _singles(one):
        for b in _singles(other):
            result |= b if a == _E else a if b == _E else _COMPOSITION[a, b]
    return result


def _singles(bits: int) -> Iterable[int]:
    return (base.value for base in Base if bits & base.value)
