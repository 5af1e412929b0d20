"""Checks across tables: ids, references, counts, dates, conditions, rights. Each rule has a stable code.

A check returns findings and never stops at the first: a curator wants the whole list. Cell-level findings
come with the tables; here is what needs more than one cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from aimsgraph.content import compile_duties, schemas
from aimsgraph.content.application import RuleBook
from aimsgraph.content.mapping_check import check_mappings
from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.read import CatalogueSource, Content, FrameworkSource
from aimsgraph.content.schemas import ROUTES
from aimsgraph.content.tables import Row, Table, nearest
from aimsgraph.content.versions import Version, derive_versions
from aimsgraph.domain.conditions import parse_condition
from aimsgraph.domain.identifiers import is_local_id, is_statement_id, make_iri, parse_reference, slugify
from aimsgraph.domain.report import Finding, sort_findings
from aimsgraph.domain.time import Span
from aimsgraph.errors import CheckFailed, Location

LABEL_LIMIT = 120
"""Labels of our own are short; anything longer in an identifiers-only framework looks like its text."""

_PLAIN_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TERM = re.compile(r"[A-Z][A-Za-z0-9]*")
_KEY_COLUMNS = {"conditions": "code", "roles": "slug", "definitions": "provision", "gaps": "provision"}
_PLAIN_ID_TABLES = (
    "amendments",
    "application",
    "transitions",
    "conditions",
    "roles",
    "clocks",
    "penalties",
    "timeline",
)
_CONCEPTS: dict[str, tuple[str, ...]] = {
    "provision-kind": tuple(schemas.PROVISION_KINDS),
    "modality": schemas.MODALITIES,
    "route": ROUTES,
    "stage": schemas.STAGES,
    "interpretation": schemas.INTERPRETATIONS,
    "amendment-kind": ("inserted", "modified", "deleted"),
    "version-basis": ("stated", "composed"),
    "pdca-phase": ("plan", "do", "check", "act"),
    "evidence-grade": ("A", "B", "K"),
    "timeline-kind": ("milestone", "entry-into-force", "application", "deadline", "cut-off", "soft-law"),
    "text-policy": ("identifiers", "short-title", "full-text"),
    "framework-kind": ("standard", "regulation", "amending-regulation", "framework", "profile"),
}
"""The slugs the tables and headers may use: each needs its term in a vocabulary."""


class ContentCheckFailed(CheckFailed):
    """The content, or what was made from it, is not as it has to be.

    Attributes:
        findings: everything that is wrong, in order of place; the error itself names the first.
    """

    def __init__(self, findings: Iterable[Finding], *, what: str = "findings in the content") -> None:
        self.findings = tuple(sort_findings(list(findings)))
        first = self.findings[0]
        super().__init__(
            f"{len(self.findings)} {what}; the first: {first.rule} {first.message}",
            location=first.location,
            remedy=first.remedy,
        )
        self.what = what

    def __str__(self) -> str:
        """Return how many findings there are, and each on a line of its own."""
        lines = [f"{len(self.findings)} {self.what} [{self.code}]", *map(str, self.findings)]
        return "\n  ".join(lines)


def require_sound(content: Content) -> None:
    """Stop unless the content is without findings.

    Raises:
        ContentCheckFailed: with all findings.
    """
    if findings := check_content(content):
        raise ContentCheckFailed(findings)


def check_content(content: Content) -> list[Finding]:
    """Return everything that is wrong with the content, in order of place."""
    findings = content.findings
    if findings:
        return sort_findings(findings)
    headers = {f.header.slug: f.header for f in content.frameworks}
    findings += _check_headers(content)
    for framework in content.frameworks:
        basic = [f for check in _FRAMEWORK_CHECKS for f in check(framework, headers)]
        findings += basic or list(_check_time(framework, headers))
        findings += _check_counts(framework)
    known = {f.header.slug: {row["id"] for row in f.rows("provisions")} for f in content.frameworks}
    for catalogue in content.catalogues:
        findings += _check_catalogue(catalogue, known)
    findings += _check_vocabularies(content)
    if not findings:
        findings += check_mappings(content)
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
    for name, table in framework.tables.items():
        yield from _unique(table, _KEY_COLUMNS.get(name, "id"))
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
            reason = framework.header.decoys[row["id"]]
            yield Finding("DECOY_ID", f"{row['id']!r} does not exist", row.where("id"), reason)
    for row in framework.rows("statements"):
        if not is_statement_id(row["id"]):
            yield Finding("BAD_ID", f"{row['id']!r} is no statement id", row.where("id"), "see docs/identifiers.md")


def _check_plain_ids(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    """The ids of what is no provision: they end up in an IRI and nowhere else."""
    for name in _PLAIN_ID_TABLES:
        column = _KEY_COLUMNS.get(name, "id")
        for row in framework.rows(name):
            if not _PLAIN_ID.fullmatch(row[column]):
                remedy = "use lower case letters, digits and single hyphens, a letter first"
                yield Finding("BAD_ID", f"{row[column]!r} is no id", row.where(column), remedy)
    terms: dict[str, Row] = {}
    for row in framework.rows("definitions"):
        term = slugify(row["term"])
        if not term:
            yield Finding("BAD_ID", f"the term {row['term']!r} gives no id", row.where("term"), "use letters a to z")
        elif term in terms:
            message = f"the term {row['term']!r} stands twice"
            yield Finding(
                "DUPLICATE_ID", message, row.where("term"), f"keep one; line {terms[term].line} has the other"
            )
        terms.setdefault(term, row)


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
                "CYCLE",
                f"{row['id']!r} is part of itself",
                row.where("parent"),
                "give it the parent it stands in",
            )
            return
    passed: set[str] = set()
    for row in framework.rows("provisions"):
        if row["parent"] in parents and row["parent"] not in passed:
            message = f"{row['id']!r} stands before {row['parent']!r}, which it is part of"
            yield Finding("PART_FIRST", message, row.where("parent"), "put the rows into the order of the document")
        passed.add(row["id"])


def _check_conditions(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    codes = {row["code"] for row in framework.rows("conditions")}
    for row in (*framework.rows("statements"), *framework.rows("transitions")):
        try:
            used = parse_condition(row["condition"]).codes
        except ValueError as error:
            yield Finding("BAD_CONDITION", str(error), row.where("condition"), "use codes, AND, OR, NOT, parentheses")
            continue
        for code in used:
            if code not in codes:
                guess = nearest(code, sorted(codes))
                remedy = f"did you mean {guess!r}?" if guess else "add it to conditions.tsv with its question"
                yield Finding("UNKNOWN_REFERENCE", f"there is no condition {code!r}", row.where("condition"), remedy)


def _check_rights(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    policy = framework.header.text_policy
    for row in framework.rows("provisions"):
        if policy != "full-text" and row["text"]:
            yield Finding("TEXT_POLICY", f"{policy} allows no text here", row.where("text"), "delete the text")
        if policy == "identifiers":
            for column in ("title", "label", "document", "variant", "note"):
                if len(row[column]) > LABEL_LIMIT:
                    message = f"{column!r} has {len(row[column])} characters, at most {LABEL_LIMIT} are allowed"
                    yield Finding("TEXT_POLICY", message, row.where(column), "use the short title or our own words")


def _check_dates(framework: FrameworkSource, _headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    for table in ("provisions", "statements"):
        for row in framework.rows(table):
            start, end = row.date("in_force_from"), row.date("in_force_until")
            if start and end and start >= end:
                yield Finding(
                    "DATES_ORDER",
                    "in_force_until is not after in_force_from",
                    row.where("in_force_until"),
                    "swap them",
                )
    for row in framework.rows("transitions"):
        before, by = row.date("placed_before"), row.date("comply_by")
        if before and by and by < before:
            yield Finding("DATES_ORDER", "comply_by lies before placed_before", row.where("comply_by"), "check both")


def _check_time(framework: FrameworkSource, headers: dict[str, FrameworkHeader]) -> Iterator[Finding]:
    """Check what only makes sense once references are sound: versions and rules."""
    versions = derive_versions(framework, headers)
    yield from _check_versions(framework, versions)
    yield from _check_laws(framework, versions)
    yield from _check_statements(framework, versions)


_Versions = Mapping[str, tuple[Version, ...]]


def _check_versions(framework: FrameworkSource, versions: _Versions) -> Iterator[Finding]:
    """Every date of a provision comes from an amendment, and every amendment changes a version."""
    effective: set[tuple[str, str]] = set()
    for row in framework.rows("provisions"):
        for version in versions[row["id"]]:
            effective |= {(amendment, row["id"]) for amendment in (*version.introduced_by, *version.ended_by)}
            first = version.span.start == framework.header.in_force_from
            for column, given, explained in (
                ("in_force_from", not first, bool(version.introduced_by)),
                ("in_force_until", version.span.end is not None, bool(version.ended_by)),
            ):
                if given and not explained:
                    message = f"no amendment of that day explains {column} of {row['id']!r}"
                    remedy = "check the day, or add the amendment to amendments.tsv"
                    yield Finding("DATE_UNEXPLAINED", message, row.where(column), remedy)
    for row in framework.rows("amendments"):
        for provision in row.items("provisions"):
            if (row["id"], provision) in effective:
                continue
            message = f"{row['id']!r} neither introduces nor ends a version of {provision}"
            remedy = "in provisions.tsv an insertion needs in_force_from, a deletion in_force_until"
            yield Finding("NO_EFFECT", message, row.where("provisions"), remedy)


def _check_laws(framework: FrameworkSource, versions: _Versions) -> Iterator[Finding]:
    """A rule stands in a version of its article that exists, and governs what exists under that law."""
    statements = {row["id"]: row for row in framework.rows("statements")}
    for table, column in (("application", "legal_basis"), ("transitions", "provision")):
        for row in framework.rows(table):
            article = row[column].partition("(")[0]
            laws = {version.key: version for version in versions.get(article, ())}
            for law in row.items("law"):
                if law not in laws:
                    remedy = f"versions of {article}: {', '.join(sorted(laws))}"
                    yield Finding("UNKNOWN_LAW", f"{article} has no version {law!r}", row.where("law"), remedy)
                    continue
                if not _stands_under(versions[row[column]], laws[law].span):
                    message = f"{row[column]} does not exist in the version {law!r} of {article}"
                    remedy = "name the basis it has in that version"
                    yield Finding("BASIS_NOT_IN_LAW", message, row.where(column), remedy)
                for id_ in row.items("governs"):
                    found = _expressing(statements[id_], versions) if id_ in statements else versions[id_]
                    if not _stands_under(found, laws[law].span):
                        message = f"{id_!r} does not exist under the law {law!r}"
                        yield Finding("GOVERNS_NOTHING", message, row.where("governs"), "split the rule by law")


def _check_statements(framework: FrameworkSource, versions: _Versions) -> Iterator[Finding]:
    """A statement is expressed by a version, and dated under each law it stands under and on each route.

    A route need not be dated under every law: the 2024 text let only Annex III systems be tested under
    Article 60.
    """
    rules = RuleBook.of(framework, versions)
    for rule, provision in rules.uneven():
        message = f"the rule governs {provision!r} under one of its laws and a nearer rule does under another"
        yield Finding("RULE_UNEVEN", message, rule.where("law"), "split the rule: one row a law")
    for row in framework.rows("statements"):
        expressed = _expressing(row, versions)
        if not expressed:
            yield Finding(
                "NO_VERSION",
                f"no version of {row['provision']} expresses {row['id']!r}",
                row.where("id"),
                "check in_force_from and in_force_until against amendments.tsv",
            )
            continue
        laws = [law for law, spans in rules.laws.items() if any(_stands_under(expressed, span) for span in spans)]
        found = rules.for_statement(row, expressed)
        dated_laws = {law for rule in found for law in rule.items("law")}
        dated_routes = {route for rule in found for route in rule.items("routes") or row.items("routes")}
        undated = [f"under the law {law!r}" for law in laws if law not in dated_laws]
        undated += [f"on the route {route!r}" for route in row.items("routes") if route not in dated_routes]
        for what in undated:
            message = f"no application rule dates {row['id']!r} {what}"
            yield Finding("NO_DATE", message, row.where("routes"), "add it to application.tsv")


def _expressing(statement: Row, versions: _Versions) -> tuple[Version, ...]:
    return compile_duties.expressing(statement, versions[statement["provision"]])


def _stands_under(versions: Iterable[Version], law: Span) -> bool:
    """Say whether one of the versions is in force on some day on which the law is."""
    return any(
        (law.end is None or v.span.start < law.end) and (v.span.end is None or law.start < v.span.end) for v in versions
    )


_FRAMEWORK_CHECKS: tuple[Callable[[FrameworkSource, dict[str, FrameworkHeader]], Iterator[Finding]], ...] = (
    _check_ids,
    _check_plain_ids,
    _check_references,
    _check_tree,
    _check_conditions,
    _check_rights,
    _check_dates,
)


_COUNTED_ROWS = {"definition": "definitions", "clock": "clocks", "penalty": "penalties", "event": "timeline"}


def count_framework(framework: FrameworkSource) -> dict[str, int]:
    """Return the counts that `expect` pins: provisions by kind, and the rows of the other tables."""
    counts = Counter(row["kind"] for row in framework.rows("provisions"))
    statements = framework.rows("statements")
    counts["statement"] = sum(not row["in_force_until"] for row in statements)
    counts["superseded"] = sum(bool(row["in_force_until"]) for row in statements)
    counts["umbrella"] = sum(row.flag("umbrella") and not row["in_force_until"] for row in statements)
    counts["assessable"] = sum(map(compile_duties.is_assessable, statements)) or sum(
        row.flag("assessable") for row in framework.rows("provisions")
    )
    counts["amendment"] = sum(bool(row["provisions"]) for row in framework.rows("amendments"))
    counts["amendment-elsewhere"] = sum(not row["provisions"] for row in framework.rows("amendments"))
    for name, table in _COUNTED_ROWS.items():
        counts[name] = len(framework.rows(table))
    return {kind: number for kind, number in counts.items() if number}


def _check_counts(framework: FrameworkSource) -> Iterator[Finding]:
    counts = count_framework(framework)
    for kind in sorted(set(counts) | set(framework.header.expect)):
        expected = framework.header.expect.get(kind)
        where = framework.yaml.where("expect", kind)
        if expected is None:
            message = f"{counts[kind]} of kind {kind!r} are not pinned"
            yield Finding("COUNT_UNPINNED", message, where, "add the official count to expect")
        elif counts.get(kind, 0) != expected:
            message = f"{counts.get(kind, 0)} of kind {kind!r} found, the official count is {expected}"
            yield Finding("COUNT_WRONG", message, where, "mend the table; the pin changes only with the source")


def _check_catalogue(catalogue: CatalogueSource, known: dict[str, set[str]]) -> Iterator[Finding]:
    yield from _unique(catalogue.entries)
    expected = catalogue.header.expect.get("entry")
    if expected != len(catalogue.entries.rows):
        message = f"{len(catalogue.entries.rows)} entries found, {expected} expected"
        where = catalogue.yaml.where("expect", "entry")
        yield Finding("COUNT_WRONG", message, where, "mend the table or the pin")
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
                remedy = f"did you mean {guess!r}?" if guess else f"frameworks: {', '.join(sorted(known))}"
                message = f"there is no provision {concerned!r}"
                yield Finding("UNKNOWN_REFERENCE", message, row.where("concerns"), remedy)


def _check_headers(content: Content) -> Iterator[Finding]:
    """What only shows when the headers stand side by side: names, paths and graphs that two of them claim."""
    claimed: dict[tuple[str, str], str] = {}
    for framework in content.frameworks:
        header, where = framework.header, framework.yaml.where
        me = f"{header.slug}@{header.edition}"
        claims = [("slug", header.slug, "SECOND_EDITION"), ("iri_path", header.iri_path, "DUPLICATE_PATH")]
        claims += [("names", name.casefold(), "DUPLICATE_NAME") for name in sorted(set(header.names))]
        for field, value, code in claims:
            other = claimed.setdefault((field, value), me)
            if other != me:
                yield Finding(code, f"{field} {value!r} belongs to {other} already", where(field), _CLAIMS[code])
        if not header.issued <= header.known_from <= header.in_force_from:
            message = "issued, published and in_force_from are not in this order"
            yield Finding("DATES_ORDER", message, where("in_force_from"), "check the three days")
    taken = {f.header.slug for f in content.frameworks} | {"vocabularies", "ontology", "inferred", "org"}
    for catalogue in content.catalogues:
        slug = catalogue.header.slug
        if slug in taken:
            remedy = "choose a slug that no framework or catalogue has"
            yield Finding("DUPLICATE_ID", f"the slug {slug!r} is taken", catalogue.yaml.where("slug"), remedy)
        taken.add(slug)


_CLAIMS = {
    "SECOND_EDITION": "one edition of a framework can be compiled at a time; give this one its own slug",
    "DUPLICATE_PATH": "give each framework its own iri_path",
    "DUPLICATE_NAME": "a citation by this name could mean both; keep it with one of them",
}


def _check_vocabularies(content: Content) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    tables = dict(content.vocabularies)
    for scheme, needed in _CONCEPTS.items():
        slugs = {row["slug"] for row in tables[scheme].rows} if scheme in tables else set()
        for slug in needed:
            if slug not in slugs:
                where = Location(tables[scheme].file) if scheme in tables else Location(f"vocabularies/{scheme}.tsv")
                yield Finding("NO_CONCEPT", f"there is no term for {slug!r}", where, f"add it to {scheme}.tsv")
    for scheme, table in content.vocabularies:
        yield from _unique(table, "slug")
        for row in table.rows:
            if not _TERM.fullmatch(row["term"]):
                remedy = "write it like ModalityMust: letters and digits, a capital first"
                yield Finding("BAD_ID", f"{row['term']!r} is no name of a term", row.where("term"), remedy)
            if row["term"] in seen:
                remedy = f"it is also in {seen[row['term']]}"
                yield Finding("DUPLICATE_ID", f"the term {row['term']!r} stands twice", row.where("term"), remedy)
            seen[row["term"]] = scheme
