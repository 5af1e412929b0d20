"""Validates registers as they are, and says what is new since a commit: only what the change touches is judged anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from aimsgraph.compliance.earlier_state import EarlierState, earlier_state
from aimsgraph.compliance.validate import Catalogue, Request, Validation, validate_registers
from aimsgraph.errors import InputError
from aimsgraph.validation.incremental.engine import IncrementalEngine, Step
from aimsgraph.validation.report import ReportedFinding
from aimsgraph.validation.waivers import key_of, subtract_baseline


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a commit.

    Attributes:
        commits: the full names of the commits, one a folder; folders of one repository have the same.
        new: findings that were not there then.
        steps: how the present reports came about, one a register whose shapes ran.
        unreadable: what was wrong with the earlier state when it could not be read, so that all findings are new.
        not_judged: folders whose files were not sound then, so that all findings of shapes are new.
    """

    commits: tuple[str, ...]
    new: tuple[ReportedFinding, ...]
    steps: tuple[Step, ...]
    unreadable: str
    not_judged: tuple[str, ...]

    @property
    def rejudged(self) -> Mapping[str, int]:
        """Rule → how many focus nodes its shape judged anew."""
        counts: Counter[str] = Counter()
        for step in self.steps:
            counts.update(step.nodes)
        return {rule: counts[rule] for rule in sorted(counts)}

    @property
    def judged_whole(self) -> tuple[str, ...]:
        """The rules whose shapes judged all focus nodes of a register."""
        return tuple(sorted({rule for step in self.steps for rule in step.whole}))


def validate_since(
    folders: Sequence[Path], catalogue: Catalogue, engine: IncrementalEngine, request: Request, ref: str
) -> tuple[Validation, Since]:
    """Validate registers, and compare with what they were at a commit, by the same day, law and shapes.

    Raises:
        UsageError: a folder is in no git repository, there is no such commit, or it does not have the folder.
        EngineMissing: git is not installed.
        InputError: a folder cannot be read as it is.
        BackendError: git or the engine failed, or the deadline passed.
    """
    with ExitStack() as stack:
        states = [stack.enter_context(earlier_state(folder, ref)) for folder in folders]
        earlier = replace(request, waivers=(), baseline=None)
        unreadable, before = "", None
        try:
            before = validate_registers([state.folder for state in states], catalogue, engine, earlier)
        except InputError as error:
            unreadable = _moved_text(error.message, states, folders)
    engine.again()
    found = validate_registers(folders, catalogue, engine, request)
    then = () if before is None else _moved(before.findings, states, folders)
    new, _ = subtract_baseline(found.findings, Counter(map(key_of, then)))
    since = Since(
        tuple(dict.fromkeys(state.commit for state in states)),
        tuple(new),
        tuple(engine.steps),
        unreadable,
        tuple(_moved_text(name, states, folders) for name in before.not_judged) if before else (),
    )
    return found, since


def _moved(
    findings: Iterable[ReportedFinding], states: Sequence[EarlierState], folders: Sequence[Path]
) -> list[ReportedFinding]:
    """Return findings in a copy as findings in the folder."""
    return [
        replace(
            finding,
            message=_moved_text(finding.message, states, folders),
            location=replace(
                finding.location, file=Path(_moved_text(finding.location.file, states, folders)).as_posix()
            ),
        )
        for finding in findings
    ]


def _moved_text(text: str, states: Sequence[EarlierState], folders: Sequence[Path]) -> str:
    for state, folder in zip(states, folders, strict=True):
        text = text.replace(state.folder.as_posix(), folder.as_posix())
    return text
