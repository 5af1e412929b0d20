"""Leaves out of a register what an answer must not give away: the names of people, the contents of evidence.

What is left out is replaced, not dropped, so that every check comes to the same result with and without it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from aimsgraph.domain.register import Certificate, Evidence, Person, Register

CHOICES = ("people", "evidence")
"""What can be left out."""
WITHHELD = "withheld"
_PERSON_FIELDS = frozenset({
    "owner", "reviewed_by", "approved_by", "accepted_by", "by", "collected_by", "auditor", "action_owner",
    "top_management", "contact",
})  # fmt: skip
_EVIDENCE_CONTENTS = ("title", "method", "locator", "sha256", "metric", "threshold", "result", "dataset", "tool")
_KEPT = frozenset({"iri", "location", "id"})


def withhold(register: Register, what: Collection[str]) -> Register:
    """Return a register without names of people, contents of evidence, or both.

    People become `person-1`, `person-2` and so on, in the order of people.csv; whoever else a field names is withheld.
    """
    if "evidence" in what:
        register = dataclasses.replace(register, evidence=tuple(_without_contents(e) for e in register.evidence))
    return _without_people(register) if "people" in what else register


def say_what_is_left_out(what: Collection[str]) -> list[str]:
    """Return a line for each thing left out."""
    lines = {
        "people": "names of people are left out: people are numbered in the order of people.csv",
        "evidence": "contents of evidence are left out: only ids, types and dates are shown",
    }
    return [lines[choice] for choice in CHOICES if choice in what]


def _without_contents(evidence: Evidence) -> Evidence:
    hidden: dict[str, Any] = {name: WITHHELD for name in _EVIDENCE_CONTENTS if getattr(evidence, name)}
    return dataclasses.replace(evidence, **hidden)


def _without_people(register: Register) -> Register:
    numbers = {person.id: f"person-{i}" for i, person in enumerate(register.people, start=1)}
    organisations = {supplier.id for supplier in register.suppliers} | {register.organisation.slug}
    organisations |= {role.agent for system in register.systems for role in system.roles}
    allowed = {name: name for name in organisations} | {number: number for number in numbers.values()}
    names = {person.name: numbers[person.id] for person in register.people if person.name}
    scrub = _scrubber(names)

    def rename(text: str) -> str:
        return (numbers | allowed).get(text, WITHHELD) if text else text

    people = tuple(_anonymous(person, numbers[person.id]) for person in register.people)
    rest = {field.name: getattr(register, field.name) for field in dataclasses.fields(register)}
    rest = {name: _walk(value, rename, scrub) for name, value in rest.items() if name != "people"}
    return Register(people=people, **rest)


def _anonymous(person: Person, number: str) -> Person:
    hidden: dict[str, Any] = {name: WITHHELD for name in ("competence", "training") if getattr(person, name)}
    return dataclasses.replace(person, id=number, name=number, iri="", **hidden)


def _scrubber(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return what replaces full names that stand in a text."""
    if not names:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
    return lambda text: pattern.sub(lambda match: names[match.group()], text)


def _walk(value: Any, rename: Callable[[str], str], scrub: Callable[[str], str]) -> Any:  # noqa: ANN401
    """Return a value with every name of a person in it replaced."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, tuple):
        return tuple(_walk(each, rename, scrub) for each in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changed = {}
    for field in dataclasses.fields(value):
        old = getattr(value, field.name)
        if field.name not in _KEPT and not isinstance(value, Certificate):  # granted by a body, not by a person
            changed[field.name] = rename(old) if field.name in _PERSON_FIELDS else _walk(old, rename, scrub)
    return dataclasses.replace(value, **changed)
