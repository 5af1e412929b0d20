"""An organisation's register: its folder read, checked against the law, as systems to decide on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aimsgraph import assets
from aimsgraph.content.organisation import (
    LawIndex,
    OrganisationSource,
    check_organisation,
    law_from_content,
    read_organisation,
)
from aimsgraph.content.read import read_content
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.report import Severity
from aimsgraph.errors import InputError

WORKBOOK = ".xlsx"
"""The ending by which a register kept as one workbook is told from a folder."""


@cache
def load_law() -> LawIndex:
    """Return what registers are checked against, from the content that ships; it is read once."""
    return law_from_content(read_content([assets.path("data")]))


def load_register(folder: Path) -> OrganisationSource:
    """Read an organisation's folder or workbook; what is wrong with it stands in its findings.

    Raises:
        InputError: it cannot be read.
        UsageError: it is a workbook, and openpyxl is not installed.
    """
    return open_register(folder, load_law())


def open_register(path: Path, law: LawIndex, shown_as: str = "") -> OrganisationSource:
    """Read and check a register, kept as a folder or as one workbook.

    Args:
        path: the folder, or the `.xlsx` file.
        law: what it is checked against.
        shown_as: how messages name it; its own name when empty.

    Raises:
        InputError: it cannot be read.
        UsageError: it is a workbook, and openpyxl is not installed.
    """
    if not is_workbook(path):
        return read_organisation(path, law, shown_as)
    from aimsgraph.exchange.register_read import read_register

    return check_organisation(read_register(path, shown_as or path.name), law)


def is_workbook(path: Path) -> bool:
    """Say whether a path names a workbook rather than a folder."""
    return path.suffix.lower() == WORKBOOK and not path.is_dir()


def load_sound_register(folder: Path) -> OrganisationSource:
    """Read an organisation's folder that has no violations.

    Raises:
        InputError: the folder cannot be read, or says something wrong; the first place is named.
    """
    source = load_register(folder)
    violations = [finding for finding in source.findings if finding.severity is Severity.VIOLATION]
    if violations:
        first = violations[0]
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        raise InputError(f"{first.message}{more}", location=first.location, remedy=first.remedy)
    return source


def load_systems(folder: Path) -> list[AISystem]:
    """Return the AI systems of a folder that has no violations.

    Raises:
        InputError: the folder cannot be read, or says something wrong; the first place is named.
    """
    return list(load_sound_register(folder).systems)
