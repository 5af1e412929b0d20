"""Writes findings as SARIF 2.1.0, for code scanning services and editors."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from aimsgraph.domain.report import Finding, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def to_sarif(
    findings: Sequence[Finding], rules: Mapping[str, str], *, version: str, tool: str = "aimsgraph"
) -> dict[str, Any]:
    """Return a SARIF log with one run.

    Args:
        findings: what was found, in the order to write.
        rules: code → one sentence, for every rule that was checked; codes found beside these are added.
        version: version of the tool.
        tool: name of the tool.
    """
    codes = list(dict.fromkeys((*rules, *(finding.rule for finding in findings))))
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        print_ = _fingerprint(finding)
        results.append(_result(finding, codes.index(finding.rule), f"{print_}:{seen[print_]}"))
        seen[print_] += 1
    driver = {
        "name": tool,
        "version": version,
        "rules": [{"id": code, "shortDescription": {"text": f"{rules.get(code, code)}."}} for code in codes],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def render_sarif(findings: Sequence[Finding], rules: Mapping[str, str], *, version: str) -> str:
    """Return the same as text."""
    return json.dumps(to_sarif(findings, rules, version=version), indent=2, ensure_ascii=False) + "\n"


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    at = finding.location
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(at.file)}}
    if at.line:
        physical["region"] = {"startLine": at.line, **({"startColumn": at.column} if at.column else {})}
    remedy = f". Fix: {finding.remedy}" if finding.remedy else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{remedy}"},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"aimsgraph/v1": fingerprint},
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines above a finding come or go."""
    text = "\0".join((finding.rule, finding.location.file, finding.message))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
