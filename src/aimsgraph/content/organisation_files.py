"""Finds and reads the files of an organisation's folder.

```text
organisation.yaml     who the organisation is
systems/<id>.yaml     one AI system a file
people.csv            who works there, in which role, with which competence
```

The other files of the format are known by name and not compiled yet; a name that is not known is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from aimsgraph.content.organisation_csv import PEOPLE, read_csv
from aimsgraph.content.organisation_models import OrganisationFile, SystemFile, check_model, suggest
from aimsgraph.content.tables import Row, Table
from aimsgraph.content.yaml_source import YamlSource, read_yaml
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location

M = TypeVar("M", bound=BaseModel)

HEADER = "organisation.yaml"
COMPILED_FILES = (HEADER, "people.csv", "README.md")
OTHER_FILES = (
    "controls.csv",
    "soa.csv",
    "risks.csv",
    "evidence.csv",
    "suppliers.csv",
    "audits.yaml",
    "incidents.csv",
)
SYSTEMS = "systems"
OTHER_FOLDERS = ("impacts", "policies")


@dataclass(frozen=True, slots=True)
class Document(Generic[M]):
    """A YAML file that was read, with where its values stand."""

    model: M
    yaml: YamlSource


@dataclass(frozen=True, slots=True)
class OrganisationFiles:
    """The folder as read.

    Attributes:
        header: `organisation.yaml`; None when it has findings.
        systems: the system files without findings of their own, in order of their ids.
        people_table: `people.csv`; None when there is none.
        not_compiled: files of the format that are there and not compiled yet.
        findings: what was wrong with single fields, cells and file names.
    """

    header: Document[OrganisationFile] | None
    systems: tuple[Document[SystemFile], ...]
    people_table: Table | None
    not_compiled: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def people(self) -> tuple[Row, ...]:
        """The rows of `people.csv`."""
        return self.people_table.rows if self.people_table else ()


def read_files(folder: Path, shown_as: str) -> OrganisationFiles:
    """Read the folder.

    Args:
        folder: the organisation's folder.
        shown_as: how messages name the folder.

    Raises:
        InputError: the folder or `organisation.yaml` is missing, or a file is not what it claims to be.
    """
    if not folder.is_dir():
        raise InputError(
            "there is no such organisation folder",
            location=Location(str(folder)),
            remedy="give an existing folder",
        )
    findings = list(_check_names(folder, shown_as))
    header = _read(OrganisationFile, folder / HEADER, f"{shown_as}/{HEADER}", findings)
    systems = [
        _read(SystemFile, path, f"{shown_as}/{SYSTEMS}/{path.name}", findings)
        for path in sorted(folder.glob(f"{SYSTEMS}/*.yaml"), key=lambda path: path.stem)
        if not path.name.startswith(".")
    ]
    people = None
    if (folder / "people.csv").exists():
        people = read_csv(folder / "people.csv", f"{shown_as}/people.csv", PEOPLE)
        findings += people.findings
    waiting = [name for name in OTHER_FILES if (folder / name).exists()]
    waiting += [f"{name}/{path.name}" for name in OTHER_FOLDERS for path in sorted(folder.glob(f"{name}/*.yaml"))]
    return OrganisationFiles(header, tuple(s for s in systems if s), people, tuple(waiting), tuple(findings))


def _read(model: type[M], path: Path, shown_as: str, findings: list[Finding]) -> Document[M] | None:
    source = read_yaml(path, shown_as)
    value, problems = check_model(model, source)
    findings += problems
    return Document(value, source) if value is not None else None


def _check_names(folder: Path, shown_as: str) -> Iterator[Finding]:
    files, folders = (*COMPILED_FILES, *OTHER_FILES), (SYSTEMS, *OTHER_FOLDERS)
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name in folders:
            yield from _check_folder(path, f"{shown_as}/{path.name}")
        elif path.is_dir():
            yield _unknown_name(f"{shown_as}/{path.name}", "folder", path.name, folders)
        elif path.name not in files:
            yield _unknown_name(f"{shown_as}/{path.name}", "file", path.name, files)


def _check_folder(folder: Path, shown_as: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and (path.suffix != ".yaml" or path.is_dir()):
            where = Location(f"{shown_as}/{path.name}")
            remedy = f"did you mean {path.stem + '.yaml'!r}?"
            yield Finding("UNKNOWN_FILE", f"{path.name!r} is no YAML file of ours", where, remedy)


def _unknown_name(shown_as: str, what: str, name: str, known: tuple[str, ...]) -> Finding:
    return Finding("UNKNOWN_FILE", f"unknown {what} {name!r}", Location(shown_as), suggest(name, known))
