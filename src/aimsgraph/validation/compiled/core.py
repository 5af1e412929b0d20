"""The core constraint components: what each parameter of a shape means, as checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.compiled.graph import RDF, RDFS, IllFormed, NotCompilable, ShapesGraph, name_of, sh
from aimsgraph.validation.compiled.lexical import is_kept, is_well_formed
from aimsgraph.validation.compiled.paths import Predicate, read_path
from aimsgraph.validation.compiled.plan import (
    HOLE,
    AtLeast,
    AtMost,
    Before,
    Check,
    Closed,
    Condition,
    DisjointFrom,
    Has,
    HasClass,
    OneOf,
    SameAs,
    UniqueLanguages,
)

_KINDS: Final = {
    "IRI": f"ISIRI({HOLE})",
    "Literal": f"ISLITERAL({HOLE})",
    "BlankNode": f"ISBLANK({HOLE})",
    "BlankNodeOrIRI": f"ISBLANK({HOLE}) || ISIRI({HOLE})",
    "BlankNodeOrLiteral": f"ISBLANK({HOLE}) || ISLITERAL({HOLE})",
    "IRIOrLiteral": f"ISIRI({HOLE}) || ISLITERAL({HOLE})",
}
_RANGES: Final = {"minExclusive": ">", "minInclusive": ">=", "maxExclusive": "<", "maxInclusive": "<="}
_PLAIN: Final = r"[^\\.?*+{}()\[\]^$|]"
_ESCAPE: Final = r"\\[dDsSwWnrt\\.?*+{}()\[\]^$|/-]"
_SET: Final = r"\[\^?(?:[^\\\[\]&~]|\\[dDsSwWnrt\\.?*+{}()\[\]^$|/-])+\]"
_PORTABLE: Final = re.compile(rf"(?:{_PLAIN}|{_ESCAPE}|{_SET}|[.?*+()|^$]|\{{[0-9]+(?:,[0-9]*)?\}})*")
_SPECIAL: Final = re.compile(r"\(\?|[*+?}][*+{]")
"""Looking around, names, possessive repeats."""
_MOST_REPEATS: Final = 1000
_NEED_PATH: Final = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")


def component(name: str) -> str:
    """Return the IRI of the component of a parameter."""
    return sh(name[0].upper() + name[1:] + "ConstraintComponent").value


def read_checks(shapes: ShapesGraph, node: Subject, name: str, *, has_path: bool) -> Iterator[Check]:
    """Yield the checks that a parameter of a shape asks for.

    Args:
        shapes: the shapes graph.
        node: the shape.
        name: local name of the parameter.
        has_path: whether the shape is a property shape.

    Raises:
        NotCompilable: the parameter is used in a way no plan can say.
        IllFormed: it is used in a way that means nothing.
    """
    if name in _NEED_PATH and not has_path:
        raise IllFormed(f"sh:{name} on a shape without sh:path")
    if name in _FOR_EACH:
        for value in shapes.objects(node, sh(name)):
            yield _FOR_EACH[name](component(name), name, value)
    elif name == "pattern":
        flags = shapes.one(node, sh("flags"))
        for value in shapes.objects(node, sh(name)):
            yield Condition(component(name), _matches(_literal(value, name).value, flags))
    else:
        only = shapes.one(node, sh(name))
        assert only is not None  # the parameter is there
        yield from _FOR_ALL[name](shapes, node, name, only)


def _compare(iri: str, name: str, value: Term) -> Check:
    return Condition(iri, f"{HOLE} {_RANGES[name]} {_literal(value, name)}")


_FOR_EACH: Final[dict[str, Callable[[str, str, Term], Check]]] = {
    **dict.fromkeys(_RANGES, _compare),
    "class": lambda iri, name, value: HasClass(iri, _iri(value, name)),
    "hasValue": lambda iri, _, value: Has(iri, read_constant(value)),
    "equals": lambda iri, name, value: SameAs(iri, _iri(value, name)),
    "disjoint": lambda iri, name, value: DisjointFrom(iri, _iri(value, name)),
    "lessThan": lambda iri, name, value: Before(iri, _iri(value, name), or_equal=False),
    "lessThanOrEquals": lambda iri, name, value: Before(iri, _iri(value, name), or_equal=True),
}
"""The parameters each of whose values is a constraint."""


def _read_datatype(_shapes: ShapesGraph, _node: Subject, name: str, value: Term) -> Iterator[Check]:
    yield Condition(component(name), _has_datatype(_iri(value, name)))


def _read_kind(_shapes: ShapesGraph, _node: Subject, name: str, value: Term) -> Iterator[Check]:
    kind = _KINDS.get(_iri(value, name).removeprefix(sh("").value))
    if kind is None:
        raise IllFormed(f"no node kind: {name_of(value)}")
    yield Condition(component(name), kind)


def _read_length(shapes: ShapesGraph, node: Subject, name: str, _value: Term) -> Iterator[Check]:
    sign = ">=" if name == "minLength" else "<="
    yield Condition(component(name), f"STRLEN(STR({HOLE})) {sign} {shapes.count(node, sh(name))}")


def _read_count(shapes: ShapesGraph, node: Subject, name: str, _value: Term) -> Iterator[Check]:
    count = shapes.count(node, sh(name))
    assert count is not None  # the parameter is there
    yield AtLeast(component(name), count) if name == "minCount" else AtMost(component(name), count)


def _read_languages(shapes: ShapesGraph, _node: Subject, name: str, value: Term) -> Iterator[Check]:
    ranges = [_literal(item, name).value for item in shapes.items(value)]
    tests = [f"LANGMATCHES(LANG({HOLE}), {ox.Literal(text)})" for text in ranges] or ["false"]
    yield Condition(component(name), " || ".join(tests))


def _read_list(shapes: ShapesGraph, _node: Subject, name: str, value: Term) -> Iterator[Check]:
    yield OneOf(component(name), tuple(read_constant(item) for item in shapes.items(value)))


def _read_unique(shapes: ShapesGraph, node: Subject, name: str, _value: Term) -> Iterator[Check]:
    if shapes.flag(node, sh(name)):
        yield UniqueLanguages(component(name))


def _read_closed(shapes: ShapesGraph, node: Subject, name: str, _value: Term) -> Iterator[Check]:
    if shapes.flag(node, sh(name)):
        yield Closed(component(name), tuple(sorted(_allowed(shapes, node))))


_FOR_ALL: Final[dict[str, Callable[[ShapesGraph, Subject, str, Term], Iterator[Check]]]] = {
    "datatype": _read_datatype,
    "nodeKind": _read_kind,
    "minLength": _read_length,
    "maxLength": _read_length,
    "minCount": _read_count,
    "maxCount": _read_count,
    "languageIn": _read_languages,
    "in": _read_list,
    "uniqueLang": _read_unique,
    "closed": _read_closed,
}
"""The parameters that have one value."""


def _allowed(shapes: ShapesGraph, node: Subject) -> set[str]:
    allowed: set[str] = set()
    for list_ in shapes.objects(node, sh("ignoredProperties")):
        allowed.update(_iri(item, "ignoredProperties") for item in shapes.items(list_))
    for shape in shapes.objects(node, sh("property")):
        for value in shapes.objects(shapes.node(shape, "sh:property"), sh("path")):
            path = read_path(shapes, value)
            allowed.update([path.iri] if isinstance(path, Predicate) else [])
    return allowed


def _has_datatype(iri: str) -> str:
    if iri == RDFS + "Literal":
        raise NotCompilable("sh:datatype rdfs:Literal, which engines read in different ways")
    tests = [f"DATATYPE({HOLE}) = <{iri}>"]
    if iri == RDF + "langString":
        tests.append(f'LANG({HOLE}) != ""')
    well_formed = is_well_formed(iri)
    return " && ".join([*tests, well_formed] if well_formed else tests)


def _matches(pattern: str, flags: Term | None) -> str:
    """Return the condition that a value matches a pattern that all engines read alike.

    Raises:
        NotCompilable: engines may read it in different ways.
    """
    portable = pattern.replace("(?:", "(")
    try:
        re.compile(portable)
    except re.error as error:
        raise NotCompilable(f"sh:pattern cannot be read: {error}") from error
    repeats = [int(number) for number in re.findall(r"[{,]([0-9]+)", portable)]
    if not _PORTABLE.fullmatch(portable) or _SPECIAL.search(portable) or max(repeats, default=0) > _MOST_REPEATS:
        raise NotCompilable(f"sh:pattern uses what engines read in different ways: {pattern}")
    said = flags.value if isinstance(flags, ox.Literal) else ""
    if set(said) - set("im"):
        raise NotCompilable(f"sh:flags {said!r}: engines agree on i and m alone")
    given = f", {ox.Literal(said)}" if said else ""
    return f"REGEX(STR({HOLE}), {ox.Literal(portable)}{given})"


def read_constant(term: Term) -> Term:
    """Return a term that a query can compare with, term by term.

    Raises:
        NotCompilable: it is a blank node, or a literal that a store may take for another.
    """
    if isinstance(term, ox.Literal) and not is_kept(term):
        raise NotCompilable(f"a store may not keep {term} as it is written")
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term
    raise NotCompilable("a blank node of the shapes is to be found in the data")


def _iri(term: Term, name: str) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    raise IllFormed(f"sh:{name} is no IRI: {name_of(term)}")


def _literal(term: Term, name: str) -> ox.Literal:
    if isinstance(term, ox.Literal):
        return term
    raise IllFormed(f"sh:{name} is no literal: {name_of(term)}")


PARAMETERS: Final = {sh(name): name for name in (*_FOR_EACH, "pattern", *_FOR_ALL)}
"""The parameters of the components that are about no other shape."""
