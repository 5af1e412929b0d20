"""What an organisation has set up, by what it answers to: the controls it carries out, the statements it addresses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from aimsgraph.domain.register import ControlImplementation, Register

_ByName = Mapping[str, Mapping[str, ControlImplementation]]


class Installed:
    """The implementations of a register, found by control, by statement, and by the system they work for.

    An implementation carries out the control it names, and those of which the statement of applicability says so.
    """

    def __init__(self, register: Register) -> None:
        self._carried_out = _by_control(register)
        self._addressed: dict[str, dict[str, ControlImplementation]] = {}
        for each in register.controls:
            for name in each.addresses:
                self._addressed.setdefault(name, {})[each.id] = each
        self._find = lru_cache(None)(self._work_out)

    @property
    def controls(self) -> tuple[str, ...]:
        """References of the controls that anything carries out."""
        return tuple(self._carried_out)

    def carrying_out(self, control: str, system: str = "") -> tuple[ControlImplementation, ...]:
        """Return what carries out a control, by its reference, on a system or on any."""
        return self._find(control, system, addressed=False)

    def addressing(self, statement: str, system: str = "") -> tuple[ControlImplementation, ...]:
        """Return what is said to meet a statement, by its reference, on a system or on any."""
        return self._find(statement, system, addressed=True)

    def _work_out(self, name: str, system: str, *, addressed: bool) -> tuple[ControlImplementation, ...]:
        known: _ByName = self._addressed if addressed else self._carried_out
        return tuple(each for each in known.get(name, {}).values() if not system or each.serves(system))


def _by_control(register: Register) -> dict[str, dict[str, ControlImplementation]]:
    ours = {each.id: each for each in register.controls}
    found: dict[str, dict[str, ControlImplementation]] = {}
    for each in register.controls:
        if each.control:
            found.setdefault(each.control, {})[each.id] = each
    for decision in register.soa.decisions:
        for name in decision.implemented_by:
            if name in ours and decision.applicable is not False:
                found.setdefault(decision.control, {})[name] = ours[name]
    return found
