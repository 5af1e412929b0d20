"""Names of items across formats: reference ↔ IRI ↔ CURIE, for our frameworks and for foreign ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from aimsgraph.content.names import FrameworkNames
from aimsgraph.content.read import Content
from aimsgraph.content.tables import nearest
from aimsgraph.domain.identifiers import ID, make_iri, slugify
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.mapping_table import ForeignFramework, ForeignItem, clean

FOREIGN = "foreign"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@-]*")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class FrameworkName:
    """How a framework is named: slug, edition, IRI, title."""

    slug: str
    edition: str
    iri: str
    title: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names a codec may meet: reference ↔ IRI both ways, labels, frameworks.

    Attributes:
        iris: IRI by reference.
        labels: label by reference, where known.
        frameworks: by slug.
    """

    iris: Mapping[str, str]
    labels: Mapping[str, str]
    frameworks: Mapping[str, FrameworkName]
    _references: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the other direction."""
        object.__setattr__(self, "_references", {iri: reference for reference, iri in self.iris.items()})

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, str]], frameworks: Iterable[FrameworkName]) -> Names:
        """Take (reference, IRI, label) triples, such as those of an index over the graph."""
        known = list(entries)
        return cls(
            {reference: iri for reference, iri, _ in known},
            {reference: label for reference, _, label in known},
            {framework.slug: framework for framework in frameworks},
        )

    @classmethod
    def of_content(cls, content: Content) -> Names:
        """Take the provisions and statements of the content folders."""
        entries: list[tuple[str, str, str]] = []
        frameworks = []
        for source in content.frameworks:
            names = FrameworkNames.of(source)
            header = source.header
            frameworks.append(FrameworkName(header.slug, header.edition, names.framework, header.title))
            for row in (*source.rows("provisions"), *source.rows("statements")):
                label = row["title"] or row["label"]
                entries.append((f"{header.slug}:{row['id']}", names.provision_or_statement(row["id"]).value, label))
        return cls.of(entries, frameworks)

    def with_foreign(self, foreign: Iterable[ForeignFramework]) -> Names:
        """Return these names and those of foreign frameworks."""
        iris, labels, frameworks = dict(self.iris), dict(self.labels), dict(self.frameworks)
        for one in foreign:
            frameworks[one.slug] = FrameworkName(one.slug, one.version, foreign_iri(one.slug), one.title)
            for item in one.items:
                iris[f"{one.slug}:{item.local}"] = foreign_iri(one.slug, item.local)
                labels[f"{one.slug}:{item.local}"] = item.label
        return Names(iris, labels, frameworks)

    def iri_of(self, reference: str, where: Location | None = None) -> str:
        """Return the IRI of an item.

        Raises:
            InputError: nothing has that reference; the nearest one is named.
        """
        found = self.iris.get(reference)
        if found is None:
            guess = nearest(reference, list(self.iris))
            remedy = f"did you mean {guess!r}?" if guess else "references look like iso-42001:A.6.2.8"
            raise InputError(f"there is no item {reference!r}", location=where, remedy=remedy)
        return found

    def reference_of(self, iri: str) -> str:
        """Return the reference of an item, empty when none of ours has that IRI."""
        return self._references.get(iri, "")

    def curie_of(self, reference: str, where: Location | None = None) -> str:
        """Return `<framework>:<path>`, which expands to the item's IRI with the prefixes of `prefixes`."""
        iri, slug = self.iri_of(reference, where), reference.partition(":")[0].partition("@")[0]
        base = self.frameworks[slug].iri + "/"
        return f"{slug}:{iri.removeprefix(base)}" if iri.startswith(base) else iri

    def prefixes(self, slugs: Iterable[str]) -> dict[str, str]:
        """Return the CURIE prefixes of some frameworks."""
        return {slug: self.frameworks[slug].iri + "/" for slug in slugs if slug in self.frameworks}

    def framework(self, text: str, where: Location | None = None) -> FrameworkName:
        """Return the framework with a slug, edition ignored.

        Raises:
            InputError: there is none.
        """
        slug = text.partition("@")[0]
        if slug not in self.frameworks:
            raise InputError(
                f"there is no framework {slug!r}", location=where, remedy=f"known: {', '.join(self.frameworks)}"
            )
        return self.frameworks[slug]


def foreign_iri(slug: str, local: str = "") -> str:
    """Return the IRI of a foreign framework, or of one of its items."""
    return make_iri(FOREIGN, slug, *([local] if local else []))


def is_foreign_iri(iri: str) -> bool:
    """Say whether an IRI names a foreign framework or its item."""
    return iri.startswith(f"{ID}{FOREIGN}/")


def safe_local(original: str) -> str:
    """Return a foreign id in the alphabet of our ids; what had to change ends in a digest, so that ids stay apart.

    >>> safe_local("PR.AC-1"), safe_local("AC-2 (1)")
    ('PR.AC-1', 'AC-2-1-dcaa5a28')
    """
    if _SAFE.fullmatch(original) and len(original) <= _LONGEST:
        return original
    plain = re.sub(r"[^A-Za-z0-9.@]+", "-", original).strip("-.@")[:_LONGEST].strip("-.@")
    return f"{plain or 'x'}-{_digest(original)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


@dataclass(slots=True)
class ForeignNames:
    """Finds or makes the references of items while a foreign file is read.

    Attributes:
        names: our own names.
        ours: foreign framework name → slug of the framework of ours that it is.
    """

    names: Names
    ours: Mapping[str, str] = field(default_factory=dict)
    _made: dict[str, ForeignFramework] = field(default_factory=dict)
    _items: dict[str, dict[str, ForeignItem]] = field(default_factory=dict)
    _slugs: dict[str, str] = field(default_factory=dict)
    _folded: dict[str, dict[str, str]] = field(default_factory=dict)

    def framework(self, key: str, title: str = "", version: str = "", source: str = "") -> str:
        """Return the slug for a foreign framework; asked again with the same key it is the same."""
        if key in self.ours:
            return self.names.framework(self.ours[key]).slug
        if key not in self._slugs:
            slug = slugify(key) or "unnamed"
            while slug in self.names.frameworks or slug in self._made:
                slug += "-foreign"
            self._slugs[key] = slug
            self._made[slug] = ForeignFramework(slug, clean(title) or key, clean(version), clean(source))
            self._items[slug] = {}
        return self._slugs[key]

    def item(self, key: str, original: str, label: str = "") -> str:
        """Return the reference of an item; empty when its framework is ours and has no such item."""
        slug = self.framework(key)
        if key in self.ours:
            if slug not in self._folded:
                prefix = f"{slug}:"
                self._folded[slug] = {r.casefold(): r for r in self.names.iris if r.startswith(prefix)}
            return self._folded[slug].get(f"{slug}:{original}".casefold(), "")
        local = safe_local(original)
        known = self._items[slug].get(local)
        if known is not None and known.original != original:
            local = f"{local}-{_digest(original)}"
            known = self._items[slug].get(local)
        if known is None or (label and not known.label):
            self._items[slug][local] = ForeignItem(local, original, clean(label))
        return f"{slug}:{local}"

    def made(self, slugs: Iterable[str]) -> tuple[ForeignFramework, ...]:
        """Return those foreign frameworks with their items, sorted."""
        found = []
        for slug in sorted(set(slugs) & self._made.keys()):
            items = tuple(item for _, item in sorted(self._items[slug].items()))
            found.append(replace(self._made[slug], items=items))
        return tuple(found)
