"""Put ontology, shapes, queries, data and the pages on problems inside the wheel.

The top-level folders are the single source. A standard wheel carries a copy under `aimsgraph/_assets`; an
editable install carries none and reads the checkout, so an edit is seen at once.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSET_FOLDERS = ("ontology", "shapes", "queries", "data", "docs/problems")
LEFT_OUT = "data/examples/faulty"
"""Registers with seeded faults: the tests need them, an installed program does not."""


class AssetsHook(BuildHookInterface[Any]):
    """Adds the asset folders to standard wheels only."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend `force_include` unless the wheel is an editable one."""
        if version == "standard":
            root = Path(self.root)
            for folder in ASSET_FOLDERS:
                for path in shipped_parts(root / folder, root / LEFT_OUT):
                    build_data["force_include"][str(path)] = f"aimsgraph/_assets/{path.relative_to(root).as_posix()}"


def shipped_parts(path: Path, left_out: Path) -> Iterator[Path]:
    """Yield the path, or the parts of it that remain without what is left out."""
    if path in left_out.parents:
        for child in sorted(path.iterdir()):
            yield from shipped_parts(child, left_out)
    elif path != left_out:
        yield path
