"""The crosswalk explorer: two frameworks, heading against heading, down to rows with proofs."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.domain.time import Moment
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.provision import MAPPED
from aimsgraph.web.pages.shell import Json, choice, moment_of, page_router, show
from aimsgraph.web.requests import Parameters, query_parameters
from aimsgraph.web.service import Service

STATUSES = ("candidate", "reviewed", "accepted")
RELATIONS = ("equal", "covers", "covered-by", "overlaps", "disjoint", "contradiction", "unknown")
CELLS = {
    "equal": "fully", "covers": "fully", "covered-by": "partly", "overlaps": "partly", "disjoint": "none",
    "contradiction": "contested", "unknown": "unknown",
}  # fmt: skip
"""How much of a column's heading a row's heading answers, by how they lie to each other."""
MARKS = {"fully": "●", "partly": "◐", "none": "○", "contested": "!", "unknown": "?"}


def routes(service: Service) -> APIRouter:
    """Return the route."""
    router = page_router()

    @router.get("/crosswalk")
    async def crosswalk(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        asked = _Asked.of(query_parameters(request))
        return await show(
            service, request, "crosswalk.html", lambda graph: _found(graph, moment_of(graph, request), asked)
        )

    return router


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: frameworks, filters, and the part of the matrix that is opened."""

    one: str
    other: str
    status: str
    hops: int
    relation: str
    row: str
    column: str

    @classmethod
    def of(cls, given: Parameters) -> _Asked:
        """Return what the address says."""
        return cls(
            choice(given, "from", MAPPED, "iso-42001"),
            choice(given, "to", MAPPED, "eu-ai-act"),
            choice(given, "min_status", STATUSES, "reviewed"),
            int(choice(given, "max_hops", ("1", "2", "3"), "1")),
            choice(given, "relation", ("", *RELATIONS), ""),
            given.one("row") or "",
            given.one("column") or "",
        )


def _found(graph: AimsGraph, moment: Moment, asked: _Asked) -> Json:
    found = answers.matrix(
        graph, asked.one, asked.other, min_status=asked.status, max_hops=asked.hops, on=moment.on,
        law_as_of=moment.law_as_of,
    )  # fmt: skip
    cells = {(cell["row"], cell["column"]): {**cell, "state": CELLS[cell["summary"]]} for cell in found["cells"]}
    return {
        "asked": asked, "frameworks": MAPPED, "statuses": STATUSES, "relations": RELATIONS, "found": found,
        "cells": cells, "marks": MARKS,
        "rows": _rows(graph, moment, asked) if asked.row or asked.column else None,
        "names": Names(graph), "moment": moment,
    }  # fmt: skip


def _rows(graph: AimsGraph, moment: Moment, asked: _Asked) -> list[Json]:
    """Return the answers in a row of the matrix, in a column, or in one cell."""
    crosswalks, index = graph.crosswalks, graph.index
    items = crosswalks.items_of(asked.one, moment)
    wanted = [crosswalks.name(iri) for iri in items if not asked.row or graph.heading(iri) == asked.row]
    found = answers.crosswalk(
        graph, wanted, asked.other, moment, min_status=asked.status, max_hops=asked.hops
    ) if wanted else {"answers": []}  # fmt: skip
    return [
        answer
        for answer in found["answers"]
        if (not asked.column or graph.heading(index.by_reference[answer["object"]].iri) == asked.column)
        and (not asked.relation or answer["summary"] == asked.relation)
    ]
