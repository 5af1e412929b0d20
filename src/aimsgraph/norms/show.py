"""Everything about one thing: its place, versions, dates, statements, clocks, and where each fact comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aimsgraph.domain.time import Moment, Span
from aimsgraph.errors import Location
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import Record, iter_rows, text_of
from aimsgraph.norms.index import Entry, Index
from aimsgraph.norms.law import Law, Rule, Statement

Json = dict[str, Any]
_PLAIN = (
    "localId",
    "ownWords",
    "fullText",
    "requiresDocument",
    "guidanceId",
    "titleVariant",
    "sectionNumber",
    "eliIri",
    "missingStatement",
    "designation",
    "publisher",
    "year",
    "statusText",
    "topic",
    "conditionExpression",
    "bearerNote",
    "edition",
    "celex",
    "jurisdiction",
    "rights",
    "checkedAgainst",
    "sourceUrl",
    "issuedOn",
    "publishedOn",
    "inForceFrom",
    "checkedOn",
    "currentTo",
)


@dataclass(frozen=True, slots=True)
class Shower:
    """Puts together what is known about an entry.

    Attributes:
        locate: where a node was written, by IRI; None when that is not known.
    """

    store: Store
    index: Index
    law: Law
    locate: Callable[[str], Location | None]

    def show(self, entry: Entry, moment: Moment) -> Json:
        """Return everything about an entry, as JSON; what is not there is left out."""
        view: Json = {**entry.to_dict(), **self._properties(entry.iri)}
        if entry.kind == "statement":
            view |= self._statement(next(s for s in self.law.statements if s.iri == entry.iri), moment)
        elif entry.kind == "framework":
            view |= {"counts": self._counts(entry)}
        elif entry.kind == "provision":
            view |= self._provision(entry, moment)
        where = self.locate(entry.iri)
        if where is not None:
            view["source"] = {"file": where.file, "line": where.line}
            view["report_error"] = f"name {where.file}, line {where.line}, and what the official text says"
        return {key: value for key, value in view.items() if value not in ("", [], {}, None)}

    def _properties(self, iri: str) -> Json:
        names = ", ".join(f"aims:{name}" for name in _PLAIN)
        query = (
            f"SELECT ?p ?o WHERE {{ <{iri}> ?p ?o FILTER(?p IN ({names}, rdfs:comment, dct:title)) }} ORDER BY ?p ?o"
        )
        view: Json = {}
        for row in iter_rows(self.store, query):
            key = _snake(text_of(row, "p").replace("#", "/").rpartition("/")[2]).replace("comment", "note")
            value = row["o"].isoformat() if isinstance(row["o"], dt.date) else row["o"]
            view[key] = f"{view[key]}; {value}" if key in view else value
        query = f"""SELECT ?kind ?phase ?assessable ?grade WHERE {{ {{ <{iri}> aims:provisionKind/skos:notation ?kind }}
            UNION {{ <{iri}> aims:pdcaPhase/skos:notation ?phase }} UNION {{ <{iri}> aims:isAssessable ?assessable }}
            UNION {{ <{iri}> aims:evidenceGrade/skos:notation ?grade }} }}"""
        found = {key: value for row in iter_rows(self.store, query) for key, value in row.items()}
        return view | {("provision_kind" if key == "kind" else key): found[key] for key in sorted(found)}

    def _provision(self, entry: Entry, moment: Moment) -> Json:
        iri = entry.iri
        return {
            "parents": [self._brief(parent) for parent in self._ancestors(iri)],
            "children": [self._brief(child) for child, parent in self.law.parents.items() if parent == iri],
            "versions": [self._version(v, moment) for v in self.law.versions.get(iri, ())],
            "application": [rule_to_dict(rule) for rule in self.law.rules_for(iri, moment)],
            "application_known_otherwise": self._other_rules(iri, moment),
            "statements": [
                self._statement_line(s, moment) for s in self.law.statements if self.law.is_within(s.provision, iri)
            ],
            "clocks": self._clocks(iri, moment),
            "penalties": self._penalties(iri),
            "amendments": self._amendments(iri),
            "moved_here": self._moved_here(iri),
            "defines": [
                text_of(r, "t")
                for r in iter_rows(self.store, f"SELECT ?t WHERE {{ <{iri}> aims:defines/aims:term ?t }} ORDER BY ?t")
            ],
            "standards": self._standards(iri),
        }

    def _statement(self, statement: Statement, moment: Moment) -> Json:
        questions = {code: self.law.questions.get(code, "") for code in statement.condition.codes}
        return {
            "provision": statement.provision_reference,
            "roles": list(statement.roles),
            "routes": list(statement.routes),
            "stage": statement.stage,
            "modality": statement.modality,
            "umbrella": statement.umbrella,
            "assessable": statement.assessable,
            "conditions": questions,
            "in_force": statement.is_in_force(moment),
            "replaced_by": statement.replaced_by,
            "application": [rule_to_dict(rule) for rule in statement.rules if rule.holds(moment)],
            "versions": [_span(span, moment) for span in statement.spans],
        }

    def _statement_line(self, statement: Statement, moment: Moment) -> Json:
        return {
            "statement": statement.reference,
            "label": statement.label,
            "provision": statement.provision_reference,
            "modality": statement.modality,
            "roles": list(statement.roles),
            "routes": list(statement.routes),
            "condition": statement.condition.text,
            "in_force": statement.is_in_force(moment),
            "replaced_by": statement.replaced_by,
        }

    def _version(self, version: Any, moment: Moment) -> Json:  # noqa: ANN401
        view = _span(version.span, moment) | {"key": version.key, "title": version.title}
        view["composed_of_changed_parts"] = version.composed
        view["introduced_by"] = [self.law.amendments[a].source for a in version.introduced_by]
        view["ended_by"] = [self.law.amendments[a].source for a in version.ended_by]
        return {key: value for key, value in view.items() if value not in ("", [], None, False) or key == "in_force"}

    def _other_rules(self, iri: str, moment: Moment) -> list[Json]:
        rules = (r for r in self.law.rules.values() if iri in r.governs and not r.holds(moment))
        return [
            rule_to_dict(rule) | {"known": [_span(span, moment) for span in rule.spans]}
            for rule in sorted(rules, key=lambda r: (r.applies_from, r.iri))
        ]

    def _ancestors(self, iri: str) -> list[str]:
        chain: list[str] = []
        while parent := self.law.parents.get(iri):
            chain.insert(0, parent)
            iri = parent
        return chain

    def _brief(self, iri: str) -> Json:
        entry = self.index.by_iri(iri)
        return {"ref": entry.reference, "label": entry.label} if entry else {"iri": iri}

    def _rows(self, query: str, rename: Mapping[str, str] | None = None) -> list[Json]:
        rename = rename or {}
        return [
            {rename.get(key, key): value for key, value in row.items() if value != ""}
            for row in map(_jsonable, iter_rows(self.store, query))
        ]

    def _clocks(self, iri: str, moment: Moment) -> list[Json]:
        """Return the statutory clocks; beside the date recorded for operators stands every reading of the law."""
        rows = self._rows(f"""SELECT ?provision ?case ?duty ?duration ?starts ?effective_from ?note
            (GROUP_CONCAT(?role; SEPARATOR="; ") AS ?roles) WHERE {{
            ?c aims:dueUnder ?p ; aims:duty ?duty ; aims:duration ?duration ; aims:clockStarts ?starts ;
               aims:effectiveFromText ?effective_from ; aims:borneByRole/aims:slug ?role .
            ?p aims:isDirectPartOf* <{iri}> ; aims:reference ?provision .
            OPTIONAL {{ ?c aims:clockCase ?case }} OPTIONAL {{ ?c rdfs:comment ?note }} }}
            GROUP BY ?c ?provision ?case ?duty ?duration ?starts ?effective_from ?note ORDER BY ?c""")
        return [
            row
            | {
                "roles": "; ".join(sorted(row["roles"].split("; "))),
                "application": [
                    rule_to_dict(rule)
                    for rule in self.law.rules_for(self.index.by_reference[row["provision"]].iri, moment)
                ],
            }
            for row in rows
        ]

    def _penalties(self, iri: str) -> list[Json]:
        return self._rows(f"""SELECT ?provision ?infringement ?maximum_eur ?maximum_turnover_percent ?effective_from
            ?small_enterprises ?note WHERE {{
            ?c aims:sanctionedUnder ?p ; aims:infringement ?infringement ; aims:effectiveFromText ?effective_from .
            ?p aims:isDirectPartOf* <{iri}> ; aims:reference ?provision .
            OPTIONAL {{ ?c aims:maximumAmountEur ?maximum_eur }}
            OPTIONAL {{ ?c aims:maximumTurnoverPercent ?maximum_turnover_percent }}
            OPTIONAL {{ ?c aims:smallEnterpriseRule ?small_enterprises }} OPTIONAL {{ ?c rdfs:comment ?note }} }}
            ORDER BY ?c""")

    def _amendments(self, iri: str) -> list[Json]:
        entry = self.index.by_iri(iri)
        reference = entry.reference if entry else ""
        found = []
        for amendment in self.law.amendments.values():
            if any(self.law.is_within(self.index.by_reference[ref].iri, iri) for ref in amendment.amends):
                found.append(
                    {
                        "provisions": [r for r in amendment.amends if r != reference] or list(amendment.amends),
                        "kind": amendment.kind,
                        "effect": amendment.effect,
                        "by": amendment.source,
                        "in_force_from": amendment.in_force.isoformat(),
                        "applies": amendment.applies,
                        "moved_to": amendment.moved_to,
                        "note": amendment.note,
                    }
                )
        return [{key: value for key, value in item.items() if value} for item in found]

    def _moved_here(self, iri: str) -> list[Json]:
        entry = self.index.by_iri(iri)
        return [
            {"from": list(a.amends), "by": a.source}
            for a in self.law.amendments.values()
            if entry is not None and a.moved_to == entry.reference
        ]

    def _standards(self, iri: str) -> list[Json]:
        return self._rows(f"""SELECT ?ref ?designation ?title ?status ?grade WHERE {{
            ?e aims:concernsProvision <{iri}> ; aims:reference ?ref ; aims:designation ?designation ; dct:title ?title ;
               aims:statusText ?status ; aims:evidenceGrade/skos:notation ?grade }} ORDER BY ?designation""")

    def _counts(self, entry: Entry) -> Json:
        query = f"""SELECT ?kind (COUNT(?p) AS ?n) WHERE {{ ?p aims:inFramework <{entry.iri}> ;
            aims:provisionKind/skos:notation ?kind }} GROUP BY ?kind ORDER BY ?kind"""
        counts: Json = {text_of(row, "kind"): row["n"] for row in iter_rows(self.store, query)}
        live = sum(
            s.framework == entry.framework and any(span.end is None for span in s.spans) for s in self.law.statements
        )
        entries = sum(
            e.kind == "catalogue-entry" and e.framework == entry.framework for e in self.index.by_reference.values()
        )
        return counts | {kind: n for kind, n in (("statement", live), ("entry", entries)) if n}


def rule_to_dict(rule: Rule) -> Json:
    """Return an application rule as JSON."""
    view = {
        "applies_from": rule.applies_from.isoformat(),
        "routes": sorted(rule.routes),
        "interpretation": rule.interpretation,
        "reading": rule.reading,
        "legal_basis": rule.legal_basis,
        "note": rule.note,
        "rule": rule.iri,
    }
    return {key: value for key, value in view.items() if value not in ("", [])}


def _span(span: Span, moment: Moment) -> Json:
    view = {
        "published": span.published.isoformat(),
        "in_force_from": span.start.isoformat(),
        "in_force_until": span.end.isoformat() if span.end else "",
        "in_force": span.holds(moment),
    }
    return {key: value for key, value in view.items() if value != ""}


def _jsonable(row: Record) -> Json:
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
