"""What a report is about: an organisation on a day, the register it was read from, and what every report says first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.compliance.posture import Posture
from aimsgraph.content.register_rules import digest_of
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.model import Report, Section
from aimsgraph.version import __version__

Json = dict[str, Any]
_TABLES = ("*.csv", "*.yaml", "systems/*.yaml", "impacts/*.yaml", "policies/*.yaml")
"""Where the files of a register stand in its folder."""


@dataclass(frozen=True)
class Case:
    """What reports are made of.

    Attributes:
        graph: what was asked.
        posture: where the organisation stands.
        path: the folder or workbook of its register.
        system: the id of the one AI system asked about; all when empty.
        min_status: the least weight of the mappings used.
        without: what is left out, of `people` and `evidence`.
    """

    graph: AimsGraph
    posture: Posture
    path: Path
    system: str = ""
    min_status: str = "reviewed"
    without: tuple[str, ...] = ()

    @cached_property
    def coverage(self) -> Json:
        """How far each duty is covered, as `coverage` answers it."""
        return self._framed(answers.coverage(self.graph, self.posture))

    @cached_property
    def gaps(self) -> Json:
        """What is missing, as `gaps` answers it."""
        return self._framed(self.posture.gaps().to_dict())

    @cached_property
    def soa(self) -> Json:
        """The statement of applicability, as `soa` answers it."""
        return self._framed(self.posture.soa().to_dict())

    @cached_property
    def readiness(self) -> Json:
        """How ready the management system is, as `readiness` answers it."""
        return self._framed(answers.readiness(self.posture))

    @cached_property
    def people(self) -> dict[str, str]:
        """Name of a person by id; numbers where names are left out."""
        return {person.id: person.name or person.id for person in self.posture.register.people}

    @cached_property
    def register_files(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of each file of the register, in order of name."""
        if self.path.is_file():
            return ((self.path.name, digest_of(self.path)),)
        found = {path for pattern in _TABLES for path in self.path.glob(pattern) if path.is_file()}
        named = {path.relative_to(self.path).as_posix(): path for path in found}
        return tuple((name, digest_of(named[name])) for name in sorted(named))

    @cached_property
    def register_digest(self) -> str:
        """SHA-256 over the files of the register: of the lines that `sha256sum` prints for them."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.register_files)
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def label(self) -> str:
        """The name of the organisation."""
        return self.posture.register.organisation.label

    def label_of(self, reference: str) -> str:
        """Return the label of a reference; empty when the index has none."""
        entry = self.graph.index.by_reference.get(reference)
        return entry.label if entry else ""

    def report(
        self, name: str, title: str, sections: Sequence[Section], sheets: Sequence[AnswerTable],
        notes: Sequence[str] = (),
    ) -> Report:  # fmt: skip
        """Return a report that says first what every report has to say."""
        frame = self._framed({})
        warnings = [f"Warning: {warning}." for warning in frame["warnings"]]
        left_out = [f"Left out: {each}." for each in frame["left_out"]]
        return Report(
            name, title, self.label, self._facts(frame), (*warnings, *left_out, *notes), frame["does_not_claim"],
            tuple(sections), tuple(sheets),
        )  # fmt: skip

    def _facts(self, frame: Json) -> tuple[tuple[str, str], ...]:
        return (
            ("day asked about", frame["on"]),
            ("law as known on", frame["law_as_of"]),
            ("facts checked up to", frame["data_current_to"]),
            ("made on", self.graph.moment().on.isoformat()),
            ("AI systems", self.system or "all"),
            ("mappings used", f"{self.min_status} or better"),
            ("made with", f"aimsgraph {__version__}"),
            ("version of the dataset (SHA-256 of its quads)", frame["graph_version"]),
            ("register (SHA-256 of its files)", self.register_digest),
        )

    def _framed(self, body: Json) -> Json:
        return answers.of_posture(self.graph, self.posture, body, self.without)
