"""What reading an organisation's folder needs to know of the law: its names, and since when they apply.

The reader asks through this and holds no store; `law_from_content` answers from the content folders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aimsgraph.content.application import RuleBook
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import Content, FrameworkSource
from aimsgraph.content.schemas import ROUTES
from aimsgraph.content.versions import derive_versions
from aimsgraph.domain.identifiers import Reference, parse_reference
from aimsgraph.graph.vocabulary import aims


@dataclass(frozen=True, slots=True)
class LawIndex:
    """The names an organisation may use, and the dates from which provisions apply.

    Attributes:
        resolve: gives the IRI of a provision by its reference, None when there is none.
        applies_from: gives the day from which a provision applies on a route, None when none is known.
        conditions: the IRI of each condition by its code.
        roles: the IRI of each operator role by its slug.
        routes: the concept of each legal route by its slug.
        references: the references `resolve` knows, from which the nearest is named when one is unknown.
        statements: the IRI of each norm statement by its reference, such as `eu-ai-act:art9-1`.
        stated_in: the references of the statements that each provision holds.
        controls: the references of the controls frameworks list; those of ISO/IEC 42001 make a complete statement
            of applicability.
        concepts: the concept of each coded value by scheme and slug.
        editions: the edition of each framework.
    """

    resolve: Callable[[str], str | None]
    applies_from: Callable[[str, str], dt.date | None]
    conditions: Mapping[str, str]
    roles: Mapping[str, str]
    routes: Mapping[str, str]
    references: tuple[str, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)
    stated_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    controls: tuple[str, ...] = ()
    concepts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    editions: Mapping[str, str] = field(default_factory=dict)

    def statement(self, text: str) -> str | None:
        """Return the reference of a statement by its own, or by that of a provision that holds exactly one."""
        plain = self._plain(text)
        if plain in self.statements:
            return plain
        held = self.stated_in.get(plain, ())
        return held[0] if len(held) == 1 else None

    def control(self, text: str) -> str | None:
        """Return the reference of a listed control without its edition; None when there is no such control."""
        plain = self._plain(text)
        return plain if plain in self.controls else None

    def find(self, text: str) -> str | None:
        """Return the IRI of a statement or a provision."""
        return self.statements.get(self._plain(text)) or self.resolve(text)

    def _plain(self, text: str) -> str:
        """Return a reference without its edition, empty when it is none or names an edition that is not here."""
        try:
            reference = parse_reference(text)
        except ValueError:
            return ""
        here = reference.edition in ("", self.editions.get(reference.framework))
        return str(reference.without_edition) if here else ""


def law_from_content(content: Content, framework: str = "eu-ai-act") -> LawIndex:
    """Build the index from checked content.

    Args:
        content: the content folders, without findings.
        framework: slug of the act whose conditions and operator roles are used.

    The dates of application are those of the act's latest version. Where readings differ the earliest counts:
    a ground is refused only on a day on which no reading lets it apply.
    """
    headers = {source.header.slug: source.header for source in content.frameworks}
    names = {source.header.slug: FrameworkNames.of(source) for source in content.frameworks}
    dates = {
        source.header.slug: _Dates(RuleBook.of(source, derive_versions(source, headers)), _latest_law(source))
        for source in content.frameworks
        if source.rows("application")
    }
    act = next(source for source in content.frameworks if source.header.slug == framework)
    concepts = Concepts.from_content(content)

    def find(text: str) -> Reference | None:
        try:
            reference = parse_reference(text)
        except ValueError:
            return None
        known = names.get(reference.framework)
        if known is None or reference.edition not in ("", known.header.edition) or reference.local not in known.paths:
            return None
        return reference

    def resolve(text: str) -> str | None:
        reference = find(text)
        return names[reference.framework].provision(reference.local).value if reference else None

    def applies_from(text: str, route: str) -> dt.date | None:
        reference = find(text)
        known = dates.get(reference.framework) if reference else None
        return known.first(reference.local, route) if reference and known else None

    return LawIndex(
        resolve,
        applies_from,
        {row["code"]: names[framework].thing("cond", row["code"]).value for row in act.rows("conditions")},
        {row["slug"]: names[framework].thing("role", row["slug"]).value for row in act.rows("roles")},
        {slug: concept.value for slug in ROUTES if (concept := concepts("route", slug))},
        tuple(str(Reference(slug, local)) for slug, known in sorted(names.items()) for local in known.paths),
        *_statements(content, names),
        tuple(
            names[source.header.slug].reference(row["id"])
            for source in content.frameworks
            for row in source.rows("provisions")
            if row["kind"] == "control"
        ),
        {key: aims(term).value for key, term in concepts.terms.items()},
        {slug: header.edition for slug, header in headers.items()},
    )


def _statements(
    content: Content, names: Mapping[str, FrameworkNames]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the IRI of each statement, and the statements each provision holds, all by reference."""
    iris: dict[str, str] = {}
    held: dict[str, tuple[str, ...]] = {}
    for source in content.frameworks:
        known = names[source.header.slug]
        for row in source.rows("statements"):
            reference, provision = known.reference(row["id"]), known.reference(row["provision"])
            iris[reference] = known.thing("stmt", row["id"]).value
            held[provision] = (*held.get(provision, ()), reference)
    return iris, held


@dataclass(frozen=True, slots=True)
class _Dates:
    rules: RuleBook
    law: str

    def first(self, provision: str, route: str) -> dt.date | None:
        """Return the earliest day of application on a route by the law kept here."""
        days = [
            day
            for rule in self.rules.for_provision(provision)
            if self.law in rule.items("law") and route in (rule.items("routes") or (route,))
            if (day := rule.date("applies_from"))
        ]
        return min(days, default=None)


def _latest_law(source: FrameworkSource) -> str:
    """Return the key of the latest version that lays rules down: a day, or the first version's own key."""
    laws = {law for rule in source.rows("application") for law in rule.items("law")}
    return max(laws, key=lambda law: "" if law == source.header.version_key else law)
