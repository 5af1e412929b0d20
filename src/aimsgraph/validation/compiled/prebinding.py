"""Queries that shapes bring: `$this` and the like are bound before they run; here, for all focus nodes at once.

SHACL evaluates a query once for each focus node, with the node put in everywhere. Asked once, the query is joined with
the focus nodes instead. That is the same where each group that speaks of `$this` binds it in triples of its own, and
where nothing counts or cuts rows across focus nodes; otherwise the plan says why, and the query is asked node by node.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from aimsgraph.graph.lexer import Token
from aimsgraph.validation.compiled.exists import write_exists, write_group
from aimsgraph.validation.compiled.graph import TYPE, NotCompilable
from aimsgraph.validation.compiled.plan import FOCUS, HOLE, Query
from aimsgraph.validation.compiled.query_groups import Group, read_group, tokens_of, written

_AGGREGATES: Final = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_RESERVED: Final = "sh_"
_FOCUS_ALONE: Final = {"?this": FOCUS}


def read_select(text: str, prefixes: Mapping[str, str], given: Mapping[str, str]) -> Query:
    """Return the query that a SELECT of a shape makes.

    Args:
        text: the SELECT.
        prefixes: prefix → namespace.
        given: name of a pre-bound variable → what stands for it; not `this`.

    Raises:
        NotCompilable: it breaks the rules of SHACL, or no plan can say it.
        QuerySyntaxError: it is no SPARQL.
    """
    tokens = _prepared(text, prefixes, given)
    if not tokens or tokens[0].word != "SELECT":
        raise NotCompilable("its query is no SELECT")
    names, columns, start = _columns(tokens)
    if "failure" in names or {*given, "this"} & _renamed(tokens):
        raise NotCompilable("its query binds a variable that SHACL keeps for itself")
    top, after = read_group(tokens, start, "top")
    group_by, having = _modifiers(tokens[after:])
    _check_subqueries(top, ("this",))
    if group_by is None and any(token.word in _AGGREGATES for token in tokens[:start]):
        raise NotCompilable("its query counts without GROUP BY")
    reason = _unsafe(top, group_by)
    group_by = None if group_by is None else [name for name in group_by if name != "?this"]
    return Query(
        tuple(name for name in names if name != "this"),
        _hidden(columns),
        _hidden(write_group(_named_in_subqueries(top) if reason else top, {"this"})),
        None if group_by is None else _hidden(" ".join(group_by)),
        _hidden(written(having)),
        "this" in names,
        reason,
        _predicates(tokens[start:]),
    )


def read_ask(text: str, prefixes: Mapping[str, str], given: Mapping[str, str]) -> Query:
    """Return the query that an ASK of a validator makes; `HOLE` stands for the value.

    Raises:
        NotCompilable: see `read_select`.
        QuerySyntaxError: it is no SPARQL.
    """
    tokens = _prepared(text, prefixes, given)
    start = 1 + (len(tokens) > 1 and tokens[1].word == "WHERE")
    if not tokens or tokens[0].word != "ASK" or tokens[start].text != "{":
        raise NotCompilable("its query is no ASK")
    if {*given, "this", "value"} & _renamed(tokens):
        raise NotCompilable("its query binds a variable that SHACL keeps for itself")
    group, _ = read_group(tokens, start, "exists")
    _check_subqueries(group, ("this", "value"))
    if any(_names_any(child, ("this", "value")) and not _safe(child, _either(child)) for child in group.groups):
        raise NotCompilable("its query speaks of $this or $value in a group that does not bind it")
    where = _hidden(write_exists(group, {"this", "value"}), {**_FOCUS_ALONE, "?value": HOLE})
    return Query((), "", where, predicates=_predicates(tokens[start:]))


def _either(group: Group) -> str:
    return "this" if "this" in set(group.variables()) else "value"


def _prepared(text: str, prefixes: Mapping[str, str], given: Mapping[str, str]) -> list[Token]:
    """Return the tokens of a query, constants put in; `BOUND` of what is pre-bound is true."""
    tokens = tokens_of(text, prefixes)
    prepared: list[Token] = []
    for token in tokens:
        name = token.text[1:] if token.kind == "variable" else ""
        if name == "shapesGraph":
            raise NotCompilable("its query asks the shapes graph")
        if name.startswith(_RESERVED):
            raise NotCompilable(f"its query uses a variable whose name begins with {_RESERVED}")
        prepared.append(token._replace(kind="iri", text=given[name]) if name in given else token)
    bound: list[Token] = []
    position = 0
    while position < len(prepared):
        token = prepared[position]
        if token.word == "BOUND" and _is_prebound(tokens[position + 2], given):
            bound.append(token._replace(text="(true)", kind="word"))
            position += 4
            continue
        bound.append(token)
        position += 1
    return bound


def _is_prebound(token: Token, given: Mapping[str, str]) -> bool:
    return token.kind == "variable" and token.text[1:] in {*given, "this"}


def _renamed(tokens: list[Token]) -> set[str]:
    """Return the names of the variables that AS gives values to."""
    return {after.text[1:] for token, after in pairwise(tokens) if token.word == "AS"}


def _columns(tokens: list[Token]) -> tuple[list[str], str, int]:
    """Return the names of the columns, their text, and where the group opens."""
    start = next((i for i, token in enumerate(tokens) if token.text == "{" and token.kind == "sign"), 0)
    head = [token for token in tokens[1:start] if token.word not in ("WHERE", "DISTINCT", "REDUCED")]
    if any(token.text == "*" and token.depth == 0 for token in head):
        found = dict.fromkeys(t.text[1:] for t in tokens[start:] if t.kind == "variable" and t.text != "?this")
        return ["this", *found], " ".join(f"?{name}" for name in found), start
    names: list[str] = []
    kept: list[Token | str] = []
    for position, token in enumerate(head):
        if token.depth == 0 and token.kind == "variable":
            names.append(token.text[1:])
        elif token.word == "AS" and token.depth == 1:
            names.append(head[position + 1].text[1:])
        if not (token.depth == 0 and token.text == "?this"):
            kept.append(token)
    return names, written(kept), start


def _modifiers(tokens: list[Token]) -> tuple[list[str] | None, list[Token | str]]:
    """Return what is grouped by, and the HAVING clause."""
    group_by: list[str] | None = None
    having: list[Token | str] = []
    clause = ""
    for token in tokens:
        if token.word in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET") and token.depth == 0:
            clause = token.word
        if clause in ("LIMIT", "OFFSET"):
            raise NotCompilable(f"{clause} cuts the rows of each focus node")
        if clause == "GROUP" and token.word not in ("GROUP", "BY"):
            if token.kind != "variable":
                raise NotCompilable("its query groups by an expression")
            group_by = [*(group_by or []), token.text]
        if clause == "HAVING":
            having.append(token)
    return group_by, having


def _unsafe(top: Group, group_by: list[str] | None) -> str:
    if group_by is not None and "?this" not in group_by:
        return "it groups across focus nodes"
    for group in top.groups:
        if _names_any(group, ("this",)) and not _safe(group, "this"):
            return "a group speaks of $this and does not bind it"
    return ""


def _names_any(group: Group, names: tuple[str, ...]) -> bool:
    return not set(names).isdisjoint(group.variables())


def _safe(group: Group, name: str) -> bool:
    """Say whether a group means the same joined with focus nodes as with one put in."""
    inside = [child for child in group.groups if name in set(child.variables())]
    if group.kind == "exists":
        return all(_safe(child, name) for child in inside)
    if group.kind == "select":
        return _safe_select(group, name) and all(_safe(child, name) for child in inside)
    binds = any(token.word == "BIND" for token, _ in group.tokens) and any(
        token.text == f"?{name}" and around for token, around in group.tokens
    )
    if binds or not all(_safe(child, name) for child in inside):
        return False
    return _is_bound_in(group, name) or (group.kind == "optional" and all(c.kind == "exists" for c in inside))


def _is_bound_in(group: Group, name: str) -> bool:
    if name in set(group.own_variables()):
        return True
    joined = [child for child in group.groups if child.kind not in ("exists", "optional")]
    return bool(joined) and all(_is_bound_in(child, name) for child in joined)


def _safe_select(group: Group, name: str) -> bool:
    words = {token.word for token, _ in group.tokens}
    if {"LIMIT", "OFFSET"} & words:
        return False
    _, tail = _around_where(group)
    grouped = [token.text for token in tail if token.kind == "variable"] if "GROUP" in words else []
    return f"?{name}" in grouped or ("GROUP" not in words and not _AGGREGATES & words)


def _around_where(select: Group) -> tuple[list[Token], list[Token]]:
    """Return the tokens of a subquery before and after its WHERE group."""
    where = next(i for i, part in enumerate(select.parts) if isinstance(part, Group))
    head, tail = select.parts[:where], select.parts[where:]
    return tuple([part[0] for part in parts if not isinstance(part, Group)] for parts in (head, tail))  # type: ignore[return-value]


def _check_subqueries(group: Group, names: tuple[str, ...]) -> None:
    """Refuse subqueries that do not select what is pre-bound, as SHACL does."""
    if group.kind == "select":
        head, _ = _around_where(group)
        for name in names:
            if not any(token.text == f"?{name}" for token in head):
                raise NotCompilable(f"a subquery does not select ${name}, as SHACL asks")
    for child in group.groups:
        _check_subqueries(child, names)


def _named_in_subqueries(group: Group) -> Group:
    """Return a group whose subqueries do not select the focus node, which is going to be a constant."""
    parts: list[tuple[Token, int] | Group] = []
    in_head = group.kind == "select"
    for part in group.parts:
        if isinstance(part, Group):
            in_head = False
            parts.append(_named_in_subqueries(part))
        elif in_head and part[0].text == "?this" and not part[1]:
            parts.append((part[0]._replace(kind="word", text="(?this AS ?sh_this)"), 0))
        elif group.kind == "select" and part[0].word == "GROUP":
            raise NotCompilable("a subquery groups the rows of each focus node")
        else:
            parts.append(part)
    return Group(group.kind, parts)


def _hidden(text: str, marks: Mapping[str, str] = _FOCUS_ALONE) -> str:
    """Put marks in the place of variables; strings are left alone."""
    pieces, position = [], 0
    for token in tokens_of(text, {}):
        if token.kind == "variable" and token.text in marks:
            pieces += [text[position : token.start], marks[token.text]]
            position = token.end
    return "".join([*pieces, text[position:]])


def _predicates(tokens: list[Token]) -> frozenset[str] | None:
    """Return every IRI that may be a predicate; None when a variable may be."""
    found = {token.text[1:-1] for token in tokens if token.kind == "iri"}
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.kind == "variable" and _ends_term(before) and _starts_term(after):
            return None
    if any(token.text == "a" and token.kind == "word" for token in tokens):
        found.add(TYPE.value)
    return frozenset(found)


def _ends_term(token: Token) -> bool:
    return token.kind in ("variable", "iri", "blank") or token.text in ("]", ";")


def _starts_term(token: Token) -> bool:
    return token.kind in ("variable", "iri", "blank", "string", "number") or token.text in ("[", "true", "false")
