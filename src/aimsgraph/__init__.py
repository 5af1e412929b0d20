"""aimsgraph: a knowledge graph of AI law, AI standards and the organisation that must live with them.

>>> import aimsgraph
>>> g = aimsgraph.open_graph(today="2026-11-23")
>>> [v["key"] for v in g.show("eu-ai-act:Art.4")["versions"]]
['oj', '2026-07-27']

Nothing here claims that anybody complies with anything: conformity with ISO/IEC 42001 gives no presumption of
conformity with the AI Act, and the graph says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimsgraph.version import __version__

if TYPE_CHECKING:
    from aimsgraph.api import AimsGraph, open_graph
    from aimsgraph.client import AsyncClient, Client
    from aimsgraph.errors import AimsgraphError

__all__ = ["AimsGraph", "AimsgraphError", "AsyncClient", "Client", "__version__", "open_graph"]

_HOMES = {
    "AimsGraph": "aimsgraph.api",
    "AimsgraphError": "aimsgraph.errors",
    "AsyncClient": "aimsgraph.client",
    "Client": "aimsgraph.client",
    "open_graph": "aimsgraph.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the public names when they are first used, so that `import aimsgraph` costs next to nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'aimsgraph' has no attribute {name!r}")
