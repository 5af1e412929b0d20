"""The law as values: provisions with their versions, statements, application and transition rules, amendments.

Read from a store with a handful of queries, once a generation; every decision about dates is then made on plain values
in `domain.time`, the same for an embedded and a remote store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from aimsgraph.domain.conditions import Condition, parse_condition
from aimsgraph.domain.time import Moment, Span
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import Record, date_of, iter_rows, text_of


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a provision."""

    iri: str
    provision: str
    key: str
    span: Span
    composed: bool
    title: str
    introduced_by: tuple[str, ...]
    ended_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An application rule: from when something applies, on which routes, by which text.

    Attributes:
        spans: the spans of the versions that lay it down; it is law whenever one of them holds.
        interpretation: `settled`, `inferred` or `contested`.
    """

    iri: str
    applies_from: dt.date
    interpretation: str
    reading: str
    legal_basis: str
    routes: frozenset[str]
    note: str
    spans: tuple[Span, ...]
    governs: frozenset[str]

    def holds(self, moment: Moment) -> bool:
        """Say whether the rule is law on that day, by the law as known."""
        return any(span.holds(moment) for span in self.spans)


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition rule: what was on the market before a day is spared, for a time or until an event."""

    iri: str
    spares: frozenset[str]
    placed_before: dt.date
    comply_by: dt.date | None
    ends_on: str
    condition: Condition
    interpretation: str
    legal_basis: str
    note: str
    spans: tuple[Span, ...]

    def holds(self, moment: Moment) -> bool:
        """Say whether the rule is law on that day, by the law as known."""
        return any(span.holds(moment) for span in self.spans)


@dataclass(frozen=True, slots=True)
class Statement:
    """A norm statement.

    Attributes:
        provision: IRI of the provision that states it.
        spans: the spans of the versions that express it.
        rules: the application rules that govern it.
    """

    iri: str
    id: str
    reference: str
    label: str
    framework: str
    provision: str
    provision_reference: str
    roles: tuple[str, ...]
    routes: tuple[str, ...]
    stage: str
    modality: str
    condition: Condition
    umbrella: bool
    assessable: bool
    bearer_note: str
    note: str
    replaced_by: str
    moved: bool
    order: int
    spans: tuple[Span, ...]
    rules: tuple[Rule, ...]

    def is_in_force(self, moment: Moment) -> bool:
        """Say whether its text is in force on that day, by the law as known."""
        return any(span.holds(moment) for span in self.spans)


@dataclass(frozen=True, slots=True)
class Amendment:
    """One instruction of an amending act."""

    iri: str
    kind: str
    effect: str
    instrument: str
    instruction: str
    unit: str
    applies: str
    published: dt.date
    in_force: dt.date
    amends: tuple[str, ...]
    moved_to: str
    other_act: str
    note: str

    @property
    def source(self) -> str:
        """The instrument and its instruction, as cited."""
        return f"{self.instrument} {self.instruction}"


@dataclass(frozen=True, slots=True)
class Law:
    """Everything legal in a store, as values."""

    versions: Mapping[str, tuple[Version, ...]]
    statements: tuple[Statement, ...]
    rules: Mapping[str, Rule]
    transitions: tuple[Transition, ...]
    amendments: Mapping[str, Amendment]
    questions: Mapping[str, str]
    parents: Mapping[str, str]
    roles: Mapping[str, str]

    @classmethod
    def from_store(cls, store: Store) -> Law:
        """Read the law out of a store."""
        versions = _read_versions(store)
        spans = {version.iri: version.span for group in versions.values() for version in group}
        rules = _read_rules(store, spans)
        return cls(
            versions=versions,
            statements=_read_statements(store, spans, rules),
            rules=rules,
            transitions=_read_transitions(store, spans),
            amendments=_read_amendments(store),
            questions=_read_map(store, "?condition aims:code ?key ; aims:question ?value"),
            parents=_read_map(store, "?key aims:isDirectPartOf ?value ; aims:documentOrder ?order"),
            roles=_read_map(store, "?role a aims:OperatorRole ; aims:slug ?key ; rdfs:label ?value"),
        )

    def rules_for(self, iri: str, moment: Moment) -> tuple[Rule, ...]:
        """Return the rules that govern a node and are law at that moment, earliest date first."""
        found = (rule for rule in self.rules.values() if iri in rule.governs and rule.holds(moment))
        return tuple(sorted(found, key=lambda rule: (rule.applies_from, rule.iri)))

    def is_within(self, iri: str, whole: str) -> bool:
        """Say whether a provision is another one or a part of it."""
        while iri and iri != whole:
            iri = self.parents.get(iri, "")
        return iri == whole


def span_of(row: Record) -> Span:
    """Return the span of a row with `published`, `start`, `end` and `end_published`."""
    published, start = date_of(row, "published"), date_of(row, "start")
    assert published is not None
    assert start is not None
    return Span(published, start, date_of(row, "end"), date_of(row, "end_published"))


def _read_map(store: Store, pattern: str) -> dict[str, str]:
    """Return `?key` → `?value` of a pattern, in document order where it has one."""
    rows = iter_rows(store, f"SELECT ?key ?value WHERE {{ {pattern} }} ORDER BY ?order ?key")
    return {text_of(row, "key"): text_of(row, "value") for row in rows}


def _pairs(store: Store, path: str) -> dict[str, tuple[str, ...]]:
    """Return subject → values of a property path, sorted."""
    query = f"SELECT ?s ?v WHERE {{ ?s {path} ?v }}"
    groups: dict[str, list[str]] = {}
    for row in iter_rows(store, query):
        groups.setdefault(text_of(row, "s"), []).append(text_of(row, "v"))
    return {subject: tuple(sorted(set(values))) for subject, values in groups.items()}


def _read_versions(store: Store) -> dict[str, tuple[Version, ...]]:
    introduced, ended = _pairs(store, "aims:introducedBy"), _pairs(store, "aims:endedBy")
    query = """SELECT * WHERE { ?iri aims:versionOf ?provision ; aims:versionKey ?key ; aims:publishedOn ?published ;
        aims:inForceFrom ?start ; aims:versionBasis ?basis .
        OPTIONAL { ?iri aims:inForceUntil ?end ; aims:endPublishedOn ?end_published }
        OPTIONAL { ?iri dct:title ?title } } ORDER BY ?provision ?start"""
    groups: dict[str, list[Version]] = {}
    for row in iter_rows(store, query):
        iri = text_of(row, "iri")
        version = Version(
            iri,
            text_of(row, "provision"),
            text_of(row, "key"),
            span_of(row),
            text_of(row, "basis").endswith("#Composed"),
            text_of(row, "title"),
            introduced.get(iri, ()),
            ended.get(iri, ()),
        )
        groups.setdefault(version.provision, []).append(version)
    return {provision: tuple(versions) for provision, versions in groups.items()}


def _read_rules(store: Store, spans: Mapping[str, Span]) -> dict[str, Rule]:
    governs = _pairs(store, "aims:governs")
    laid_down = _pairs(store, "aims:laidDownBy")
    routes = _pairs(store, "aims:appliesToRoute/skos:notation")
    query = """SELECT * WHERE { ?iri aims:appliesFrom ?from ; aims:interpretation/skos:notation ?how ;
        aims:legalBasis/aims:reference ?basis .
        OPTIONAL { ?iri aims:reading ?reading } OPTIONAL { ?iri rdfs:comment ?note } } ORDER BY ?iri"""
    rules = {}
    for row in iter_rows(store, query):
        iri, start = text_of(row, "iri"), date_of(row, "from")
        assert start is not None
        rules[iri] = Rule(
            iri,
            start,
            text_of(row, "how"),
            text_of(row, "reading"),
            text_of(row, "basis"),
            frozenset(routes.get(iri, ())),
            text_of(row, "note"),
            tuple(spans[v] for v in laid_down[iri]),
            frozenset(governs.get(iri, ())),
        )
    return rules


def _read_transitions(store: Store, spans: Mapping[str, Span]) -> tuple[Transition, ...]:
    laid_down = _pairs(store, "aims:laidDownBy")
    query = """SELECT * WHERE { ?iri aims:placedBefore ?before ; aims:interpretation/skos:notation ?how ;
        aims:legalBasis/aims:reference ?basis .
        OPTIONAL { ?iri aims:complyBy ?by } OPTIONAL { ?iri aims:endsOnEvent ?event }
        OPTIONAL { ?iri aims:conditionExpression ?condition } OPTIONAL { ?iri rdfs:comment ?note } } ORDER BY ?iri"""
    spares = {
        iri: frozenset(values)
        for iri, values in _merge(_pairs(store, "aims:spares/skos:notation"), _pairs(store, "aims:spares")).items()
    }
    transitions = []
    for row in iter_rows(store, query):
        iri, before = text_of(row, "iri"), date_of(row, "before")
        assert before is not None
        transitions.append(
            Transition(
                iri,
                spares[iri],
                before,
                date_of(row, "by"),
                text_of(row, "event"),
                parse_condition(text_of(row, "condition")),
                text_of(row, "how"),
                text_of(row, "basis"),
                text_of(row, "note"),
                tuple(spans[v] for v in laid_down[iri]),
            )
        )
    return tuple(transitions)


def _merge(*maps: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for each in maps:
        for key, values in each.items():
            merged[key] = (*merged.get(key, ()), *values)
    return merged


def _read_statements(store: Store, spans: Mapping[str, Span], rules: Mapping[str, Rule]) -> tuple[Statement, ...]:
    roles = _pairs(store, "aims:borneByRole/aims:slug")
    routes = _pairs(store, "aims:arisesOnRoute/skos:notation")
    expressed = _pairs(store, "aims:expressedBy")
    governed: dict[str, list[Rule]] = {}
    for rule in rules.values():
        for iri in rule.governs:
            governed.setdefault(iri, []).append(rule)
    query = """SELECT * WHERE { ?iri aims:statementId ?id ; aims:reference ?reference ; rdfs:label ?label ;
        aims:inFramework/aims:slug ?framework ; aims:statedIn ?provision ; aims:modality/skos:notation ?modality ;
        aims:isUmbrella ?umbrella ; aims:isAssessable ?assessable .
        ?provision aims:reference ?provision_reference ; aims:documentOrder ?order .
        OPTIONAL { ?iri aims:conditionExpression ?condition } OPTIONAL { ?iri aims:arisesAtStage/skos:notation ?stage }
        OPTIONAL { ?iri aims:bearerNote ?bearer_note } OPTIONAL { ?iri rdfs:comment ?note }
        OPTIONAL { ?iri aims:replacedBy/aims:reference ?replaced_by ; aims:isMoved ?moved } } ORDER BY ?order ?id"""
    statements = []
    for row in iter_rows(store, query):
        iri = text_of(row, "iri")
        order = row["order"]
        assert isinstance(order, int)
        statements.append(
            Statement(
                iri=iri,
                id=text_of(row, "id"),
                reference=text_of(row, "reference"),
                label=text_of(row, "label"),
                framework=text_of(row, "framework"),
                provision=text_of(row, "provision"),
                provision_reference=text_of(row, "provision_reference"),
                roles=roles.get(iri, ()),
                routes=routes.get(iri, ()),
                stage=text_of(row, "stage"),
                modality=text_of(row, "modality"),
                condition=parse_condition(text_of(row, "condition")),
                umbrella=bool(row["umbrella"]),
                assessable=bool(row["assessable"]),
                bearer_note=text_of(row, "bearer_note"),
                note=text_of(row, "note"),
                replaced_by=text_of(row, "replaced_by"),
                moved=bool(row.get("moved", False)),
                order=order,
                spans=tuple(spans[v] for v in expressed.get(iri, ())),
                rules=tuple(sorted(governed.get(iri, ()), key=lambda r: (r.applies_from, r.iri))),
            )
        )
    return tuple(statements)


def _read_amendments(store: Store) -> dict[str, Amendment]:
    amends = _pairs(store, "aims:amends/aims:reference")
    query = """SELECT * WHERE { ?iri aims:amendmentKind/skos:notation ?kind ; aims:effect ?effect ;
        aims:byInstrument/dct:title ?instrument ; aims:instructedBy ?instruction ; aims:publishedOn ?published ;
        aims:inForceFrom ?start ; aims:appliesText ?applies .
        OPTIONAL { ?iri aims:amendedUnit ?unit } OPTIONAL { ?iri aims:movedTo/aims:reference ?moved }
        OPTIONAL { ?iri aims:otherAct ?other } OPTIONAL { ?iri rdfs:comment ?note } } ORDER BY ?iri"""
    found = {}
    for row in iter_rows(store, query):
        iri, published, start = text_of(row, "iri"), date_of(row, "published"), date_of(row, "start")
        assert published is not None
        assert start is not None
        instrument = text_of(row, "instrument").split(" amending ")[0]
        found[iri] = Amendment(
            iri,
            text_of(row, "kind"),
            text_of(row, "effect"),
            instrument,
            text_of(row, "instruction"),
            text_of(row, "unit"),
            text_of(row, "applies"),
            published,
            start,
            amends.get(iri, ()),
            text_of(row, "moved"),
            text_of(row, "other"),
            text_of(row, "note"),
        )
    return found
