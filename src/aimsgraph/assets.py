"""Finds the folders the product ships: ontology, shapes, queries, data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aimsgraph.errors import UsageError


@cache
def root() -> Path:
    """Return the folder that holds `ontology/`, `shapes/`, `queries/` and `data/`.

    In an installed wheel that is `aimsgraph/_assets`; in a checkout the repository itself. The current
    directory and the environment are never asked.

    Raises:
        UsageError: neither is there, so the installation is broken.
    """
    package = Path(__file__).parent
    for candidate in (package / "_assets", package.parent.parent):
        if (candidate / "ontology").is_dir() and (candidate / "data").is_dir():
            return candidate
    raise UsageError(
        "the installation lacks its ontology and data folders",
        remedy="install aimsgraph again from its wheel, or run it from a complete checkout",
    )


def path(*parts: str) -> Path:
    """Return a path below the asset root."""
    return root().joinpath(*parts)
