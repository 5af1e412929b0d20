"""What the checks of a register share: which names are known, and the small rules that hold for every record.

A name is not looked up in a file that has mistakes of its own: what is missing there may just have not been read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aimsgraph.content.organisation_check import unknown_reference
from aimsgraph.content.organisation_files import (
    AUDITS,
    HEADER,
    IMPACTS,
    POLICIES,
    SYSTEMS,
    OrganisationFiles,
)
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.tables import Row
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import Location

Place = Callable[[str], Location]
"""Gives where a field of the record at hand stands."""

_WHERE_KEPT = {
    "person": ("people.csv",),
    "agent": ("people.csv", HEADER, "suppliers.csv"),
    "organisation": (HEADER, "suppliers.csv"),
    "implementation": ("controls.csv",),
    "risk": ("risks.csv",),
    "impact assessment": (f"{IMPACTS}/",),
    "supplier": ("suppliers.csv",),
    "evidence": ("evidence.csv",),
    "document": (f"{POLICIES}/",),
    "system": (f"{SYSTEMS}/",),
    "model": (f"{SYSTEMS}/",),
    "dataset": (f"{SYSTEMS}/",),
    "audit": (AUDITS,),
    "finding": (AUDITS,),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Every name a record may use.

    Attributes:
        files: the folder.
        law: the law.
        ids: the ids by kind.
        unsure: the kinds of which not every id may have been read.
    """

    files: OrganisationFiles
    law: LawIndex
    ids: Mapping[str, tuple[str, ...]]
    unsure: frozenset[str]

    @classmethod
    def of(cls, files: OrganisationFiles, law: LawIndex) -> Names:
        """Collect the ids of all files; `organisation.yaml` must be sound."""
        assert files.header is not None
        header = files.header.model
        people = tuple(row["id"] for row in files.people)
        suppliers = tuple(row["id"] for row in files.rows("suppliers.csv"))
        firms = (header.slug, *(agent.id for agent in header.agents), *suppliers)
        audits = files.audits.model if files.audits else None
        models = [model for system in files.systems for model in system.model.models]
        ids = {
            "person": people,
            "agent": (*firms, *people),
            "organisation": firms,
            "implementation": tuple(row["id"] for row in files.rows("controls.csv")),
            "risk": tuple(row["id"] for row in files.rows("risks.csv")),
            "impact assessment": tuple(impact.model.id for impact in files.impacts),
            "supplier": suppliers,
            "evidence": tuple(row["id"] for row in files.rows("evidence.csv")),
            "document": tuple(policy.model.id for policy in files.policies),
            "system": tuple(system.model.id for system in files.systems),
            "model": tuple(model.id for model in models if model.name),
            "dataset": tuple(dataset.id for system in files.systems for dataset in system.model.datasets),
            "audit": tuple(audit.id for audit in audits.programme) if audits else (),
            "finding": tuple(finding.id for finding in audits.findings) if audits else (),
        }
        broken = {files.path_of(finding.location) for finding in files.findings}
        unsure = {
            kind
            for kind, starts in _WHERE_KEPT.items()
            if any(
                file == start or (start.endswith("/") and file.startswith(start)) for file in broken for start in starts
            )
        }
        return cls(files, law, ids, frozenset(unsure))

    def refer(self, value: str | None, where: Location, *kinds: str, also: tuple[str, ...] = ()) -> Iterator[Finding]:
        """Check that a name stands for a thing of one of these kinds, or is one of some further words."""
        if not value or any(kind in self.unsure for kind in kinds):
            return
        known = [id_ for kind in kinds for id_ in self.ids[kind]]
        yield from unknown_reference(" or ".join(kinds), value, (*also, *known), where)

    def refer_provision(self, value: str, where: Location) -> Iterator[Finding]:
        """Check the reference of a clause, control, article or annex point."""
        if self.law.resolve(value) is None:
            yield from unknown_reference("provision", value, (r for r in self.law.references if r != value), where)

    def refer_statement(self, value: str, where: Location) -> Iterator[Finding]:
        """Check the reference of a statement, or of a provision that holds exactly one."""
        if self.law.statement(value) is not None:
            return
        held = self.law.stated_in.get(value, ())
        if held:
            remedy = f"name the one that is meant: {', '.join(held)}"
            yield Finding("MANY_STATEMENTS", f"{value!r} holds {len(held)} statements", where, remedy)
        else:
            yield from unknown_reference("statement", value, (r for r in self.law.statements if r != value), where)

    def refer_control(self, value: str, where: Location, also: tuple[str, ...] = ()) -> Iterator[Finding]:
        """Check the reference of a control that a framework lists."""
        if value not in also and self.law.control(value) is None:
            known = (r for r in (*also, *self.law.controls) if r != value)
            yield from unknown_reference("control", value, known, where)

    def refer_law(self, value: str, where: Location) -> Iterator[Finding]:
        """Check the reference of a statement or of any provision."""
        if self.law.find(value) is None:
            known = (r for r in (*self.law.statements, *self.law.references) if r != value)
            yield from unknown_reference("statement or provision", value, known, where)

    def refer_paper(self, value: str | None, where: Location) -> Iterator[Finding]:
        """Check what stands for a document: an id of ours, a path in the folder, or a web address."""
        papers = (*self.ids["document"], *self.ids["evidence"])
        if not value or value in papers or is_web_address(value):
            return
        if "/" in value or "." in value:
            yield from check_path(self.files.folder, value, where)
        else:
            yield from self.refer(value, where, "document", "evidence")


def is_web_address(value: str) -> bool:
    """Say whether a location is an address rather than a path in the folder."""
    return "://" in value


def check_path(folder: Path, value: str, where: Location) -> Iterator[Finding]:
    """Check that a path names a file inside the folder."""
    path = find_file(folder, value)
    if path is None:
        remedy = "write a path below this folder, such as evidence/report.txt, or a web address"
        yield Finding("FILE_OUTSIDE", f"{value!r} leads out of the folder", where, remedy)
    elif not _is_file(path):
        yield Finding("FILE_MISSING", f"there is no file {value!r} in the folder", where, "add it, or mend the path")


def find_file(folder: Path, value: str) -> Path | None:
    """Return the file a path names, None when it lies outside the folder."""
    try:
        path = (folder / value).resolve()
        return path if path.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):  # a loop of links; a name no file can have
        return folder / ".." / "no-such-file"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def digest_of(path: Path) -> str:
    """Return the SHA-256 digest of a file, empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def day_of(row: Row, name: str) -> dt.date | None:
    """Return a day, None when the cell is empty or holds none, which has been said already."""
    try:
        return row.date(name)
    except ValueError:
        return None


def check_order(
    place: Place, first: str, earlier: dt.date | None, second: str, later: dt.date | None, *, strictly: bool = False
) -> Iterator[Finding]:
    """Check that one day does not lie before another, or lies after it."""
    if earlier is None or later is None or later > earlier or (later == earlier and not strictly):
        return
    words = "is not after" if strictly else "lies before"
    message = f"{second!r} ({later}) {words} {first!r} ({earlier})"
    yield Finding("DATES_ORDER", message, place(second), "check both days")


def check_pair(place: Place, given: Mapping[str, object]) -> Iterator[Finding]:
    """Check that of two fields that belong together both are filled in, or none."""
    filled = [name for name, value in given.items() if value]
    if len(filled) == 1:
        lacking = next(name for name in given if name not in filled)
        message = f"{filled[0]!r} is given without {lacking!r}"
        yield Finding("INCOMPLETE", message, place(filled[0]), f"add {lacking!r}, or delete {filled[0]!r}")


def warn(rule: str, message: str, where: Location, remedy: str) -> Finding:
    """Return a finding that does not keep the folder from being used."""
    return Finding(rule, message, where, remedy, Severity.WARNING)
