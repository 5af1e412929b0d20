"""Writes answers to a binary stream: SELECT and ASK as table, JSON, CSV, TSV, XML; graphs as RDF.

All but the table are written as the rows come. A cut-off answer is written as far as it goes: look at
`truncated` afterwards and say so.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from aimsgraph.errors import UsageError
from aimsgraph.graph.prefixes import Prefixes, load_prefixes
from aimsgraph.graph.store import Answer, Boolean, Graph, Solutions, Term

ROW_FORMATS: Final = ("table", "json", "csv", "tsv", "xml")
GRAPH_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_RESULTS_NAMESPACE: Final = "http://www.w3.org/2005/sparql-results#"
_GAP: Final = "  "


def write_answer(answer: Answer, format: str, output: BinaryIO, *, prefixes: Prefixes | None = None) -> None:
    """Write an answer in a format that suits its kind, and close it.

    Args:
        answer: what a store answered.
        format: one of `ROW_FORMATS` for rows and yes/no, one of `GRAPH_FORMATS` for a graph.
        output: where to.
        prefixes: for CURIEs in tables and prefixes in Turtle; the shipped table when left out.

    Raises:
        UsageError: the format does not suit the answer.
        DeadlineExceeded: the answer did not come in time; what is written is incomplete.
    """
    known: Iterable[str] = GRAPH_FORMATS if isinstance(answer, Graph) else ROW_FORMATS
    if format not in known:
        answer.close()
        raise UsageError(f"this answer cannot be written as {format!r}", remedy=f"use one of: {', '.join(known)}")
    try:
        if isinstance(answer, Graph):
            _write_graph(answer, format, output, prefixes or load_prefixes())
        elif isinstance(answer, Boolean):
            output.write(_boolean_text(answer, format).encode())
        elif format == "table":
            _write_table(answer, output, prefixes or load_prefixes())
        else:
            for piece in _ROW_WRITERS[format](answer):
                output.write(piece.encode())
    finally:
        answer.close()


def render_answer(answer: Answer, format: str, *, prefixes: Prefixes | None = None) -> bytes:
    """Return an answer as bytes; see `write_answer`."""
    output = io.BytesIO()
    write_answer(answer, format, output, prefixes=prefixes)
    return output.getvalue()


def _write_graph(graph: Graph, format: str, output: BinaryIO, prefixes: Prefixes) -> None:
    ox.serialize(graph, output, GRAPH_FORMATS[format], prefixes=prefixes.as_dict())


def _boolean_text(answer: Boolean, format: str) -> str:
    word = "true" if answer else "false"
    if format == "json":
        return f'{{"head":{{}},"boolean":{word}}}'
    if format == "xml":
        return (
            f'<?xml version="1.0"?><sparql xmlns="{_RESULTS_NAMESPACE}"><head></head><boolean>{word}</boolean></sparql>'
        )
    if format == "table":
        return "yes\n" if answer else "no\n"
    return word


def _cells(row: ox.QuerySolution) -> list[Term | None]:
    return list(row)


def _json(rows: Solutions) -> Iterator[str]:
    yield f'{{"head":{{"vars":{_compact_json(list(rows.variables))}}},"results":{{"bindings":['
    comma = ""
    for row in rows:
        bound = {
            name: _json_term(term) for name, term in zip(rows.variables, _cells(row), strict=True) if term is not None
        }
        yield comma + _compact_json(bound)
        comma = ","
    yield "]}}"


def _json_term(term: Term) -> dict[str, object]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}
    found: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _csv(rows: Solutions) -> Iterator[str]:
    yield ",".join(rows.variables) + "\r\n"
    for row in rows:
        yield ",".join(_csv_cell(term) for term in _cells(row)) + "\r\n"


def _csv_cell(term: Term | None) -> str:
    text = _plain(term)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def _tsv(rows: Solutions) -> Iterator[str]:
    yield "\t".join(f"?{name}" for name in rows.variables) + "\n"
    for row in rows:
        yield "\t".join("" if term is None else str(term).replace("\t", "\\t") for term in _cells(row)) + "\n"


def _xml(rows: Solutions) -> Iterator[str]:
    yield f'<?xml version="1.0"?><sparql xmlns="{_RESULTS_NAMESPACE}"><head>'
    yield "".join(f"<variable name={quoteattr(name)}/>" for name in rows.variables)
    yield "</head><results>"
    for row in rows:
        bound = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(rows.variables, _cells(row), strict=True)
            if term is not None
        )
        yield f"<result>{''.join(bound)}</result>"
    yield "</results></sparql>"


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        return f"<triple>{''.join(f'<{name}>{_xml_term(part)}</{name}>' for name, part in parts)}</triple>"
    attribute = ""
    if term.language:
        attribute = f" xml:lang={quoteattr(term.language)}"
    elif term.datatype.value != _STRING:
        attribute = f" datatype={quoteattr(term.datatype.value)}"
    return f"<literal{attribute}>{_xml_text(term.value)}</literal>"


def _xml_text(text: str) -> str:
    """Escape a text; carriage returns survive as references, what XML 1.0 cannot hold is replaced."""
    kept = "".join(
        sign if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff") else "\ufffd" for sign in text
    )
    return escape(kept, {"\r": "&#13;"})


def _write_table(rows: Solutions, output: BinaryIO, prefixes: Prefixes) -> None:
    """Write aligned columns; this needs all rows first, so give the query a limit."""
    header = list(rows.variables)
    body = [[_table_cell(term, prefixes) for term in _cells(row)] for row in rows]
    widths = [max(_width(line[column]) for line in [header, *body]) for column in range(len(header))]
    rule = ["-" * width for width in widths]
    for line in [header, rule, *body]:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        output.write((_GAP.join(padded).rstrip() + "\n").encode())


def _table_cell(term: Term | None, prefixes: Prefixes) -> str:
    text = prefixes.compact(term) if isinstance(term, ox.NamedNode) else _plain(term)
    # A terminal obeys control characters, so none is let through.
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return str(term)


def _width(text: str) -> int:
    """Return how many columns a terminal needs for a text."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(sign) in {"W", "F"} for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)


_ROW_WRITERS: Final = {"json": _json, "csv": _csv, "tsv": _tsv, "xml": _xml}
