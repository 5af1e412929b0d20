"""What the views of the crosswalk explorer draw: cells by heading, pairs of items, and the paths between them."""

from __future__ import annotations

from collections import Counter
from typing import Final

from aimsgraph.api import AimsGraph
from aimsgraph.domain.time import Moment
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import Json

STATES: Final = {
    "equal": "fully", "covers": "fully", "covered-by": "partly", "overlaps": "partly", "disjoint": "none",
    "contradiction": "contested", "unknown": "unknown",
}  # fmt: skip
"""How much of what stands in a column is answered by what stands in a row, by how they lie to each other."""
DISPUTED: Final = "disputed"
MARKS: Final = {"fully": "●", "partly": "◐", "none": "○", "contested": "‼", "unknown": "?", DISPUTED: "!"}
_STRENGTH: Final = ("contradiction", "equal", "covers", "covered-by", "overlaps", "unknown", "disjoint")
"""Which of several answers a cell shows: the first of these."""
_APART: Final = 520
_LINE: Final = 22
"""Between two columns of a picture, and between two lines, in pixels at its natural size."""
Cells = dict[tuple[str, str], Json]


def headings_of(graph: AimsGraph, shown: list[Json]) -> Cells:
    """Return the cells of a matrix of headings in which answers that were let through lie, by row and column."""
    counts: Counter[tuple[str, str]] = Counter()
    strongest: dict[tuple[str, str], str] = {}
    for answer in shown:
        key = heading_of(graph, answer["subject"]), heading_of(graph, answer["object"])
        counts[key] += 1
        strongest[key] = min(strongest.get(key, answer["summary"]), answer["summary"], key=_STRENGTH.index)
    return {key: _cell(key, STATES[summary], counts[key]) for key, summary in strongest.items()}


def with_disputed(graph: AimsGraph, cells: Cells, disputed: list[Json]) -> Cells:
    """Return cells with those beside them of which only rows speak that reviewers did not agree on."""
    counts = Counter((heading_of(graph, row["subject"]), heading_of(graph, row["object"])) for row in disputed)
    return {key: _cell(key, DISPUTED, count) for key, count in counts.items()} | cells


def _cell(key: tuple[str, str], state: str, count: int) -> Json:
    return {"row": key[0], "column": key[1], "state": state, "count": count}


def heading_of(graph: AimsGraph, reference: str) -> str:
    """Return the heading below which an item stands."""
    return graph.heading(graph.index.by_reference[reference].iri)


def pairs_of(graph: AimsGraph, moment: Moment, sides: tuple[str, str], shown: list[Json], disputed: list[Json]) -> Json:
    """Return the items of both sides in order, and the pairs of which something is said, or is disputed."""
    names, crosswalks = Names(graph), graph.crosswalks
    items = [
        [
            {"ref": (ref := crosswalks.name(iri)), "label": names.label(ref), "path": names.path(ref)}
            for iri in crosswalks.items_of(side, moment)
        ]
        for side in sides
    ]
    places = [{item["ref"]: number for number, item in enumerate(side)} for side in items]
    states = {(row["subject"], row["object"]): DISPUTED for row in disputed}
    states |= {(answer["subject"], answer["object"]): STATES[answer["summary"]] for answer in shown}
    cells = [
        [places[0][subject], places[1][object_], state]
        for (subject, object_), state in states.items()
        if subject in places[0] and object_ in places[1]
    ]
    return {"pairs": shown, "drawn": {"rows": items[0], "columns": items[1], "cells": cells, "marks": MARKS}}


def graph_of(graph: AimsGraph, sides: tuple[str, str], shown: list[Json]) -> Json:
    """Return the steps of all paths as a graph in columns: what is asked from, what lies between, the rest."""
    names = Names(graph)
    edges: dict[tuple[str, str], Json] = {}
    for answer in shown:
        for proof in answer["proofs"]:
            for step in proof["steps"]:
                edges.setdefault(
                    (step["subject"], step["object"]),
                    {
                        "from": step["subject"], "to": step["object"], "kind": step["kind"],
                        "words": ", ".join(step["relations"]), "status": step.get("status", ""),
                    },
                )  # fmt: skip
    places = {reference: number for number, reference in enumerate(graph.index.by_reference)}
    columns: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for ref in sorted({end for key in edges for end in key}, key=lambda each: places.get(each, -1)):
        slug = ref.partition(":")[0]
        columns[0 if slug == sides[0] else 2 if slug == sides[1] else 1].append(ref)
    tallest = max(map(len, columns.values())) * _LINE
    nodes = [
        {
            "id": ref, "ref": ref, "label": names.label(ref), "path": names.path(ref),
            "side": "left" if column == 0 else "right", "x": column * _APART,
            "y": round((number + 0.5) * tallest / len(refs)),
        }
        for column, refs in columns.items()
        for number, ref in enumerate(refs)
    ]  # fmt: skip
    return {"edges": list(edges.values()), "drawn": {"nodes": nodes, "edges": list(edges.values())}}
