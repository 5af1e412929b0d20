"""Put ontology, shapes, queries and data inside the wheel.

The top-level folders are the single source. A standard wheel carries a copy under `aimsgraph/_assets`; an
editable install carries none and reads the checkout, so an edit is seen at once.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSET_FOLDERS = ("ontology", "shapes", "queries", "data")


class AssetsHook(BuildHookInterface[Any]):
    """Adds the asset folders to standard wheels only."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend `force_include` unless the wheel is an editable one."""
        if version == "standard":
            for folder in ASSET_FOLDERS:
                build_data["force_include"][f"{self.root}/{folder}"] = f"aimsgraph/_assets/{folder}"
