"""Decides which duties bind an organisation for a real AI system on a day, with the path of reasons.

In this order: exclusions of Article 2, the role held that day, the route with its conditions, the transition rules of
Article 111, the date. What nobody has decided stays `unknown`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from aimsgraph.compliance.applicability import Query, decide_duty, facts_of_routes, iter_relevant, words_of_text
from aimsgraph.domain.duty import Applies, Duty
from aimsgraph.domain.organisation import EXCLUSIONS, AISystem, RoleHolding, SystemEvent
from aimsgraph.domain.time import Moment
from aimsgraph.norms.law import Law, Statement, Transition

_EVERYONES_ROUTES = ("all-ai", "prohibited")
"""Article 4 and the bans of Article 5 bind whatever class a system has."""
_MARKET_ROUTES = frozenset({"annex-iii", "annex-i", "transparency", "gpai", "gpai-systemic"})
"""Routes whose duties bind only once the system or model is on the market or in service."""
_NOT_EXCLUDED_BY_OPEN_SOURCE = frozenset({"annex-iii", "annex-i", "transparency", "prohibited"})
"""Article 2(12): an open-source licence takes no system on one of these routes out of the Regulation."""
_MODEL_ROUTES = frozenset({"gpai", "gpai-systemic"})
"""Article 2(12) speaks of systems only; what an open licence means for a model stands in Articles 53(2) and 54(6)."""
_MODIFICATION = "substantial-modification"
"""An event that may, but need not, be a significant change of the design."""


def decide_system_duties(
    law: Law, system: AISystem, moment: Moment, *, agent: str = "", everything: bool = False
) -> list[Duty]:
    """Return the duties of an agent for a system, one a statement, role and route.

    Args:
        law: the law.
        system: the system.
        moment: the day asked about and the law as known.
        agent: id of the agent; the organisation itself when empty.
        everything: also options, rules and statements that only point to others.
    """
    who = agent or system.organisation.slug
    routes = tuple(dict.fromkeys((*system.routes, *_EVERYONES_ROUTES)))
    duties, transitions = [], _transitions_of(law, system, moment)
    for holding in _first_of_role(system.roles_on(moment.on, who)):
        query = Query(holding.role, routes, {**facts_of_routes(routes), **_facts(system, moment)}, everything)
        for statement, route in iter_relevant(law, query, moment):
            duty = decide_duty(law, statement, holding.role, route, query.facts, moment)
            duties.append(_judge(duty, law, statement, system, holding, moment, transitions))
    return duties


def _first_of_role(holdings: tuple[RoleHolding, ...]) -> list[RoleHolding]:
    return list({holding.role: holding for holding in reversed(holdings)}.values())


def _facts(system: AISystem, moment: Moment) -> Mapping[str, bool]:
    """Return the answered conditions, with what the system's own dated history says."""
    known = dict(system.facts)
    if any(event.kind == _MODIFICATION and event.on <= moment.on for event in system.events):
        known["substantial-modification"] = True
    if any("Art.25(1)" in holding.ground and holding.held_from <= moment.on for holding in system.roles):
        known["art-25-role-change"] = True
    return known


def _judge(
    duty: Duty,
    law: Law,
    statement: Statement,
    system: AISystem,
    holding: RoleHolding,
    moment: Moment,
    transitions: tuple[Transition, ...],
) -> Duty:
    """Go through exclusions, market and transition rules; each may turn a yes into something weaker, never back."""
    route = duty.route
    reasons = [_role_in_words(holding), _route_in_words(system, route), *duty.because]
    applies = duty.applies
    for verdict, reason in (
        _exclusion(system, statement, route, holding, moment),
        _market(system, statement, route, moment),
        _transition(law, transitions, statement, route, system, moment),
    ):
        if reason:
            reasons.append(reason)
        if verdict is not None and applies is not Applies.NO:
            applies = verdict
    return dataclasses.replace(duty, applies=applies, because=tuple(reasons), system=system.id)


_Verdict = tuple[Applies | None, str]
_NOTHING: _Verdict = (None, "")


def _role_in_words(holding: RoleHolding) -> str:
    ground = f" under {holding.ground}" if holding.ground else ""
    until = f" until {holding.held_until}" if holding.held_until else ""
    return f"{holding.agent_label} is {holding.role} since {holding.held_from}{until}{ground}"


def _route_in_words(system: AISystem, route: str) -> str:
    if route in _EVERYONES_ROUTES:
        return f"route {route}: reaches every AI system, whatever its class"
    asked = route if route in system.routes else "gpai-systemic, which takes in gpai"
    return f"route {route}: the register puts {system.name} on the route {asked}"


def _exclusion(system: AISystem, statement: Statement, route: str, holding: RoleHolding, moment: Moment) -> _Verdict:
    answers, open_ones = system.exclusions, []
    for slug, provision in EXCLUSIONS.items():
        answer = answers.get(slug)
        if answer is False or not _can_exclude(slug, system, statement, route, holding, moment):
            continue
        if answer is True:
            return Applies.NO, f"excluded by {provision} ({slug})"
        open_ones.append(f"{provision} ({slug})")
    if open_ones:
        return Applies.UNKNOWN, f"undetermined exclusion: {', '.join(open_ones)}"
    return _NOTHING


def _can_exclude(
    slug: str, system: AISystem, statement: Statement, route: str, holding: RoleHolding, moment: Moment
) -> bool:
    """Say whether an exclusion reaches a statement at all, by its own words."""
    if slug == "open-source":
        bound = _NOT_EXCLUDED_BY_OPEN_SOURCE | _MODEL_ROUTES
        return route not in bound and _NOT_EXCLUDED_BY_OPEN_SOURCE.isdisjoint(system.routes)
    if slug == "personal-use":
        return holding.role == "deployer"
    if slug == "research-and-development-before-market":
        placed = system.placed_on_market
        return statement.stage != "testing" and (placed is None or moment.on < placed)
    return True


def _market(system: AISystem, statement: Statement, route: str, moment: Moment) -> _Verdict:
    if route not in _MARKET_ROUTES or statement.stage == "testing":
        return _NOTHING
    placed = system.placed_on_market
    if placed is None:
        return Applies.UNKNOWN, "the day of placing on the market or putting into service is not recorded"
    if moment.on < placed:
        return (
            Applies.NO,
            f"not on the market before {placed}; what must be done before placing must be done by then",
        )
    return _NOTHING


def _transitions_of(law: Law, system: AISystem, moment: Moment) -> tuple[Transition, ...]:
    """Return the transition rules that are law that day and whose cut-off came after the system's placing."""
    placed = system.placed_on_market
    return tuple(r for r in law.transitions if placed is not None and placed < r.placed_before and r.holds(moment))


def _transition(
    law: Law, transitions: tuple[Transition, ...], statement: Statement, route: str, system: AISystem, moment: Moment
) -> _Verdict:
    """Say whether transition rules spare the system, and why; the rule that ends first decides."""
    said: dict[str, list[str]] = {"over": [], "unsure": [], "spared": []}
    for rule in transitions:
        if _spares(rule, law, statement, route):
            what, reason = _consult(rule, system, moment)
            if what:
                said[what].append(f"{reason}, {words_of_text(rule, moment)}")
    for what, verdict in (("over", None), ("unsure", Applies.UNKNOWN), ("spared", Applies.NO)):
        if said[what]:
            return verdict, "; ".join(dict.fromkeys(said[what]))
    return _NOTHING


def _consult(rule: Transition, system: AISystem, moment: Moment) -> tuple[str, str]:
    """Return whether one rule spares the system (`spared`, `over`, `unsure`, or nothing to say) and why."""
    matches = rule.condition.evaluate(system.facts)
    over = _is_over(rule, system, moment)
    if matches is True:
        if over:
            return "over", over
        if rule.ends_on and (change := _first(_MODIFICATION, rule, system, moment)):
            doubt = f"whether the {change.kind} of {change.on} was a {_words(rule)}"
            return "unsure", f"{rule.legal_basis} depends on {doubt}"
        return "spared", _spared_in_words(rule, system.placed_on_market)
    if matches is None and (over or not rule.comply_by):
        return "unsure", f"{rule.legal_basis} depends on {', '.join(rule.condition.undecided(system.facts))}"
    return "", ""


def _spares(rule: Transition, law: Law, statement: Statement, route: str) -> bool:
    return route in rule.spares or any(law.is_within(statement.provision, spared) for spared in rule.spares)


def _is_over(rule: Transition, system: AISystem, moment: Moment) -> str:
    """Return why the rule no longer spares the system that day; empty while it does."""
    if rule.comply_by and rule.comply_by <= moment.on:
        return f"the transition period of {rule.legal_basis} ended on {rule.comply_by}"
    change = _first(rule.ends_on, rule, system, moment)
    if rule.ends_on and change:
        return f"no longer spared by {rule.legal_basis}: {change.kind} on {change.on}"
    return ""


def _first(kind: str, rule: Transition, system: AISystem, moment: Moment) -> SystemEvent | None:
    """Return the first event of a kind since the rule's cut-off date, up to the day asked about."""
    events = (e for e in system.events if e.kind == kind and rule.placed_before <= e.on <= moment.on)
    return min(events, key=lambda event: event.on, default=None)


def _words(rule: Transition) -> str:
    return rule.ends_on.replace("-", " ")


def _spared_in_words(rule: Transition, placed: dt.date | None) -> str:
    until = f" until {rule.comply_by}" if rule.comply_by else ""
    until += f" until a {_words(rule)}" if rule.ends_on else ""
    how = f" ({rule.interpretation})" if rule.interpretation != "settled" else ""
    return f"spared by {rule.legal_basis}: placed {placed}, before {rule.placed_before}{until}{how}"
