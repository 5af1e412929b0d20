"""The engine that is always there: pySHACL, in a process that a deadline ends."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from aimsgraph.errors import BackendError, EngineMissing
from aimsgraph.graph.store import Deadline
from aimsgraph.validation.report import RawReport, RawResult, Report, make_report
from aimsgraph.validation.shapes import ShapeSet

_WORKER: Final = Path(__file__).with_name("pyshacl_worker.py")


@dataclass(frozen=True, slots=True)
class Job:
    """Facts with the shapes to judge them by."""

    quads: tuple[ox.Quad, ...]
    shapes: ShapeSet


class PyShaclEngine:
    """Judges with pySHACL; inference is off, what follows from the facts has to be among them."""

    @property
    def name(self) -> str:
        """The engine's name and version."""
        return f"pyshacl {importlib.metadata.version('pyshacl')}"

    def validate(self, quads: Iterable[ox.Quad], shapes: ShapeSet, deadline: Deadline | None = None) -> Report:
        """Judge facts by shapes; see `Engine.validate`."""
        return self.validate_all([Job(tuple(quads), shapes)], deadline)[0]

    def validate_all(self, jobs: Sequence[Job], deadline: Deadline | None = None) -> list[Report]:
        """Judge several sets of facts in one process, which starts once.

        Raises:
            DeadlineExceeded: too late for all of them; the process has been ended.
            EngineMissing: pySHACL is not installed.
            BackendError: the engine failed on one of them.
        """
        if importlib.util.find_spec("pyshacl") is None:
            raise EngineMissing("pySHACL is not installed", remedy="install it: `pip install pyshacl`")
        triples = [_to_ntriples(job.quads) for job in jobs]
        asked = [{"facts": text, "shapes": job.shapes.turtle} for text, job in zip(triples, jobs, strict=True)]
        answer = run_worker(_WORKER, json.dumps(asked), deadline or Deadline.never())
        return [
            make_report(_read(found), job.shapes, engine=f"pyshacl {answer['version']}", facts=text)
            for found, job, text in zip(answer["answers"], jobs, triples, strict=True)
        ]


def _to_ntriples(quads: Iterable[ox.Quad]) -> str:
    """Return the facts as sorted N-Triples, each once."""
    return "".join(sorted({f"{quad.triple} .\n" for quad in quads}))


def run_worker(worker: Path, request: str, deadline: Deadline) -> Any:  # noqa: ANN401  # JSON
    """Return what a worker answers, all of it.

    Raises:
        DeadlineExceeded: too late; the process has been ended.
        BackendError: the process failed, or was ended by somebody else.
    """
    deadline.check()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-W", "ignore", str(worker)],
            input=request,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=deadline.remaining(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise deadline.exceeded() from error
    if done.returncode < 0:
        message = f"the process of pySHACL was ended by signal {-done.returncode} before it had judged everything"
        raise BackendError(message, remedy="allow more memory, or judge less at once")
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        raise BackendError(f"pySHACL failed: {last[0]}", remedy="allow more memory, or judge less at once")
    return json.loads(done.stdout)


def _read(found: dict[str, Any]) -> RawReport:
    if "error" in found:
        raise BackendError(f"pySHACL failed: {found['error']}", remedy="check the shapes: `aimsgraph` ships sound ones")
    return RawReport(tuple(RawResult(**result) for result in found["results"]), found["focus_counts"])
