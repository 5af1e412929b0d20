"""The checks of readiness about tests of AI systems: typed evidence that says what was measured, on what, with what.

A test of a kind is told by what its record names: the statements of Article 10 for bias, of Article 13 for what makes
results explicable, of Article 15 for accuracy and robustness; and the control of Annex A that the testing carries out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aimsgraph.compliance.installed import Installed
from aimsgraph.compliance.readiness_records import Check, Records, collect, not_due, weigh
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.register import Evidence

_HIGH_RISK = frozenset({"annex-iii", "annex-i"})
_PARTS = ("metric", "threshold", "result", "dataset", "tool")


def tests_systems(records: Records) -> Check:
    """A.6.2.4, Articles 9(6), 9(8), 15: each system has a fresh test report with metric, threshold and result."""
    good, bad = [], []
    for system in records.systems:
        ours = _tests_of(records, system)
        live = [e for e in ours if e.is_fresh(records.day) and not e.refutes]
        whole = [e for e in live if e.metric and e.threshold and e.result]
        failed = _failed(ours, whole)
        if failed:
            bad.append(f"{', '.join(e.id for e in failed)} speaks against {system.id}")
        elif whole:
            good += [e.id for e in whole]
        else:
            state = "lack metric, threshold or result" if live else "are too old or undated" if ours else "are missing"
            bad.append(f"test reports of {system.id} {state}")
    return collect("Test reports", good, bad, none="no AI system is recorded")


def tests_of_kind(name: str, article: str) -> Callable[[Records], Check]:
    """Return a check that each high-risk system we provide has a whole, fresh test naming an article and a control.

    Args:
        name: what is tested.
        article: the article whose statements such a test names, such as `Art.10`.
    """
    what = f"Tests of {name} (Article {article.removeprefix('Art.')})"
    prefix = f"eu-ai-act:art{article.removeprefix('Art.')}-"

    def judge(records: Records) -> Check:
        ours = records.register.organisation.slug
        provided = [s for s in records.systems if any(r.role == "provider" for r in s.roles_on(records.day, ours))]
        systems = [system for system in provided if _HIGH_RISK & set(system.routes)]
        if not systems:
            return not_due(what, "we provide no system on a high-risk route that day")
        speaking = _controls_and_what_carries_them_out(records)
        good: list[str] = []
        bad: list[str] = []
        unknown: list[str] = []
        for system in systems:
            found = [e for e in _tests_of(records, system) if _names(e, prefix, f"eu-ai-act:{article}")]
            reasons = {e.id: _lacks(e, speaking) for e in found}
            whole = [e for e in found if not reasons[e.id] and e.is_fresh(records.day)]
            if failed := _failed(found, whole):
                bad.append(f"{', '.join(e.id for e in failed)} speaks against {system.id}")
            elif whole:
                good += [e.id for e in whole]
            elif undated := [e.id for e in found if not reasons[e.id] and e.is_fresh(records.day) is None]:
                unknown.append(f"nobody knows if {', '.join(undated)} still counts for {system.id}")
            elif found:
                bad += [f"{id_} of {system.id} {reason or 'is too old'}" for id_, reason in reasons.items()]
            else:
                bad.append(f"no test report of {system.id} names a statement of {article}")
        return weigh(what, good, bad, unknown)

    return judge


def _tests_of(records: Records, system: AISystem) -> list[Evidence]:
    return [e for e in records.register.evidence if e.type == "test-report" and system.id in e.systems]


def _names(test: Evidence, statement: str, article: str) -> bool:
    return any(name.startswith((statement, f"{article}(")) or name == article for name in test.supports)


def _lacks(test: Evidence, speaking: frozenset[str]) -> str:
    """Return what a test lacks to be whole; empty when it lacks nothing."""
    if test.refutes:
        return "speaks against it"
    missing = [part for part in _PARTS if not getattr(test, part)]
    if not speaking & set(test.supports):
        missing.append("a control of Annex A")
    return f"lacks {', '.join(missing)}" if missing else ""


def _controls_and_what_carries_them_out(records: Records) -> frozenset[str]:
    installed = Installed(records.register)
    carried = {each.id for control in installed.controls for each in installed.carrying_out(control)}
    return frozenset(carried.union(row.control for row in records.soa if row.source == "annex-a"))


def _failed(tests: Iterable[Evidence], whole: Iterable[Evidence]) -> list[Evidence]:
    """Return the tests that speak against a system and that no newer one has overtaken."""
    return [e for e in tests if e.refutes and not any(_is_newer(passed, e) for passed in whole)]


def _is_newer(evidence: Evidence, older: Evidence) -> bool:
    one, other = evidence.collected_on, older.collected_on
    return one is not None and other is not None and other < one
