"""Checks a store directory, after a crash or before a backup: files, content, no acknowledged write gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from aimsgraph.errors import AimsgraphError
from aimsgraph.execution.write_log import WriteLog
from aimsgraph.graph.directory import open_directory


class Outcome(Enum):
    """How a check came out."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its outcome.

    Attributes:
        name: what was checked.
        outcome: how it came out.
        detail: what was found.
        remedy: what to do; empty when nothing is to be done.
    """

    name: str
    outcome: Outcome
    detail: str
    remedy: str = ""


def examine(path: Path) -> list[Check]:
    """Return the outcome of every check of a store directory."""
    checks: list[Check] = []
    try:
        store = open_directory(path)
    except AimsgraphError as error:
        checks.append(Check("the store opens", Outcome.FAILED, error.message, error.remedy))
        checks.append(Check("content is what was written", Outcome.NOT_CHECKED, "the store does not open"))
        checks.append(_writes(path, None, ""))
        return checks
    with store:
        detail = f"generation {store.generation}, {store.size} quads"
        checks.append(Check("the store opens", Outcome.OK, detail))
        try:
            store.verify()
            checks.append(
                Check("content is what was written", Outcome.OK, "the digest of all quads is the recorded one")
            )
        except AimsgraphError as error:
            checks.append(Check("content is what was written", Outcome.FAILED, error.message, error.remedy))
        checks.append(_writes(path, store.number, store.generation))
    return checks


def _writes(path: Path, number: int | None, generation: str) -> Check:
    """Compare the log of acknowledged writes with the store."""
    name = "no acknowledged write is gone"
    try:
        entries = list(WriteLog(path).entries())
    except AimsgraphError as error:
        return Check(name, Outcome.FAILED, error.message, error.remedy)
    if not entries:
        return Check(name, Outcome.NOT_CHECKED, "no write was ever acknowledged by a server")
    last = entries[-1]
    told = f"{len(entries)} acknowledged writes, the last on {last.on} made generation {last.generation}"
    if number is None:
        return Check(name, Outcome.NOT_CHECKED, told)
    if last.number > number or (last.number == number and last.generation != generation):
        return Check(
            name, Outcome.FAILED, f"{told}, yet the store is at {generation}",
            "restore the store from a copy that has that generation; the log names what was written since",
        )  # fmt: skip
    return Check(name, Outcome.OK, told)
