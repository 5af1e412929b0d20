"""The page of a provision, a duty or a framework, at the address that is its name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from markupsafe import Markup

from aimsgraph import answers
from aimsgraph.api import LAW, AimsGraph
from aimsgraph.domain.time import Moment
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import Json

KINDS = ("provision", "statement", "framework")
MAPPED = ("eu-ai-act", "iso-42001", "nist-ai-rmf")
FORMATS = (
    ("turtle", "text/turtle"), ("jsonld", "application/ld+json"), ("csv", "text/csv"),
    ("ntriples", "application/n-triples"), ("rdfxml", "application/rdf+xml"),
)  # fmt: skip
_FIRST, _LAST, _WIDTH = dt.date(2024, 7, 1), dt.date(2031, 1, 1), 800


def describe(graph: AimsGraph, reference: str, moment: Moment, everything: str) -> Json:
    """Return what the page of something shows.

    Args:
        graph: the graph.
        reference: what names it.
        moment: the days asked about.
        everything: all that the graph says of it, as HTML.
    """
    it = answers.show(graph, reference, moment.on, moment.law_as_of)
    framework = graph.show(it["framework"]) if it["kind"] != "framework" else None
    optional = ("parents", "children", "statements", "versions", "own_words", "text", "provision", "roles", "routes",
                "modality", "condition")  # fmt: skip
    return {
        "it": {**dict.fromkeys(optional), **it},
        "names": Names(graph),
        "framework": framework,
        "citation": _citation(it, framework),
        "official": it.get("eli_iri") or (it.get("url") if it["kind"] == "framework" else ""),
        "timeline": _timeline(it, moment),
        "mappings": [*_mappings(graph, it, moment)] if it["kind"] != "framework" else [],
        "formats": FORMATS,
        "everything": Markup(everything),  # written by `thing`, which escapes
    }


def _citation(it: Json, framework: Json | None) -> str:
    title = framework["label"] if framework else it.get("title", "")
    return f"{title}, {it['label']} <{it['iri']}>, as of {it['on']}, law as known on {it['law_as_of']}"


def _mappings(graph: AimsGraph, it: Json, moment: Moment) -> Any:  # noqa: ANN401  # an iterator of JSON
    items = [it["ref"]]
    if it["framework"] == LAW and it["kind"] == "provision":
        items = [each["statement"] for each in it.get("statements", ())]
    for slug in MAPPED:
        if slug == it["framework"] or not items:
            continue
        found = answers.crosswalk(graph, items, slug, moment, max_hops=2)
        spoken_of = {*items, *found["disputed"]}
        contested = graph.crosswalks.disputed(it["framework"], slug, moment)
        disputed = [row for row in contested if row["subject"] in spoken_of]
        yield {**found, "slug": slug, "label": graph.show(slug)["label"], "disputed": disputed}


def _timeline(it: Json, moment: Moment) -> Json | None:
    now, otherwise = it.get("application", ()), it.get("application_known_otherwise", ())
    bars = [*(_bar(each, each["interpretation"]) for each in now), *(_bar(each, "known") for each in otherwise)]
    if not bars:
        return None
    years = [(year, _x(dt.date(year, 1, 1))) for year in range(_FIRST.year + 1, _LAST.year + 1)]
    return {"bars": bars, "years": years, "asked": _x(moment.on)}


def _bar(each: Json, kind: str) -> Json:
    known = each.get("known", ())
    return {
        "kind": kind,
        "on": each["applies_from"],
        "x": _x(dt.date.fromisoformat(each["applies_from"])),
        "routes": ", ".join(each.get("routes", ())),
        "basis": each.get("legal_basis", ""),
        "interpretation": each["interpretation"],
        "reading": each.get("reading", ""),
        "note": each.get("note", ""),
        "span": "; ".join(f"{span.get('in_force_from', '')} – {span.get('in_force_until', '')}" for span in known),
    }


def _x(day: dt.date) -> int:
    share = (min(max(day, _FIRST), _LAST) - _FIRST) / (_LAST - _FIRST)
    return round(share * _WIDTH)
