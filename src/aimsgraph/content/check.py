"""Checks across tables: ids, references, counts, dates, conditions, rights. Each rule has a stable code.

A check returns findings and never stops at the first: a curator wants the whole list. Cell-level findings come with the
tables; here is what needs more than one cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from aimsgraph.content import compile_duties
from aimsgraph.content.application import RuleBook
from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.read import CatalogueSource, Content, FrameworkSource
from aimsgraph.content.schemas import ROUTES
from aimsgraph.content.tables import Row, Table, nearest
from aimsgraph.content.versions import derive_versions
from aimsgraph.domain.conditions import parse_condition
from aimsgraph.domain.identifiers import is_local_id, is_statement_id, make_iri, parse_reference, slugify
from aimsgraph.domain.report import Finding, sort_findings

LABEL_LIMIT = 120
"""Own-words labels are short; anything longer in an identifiers-only framework looks like the standard's text."""


def check_content(content: Content) -> list[Finding]:
    """Return everything that is wrong with the content, in order of place."""
    findings = content.findings
    if findings:
        return sort_findings(findings)
    headers = {f.header.slug: f.header for f in content.frameworks}
    for framework in content.frameworks:
        basic = [f for check in _FRAMEWORK_CHECKS for f in check(framework, headers)]
        findings += basic or list(_check_time(framework, headers))
        findings += _check_counts(framework)
    known = {f.header.slug: {row["id"] for row in f.rows("provisions")} for f in content.frameworks}
    for catalogue in content.catalogues:
        findings += _check_catalogue(catalogue, known)
    findings += _check_vocabularies(content)
    return sort_findings(findings)


def _unique(table: Table | None, column: str = "id") -> Iterator[Finding]:
    first: dict[str, Row] = {}
    for row in table.rows if table else ():
        value = row[column]
        if value in first:
            yield Finding(
                "DUPLICATE_ID",
                f"{value!r} stands twice",
                row.where(column),
                f"the first one is in line {first[value].line}; give this one its own id or delete it",
            )
        first.setdefault(value, row)


def _check_ids(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    keys = {"conditions": "code", "roles": "slug", "definitions": "provision", "gaps": "provision"}
    for name, table in framework.tables.items():
        yield from _unique(table, keys.get(name, "id"))
    style = framework.header.style
    paths: dict[str, Row] = {}
    for row in framework.rows("provisions"):
        if not is_local_id(row["id"], style):
            yield Finding("BAD_ID", f"{row['id']!r} is no {style} id", row.where("id"), "see docs/identifiers.md")
            continue
        path = row["path"] or row["id"]
        try:
            make_iri(framework.header.iri_path, path)
        except ValueError as error:
            yield Finding("BAD_PATH", str(error), row.where("path"), "use letters, digits, . _ - and /")
        if path in paths:
            remedy = f"it is also the path of {paths[path]['id']} in line {paths[path].line}"
            yield Finding("DUPLICATE_PATH", f"{path!r} stands twice", row.where("path"), remedy)
        paths[path] = row
        if row["id"] in framework.header.decoys:
            yield Finding("DECOY_ID", f"{row['id']!r} does not exist", row.where("id"), framework.header.decoys[row["id"]])  # fmt: skip
    for row in framework.rows("statements"):
        if not is_statement_id(row["id"]):
            yield Finding("BAD_ID", f"{row['id']!r} is no statement id", row.where("id"), "see docs/identifiers.md")


def _references(
    rows: Iterable[Row], column: str, known: set[str], what: str, *, many: bool = False
) -> Iterator[Finding]:
    for row in rows:
        values = row.items(column) if many else ((row[column],) if row[column] else ())
        for value in values:
            if value not in known:
                guess = nearest(value, sorted(known))
                remedy = f"did you mean {guess!r}?" if guess else f"add it to the table of {what}s first"
                yield Finding("UNKNOWN_REFERENCE", f"there is no {what} {value!r}", row.where(column), remedy)


def _check_references(framework: FrameworkSource, headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    rows = framework.rows
    provisions = {row["id"] for row in rows("provisions")}
    statements = {row["id"] for row in rows("statements")}
    roles = {row["slug"] for row in rows("roles")}
    both = provisions | statements
    yield from _references(rows("provisions"), "parent", provisions, "provision")
    yield from _references(rows("amendments"), "provisions", provisions, "provision", many=True)
    yield from _references(rows("amendments"), "moved_to", provisions, "provision")
    yield from _references(rows("amendments"), "instrument", set(headers), "framework")
    yield from _references(rows("statements"), "provision", provisions, "provision")
    yield from _references(rows("statements"), "roles", roles, "role", many=True)
    yield from _references(rows("statements"), "replaced_by", both, "provision or statement")
    yield from _references(rows("application"), "governs", both, "provision or statement", many=True)
    yield from _references(rows("application"), "legal_basis", provisions, "provision")
    yield from _references(rows("transitions"), "provision", provisions, "provision")
    yield from _references(rows("transitions"), "spares", provisions | set(ROUTES), "route or provision", many=True)
    for table in ("definitions", "gaps", "clocks", "penalties"):
        yield from _references(rows(table), "provision", provisions, "provision")
    for table in ("clocks", "penalties"):
        yield from _references(rows(table), "roles", roles, "role", many=True)


def _check_tree(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    parents = {row["id"]: row["parent"] for row in framework.rows("provisions")}
    for row in framework.rows("provisions"):
        seen, current = {row["id"]}, row["parent"]
        while current and current not in seen:
            seen.add(current)
            current = parents.get(current, "")
        if current:
            yield Finding(
                "CYCLE", f"{row['id']!r} is part of itself", row.where("parent"), "give it the parent it stands in"
            )


def _check_conditions(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    codes = {row["code"] for row in framework.rows("conditions")}
    for row in (*framework.rows("statements"), *framework.rows("transitions")):
        try:
            used = parse_condition(row["condition"]).codes
        except ValueError as error:
            yield Finding(
                "BAD_CONDITION", str(error), row.where("condition"), "use codes, AND, OR, NOT, parentheses"
            )
            continue
        for code in used:
            if code not in codes:
                guess = nearest(code, sorted(codes))
                remedy = f"did you mean {guess!r}?" if guess else "add it to conditions.tsv with its question"
                yield Finding(
                    "UNKNOWN_REFERENCE", f"there is no condition {code!r}", row.where("condition"), remedy
                )


def _check_rights(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    policy = framework.header.text_policy
    for row in framework.rows("provisions"):
        if policy != "full-text" and row["text"]:
            yield Finding("TEXT_POLICY", f"{policy} allows no text here", row.where("text"), "delete the text")
        if policy == "identifiers":
            for column in ("title", "label"):
                if len(row[column]) > LABEL_LIMIT:
                    message = f"{column!r} has {len(row[column])} characters, at most {LABEL_LIMIT} are allowed"
                    yield Finding("TEXT_POLICY", message, row.where(column), "use the short title or our own words")


def _check_dates(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    for table in ("provisions", "statements"):
        for row in framework.rows(table):
            start, end = row.date("in_force_from"), row.date("in_force_until")
            if start and end and start >= end:
                yield Finding(
                    "DATES_ORDER", "in_force_until is not after in_force_from", row.where("in_force_until"), "swap them"
                )  # fmt: skip
    for row in framework.rows("transitions"):
        before, by = row.date("placed_before"), row.date("comply_by")
        if before and by and by < before:
            yield Finding("DATES_ORDER", "comply_by lies before placed_before", row.where("comply_by"), "check both")


def _check_time(framework: FrameworkSource, headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    """Check what only makes sense once references are sound: versions and rules."""
    versions = derive_versions(framework, headers)
    parents = {row["id"]: row["parent"] for row in framework.rows("provisions")}
    rules = RuleBook.from_rows(framework.rows("application"), parents)
    for row in framework.rows("statements"):
        if not compile_duties.expressing(row, versions[row["provision"]]):
            yield Finding(
                "NO_VERSION", f"no version of {row['provision']} expresses {row['id']!r}", row.where("id"),
                "check in_force_from and in_force_until against amendments.tsv",
            )  # fmt: skip
        if not rules.for_statement(row["id"], row["provision"], row.items("routes")):
            yield Finding(
                "NO_DATE", f"no application rule governs {row['id']!r}", row.where("id"), "add it to application.tsv"
            )
    for table, column in (("application", "legal_basis"), ("transitions", "provision")):
        for row in framework.rows(table):
            article = row[column].partition("(")[0]
            keys = {version.key for version in versions.get(article, ())}
            for law in row.items("law"):
                if law not in keys:
                    remedy = f"versions of {article}: {', '.join(sorted(keys))}"
                    yield Finding("UNKNOWN_LAW", f"{article} has no version {law!r}", row.where("law"), remedy)
    terms = Counter(slugify(row["term"]) for row in framework.rows("definitions"))
    for row in framework.rows("definitions"):
        if terms[slugify(row["term"])] > 1:
            yield Finding("DUPLICATE_ID", f"the term {row['term']!r} stands twice", row.where("term"), "keep one")


_FRAMEWORK_CHECKS: tuple[Callable[[FrameworkSource, dict[str, FrameworkHeader]], Iterator[Finding]], ...] = (
    _check_ids,
    _check_references,
    _check_tree,
    _check_conditions,
    _check_rights,
    _check_dates,
)


def count_framework(framework: FrameworkSource) -> dict[str, int]:
    """Return the counts that `expect` pins: provisions by kind, and the rows of the other tables."""
    counts = Counter(row["kind"] for row in framework.rows("provisions"))
    statements = framework.rows("statements")
    counts["statement"] = sum(not row["in_force_until"] for row in statements)
    counts["superseded"] = sum(bool(row["in_force_until"]) for row in statements)
    counts["umbrella"] = sum(row.flag("umbrella") for row in statements)
    counts["assessable"] = sum(map(compile_duties.is_assessable, statements)) or sum(
        row.flag("assessable") for row in framework.rows("provisions")
    )
    counts["amendment"] = sum(bool(row["provisions"]) for row in framework.rows("amendments"))
    counts["amendment-elsewhere"] = sum(not row["provisions"] for row in framework.rows("amendments"))
    for name, table in (("definition", "definitions"), ("clock", "clocks"), ("penalty", "penalties"), ("event", "timeline")):  # fmt: skip
        counts[name] = len(framework.rows(table))
    return {kind: number for kind, number in counts.items() if number}


def _check_counts(framework: FrameworkSource) -> Iterator[Finding]:
    counts = count_framework(framework)
    for kind in sorted(set(counts) | set(framework.header.expect)):
        expected = framework.header.expect.get(kind)
        where = framework.yaml.where("expect", kind)
        if expected is None:
            yield Finding("COUNT_UNPINNED", f"{counts[kind]} of kind {kind!r} are not pinned", where, "add the official count to expect")  # fmt: skip
        elif counts.get(kind, 0) != expected:
            yield Finding("COUNT_WRONG", f"{counts.get(kind, 0)} of kind {kind!r} found, the official count is {expected}", where, "mend the table; the pin changes only with the source")  # fmt: skip


def _check_catalogue(catalogue: CatalogueSource, known: dict[str, set[str]]) -> Iterator[Finding]:
    yield from _unique(catalogue.entries)
    expected = catalogue.header.expect.get("entry")
    if expected != len(catalogue.entries.rows):
        yield Finding("COUNT_WRONG", f"{len(catalogue.entries.rows)} entries found, {expected} expected", catalogue.yaml.where("expect", "entry"), "mend the table or the pin")  # fmt: skip
    for row in catalogue.entries.rows:
        if not is_local_id(row["id"], "slug"):
            yield Finding("BAD_ID", f"{row['id']!r} is no slug", row.where("id"), "lower case, digits, hyphens")
        for concerned in row.items("concerns"):
            try:
                reference = parse_reference(concerned)
            except ValueError as error:
                yield Finding("UNKNOWN_REFERENCE", str(error), row.where("concerns"), "write <framework>:<local id>")
                continue
            ids = known.get(reference.framework, set())
            if reference.local not in ids:
                guess = nearest(reference.local, sorted(ids))
                yield Finding("UNKNOWN_REFERENCE", f"there is no provision {concerned!r}", row.where("concerns"), f"did you mean {guess!r}?" if guess else "")  # fmt: skip


def _check_vocabularies(content: Content) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for scheme, table in content.vocabularies:
        yield from _unique(table, "slug")
        for row in table.rows:
            if row["term"] in seen:
                yield Finding("DUPLICATE_ID", f"the term {row['term']!r} stands twice", row.where("term"), f"it is also in {seen[row['term']]}")  # fmt: skip
            seen[row["term"]] = scheme
