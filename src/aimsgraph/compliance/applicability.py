"""Decides which duties bind a role on a day: text in force × application rule × route × condition.

Three values throughout: a condition nobody has answered makes a duty `unknown`, readings that disagree about the day
make it `contested`, and neither is ever counted as binding. Source of the dates: Article 113 of Regulation (EU)
2024/1689 in the version in force on the day asked about, by the law as known on the day given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aimsgraph.domain.duty import Applies, ConditionState, Duty, Reading
from aimsgraph.domain.time import Moment
from aimsgraph.norms.law import Law, Rule, Statement, Transition

DUTY_MODALITIES = frozenset({"must", "must-not", "content-item"})
WIDER_ROUTES = {"gpai-systemic": ("gpai-systemic", "gpai")}
"""A model with systemic risk is a general-purpose model: its duties come on top."""
ROUTE_FACTS: Mapping[str, Mapping[str, bool]] = {
    "annex-iii": {"annex-iii-any": True},
    "annex-i": {"annex-i-section-a": True},
    "gpai": {},
    "gpai-systemic": {"gpai-systemic-risk": True},
    "transparency": {},
    "prohibited": {},
    "all-ai": {},
}
"""What being on a route says about the conditions. Annex I duties concern Section A (Article 2(2))."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the law.

    Attributes:
        role: slug of the role.
        routes: the routes of the system or model.
        facts: answered conditions, by code.
        everything: also options, status and classification rules, and statements that only point to others.
    """

    role: str
    routes: tuple[str, ...]
    facts: Mapping[str, bool]
    everything: bool = False


def decide_duties(law: Law, query: Query, moment: Moment) -> list[Duty]:
    """Return the duties of a role on its routes whose text is in force that day, in document order."""
    facts = {**facts_of_routes(query.routes), **query.facts}
    return [
        decide_duty(law, statement, query.role, route, facts, moment)
        for statement, route in iter_relevant(law, query, moment)
    ]


def facts_of_routes(routes: Iterable[str]) -> dict[str, bool]:
    """Return what being on these routes says about the conditions, whichever route a statement arises on."""
    return {code: answer for route in routes for code, answer in ROUTE_FACTS[route].items()}


def iter_relevant(law: Law, query: Query, moment: Moment) -> Iterator[tuple[Statement, str]]:
    """Yield the statements in force for a role, each with every route asked about that it arises on."""
    routes = tuple(dict.fromkeys(wide for route in query.routes for wide in WIDER_ROUTES.get(route, (route,))))
    for statement in law.statements:
        if query.role not in statement.roles or not statement.is_in_force(moment):
            continue
        if not query.everything and (statement.umbrella or statement.modality not in DUTY_MODALITIES):
            continue
        for route in routes:
            if route in statement.routes:
                yield statement, route


def decide_duty(
    law: Law, statement: Statement, role: str, route: str, facts: Mapping[str, bool], moment: Moment
) -> Duty:
    """Decide one statement for one role on one route."""
    known = {**ROUTE_FACTS[route], **facts}
    rules = rules_on_route(statement, route, moment)
    by_date, date_reason = decide_date(statement, rules, moment)
    applies, condition_reason = _decide_condition(statement, known, by_date)
    dates = {rule.applies_from for rule in rules}
    return Duty(
        statement=statement.reference,
        provision=statement.provision_reference,
        label=statement.label,
        role=role,
        route=route,
        modality=statement.modality,
        umbrella=statement.umbrella,
        applies=applies,
        applies_from=next(iter(dates)) if len(dates) == 1 else None,
        readings=tuple(Reading(r.applies_from, r.reading, r.legal_basis, r.interpretation) for r in rules),
        legal_basis="; ".join(dict.fromkeys(r.legal_basis for r in rules)),
        conditions=tuple(
            ConditionState(code, law.questions.get(code, ""), known.get(code)) for code in statement.condition.codes
        ),
        because=tuple(reason for reason in (date_reason, condition_reason, statement.bearer_note) if reason),
        undecided=statement.condition.undecided(known),
    )


def rules_on_route(statement: Statement, route: str, moment: Moment) -> tuple[Rule, ...]:
    """Return the application rules that are law that day and say something about a statement on a route."""
    return tuple(r for r in statement.rules if r.holds(moment) and (not r.routes or route in r.routes))


def decide_date(statement: Statement, rules: tuple[Rule, ...], moment: Moment) -> tuple[Applies, str]:
    """Decide by dates alone, and say why; `rules` are those of the route that are law that day."""
    if not rules:
        if any(rule.holds(moment) for rule in statement.rules):
            return Applies.NO, "does not arise on this route by the law of that day"
        return Applies.UNKNOWN, "no application rule is known for that day"
    reached = {rule.applies_from <= moment.on for rule in rules}
    words = "; ".join(_rule_in_words(rule, moment) for rule in rules)
    if len(reached) > 1:
        return Applies.CONTESTED, f"readings disagree: {words}"
    return (Applies.YES if True in reached else Applies.NO), words


def _rule_in_words(rule: Rule, moment: Moment) -> str:
    reading = f" ({rule.interpretation}: {rule.reading})" if rule.reading else ""
    return f"applies from {rule.applies_from} by {rule.legal_basis}{reading}, {words_of_text(rule, moment)}"


def words_of_text(rule: Rule | Transition, moment: Moment) -> str:
    """Say in words which text of the law lays a rule down on a day on which it is law."""
    return f"text in force since {max(span.start for span in rule.spans if span.holds(moment))}"


def _decide_condition(statement: Statement, known: Mapping[str, bool], by_date: Applies) -> tuple[Applies, str]:
    condition = statement.condition
    if not condition.text:
        return by_date, ""
    truth = condition.evaluate(known)
    if truth is False:
        return Applies.NO, f"condition not met: {condition.text}"
    if truth is True:
        return by_date, f"condition met: {condition.text}"
    open_codes = ", ".join(condition.undecided(known))
    reason = f"depends on {open_codes}"
    return (by_date if by_date is Applies.NO else Applies.UNKNOWN), reason
