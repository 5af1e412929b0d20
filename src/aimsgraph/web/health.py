"""`/healthz`, `/readyz` and `/version`: for those who watch the server."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from aimsgraph.version import __version__
from aimsgraph.web.service import Service


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["Operation"])

    @router.get("/healthz", summary="Whether the process lives")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Whether queries are answered")
    async def readyz(response: Response) -> dict[str, Any]:
        ready = service.room.is_ready
        if not ready:
            response.status_code = 503
        return {"ready": ready, "busy": service.room.busy, "queued": service.room.queued}

    @router.get("/version", summary="Which program and which content")
    async def version() -> dict[str, Any]:
        return {"version": __version__, "graph_version": service.generation}

    return router
