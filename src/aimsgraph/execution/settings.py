"""What a template is told: the program's settings and how much a worker may have."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

from aimsgraph.domain.time import Moment
from aimsgraph.settings import Settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TemplateSettings:
    """The settings of one dataset's processes.

    Attributes:
        program: which store, which overlays, which day is today.
        organisation: the folder or workbook of an organisation whose register the store holds beside the content.
        moment: the day for which what the register comes to is derived, and the law as known; today when left out.
        worker_memory_bytes: how much address space a query may add to what its worker starts with.
    """

    program: Settings = field(default_factory=Settings)
    organisation: Path | None = None
    moment: Moment | None = None
    worker_memory_bytes: int = 2048 * MEGABYTE

    def to_json(self) -> bytes:
        """Return the settings as JSON, for the other process."""
        return json.dumps(
            {
                "store": self.program.store,
                "data": [str(path) for path in self.program.data],
                "today": self.program.today.isoformat() if self.program.today else None,
                "organisation": str(self.organisation) if self.organisation else None,
                "moment": [str(self.moment.on), str(self.moment.law_as_of)] if self.moment else None,
                "worker_memory_bytes": self.worker_memory_bytes,
            }
        ).encode()

    @classmethod
    def from_json(cls, text: bytes) -> TemplateSettings:
        """Return the settings that `to_json` wrote."""
        said = json.loads(text)
        return cls(
            Settings(
                store=said["store"],
                data=tuple(Path(path) for path in said["data"]),
                today=dt.date.fromisoformat(said["today"]) if said["today"] else None,
            ),
            Path(said["organisation"]) if said["organisation"] else None,
            Moment(*map(dt.date.fromisoformat, said["moment"])) if said["moment"] else None,
            said["worker_memory_bytes"],
        )
