"""Answers to queries as the pages show them: a table, a chart of one column, or the triples as a picture."""

from __future__ import annotations

import json
from typing import Any, Final

import pyoxigraph as ox

from aimsgraph.api import AimsGraph
from aimsgraph.domain.organisation import Organisation
from aimsgraph.execution.room import Query as RoomQuery
from aimsgraph.execution.room import Room
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.query_text import QueryForm, check_query
from aimsgraph.web.pages.shell import Json, local
from aimsgraph.web.service import Service

MOST_ROWS: Final = 500
MOST_BYTES: Final = 4 * 1024 * 1024
CUT: Final = 2000
"""So many characters of a literal are shown; the whole is in the downloads."""
MOST_BARS: Final = 60
GRAPHS: Final = (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)
_NUMBERS: Final = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double", "float", "int", "long")
)
_APART, _LINE = 640, 22


async def ask(service: Service, text: str, room: Room | None = None) -> Json:
    """Ask a query in a room, by default that of the shared content; return its head and rows as JSON results."""
    checked = check_query(text)
    is_graph = checked.form in GRAPHS
    generation = room.generation if room else service.generation
    query = RoomQuery(text, "ntriples" if is_graph else "json", bytes=MOST_BYTES, generation=generation)
    pieces = bytearray()
    async with (room or service.room).run(query, service.settings.query_seconds) as found:
        async for piece in found:
            pieces += piece
        cut = found.truncated
    if is_graph:
        lines = bytes(pieces).decode("utf-8", "replace").splitlines()
        return {"graph": lines[:MOST_ROWS], "cut": cut or len(lines) > MOST_ROWS, "count": len(lines)}
    if cut:
        return {"head": [], "rows": [], "cut": True, "count": 0}
    read = json.loads(pieces)
    if "boolean" in read:
        return {"boolean": read["boolean"], "cut": False, "count": 1}
    rows = read["results"]["bindings"]
    return {"head": read["head"]["vars"], "rows": rows[:MOST_ROWS], "cut": len(rows) > MOST_ROWS, "count": len(rows)}


def shown(graph: AimsGraph, answer: Json | None, of: Organisation | None = None) -> Json:
    """Return what a template needs to draw an answer: the answer, and what stands in a cell for a term.

    Args:
        graph: what names the content.
        answer: what was answered.
        of: the organisation that it speaks of; what its register holds is named as it is there.
    """
    base = of.iri.removesuffix(f"organisation/{of.slug}") if of else ""

    def cell(term: dict[str, Any] | None) -> Json:
        if term is None:
            return {"text": "", "href": "", "label": ""}
        if term["type"] != "uri":
            text = str(term["value"])
            return {"text": text[:CUT] + ("…" if len(text) > CUT else ""), "href": "", "label": ""}
        iri = term["value"]
        if of and iri.startswith(base):
            kind, _, name = iri.removeprefix(base).partition("/")
            path = {"system": f"/systems/{name}", "evidence": f"/impact?of=evidence:{name}"}.get(kind)
            return {"text": f"{kind}/{name}", "href": f"/orgs/{of.slug}{path}" if path else "", "label": ""}
        entry = graph.index.by_iri(iri)
        ours = iri.startswith("https://w3id.org/aimsgraph/")
        href = local(iri) if ours else iri
        label = entry.label if entry else ""
        return {"text": entry.reference if entry else load_prefixes().compact(iri), "href": href, "label": label}

    return {"answer": answer, "cell": cell}


def chart_of(answer: Json) -> Json | None:
    """Return an answer as bars: the first column of numbers, named by the first other column; None where none is.

    Values are as they are, `share` is that of the largest, by magnitude.
    """
    rows = answer.get("rows") or []
    numbers = [name for name in answer.get("head", ()) if rows and all(_is_number(row.get(name)) for row in rows)]
    names = [name for name in answer.get("head", ()) if name not in numbers[:1]]
    if not numbers:
        return None
    values = [float(row[numbers[0]]["value"]) for row in rows]
    largest = max(map(abs, values)) or 1.0
    bars = [
        {"name": row.get(names[0]) if names else None, "value": row[numbers[0]]["value"], "share": abs(value) / largest}
        for row, value in zip(rows, values, strict=True)
    ]
    return {"of": numbers[0], "by": names[0] if names else "", "bars": bars[:MOST_BARS], "cut": len(bars) > MOST_BARS}


def _is_number(term: dict[str, Any] | None) -> bool:
    if term is None or term.get("datatype") not in _NUMBERS:
        return False
    try:
        value = float(term["value"])
    except ValueError:
        return False
    return abs(value) != float("inf") and value == value  # noqa: PLR0124  # NaN is not itself


def picture_of(graph: AimsGraph, answer: Json) -> Json:
    """Return triples as a graph to draw: what is spoken of left, what it is linked to right; literals are left out."""
    triples = [
        triple
        for triple in ox.parse("\n".join(answer["graph"]), format=ox.RdfFormat.N_TRIPLES)
        if isinstance(triple.object, ox.NamedNode | ox.BlankNode)
    ]
    subjects = dict.fromkeys(str(triple.subject) for triple in triples)
    nodes, heights = [], [0, 0]
    for term in dict.fromkeys([*subjects, *(str(triple.object) for triple in triples)]):
        column = 0 if term in subjects else 1
        iri = term.removeprefix("<").removesuffix(">")
        entry = graph.index.by_iri(iri)
        nodes.append(
            {
                "id": term, "ref": entry.reference if entry else load_prefixes().compact(iri),
                "label": entry.label if entry else "", "path": local(iri) if entry else "",
                "side": "right" if column else "left", "x": column * _APART, "y": heights[column] * _LINE,
            }
        )  # fmt: skip
        heights[column] += 1
    edges = [
        {"from": str(t.subject), "to": str(t.object), "words": load_prefixes().compact(t.predicate.value), "kind": ""}
        for t in triples
    ]
    return {"nodes": nodes, "edges": edges}
