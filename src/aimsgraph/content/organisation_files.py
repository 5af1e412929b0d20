"""Finds and reads the files of an organisation's folder.

```text
organisation.yaml     who the organisation is
systems/<id>.yaml     one AI system a file
people.csv            who works there, in which role, with which competence
controls.csv          what was set up to carry out controls and meet duties
soa.csv               the decision on each control of Annex A
risks.csv             risks, their treatment and acceptance
impacts/<id>.yaml     one assessment of effects on people a file
evidence.csv          what shows that something is so; the files themselves in evidence/
suppliers.csv         who supplies what, and what the contract secures
audits.yaml           audits, their findings, management reviews, certificates
incidents.csv         what went wrong, and who was told when
policies/<id>.yaml    one controlled document a file
```

Only `organisation.yaml` must be there; a name that is not known is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from aimsgraph.content.organisation_csv import read_csv
from aimsgraph.content.organisation_models import OrganisationFile, SystemFile, check_model, suggest
from aimsgraph.content.register_models import AuditsFile, ImpactFile, PolicyFile
from aimsgraph.content.register_tables import TABLES, columns_of
from aimsgraph.content.tables import Row, Table
from aimsgraph.content.yaml_source import YamlSource, read_yaml
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location

M = TypeVar("M", bound=BaseModel)

HEADER = "organisation.yaml"
AUDITS = "audits.yaml"
README = "README.md"
FILES = (HEADER, *TABLES, AUDITS, README)
SYSTEMS = "systems"
IMPACTS = "impacts"
POLICIES = "policies"
EVIDENCE = "evidence"
YAML_FOLDERS = (SYSTEMS, IMPACTS, POLICIES)
FOLDERS = (*YAML_FOLDERS, EVIDENCE)


@dataclass(frozen=True, slots=True)
class Document(Generic[M]):
    """A YAML file that was read, with where its values stand."""

    model: M
    yaml: YamlSource


@dataclass(frozen=True, slots=True)
class OrganisationFiles:
    """The folder as read.

    Attributes:
        folder: where the files lie; evidence is looked up in it.
        shown_as: how messages name the folder.
        header: `organisation.yaml`; None when it has findings.
        systems: the system files without findings of their own, in order of their ids.
        impacts: likewise the impact assessments.
        policies: likewise the controlled documents.
        audits: `audits.yaml`; None when there is none, or it has findings.
        tables: the tables that are there, by file name.
        findings: what was wrong with single fields, cells and file names.
        parts: for what is kept in another way than as a folder: which path of the folder each place stands for.
    """

    folder: Path
    shown_as: str
    header: Document[OrganisationFile] | None
    systems: tuple[Document[SystemFile], ...]
    impacts: tuple[Document[ImpactFile], ...]
    policies: tuple[Document[PolicyFile], ...]
    audits: Document[AuditsFile] | None
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...]
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def people(self) -> tuple[Row, ...]:
        """The rows of `people.csv`."""
        return self.rows("people.csv")

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a table, none when it is not there."""
        return self.tables[name].rows if name in self.tables else ()

    def path_of(self, where: Location) -> str:
        """Return the path in the folder that a place stands in, or begins with."""
        return self.parts.get(where.file) or where.file.removeprefix(f"{self.shown_as}/")


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
    tables = {
        name: read_csv(folder / name, f"{shown_as}/{name}", columns_of(name))
        for name in TABLES
        if (folder / name).exists()
    }
    findings += [finding for table in tables.values() for finding in table.findings]
    audits = None
    if (folder / AUDITS).exists():
        audits = _read(AuditsFile, folder / AUDITS, f"{shown_as}/{AUDITS}", findings)
    return OrganisationFiles(
        folder,
        shown_as,
        header,
        _read_folder(SystemFile, folder / SYSTEMS, f"{shown_as}/{SYSTEMS}", findings),
        _read_folder(ImpactFile, folder / IMPACTS, f"{shown_as}/{IMPACTS}", findings),
        _read_folder(PolicyFile, folder / POLICIES, f"{shown_as}/{POLICIES}", findings),
        audits,
        tables,
        tuple(findings),
    )


def _read_folder(model: type[M], folder: Path, shown_as: str, findings: list[Finding]) -> tuple[Document[M], ...]:
    paths = sorted(folder.glob("*.yaml"), key=lambda path: path.stem)
    read = [_read(model, path, f"{shown_as}/{path.name}", findings) for path in paths if not path.name.startswith(".")]
    return tuple(document for document in read if document)


def _read(model: type[M], path: Path, shown_as: str, findings: list[Finding]) -> Document[M] | None:
    source = read_yaml(path, shown_as)
    value, problems = check_model(model, source)
    findings += problems
    return Document(value, source) if value is not None else None


def _check_names(folder: Path, shown_as: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name in YAML_FOLDERS:
            yield from _check_folder(path, f"{shown_as}/{path.name}")
        elif path.is_dir() and path.name != EVIDENCE:
            yield _unknown_name(f"{shown_as}/{path.name}", "folder", path.name, FOLDERS)
        elif not path.is_dir() and path.name not in FILES:
            yield _unknown_name(f"{shown_as}/{path.name}", "file", path.name, FILES)


def _check_folder(folder: Path, shown_as: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and (path.suffix != ".yaml" or path.is_dir()):
            where = Location(f"{shown_as}/{path.name}")
            remedy = f"did you mean {path.stem + '.yaml'!r}?"
            yield Finding("UNKNOWN_FILE", f"{path.name!r} is no YAML file of ours", where, remedy)


def _unknown_name(shown_as: str, what: str, name: str, known: tuple[str, ...]) -> Finding:
    return Finding("UNKNOWN_FILE", f"unknown {what} {name!r}", Location(shown_as), suggest(name, known))
