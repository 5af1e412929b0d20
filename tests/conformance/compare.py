"""Whether two answers are the same, whatever their blank nodes are called and however a number is written."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT = {XSD + name for name in ("integer", "decimal")}
_FLOATING = {XSD + name for name in ("double", "float")}
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


def same_results(found: bytes, wanted: bytes, format: ox.QueryResultsFormat, *, ordered: bool) -> bool:
    """Say whether two results are the same; tables in the same order of rows, where that counts.

    The tables live in here alone: a failed assertion would keep them until a collection in any thread.
    """
    left, right = (ox.parse_query_results(text, format=format) for text in (found, wanted))
    if isinstance(left, ox.QueryBoolean) or isinstance(right, ox.QueryBoolean):
        return type(left) is type(right) and bool(left) is bool(right)
    return _same_rows(left, right, ordered=ordered)


def _same_rows(found: ox.QuerySolutions, wanted: ox.QuerySolutions, *, ordered: bool) -> bool:
    names = sorted({variable.value for variable in wanted.variables} | {v.value for v in found.variables})
    return _isomorphic(_as_quads(found, names, ordered), _as_quads(wanted, names, ordered))


def same_quads(found: Iterable[ox.Quad], wanted: Iterable[ox.Quad]) -> bool:
    """Say whether two datasets are isomorphic."""
    return _isomorphic([_plain(quad) for quad in found], [_plain(quad) for quad in wanted])


def _isomorphic(left: Iterable[ox.Quad], right: Iterable[ox.Quad]) -> bool:
    datasets = [ox.Dataset(left), ox.Dataset(right)]
    for dataset in datasets:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return datasets[0] == datasets[1]


def _as_quads(rows: ox.QuerySolutions, names: list[str], ordered: bool) -> list[ox.Quad]:
    """Return a table as a graph: a node a row, equal rows told apart by nothing but their blank node."""
    known = {variable.value for variable in rows.variables}
    quads = []
    for i, row in enumerate(rows):
        node = ox.BlankNode()
        for name in names:
            value = row[name] if name in known else None
            if value is not None:
                quads.append(ox.Quad(node, ox.NamedNode(f"{RS}{name}"), _plain_term(value)))
        quads.append(ox.Quad(node, ox.NamedNode(f"{RS}row"), ox.Literal(str(i) if ordered else "")))
    return quads


def _plain(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, _plain_term(quad.object), quad.graph_name)


def _plain_term(term: object) -> object:
    """Return a number in one way of writing it."""
    if not isinstance(term, ox.Literal):
        return term
    type_ = term.datatype.value
    try:
        if type_ in _EXACT:
            return ox.Literal(f"{Decimal(term.value).normalize():f}", datatype=term.datatype)
        if type_ == XSD + "boolean":
            return ox.Literal({"0": "false", "1": "true"}.get(term.value, term.value), datatype=term.datatype)
        if type_ in _FLOATING:
            return ox.Literal(f"{float(term.value):.10g}", datatype=term.datatype)
    except (InvalidOperation, ValueError):
        return term
    return term
