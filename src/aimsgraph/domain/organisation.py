"""What an organisation knows about its AI systems, as far as the question "what binds us?" needs it.

A day belongs to a period `[from, until)`, as everywhere. What nobody has answered is absent, never false.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

EXCLUSIONS: Mapping[str, str] = {
    "military": "eu-ai-act:Art.2(3)",
    "third-country-authority": "eu-ai-act:Art.2(4)",
    "scientific-research": "eu-ai-act:Art.2(6)",
    "research-and-development-before-market": "eu-ai-act:Art.2(8)",
    "personal-use": "eu-ai-act:Art.2(10)",
    "open-source": "eu-ai-act:Art.2(12)",
}
"""The exclusions of Article 2 that are asked for before anything else, with the provision each stands in."""

EVENT_KINDS = ("substantial-modification", "significant-design-change")
"""What may happen to a system: Article 3(23) with Article 25(1)(b), and Article 111(2)."""

EVERY_SYSTEM = "all-ai"
"""The route every AI system is on, whatever its class."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation whose systems these are.

    Attributes:
        slug: its short name; roles name it by this.
        iri: its node in the graph.
        label: its name for people.
        jurisdiction: where it is established.
    """

    slug: str
    iri: str
    label: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class RoleHolding:
    """One agent in one role in respect of one system, during one period.

    Attributes:
        iri: the role assignment's node.
        agent: id of the agent; the organisation's own slug when it is the organisation itself.
        agent_label: the agent's name.
        role: slug of the operator role.
        held_from: first day.
        held_until: first day on which it no longer holds; None while no end is known.
        ground: reference of the provision by which the role was assumed by operation of law; else empty.
        triggered_by: id of the event that brought it about; else empty.
    """

    iri: str
    agent: str
    agent_label: str
    role: str
    held_from: dt.date
    held_until: dt.date | None = None
    ground: str = ""
    triggered_by: str = ""

    def holds_on(self, day: dt.date) -> bool:
        """Say whether the agent holds the role on a day."""
        return self.held_from <= day and (self.held_until is None or day < self.held_until)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A decision whether an exclusion of Article 2 takes a system out of the Regulation's reach.

    Attributes:
        iri: the decision's node.
        slug: which exclusion, a key of `EXCLUSIONS`.
        provision: reference of the provision it stands in.
        answer: whether it does; None when that is undetermined.
    """

    iri: str
    slug: str
    provision: str
    answer: bool | None


@dataclass(frozen=True, slots=True)
class SystemEvent:
    """Something that happened, or is planned to happen, to a system.

    Attributes:
        iri: the event's node.
        id: its name within the system.
        kind: one of `EVENT_KINDS`.
        on: the day.
        description: what was done.
    """

    iri: str
    id: str
    kind: str
    on: dt.date
    description: str = ""


@dataclass(frozen=True, slots=True)
class AISystem:
    """An AI system with everything the applicability of duties turns on.

    Attributes:
        id: its short name.
        iri: its node.
        name: its name for people.
        organisation: whose register it stands in.
        routes: slugs of the legal routes it is on, `all-ai` always among them, in the vocabulary's order.
        placed_on_market: first day on the market or in service, past or planned; None while unknown.
        planned: whether that day is only planned.
        roles: who holds which role when, in order of time.
        facts: the answered condition codes; the system's own answer goes before the organisation's.
        exclusion_decisions: what was decided on each exclusion of Article 2.
        events: what happened to it, in order of time.
    """

    id: str
    iri: str
    name: str
    organisation: Organisation
    routes: tuple[str, ...]
    placed_on_market: dt.date | None
    planned: bool
    roles: tuple[RoleHolding, ...]
    facts: Mapping[str, bool]
    exclusion_decisions: tuple[Exclusion, ...]
    events: tuple[SystemEvent, ...]

    @property
    def exclusions(self) -> dict[str, bool | None]:
        """The answer to each exclusion by its slug; None is undetermined."""
        return {decision.slug: decision.answer for decision in self.exclusion_decisions}

    def roles_on(self, day: dt.date, agent: str = "") -> tuple[RoleHolding, ...]:
        """Return the roles held on a day, of one agent when it is named."""
        return tuple(r for r in self.roles if r.holds_on(day) and agent in ("", r.agent))
