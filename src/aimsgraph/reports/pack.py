"""The auditor's pack: one archive with the reports, what they rest on, and how to get them once more.

The same register, days, content and program give the same bytes: entries in order, no clock.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import platform
import shlex
import zipfile
from collections.abc import Mapping

from aimsgraph import answers
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.evidence import evidence_index
from aimsgraph.reports.model import Report, Section, Table
from aimsgraph.reports.proofs import collect_proofs, proofs_report
from aimsgraph.reports.render import FORMATS, REPORTS, render
from aimsgraph.reports.validation import validate, validation_report
from aimsgraph.version import __version__

SUMS = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "openpyxl")
_SAYS: Mapping[str, str] = {
    "dataset.json": "which dataset and which register: versions and digests",
    "answers/": "the answers the reports arrange, as JSON",
    "validation/validation.json": "the validation as JSON",
    "mappings/proofs.json": "the proofs as JSON, with the steps of each",
    SUMS: "the digest of every other file here",
}


def auditor_pack(case: Case) -> bytes:
    """Return the pack as a zip archive.

    Raises:
        UsageError: openpyxl is not installed.
        BackendError: the engine that validates failed.
    """
    validated, proofs = validate(case), collect_proofs(case)
    reports = {f"reports/{report.name}": report for report in (make(case) for make in REPORTS.values())}
    for folder, report in (
        ("evidence", evidence_index(case)),
        ("validation", validation_report(case, validated)),
        ("mappings", proofs_report(case, proofs)),
    ):
        reports[f"{folder}/{report.name}"] = report
    contents = _contents(case, reports)
    files = {f"{stem}.{form}": render(report, form) for stem, report in reports.items() for form in FORMATS}
    files |= {"index.html": render(contents, "html"), "README.md": render(contents, "md")}
    data = {
        "answers/coverage.json": case.coverage, "answers/gaps.json": case.gaps, "answers/soa.json": case.soa,
        "answers/readiness.json": case.readiness, "validation/validation.json": validated,
        "mappings/proofs.json": proofs, "dataset.json": _dataset(case, validated["dataset_digest"]),
    }  # fmt: skip
    files |= {name: _json(value) for name, value in data.items()}
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return _zipped(files | {SUMS: sums.encode()})


def commands(case: Case) -> tuple[str, ...]:
    """Return the commands that make the reports and the pack once more, in the folder that holds the register."""
    moment, today = case.posture.moment, case.graph.moment().on
    days = ["--on", moment.on.isoformat(), "--law-as-of", moment.law_as_of.isoformat()]
    asked = ["--org", case.path.name, *(["--system", case.system] if case.system else []), *days]
    asked += ["--min-status", case.min_status, *(["--without", ",".join(case.without)] if case.without else [])]
    start = ["aimsgraph", "--today", today.isoformat(), "report"]
    slug = case.posture.register.organisation.slug
    made = [
        [*start, name, *asked, "--format", form, "--output", f"{slug}-{name}.{form}"]
        for name in REPORTS
        for form in FORMATS
    ]
    return tuple(shlex.join(words) for words in ([*start, "pack", *asked, "--output", f"{slug}-pack.zip"], *made))


def versions() -> dict[str, str]:
    """Return the program, the language and the libraries whose versions may change a byte."""
    return {
        "aimsgraph": __version__,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def _contents(case: Case, reports: Mapping[str, Report]) -> Report:
    tables = [(f"{stem}.html", report.title) for stem, report in reports.items()]
    gaps, steps = case.gaps, case.readiness
    again = (
        "Unpack or check out the register whose digest stands above, so that its folder or workbook has the same name; "
        "use content of the version named above. The pack then comes out byte for byte with the versions below.",
    )
    sections = [
        Section("What is in it", ("Each also as a workbook (.xlsx) and as Markdown (.md).",), links=tuple(tables)),
        Section("For programs", table=Table(("file", "what it holds"), list(_SAYS.items()))),
        Section("How far the duties are covered", counts=case.coverage["summary"]),
        Section("Steps of the management system", counts=steps["summary"],
                words=(f"The gap report lists {len(gaps['gaps']):,} gaps, {len(gaps['questions']):,} questions.",)),
        Section("Is it complete and unchanged?", ("Where it was unpacked:",), code=(f"sha256sum -c {SUMS}",)),
        Section("How to make it once more", again, code=commands(case)),
        Section("With these versions", table=Table(("what", "version"), list(versions().items())), minor=True),
        Section("Files of the register", table=Table(("file", "SHA-256"), list(case.register_files)), minor=True),
    ]  # fmt: skip
    return case.report("index", "Auditor's pack", sections, ())


def _dataset(case: Case, judged: str) -> Json:
    infos = {info["slug"]: info.get("current_to") for info in case.graph.frameworks()}
    return answers.envelope(
        case.graph, case.posture.moment, made_on=case.graph.moment().on.isoformat(), frameworks_current_to=infos,
        register={"name": case.path.name, "sha256": case.register_digest, "files": dict(case.register_files)},
        facts_judged=judged, versions=versions(), commands=list(commands(case)), does_not_claim=answers.NO_CLAIM,
    )  # fmt: skip


def _json(value: Json) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, files[name], compresslevel=6)
    return out.getvalue()
