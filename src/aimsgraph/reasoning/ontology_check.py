"""Checks the whole ontology in one call: files, terms, alignments, consistency, and the reasoner itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from rdflib import Graph

from aimsgraph.errors import EngineMissing
from aimsgraph.reasoning.alignment_lint import lint_alignments
from aimsgraph.reasoning.consistency import (
    DEFAULT_TIMEOUT,
    ConsistencyResult,
    check_consistency,
    prepare_for_reasoner,
)
from aimsgraph.reasoning.layout_lint import lint_layout
from aimsgraph.reasoning.ontology_files import (
    OntologyFiles,
    OntologyFinding,
    find_ontology_files,
    read_turtle,
)
from aimsgraph.reasoning.ontology_lint import ParsedFile, lint_ontology, list_terms, parse_ontology

Status = Literal["consistent", "inconsistent", "not-run"]

_AXIOM_LINE: Final = re.compile(r"^# Axiom: (.+)$", re.MULTILINE)
_WORKERS: Final = 2


@dataclass(frozen=True, slots=True)
class FaultResult:
    """Whether the reasoner sees one seeded fault.

    Attributes:
        file: the fault's file, relative to the asset root.
        axiom: the axiom that the fault breaks, in words.
        found: whether the reasoner called it inconsistent.
    """

    file: str
    axiom: str
    found: bool


@dataclass(frozen=True, slots=True)
class OntologyReport:
    """What a check of the ontology came to.

    Attributes:
        findings: what is wrong, file by file; empty when nothing is.
        terms: how many terms each file declares, files without any left out.
        status: what the reasoner says of the vocabulary and its alignments together.
        reason: why the reasoner did not run; empty when it did.
        unsatisfiable: the classes that can have no member.
        seconds: how long the reasoner took for the vocabulary.
        axioms: how many statements with a logical meaning it was given.
        faults: the seeded faults and whether each was found; empty when the reasoner did not run.
    """

    findings: tuple[OntologyFinding, ...]
    terms: dict[str, int]
    status: Status
    reason: str
    unsatisfiable: tuple[str, ...]
    seconds: float
    axioms: int
    faults: tuple[FaultResult, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with the files and the reasoner, when it ran, agreed."""
        return not self.findings and self.status != "inconsistent"


def check_ontology(root: Path, *, java: Path | None = None, timeout: float = DEFAULT_TIMEOUT) -> OntologyReport:
    """Check files, terms, alignments and consistency, and that the reasoner can say no.

    Without Java everything but the reasoner runs, and the report says why that did not.

    Args:
        root: the asset root, that is the folder that holds `ontology/`.
        java: the `java` program; looked for when absent.
        timeout: after how many seconds to give up on one question to the reasoner.

    Raises:
        InputError: there is no ontology, or one of its files cannot be read.
        DeadlineExceeded: the reasoner did not finish in time.
        BackendError: the reasoner failed.
    """
    files = find_ontology_files(root)
    parsed = parse_ontology(files)
    findings = _lint(files, parsed)
    terms = {file.path.stem: len(names) for file in parsed if (names := list_terms(file.graph))}
    ask = partial(check_consistency, java=java, timeout=timeout)
    try:
        verdict = ask([file.graph for file in parsed])
    except EngineMissing as error:
        reason = f"{error.message}; {error.remedy}"
        return OntologyReport(tuple(findings), terms, "not-run", reason, (), 0.0, 0, ())
    faults = check_faults(files, _select(parsed, (*files.rl, files.dl)), ask)
    findings += _judge_verdict(files, verdict) + _judge_faults(faults, files)
    return OntologyReport(
        findings=tuple(findings),
        terms=terms,
        status="consistent" if verdict.consistent else "inconsistent",
        reason="",
        unsatisfiable=verdict.unsatisfiable,
        seconds=verdict.seconds,
        axioms=verdict.axioms,
        faults=faults,
    )


def check_data(
    root: Path, graphs: Iterable[Graph], *, java: Path | None = None, timeout: float = DEFAULT_TIMEOUT
) -> ConsistencyResult:
    """Ask whether data contradicts the axioms inside OWL 2 RL, which is quick enough for all that is compiled.

    Args:
        root: the asset root, that is the folder that holds `ontology/`.
        graphs: the data.
        java: the `java` program; looked for when absent.
        timeout: after how many seconds to give up.

    Raises:
        EngineMissing: Java or HermiT is not there.
        DeadlineExceeded: the reasoner did not finish in time.
        BackendError: the reasoner failed.
    """
    axioms = [read_turtle(path) for path in find_ontology_files(root).rl]
    return check_consistency([*axioms, *graphs], classify=False, java=java, timeout=timeout, memory_mb=2048)


def check_faults(
    files: OntologyFiles, axioms: Iterable[Graph], ask: Callable[[list[Graph]], ConsistencyResult]
) -> tuple[FaultResult, ...]:
    """Ask the reasoner about every seeded fault, each together with the axioms.

    Args:
        files: where the faults lie.
        axioms: the vocabulary, without its alignments.
        ask: puts one question to the reasoner.
    """
    prepared = prepare_for_reasoner(axioms)
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        verdicts = list(pool.map(lambda path: ask([prepared, read_turtle(path)]), files.faults))
    return tuple(
        FaultResult(files.locate(path).file, _read_axiom(path), not verdict.consistent)
        for path, verdict in zip(files.faults, verdicts, strict=True)
    )


def _lint(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> list[OntologyFinding]:
    declared = frozenset(str(term) for file in parsed for term in list_terms(file.graph))
    alignments = [file for file in parsed if file.path in files.alignments]
    return [
        *lint_layout(files, parsed),
        *lint_ontology(files, parsed),
        *lint_alignments(files, alignments, declared),
    ]


def _select(parsed: tuple[ParsedFile, ...], paths: tuple[Path, ...]) -> list[Graph]:
    return [file.graph for file in parsed if file.path in paths]


def _read_axiom(path: Path) -> str:
    match = _AXIOM_LINE.search(path.read_text(encoding="utf-8"))
    return match.group(1) if match else ""


def _judge_verdict(files: OntologyFiles, verdict: ConsistencyResult) -> list[OntologyFinding]:
    if not verdict.consistent:
        return [
            OntologyFinding(
                "inconsistent",
                files.locate(files.entry),
                "the modules, dl.ttl and the alignments contradict each other",
                "leave alignments out one by one, then modules, to see which axiom causes it",
            )
        ]
    return [
        OntologyFinding(
            "unsatisfiable-class",
            files.locate(files.entry),
            f"<{name}> can have no member",
            "look for a superclass, domain or range that is disjoint from another one of it",
        )
        for name in verdict.unsatisfiable
    ]


def _judge_faults(faults: tuple[FaultResult, ...], files: OntologyFiles) -> list[OntologyFinding]:
    missed = [
        OntologyFinding(
            "fault-not-found",
            files.locate(files.root / fault.file),
            f"the reasoner sees nothing wrong with this fault: {fault.axiom or 'no axiom named'}",
            "put the axiom back that the fault breaks, or take the fault out with it",
        )
        for fault in faults
        if not fault.found or not fault.axiom
    ]
    if faults:
        return missed
    return [
        OntologyFinding(
            "no-faults",
            files.locate(files.entry),
            "there are no seeded faults, so nothing shows that the reasoner can say no",
            "restore the folder ontology/faults",
        )
    ]
