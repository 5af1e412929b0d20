"""An organisation's register: its folder read, checked against the law, as systems to decide on."""

from __future__ import annotations

from pathlib import Path

from aimsgraph import assets
from aimsgraph.content.organisation import OrganisationSource, law_from_content, read_organisation
from aimsgraph.content.read import read_content
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.report import Severity
from aimsgraph.errors import InputError


def load_register(folder: Path) -> OrganisationSource:
    """Read an organisation's folder; what is wrong with it stands in its findings.

    Raises:
        InputError: the folder cannot be read.
    """
    return read_organisation(folder, law_from_content(read_content([assets.path("data")])))


def load_systems(folder: Path) -> list[AISystem]:
    """Return the AI systems of a folder that has no violations.

    Raises:
        InputError: the folder cannot be read, or says something wrong; the first place is named.
    """
    register = load_register(folder)
    violations = [finding for finding in register.findings if finding.severity is Severity.VIOLATION]
    if violations:
        first = violations[0]
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        raise InputError(f"{first.message}{more}", location=first.location, remedy=first.remedy)
    return list(register.systems)
