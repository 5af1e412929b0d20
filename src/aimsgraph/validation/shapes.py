"""Reads the shapes that ship: `shapes/*.ttl` and `shapes/profiles/*.ttl`, one named node shape a rule.

A shape without `aims:profile` always runs. `ORGANISATION` is the profile that every check of an organisation's
register runs, `CATALOGUE` the one for the shipped content when it is built; the others run when they are asked for.
Each profile has a file of its own under `shapes/profiles/` that says what it is for.

Every shape says, and reading fails where one does not: an English message, a severity, what it checks (a provision,
or the ontology module whose meaning it guards), how to mend what it finds, and which questions it serves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.domain.identifiers import BASE, ID
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import InputError, Location, UsageError
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.rdf_text import read_rdf
from aimsgraph.graph.store import Subject, Term
from aimsgraph.graph.vocabulary import DCT_TITLE, RDF_TYPE, RDFS_SUBCLASS_OF, aims
from aimsgraph.validation.report import SEVERITIES, SHACL

SHAPES: Final = BASE + "shapes#"
CATALOGUE: Final = "catalogue"
ORGANISATION: Final = "organisation"
ALL: Final = "all"
"""Asks for every profile that can be asked for."""
_NODE_SHAPE: Final = ox.NamedNode(SHACL + "NodeShape")
_MESSAGE: Final = ox.NamedNode(SHACL + "message")
_SEVERITY: Final = ox.NamedNode(SHACL + "severity")
_SELECT: Final = ox.NamedNode(SHACL + "select")
_IDENTIFIER: Final = ox.NamedNode("http://purl.org/dc/terms/identifier")
_DESCRIPTION: Final = ox.NamedNode("http://purl.org/dc/terms/description")
_DECLARATIONS: Final = f"{SHAPES}prefixes"
_FORBIDDEN: Final = re.compile(r"\b(?:NOW|UUID|RAND)\s*\(|\b(?:MINUS|VALUES|SERVICE)\b", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"[A-Za-z][\w-]*:[A-Za-z][\w-]*")
_NO_NAMES: Final = re.compile(r'"[^"\n]*"|<[^<>\s]*>')
"""Texts and full IRIs of a query, in which nothing that looks like a prefixed name is one."""
_FULL_IRI: Final = re.compile(r"<([^<>\s]+)>")
_STRING: Final = re.compile(r'"[^"\\n]*"')


@dataclass(frozen=True, slots=True)
class Shape:
    """One named shape.

    Attributes:
        name: its local name, which is the rule of what it finds.
        iri: its IRI.
        code: its number in the catalogue of shapes, such as `EV-01`.
        message: what it says when it finds something and the constraint has no words of its own.
        severity: how bad that is.
        provisions: IRIs of the provisions whose fulfilment it looks at, if it looks at any.
        remedy: how to mend it.
        questions: the competency questions it serves.
        profiles: in which profiles it runs; always, when empty.
        may_be_empty: why it may find nothing to judge; empty when it may not.
        location: where it is written.
        triples: all of it, with its blank nodes.
    """

    name: str
    iri: str
    code: str
    message: str
    severity: Severity
    provisions: tuple[str, ...]
    remedy: str
    questions: tuple[str, ...]
    profiles: tuple[str, ...]
    may_be_empty: str
    location: Location
    triples: tuple[ox.Triple, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of shapes that one audit asks for."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class ShapeSet:
    """Shapes to run together, ordered by name."""

    shapes: tuple[Shape, ...]

    @cached_property
    def turtle(self) -> str:
        """The shapes as text, the same on every machine."""
        names: dict[str, str] = {}

        def name(term: Term) -> str:
            if isinstance(term, ox.BlankNode):
                return names.setdefault(term.value, f"_:b{len(names)}")
            return str(term)

        lines = [f"{name(t.subject)} {t.predicate} {name(t.object)} .\n" for s in self.shapes for t in s.triples]
        return _declare_prefixes() + "".join(lines)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every IRI the shapes name; a property that is not among them is read by no shape."""
        found = {RDF_TYPE.value, RDFS_SUBCLASS_OF.value}
        table = load_prefixes()
        for shape in self.shapes:
            for triple in shape.triples:
                if isinstance(triple.object, ox.NamedNode):
                    found.add(triple.object.value)
                elif triple.predicate == _SELECT and isinstance(triple.object, ox.Literal):
                    names = _PREFIXED.findall(_NO_NAMES.sub("", triple.object.value))
                    iris = _FULL_IRI.findall(_STRING.sub("", triple.object.value))
                    found |= {table.expand(name).value for name in names} | set(iris)
        return frozenset(found)

    @property
    def by_name(self) -> Mapping[str, Shape]:
        """The shapes by their names."""
        return {shape.name: shape for shape in self.shapes}

    def select(self, profiles: Collection[str]) -> ShapeSet:
        """Return the shapes that always run and those of the profiles."""
        wanted = set(profiles)
        return ShapeSet(tuple(s for s in self.shapes if not s.profiles or not wanted.isdisjoint(s.profiles)))

    def only(self, names: Collection[str]) -> ShapeSet:
        """Return the shapes of these names."""
        return ShapeSet(tuple(shape for shape in self.shapes if shape.name in names))


@dataclass(frozen=True, slots=True)
class ShapeLibrary:
    """All shapes and profiles of a folder."""

    shapes: ShapeSet
    profiles: tuple[Profile, ...]

    @property
    def optional_profiles(self) -> tuple[str, ...]:
        """The names of the profiles that can be asked for."""
        return tuple(p.name for p in self.profiles if p.name not in (CATALOGUE, ORGANISATION))

    def for_organisation(self, profiles: Iterable[str] = ()) -> ShapeSet:
        """Return the shapes for an organisation's register.

        Raises:
            UsageError: there is no such profile.
        """
        wanted = {ORGANISATION}
        for name in profiles:
            if name not in self.optional_profiles and name != ALL:
                remedy = f"profiles: {', '.join((*self.optional_profiles, ALL))}"
                raise UsageError(f"there is no profile {name!r}", remedy=remedy)
            wanted.update(self.optional_profiles if name == ALL else (name,))
        return self.shapes.select(wanted)

    def for_catalogue(self) -> ShapeSet:
        """Return the shapes for the shipped content."""
        return self.shapes.select((CATALOGUE,))


def load_shapes(folder: Path | None = None) -> ShapeLibrary:
    """Read the shapes of a folder, the shipped one if left out.

    Raises:
        InputError: a file is no Turtle, or a shape lacks what every shape says; the first place is named.
    """
    root = folder if folder is not None else assets.path("shapes")
    files = [*sorted(root.glob("*.ttl")), *sorted(root.glob("profiles/*.ttl"))]
    if not files:
        raise InputError("there are no shapes", location=Location(str(root)), remedy="give a folder with .ttl files")
    shapes: list[Shape] = []
    profiles: list[Profile] = []
    for path in files:
        found, headers = _read_file(path, path.relative_to(root.parent).as_posix())
        shapes += found
        profiles += headers
    findings = _check_library(shapes, profiles)
    if findings:
        first = findings[0]
        raise InputError(first.message, location=first.location, remedy=first.remedy)
    return ShapeLibrary(ShapeSet(tuple(sorted(shapes, key=lambda shape: shape.name))), tuple(profiles))


def _read_file(path: Path, shown_as: str) -> tuple[list[Shape], list[Profile]]:
    triples = [quad.triple for quad in read_rdf(path)]
    about: dict[Subject, list[ox.Triple]] = {}
    for triple in triples:
        about.setdefault(triple.subject, []).append(triple)
    lines = path.read_text(encoding="utf-8").splitlines()
    shapes, profiles = [], []
    for subject, said in about.items():
        if not isinstance(subject, ox.NamedNode):
            continue
        if any(t.predicate == RDF_TYPE and t.object == _NODE_SHAPE for t in said):
            shapes.append(_read_shape(subject, said, about, _locate(subject, lines, shown_as)))
        elif any(t.predicate == _IDENTIFIER for t in said):
            words = _Words(said)
            profiles.append(Profile(words.one(_IDENTIFIER), words.one(DCT_TITLE), words.one(_DESCRIPTION)))
    return shapes, profiles


def _locate(shape: ox.NamedNode, lines: list[str], shown_as: str) -> Location:
    name = f"ashape:{shape.value.removeprefix(SHAPES)}"
    found = (number for number, line in enumerate(lines, start=1) if line.split(" ", 1)[0].rstrip() == name)
    return Location(shown_as, next(found, 1), 1)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said about one node."""

    said: list[ox.Triple]

    def all(self, predicate: ox.NamedNode) -> list[Term]:
        return [t.object for t in self.said if t.predicate == predicate]

    def one(self, predicate: ox.NamedNode) -> str:
        return next((t.value for t in self.all(predicate) if isinstance(t, ox.NamedNode | ox.Literal)), "")


def _read_shape(
    node: ox.NamedNode, said: list[ox.Triple], about: Mapping[Subject, list[ox.Triple]], where: Location
) -> Shape:
    words = _Words(said)
    checks = [term.value for term in words.all(aims("checks")) if isinstance(term, ox.NamedNode)]
    texts = {
        name: tuple(sorted(t.value for t in words.all(aims(name)) if isinstance(t, ox.Literal)))
        for name in ("answersCQ", "profile")
    }
    shape = Shape(
        node.value.removeprefix(SHAPES),
        node.value,
        words.one(_IDENTIFIER),
        next((t.value for t in words.all(_MESSAGE) if isinstance(t, ox.Literal) and t.language == "en"), ""),
        SEVERITIES.get(words.one(_SEVERITY), Severity.VIOLATION),
        tuple(iri for iri in checks if iri.startswith(ID)),
        words.one(aims("remedy")),
        texts["answersCQ"],
        texts["profile"],
        words.one(aims("mayBeEmpty")),
        where,
        tuple(_with_nested(node, about)),
    )
    _require(shape, words, checks)
    return shape


def _require(shape: Shape, words: _Words, checks: list[str]) -> None:
    missing = {
        "an English sh:message": shape.message,
        "a sh:severity": words.one(_SEVERITY) in SEVERITIES,
        "aims:checks": checks,
        "aims:remedy": shape.remedy,
        "aims:answersCQ": shape.questions,
        "dct:identifier": shape.code,
    }
    lacks = [what for what, there in missing.items() if not there]
    if lacks:
        message = f"the shape {shape.name} lacks {', '.join(lacks)}"
        raise InputError(message, location=shape.location, remedy="every shape says all of them")
    for triple in shape.triples:
        if (
            triple.predicate == _SELECT
            and isinstance(triple.object, ox.Literal)
            and (bad := _FORBIDDEN.search(_STRING.sub("", triple.object.value)))
        ):
            raise InputError(
                f"the query of the shape {shape.name} uses {bad.group(0)!r}",
                location=shape.location,
                remedy="the day is data (aims:Run aims:asOf); say absence with NOT EXISTS bound to $this",
            )


def _with_nested(node: Subject, about: Mapping[Subject, list[ox.Triple]]) -> list[ox.Triple]:
    """Return what is said about a node and the blank nodes below it, in the order of the file."""
    found: list[ox.Triple] = []
    waiting: list[Subject] = [node]
    while waiting:
        for triple in about.get(waiting.pop(0), ()):
            found.append(triple)
            if isinstance(triple.object, ox.BlankNode):
                waiting.append(triple.object)
    return found


def _check_library(shapes: list[Shape], profiles: list[Profile]) -> list[Finding]:
    known, used = {profile.name for profile in profiles}, {name for shape in shapes for name in shape.profiles}
    findings = []
    seen: dict[str, Shape] = {}
    for shape in shapes:
        for word in (shape.name, shape.code):
            if word in seen:
                message = f"{word} stands twice; the other is at {seen[word].location}"
                findings.append(Finding("DUPLICATE_SHAPE", message, shape.location, "rename one of them"))
            seen.setdefault(word, shape)
        for name in shape.profiles:
            if name not in known:
                remedy = f"profiles: {', '.join(sorted(known))}"
                findings.append(Finding("UNKNOWN_PROFILE", f"there is no profile {name!r}", shape.location, remedy))
    for profile in profiles:
        if profile.name not in used:
            message, where = (
                f"no shape is in the profile {profile.name!r}",
                Location(f"shapes/profiles/{profile.name}.ttl"),
            )
            findings.append(Finding("EMPTY_PROFILE", message, where, "add one, or delete the profile"))
    return findings


def _declare_prefixes() -> str:
    """Return what the shapes' queries take their prefixes from: the one table the product ships."""
    lines = []
    for prefix, namespace in load_prefixes().as_dict().items():
        node = f"<{SHAPES}prefix-{prefix}>"
        lines.append(f"<{_DECLARATIONS}> <{SHACL}declare> {node} .\n")
        lines.append(f'{node} <{SHACL}prefix> "{prefix}" .\n')
        lines.append(f'{node} <{SHACL}namespace> "{namespace}"^^<http://www.w3.org/2001/XMLSchema#anyURI> .\n')
    return "".join(lines)
