"""The crosswalk explorer: two frameworks, heading against heading, item against item, or as paths; down to proofs.

Whatever is chosen is shown alike in every view, and downloaded as it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.domain.time import Moment
from aimsgraph.exchange.answer_mappings import mapping_table_of
from aimsgraph.exchange.mapping_files import write_mapping
from aimsgraph.exchange.names import FrameworkName
from aimsgraph.exchange.names import Names as MappingNames
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.crosswalk_views import (
    MARKS,
    graph_of,
    heading_of,
    headings_of,
    pairs_of,
    with_disputed,
)
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.provision import MAPPED
from aimsgraph.web.pages.shell import HEADERS, Json, choice, moment_of, page_router, show
from aimsgraph.web.requests import Parameters, query_parameters
from aimsgraph.web.service import Service

STATUSES: Final = ("candidate", "reviewed", "accepted")
RELATIONS: Final = ("equal", "covers", "covered-by", "overlaps", "disjoint", "contradiction", "unknown")
CONFIDENCES: Final = ("", "0.5", "0.6", "0.7", "0.8", "0.9")
VIEWS: Final = ("headings", "items", "paths")
FORMS: Final = {
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "sssom.tsv": ("sssom", "text/tab-separated-values; charset=utf-8"),
}
"""Downloads: ending → format of `map export`, and media type."""


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = page_router()

    @router.get("/crosswalk")
    async def crosswalk(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        asked = _Asked.of(query_parameters(request))
        return await show(
            service, request, "crosswalk.html", lambda graph: _found(graph, moment_of(graph, request), asked)
        )

    def download(ending: str) -> None:
        @router.get(f"/crosswalk.{ending}")
        async def file(request: Request) -> Response:
            await authorise(service, request, Scope.READ)
            asked = _Asked.of(query_parameters(request))
            body = await service.ask(lambda graph: _file(graph, moment_of(graph, request), asked, ending))
            name = f"{asked.one}--{asked.other}.{ending}"
            headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
            return Response(body, headers=headers, media_type=FORMS[ending][1])

    for ending in FORMS:
        download(ending)
    return router


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: frameworks, filters, how it is shown, and the part that is opened."""

    one: str
    other: str
    status: str
    hops: int
    relation: str
    confidence: str
    view: str
    row: str
    column: str
    subject: str
    object_: str

    @classmethod
    def of(cls, given: Parameters) -> _Asked:
        """Return what the address says."""
        return cls(
            choice(given, "from", MAPPED, "iso-42001"),
            choice(given, "to", MAPPED, "eu-ai-act"),
            choice(given, "min_status", STATUSES, "reviewed"),
            int(choice(given, "max_hops", ("1", "2", "3"), "1")),
            choice(given, "relation", ("", *RELATIONS), ""),
            choice(given, "confidence", CONFIDENCES, ""),
            choice(given, "view", VIEWS, VIEWS[0]),
            *(given.one(name) or "" for name in ("row", "column", "subject", "object")),
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What is chosen, as the address says it; the part that is opened is left out."""
        return {
            "from": self.one, "to": self.other, "min_status": self.status, "max_hops": self.hops,
            "relation": self.relation, "confidence": self.confidence, "view": self.view,
        }  # fmt: skip

    @property
    def part(self) -> dict[str, str]:
        """The part that is opened, as the address says it."""
        named = {"row": self.row, "column": self.column, "subject": self.subject, "object": self.object_}
        return {name: value for name, value in named.items() if value}


def _found(graph: AimsGraph, moment: Moment, asked: _Asked) -> Json:
    found = answers.matrix(
        graph, asked.one, asked.other, min_status=asked.status, max_hops=asked.hops, on=moment.on,
        law_as_of=moment.law_as_of,
    )  # fmt: skip
    shown, disputed = _answers(graph, moment, asked), _disputed(graph, moment, asked)
    view: Json = {}
    if asked.view == "headings":
        view = {"cells": with_disputed(graph, headings_of(graph, shown), disputed)}
    elif asked.view == "items":
        view = pairs_of(graph, moment, (asked.one, asked.other), shown, disputed)
    else:
        view = graph_of(graph, (asked.one, asked.other), shown)
    return {
        "asked": asked, "frameworks": MAPPED, "statuses": STATUSES, "relations": RELATIONS, "found": found,
        "confidences": CONFIDENCES, "views": VIEWS, "forms": FORMS, "marks": MARKS, "shown": len(shown), **view,
        "rows": _opened(graph, shown, asked) if asked.part else None, "disputed": _opened(graph, disputed, asked),
        "names": Names(graph), "moment": moment,
    }  # fmt: skip


def _answers(graph: AimsGraph, moment: Moment, asked: _Asked) -> list[Json]:
    """Return the answers that the filters let through, with their proofs."""
    crosswalks = graph.crosswalks
    items = [crosswalks.name(iri) for iri in crosswalks.items_of(asked.one, moment)]
    if not items or asked.one == asked.other:
        return []
    found = answers.crosswalk(graph, items, asked.other, moment, min_status=asked.status, max_hops=asked.hops)
    least = float(asked.confidence or 0)
    return [
        answer
        for answer in (*found["contradictions"], *found["answers"])
        if answer["least_confidence"] >= least and (not asked.relation or answer["summary"] == asked.relation)
    ]


def _disputed(graph: AimsGraph, moment: Moment, asked: _Asked) -> list[Json]:
    """Return the contested rows that the filters let through; a relation that is disputed passes no filter for it."""
    if asked.relation or asked.one == asked.other:
        return []
    least = float(asked.confidence or 0)
    found = graph.crosswalks.disputed(asked.one, asked.other, moment)
    return [row for row in found if row["confidence"] >= least]


def _opened(graph: AimsGraph, shown: list[Json], asked: _Asked) -> list[Json]:
    """Return the answers in a row of the matrix, in a column, or in one cell; all where none is opened."""
    return [
        answer
        for answer in shown
        if (not asked.row or heading_of(graph, answer["subject"]) == asked.row)
        and (not asked.column or heading_of(graph, answer["object"]) == asked.column)
        and asked.subject in ("", answer["subject"])
        and asked.object_ in ("", answer["object"])
    ]


def _file(graph: AimsGraph, moment: Moment, asked: _Asked, ending: str) -> bytes:
    shown = _answers(graph, moment, asked)
    rows = _opened(graph, shown, asked) if asked.part else shown
    frameworks = graph.index.frameworks
    said = {name: str(value) for name, value in {**asked.parameters, **asked.part}.items() if name != "view" and value}
    said |= {"on": moment.on.isoformat(), "law_as_of": moment.law_as_of.isoformat()}
    sides = (f"{asked.one}@{frameworks[asked.one].edition}", f"{asked.other}@{frameworks[asked.other].edition}")
    table = mapping_table_of(rows, sides, said)
    names = MappingNames.of(
        ((entry.reference, entry.iri, entry.label) for entry in graph.index.by_reference.values()),
        (FrameworkName(each.slug, each.edition, each.iri, each.label) for each in frameworks.values()),
    )
    return write_mapping(table, names, FORMS[ending][0])[0]
