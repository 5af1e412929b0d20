"""Every name in the graph, and how what people write becomes one of them.

Nothing is guessed: a citation that fits two frameworks is an error that names both, and one that fits none is an error
that names the nearest ids.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from aimsgraph.domain.citations import Scheme, iter_candidates, split_framework
from aimsgraph.domain.identifiers import ELI_HOSTS, ID, parse_reference
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import NotFound, UsageError
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import date_of, iter_rows, text_of

NEAREST = 3
LONGEST = 300
"""Characters of the longest citation read; nothing that names one provision is longer."""
_LAST_STEP = re.compile(r"(?:\([^()]*\)|[.-][^.()-]*)$")
_ELI_VERSION = re.compile(r"/(?:oj|([0-9]{4}-[0-9]{2}-[0-9]{2}))(?:/[a-z]{3})?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A named thing of the graph.

    Attributes:
        reference: canonical reference; for a framework its slug.
        iri: its IRI.
        label: what a reader sees.
        kind: `framework`, `provision`, `statement` or `catalogue-entry`.
        framework: slug of its framework or catalogue.
    """

    reference: str
    iri: str
    label: str
    kind: str
    framework: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return {
            "ref": self.reference,
            "iri": self.iri,
            "label": self.label,
            "kind": self.kind,
            "framework": self.framework,
        }


@dataclass(frozen=True, slots=True)
class FrameworkInfo:
    """What resolving and warnings need to know of a framework or catalogue."""

    slug: str
    iri: str
    label: str
    edition: str
    style: str
    names: tuple[str, ...]
    current_to: dt.date | None
    known_mistakes: Mapping[str, str]
    in_force_from: dt.date | None


@dataclass(frozen=True, slots=True)
class Index:
    """All names, ready for lookups.

    Attributes:
        frameworks: frameworks and catalogues by slug.
        by_reference: entries by canonical reference.
    """

    frameworks: Mapping[str, FrameworkInfo]
    by_reference: Mapping[str, Entry]
    _by_iri: Mapping[str, Entry] = field(repr=False)
    _versions: Mapping[str, str] = field(repr=False)
    _by_key: Mapping[tuple[str, str], Entry] = field(repr=False)

    @classmethod
    def from_store(cls, store: Store) -> Index:
        """Read the names out of a store.

        Raises:
            NotFound: it holds no framework, so no question about norms has an answer.
        """
        frameworks = _read_frameworks(store)
        if not frameworks:
            raise NotFound(
                "the store holds no framework",
                remedy="fill it with `aimsgraph --store PATH build`, or use --store memory",
            )
        entries: dict[str, Entry] = {
            info.slug: Entry(info.slug, info.iri, info.label, "framework", info.slug) for info in frameworks.values()
        }
        query = """SELECT ?iri ?reference ?label ?statement ?entry WHERE {
            ?iri aims:reference ?reference ; rdfs:label ?label .
            OPTIONAL { ?iri aims:statementId ?statement } OPTIONAL { ?iri aims:designation ?entry }
            OPTIONAL { ?iri aims:documentOrder ?order } } ORDER BY ?order ?reference"""
        for row in iter_rows(store, query):
            reference = text_of(row, "reference")
            kind = "statement" if "statement" in row else "catalogue-entry" if "entry" in row else "provision"
            slug = reference.partition(":")[0]
            entries[reference] = Entry(reference, text_of(row, "iri"), text_of(row, "label"), kind, slug)
        by_iri = {entry.iri: entry for entry in entries.values()}
        by_key = {
            (entry.framework, entry.reference.partition(":")[2].casefold()): entry
            for entry in entries.values()
            if entry.kind != "framework"
        }
        return cls(frameworks, entries, by_iri, _read_versions(store), by_key)

    @property
    def schemes(self) -> dict[str, Scheme]:
        """How each framework is cited."""
        return {slug: Scheme(slug, info.style, info.names) for slug, info in self.frameworks.items()}

    def by_iri(self, iri: str) -> Entry | None:
        """Return the entry of an IRI, also of the IRI of one of its versions."""
        return self._by_iri.get(iri) or self._by_iri.get(self._versions.get(iri, ""))

    def resolve(self, text: str) -> Entry:
        """Return what a reference, citation, IRI or ELI address means.

        Raises:
            NotFound: nothing fits; the message names the nearest ids.
            UsageError: the text is empty, or fits more than one thing.
        """
        text = text.strip()
        if not text:
            raise UsageError("the reference is empty", remedy="write for example eu-ai-act:Art.6(2)")
        if len(text) > LONGEST:
            raise UsageError(
                f"the reference is too long: {len(text)} characters",
                remedy=f"write at most {LONGEST}, for one provision",
            )
        if "://" in text:
            return self._resolve_address(text)
        if entry := self._exact(text):
            return entry
        found = self.fitting(text)
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(entry.reference for entry in found)
            raise UsageError(f"{text!r} fits more than one framework", remedy=f"write {names}")
        raise self._not_found(text)

    def framework(self, text: str) -> FrameworkInfo:
        """Return the framework a slug (with or without edition) or name means.

        Raises:
            NotFound: there is none; the message names those there are.
        """
        slug, at, edition = text.partition("@")
        info = self.frameworks.get(slug) or self._framework_by_name(text)
        if info is None or (at and edition != info.edition):
            known = ", ".join(f"{i.slug}@{i.edition}" if i.edition else i.slug for i in self.frameworks.values())
            raise NotFound(f"there is no framework {text!r}", remedy=f"known: {known}")
        return info

    def _framework_by_name(self, text: str) -> FrameworkInfo | None:
        folded = " ".join(text.split()).casefold().removeprefix("the ")
        for info in self.frameworks.values():
            if folded in {name.casefold() for name in (info.slug, info.label, *info.names)}:
                return info
        return None

    def _exact(self, text: str) -> Entry | None:
        if info := self._framework_by_name(text):
            return self.by_reference[info.slug]
        slug, at, _ = text.partition("@")
        if at and slug in self.frameworks and ":" not in text:
            return self.by_reference[self.framework(text).slug]
        try:
            reference = parse_reference(text)
        except ValueError:
            return None
        if reference.edition and reference.framework in self.frameworks:
            self.framework(f"{reference.framework}@{reference.edition}")
        return self.by_reference.get(str(reference.without_edition))

    def fitting(self, text: str) -> list[Entry]:
        """Return what a citation may mean, at most one thing a framework.

        Raises:
            NotFound: it names an edition that is not there.
        """
        scheme, edition, rest = split_framework(text, self.schemes)
        if scheme and edition:
            self.framework(f"{scheme.slug}@{edition}")
        schemes = [scheme] if scheme else list(self.schemes.values())
        found: dict[str, Entry] = {}
        for candidate_scheme in schemes:
            locals_ = [rest, *iter_candidates(rest, candidate_scheme.style)]
            for local in locals_:
                if entry := self._by_key.get((candidate_scheme.slug, local.casefold())):
                    found[entry.reference] = entry
                    break
        return list(found.values())

    def _resolve_address(self, text: str) -> Entry:
        iri = text.strip("<>").rstrip("/")
        for host in ELI_HOSTS:
            if iri.startswith(host):
                iri = f"{ID}eu/{_without_eli_version(iri.removeprefix(host))}"
        if entry := self.by_iri(iri):
            return entry
        near = process.extract(iri, list(self._by_iri), scorer=fuzz.ratio, limit=NEAREST)
        names = ", ".join(match[0] for match in near)
        raise NotFound(f"nothing in the graph has the address {text!r}", remedy=f"nearest: {names}")

    def _not_found(self, text: str) -> NotFound:
        scheme, _, rest = split_framework(text, self.schemes)
        if scheme is None:
            rest = rest.rpartition(":")[2].strip() or rest
        asked = [info for info in self.frameworks.values() if scheme is None or scheme.slug == info.slug]
        meant = {info.slug: (rest, *iter_candidates(rest, info.style)) for info in asked}
        reasons = [
            f"{info.label}: {reason}"
            for info in asked
            for local in meant[info.slug]
            if (reason := info.known_mistakes.get(local))
        ]
        names = ", ".join(self._nearest(meant))
        reason = f" ({reasons[0]})" if reasons else ""
        return NotFound(f"{text!r} names nothing in the graph{reason}", remedy=f"nearest: {names}")

    def _nearest(self, meant: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Return the references nearest to what may be meant in each framework, nearest first."""
        scored: list[tuple[float, str]] = []
        begun: list[str] = []
        for slug, locals_ in meant.items():
            start = locals_[-1].casefold()
            pool = [r for r, entry in self.by_reference.items() if entry.framework == slug]
            begun += [reference for reference in pool if start and _local_part(reference).startswith(start)][:NEAREST]
            scored += [
                (-score, reference)
                for reference, score, _ in process.extract(
                    locals_[-1], pool, scorer=fuzz.ratio, processor=_local_part, limit=NEAREST
                )
            ]
        scored.sort(key=lambda pair: pair[0])
        wholes = [entry.reference for slug, locals_ in meant.items() if (entry := self._whole(slug, locals_[-1]))]
        return list(dict.fromkeys((*wholes, *begun, *(reference for _, reference in scored))))[:NEAREST]

    def _whole(self, slug: str, local: str) -> Entry | None:
        """Return the smallest thing that exists of which a local id would be a part."""
        while match := _LAST_STEP.search(local):
            local = local[: match.start()]
            if entry := self._by_key.get((slug, local.casefold())):
                return entry
        return None


def _without_eli_version(path: str) -> str:
    """Cut the version and the language off the path of an ELI address: `…/oj`, `…/2026-07-27/eng`."""
    match = _ELI_VERSION.search(path)
    if match is None:
        return path
    try:
        parse_date(match.group(1) or "2024-01-01")
    except ValueError:
        return path
    return path[: match.start()]


def _local_part(reference: str) -> str:
    return str(reference).partition(":")[2].lower() or str(reference).lower()


def _read_versions(store: Store) -> dict[str, str]:
    """Return version IRI → IRI of what it is a version of; a version of a part is one of its framework too."""
    query = """SELECT ?version ?whole ?framework ?key WHERE { ?version aims:versionOf ?whole ; aims:versionKey ?key .
        ?whole aims:inFramework ?framework }"""
    found: dict[str, str] = {}
    for row in iter_rows(store, query):
        framework = text_of(row, "framework")
        found[text_of(row, "version")] = text_of(row, "whole")
        found[f"{framework}/{text_of(row, 'key')}"] = framework
    return found


def _read_frameworks(store: Store) -> dict[str, FrameworkInfo]:
    query = """SELECT ?iri ?slug ?label ?edition ?style ?current ?from ?name ?mistake WHERE {
        VALUES ?kind { aims:Framework aims:Catalogue } ?iri a ?kind ; aims:slug ?slug ; rdfs:label ?label .
        OPTIONAL { ?iri aims:currentTo ?current }
        OPTIONAL { ?iri aims:edition ?edition } OPTIONAL { ?iri aims:citationStyle ?style }
        OPTIONAL { ?iri aims:inForceFrom ?from }
        OPTIONAL { { ?iri aims:alsoKnownAs ?name } UNION { ?iri aims:knownMistake ?mistake } } }
        ORDER BY ?slug ?name ?mistake"""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in iter_rows(store, query):
        rows.setdefault(text_of(row, "slug"), []).append(row)
    frameworks = {}
    for slug, group in rows.items():
        first = group[0]
        mistakes = dict(text_of(row, "mistake").split(": ", 1) for row in group if "mistake" in row)
        frameworks[slug] = FrameworkInfo(
            slug=slug,
            iri=text_of(first, "iri"),
            label=text_of(first, "label"),
            edition=text_of(first, "edition"),
            style=text_of(first, "style") or "slug",
            names=tuple(text_of(row, "name") for row in group if "name" in row),
            current_to=date_of(first, "current"),
            known_mistakes=mistakes,
            in_force_from=date_of(first, "from"),
        )
    return frameworks
