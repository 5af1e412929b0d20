"""`/metrics`: what the server did, in the form Prometheus reads."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from aimsgraph.version import __version__
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.service import Service

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The figures of one server."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "aimsgraph_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "aimsgraph_request_seconds", "Time from a request to the end of its answer", ["route"],
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        for name, text, value in (
            ("aimsgraph_queries_running", "Queries that run", lambda: service.room.busy),
            ("aimsgraph_queries_waiting", "Queries that wait for a worker", lambda: service.room.queued),
            ("aimsgraph_workers_ended", "Workers ended before their answer was complete", lambda: service.room.ended),
        ):
            Gauge(name, text, registry=self.registry).set_function(value)
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._service = service
        self._info = Gauge(
            "aimsgraph_info", "Which program and content", ["version", "graph_version"], registry=self.registry
        )

    def render(self) -> bytes:
        """Return the figures as they are now."""
        self._info.clear()
        self._info.labels(__version__, self._service.generation).set(1)
        return generate_latest(self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        known = method if method in _METHODS else "other"  # a label for every word somebody sends would fill memory
        counted = self._known.get((known, route, status))
        if counted is None:
            counted = self._requests.labels(known, route, str(status)), self._seconds.labels(route)
            self._known[known, route, status] = counted
        counted[0].inc()
        counted[1].observe(seconds)


def routes(service: Service, metrics: Metrics) -> APIRouter:
    """Return the route; reading it needs what reading anything needs."""
    router = APIRouter(tags=["Operation"])

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    async def get_metrics(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
