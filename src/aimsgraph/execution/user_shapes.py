"""Shapes of the user's own: read and run in a process that has no network, little memory and little time.

A pattern can backtrack without end, a query can join everything with everything, a file can unfold to gigabytes. So not
even reading happens in this process: a worker reads the files and says what shapes they hold, a second one judges.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from aimsgraph.domain.report import Severity
from aimsgraph.errors import (
    BackendError,
    DeadlineExceeded,
    InputError,
    Location,
    Refused,
    ResourcesExceeded,
    UsageError,
)
from aimsgraph.graph.store import Deadline
from aimsgraph.validation.compiled.fallback import to_ntriples
from aimsgraph.validation.report import SEVERITIES, RawReport, RawResult, Report, make_report
from aimsgraph.validation.shapes import Shape, ShapeSet

SECONDS: Final = 60.0
MEMORY: Final = 1024 * 1024 * 1024
MOST_BYTES: Final = 10 * 1024 * 1024
"""A file of shapes is at most so long."""
_ERRORS: Final[dict[str, type[InputError | Refused | BackendError]]] = {
    "input": InputError, "refused": Refused, "backend": BackendError,
}  # fmt: skip
_SIMPLER: Final = "make the shapes simpler"


class UserShapes:
    """Shapes from files; implements `FurtherShapes`.

    Args:
        files: the files, in any syntax of RDF whose ending tells what it is.
        taken: names that findings of other shapes go by.
        fallback: whether pySHACL may judge what cannot be compiled; if not, such shapes are an error.
        seconds: the longest that reading, or judging one register, may take.
        memory: how many bytes of memory each may add.
    """

    def __init__(
        self,
        files: Sequence[Path],
        *,
        taken: Collection[str] = (),
        fallback: bool = True,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self._files = files
        self._taken = taken
        self._fallback = fallback
        self._seconds = seconds
        self._memory = memory

    @property
    def shapes(self) -> ShapeSet:
        """The shapes that have targets."""
        return self._read[0]

    @property
    def terms(self) -> frozenset[str]:
        """Every IRI that the files name."""
        return self._read[1]

    @property
    def statements(self) -> tuple[str, ...]:
        """What the files ask for that nothing here does."""
        return self._read[3]

    @cached_property
    def _read(self) -> tuple[ShapeSet, frozenset[str], str, tuple[str, ...]]:
        """The shapes, the IRIs, all triples, and what is not done.

        Raises:
            InputError: a file cannot be read, or a shape is ill-formed.
            UsageError: the files hold no shape with a target.
        """
        given = [_given(path) for path in self._files]
        answer = self._run({"do": "read", "files": given}, Deadline(self._seconds))
        if not answer["shapes"]:
            names = ", ".join(str(path) for path in self._files)
            raise UsageError(
                f"{names}: no shape there has a target", remedy="give a shape sh:targetClass or another target"
            )
        local = Counter(_local(found["iri"]) for found in answer["shapes"])
        taken = {*self._taken, *(name for name, times in local.items() if times > 1)}
        shapes = ShapeSet(tuple(_shape(found, taken) for found in answer["shapes"]))
        return shapes, frozenset(answer["terms"]), answer["triples"], tuple(answer["statements"])

    def judge(self, facts: Iterable[ox.Triple], deadline: Deadline | None = None) -> Report:
        """Judge facts.

        Raises:
            DeadlineExceeded: too late; the process has been ended.
            ResourcesExceeded: it wanted more memory than it may have.
            Refused: a shape cannot be judged; the first is named with the reason.
            BackendError: the process failed.
        """
        shapes, _, triples, _ = self._read
        text = to_ntriples(facts)
        asked = {"do": "judge", "facts": text, "shapes": triples, "fallback": self._fallback}
        if deadline is not None:
            deadline.check()
        left = None if deadline is None else deadline.remaining()
        try:
            answer = self._run(asked, Deadline(self._seconds if left is None else min(self._seconds, left)))
        except (Refused, BackendError) as error:
            files = {shape.location.file for shape in shapes.shapes if f"<{shape.iri}>" in error.message}
            if files:
                error.location = Location(", ".join(sorted(files)))
            raise
        raw = RawReport(tuple(RawResult(**each) for each in answer["results"]), answer["focus_counts"])
        report = make_report(raw, shapes, engine="compiled", facts=text)
        names = {shape.iri: shape.name for shape in shapes.shapes}
        engines = {names[iri]: engine for iri, engine in answer["engines"].items() if iri in names}
        return Report(
            report.results, report.focus_counts, {**report.engines, **engines}, report.dataset_digest, report.unjudged,
            report.may_be_empty,
        )  # fmt: skip

    def _run(self, asked: dict[str, Any], deadline: Deadline) -> Any:  # noqa: ANN401  # JSON
        command = [sys.executable, "-P", "-W", "ignore", "-m", "aimsgraph.execution.user_shapes_worker"]
        # A group of its own, so that pySHACL, which the worker starts, ends with it.
        with subprocess.Popen(
            [*command, str(self._memory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", start_new_session=True,
        ) as worker:  # fmt: skip
            try:
                output, _ = worker.communicate(json.dumps(asked), timeout=deadline.remaining())
            except subprocess.TimeoutExpired as error:
                message = f"your shapes were not through within {round(deadline.seconds or 0, 2):g} s"
                raise DeadlineExceeded(message, remedy=f"{_SIMPLER}, or allow more time with --timeout") from error
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(worker.pid, signal.SIGKILL)
        if worker.returncode:
            raise ResourcesExceeded(
                f"your shapes wanted more than {self._memory // 2**20} MB of memory, or broke the engine",
                remedy=_SIMPLER,
                location=Location(", ".join(map(str, self._files))),
            )
        answer = json.loads(output)
        if "error" in answer:
            raise _error(answer["error"])
        return answer


def _given(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"the file has more than {MOST_BYTES // 2**20} MB", location=Location(str(path)), remedy="split it"
            )
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(
            f"cannot read the shapes: {why}",
            location=Location(str(path)),
            remedy="check that it exists and may be read",
        ) from error
    return {"name": str(path), "text": text}


def _local(iri: str) -> str:
    return re.split(r"[/#:]", iri)[-1] or iri


def _shape(found: dict[str, str], taken: Collection[str]) -> Shape:
    name = _local(found["iri"])
    return Shape(
        name=found["iri"] if name in taken else name,
        iri=found["iri"],
        code="",
        message=found["message"],
        severity=SEVERITIES.get(found["severity"], Severity.VIOLATION),
        provisions=(),
        remedy=found["remedy"],
        questions=(),
        profiles=(),
        may_be_empty="",
        location=Location(found["file"]),
        triples=(),
    )


def _error(said: dict[str, Any]) -> Exception:
    where = Location(said["file"], said["line"], said["column"]) if said["file"] else None
    return _ERRORS[said["kind"]](said["message"], remedy=said["remedy"], location=where)
