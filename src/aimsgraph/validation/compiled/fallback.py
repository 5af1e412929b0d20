"""pySHACL for shapes that no plan can say: in its own process, ended by a deadline, its whole report as violations."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from aimsgraph.errors import BackendError, EngineMissing
from aimsgraph.graph.store import Deadline, Subject, Term
from aimsgraph.validation.compiled.results import Violation
from aimsgraph.validation.pyshacl_engine import run_worker

WORKER: Final = Path(__file__).with_name("fallback_worker.py")


@dataclass(frozen=True, slots=True)
class FallbackJob:
    """Facts with the shapes graph to judge them by."""

    facts: tuple[ox.Triple, ...]
    shapes: tuple[ox.Triple, ...]


@dataclass(frozen=True, slots=True)
class FallbackReport:
    """What pySHACL found: its version, violations in order, and shape → number of nodes it judged."""

    version: str
    violations: tuple[Violation, ...]
    focus_counts: dict[Subject, int]


def run_pyshacl(jobs: Sequence[FallbackJob], deadline: Deadline | None = None) -> list[FallbackReport | BackendError]:
    """Judge several sets of facts in one process; what it failed on is the error in its place.

    Raises:
        DeadlineExceeded: too late for all of them; the process has been ended.
        EngineMissing: pySHACL is not installed.
        BackendError: the process failed.
    """
    if importlib.util.find_spec("pyshacl") is None:
        raise EngineMissing("pySHACL is not installed", remedy="install it: `pip install pyshacl`")
    asked = [{"facts": to_ntriples(job.facts), "shapes": to_ntriples(job.shapes)} for job in jobs]
    answer = run_worker(WORKER, json.dumps(asked), deadline or Deadline.never())
    return [read_answer(found, answer["version"]) for found in answer["answers"]]


def to_ntriples(triples: Iterable[ox.Triple]) -> str:
    """Return triples as the worker reads them."""
    return "".join(sorted({f"{triple} .\n" for triple in triples}))


def read_answer(found: dict[str, Any], version: str) -> FallbackReport | BackendError:
    """Return what the worker says of one job."""
    if "error" in found:
        return BackendError(f"pySHACL failed: {found['error'].partition(chr(10))[0]}", remedy="check the shapes")
    violations = sorted((_violation(result) for result in found["results"]), key=lambda v: v.sort_key)
    counts = {_node(node): count for node, count in found["focus_counts"]}
    return FallbackReport(version, tuple(violations), counts)


def _violation(found: dict[str, Any]) -> Violation:
    focus, component, severity = _term(found["focus"]), _term(found["component"]), _term(found["severity"])
    assert focus is not None and component is not None and severity is not None  # SHACL asks for them
    return Violation(
        focus, found["path_text"], _term(found["path"]), _term(found["value"]), _text(component), _text(severity), True,
        _node(found["source"]), _node(found["constraint"]) if found["constraint"] else None,
        tuple(map(ox.Literal, found["messages"])), _node(found["root"]),
    )  # fmt: skip


def _text(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _node(said: dict[str, str]) -> Subject:
    return ox.NamedNode(said["iri"]) if "iri" in said else ox.BlankNode(said["blank"])


def _term(said: dict[str, str] | None) -> Term | None:
    if said is None:
        return None
    if "text" not in said:
        return _node(said)
    if said["language"]:
        return ox.Literal(said["text"], language=said["language"])
    return (
        ox.Literal(said["text"], datatype=ox.NamedNode(said["datatype"]))
        if said["datatype"]
        else ox.Literal(said["text"])
    )
