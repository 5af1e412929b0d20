"""Starts an organisation's folder: every file of the format as a commented template that is sound as it stands.

What nobody has answered yet is left out or `undetermined`, so that a new folder claims nothing. Tables cannot hold
comments; `README.md` says what each column is for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from aimsgraph.content.organisation_files import EVIDENCE
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.register_tables import TABLES, Described
from aimsgraph.domain.identifiers import slugify
from aimsgraph.domain.organisation import EXCLUSIONS
from aimsgraph.errors import Location, Refused, UsageError

_STANDARD = "iso-42001:"

_HEADER = """\
# Who the organisation is, and the records of its management system that belong to no single system.
# Every file of this folder may be written by hand; `aimsgraph org check .` says what is wrong with it.

slug: {slug}
name: {name}
base: https://{slug}.example/aims/      # a web address of your own: every record gets a name below it
jurisdiction: DE                        # where it is established
language: en                            # the language these files are written in

# Other organisations we name: vendors, certification bodies, authorities.
agents: []
#  - id: vendor
#    name: Vendor Ltd

# Conditions that hold, or do not, whatever the system: a code, answered yes or no. What is not listed is unknown.
facts: {{}}
#  is-public-authority: no

# The document of policies/ that fixes the scope, and the person of people.csv who directs it all.
management_system: {{}}
#  scope: aims-scope
#  top_management: jane

# The statement of applicability as a document; its rows stand in soa.csv.
soa:
  version: "0.1"
#  approved_by: jane
#  approved_on: 2026-10-01

# Clauses 4.1 and 4.2 of ISO/IEC 42001.
context:
  issues: []
#    - What inside or around us bears on our work with AI.
  parties: []
#    - name: Staff
#      requirement: What they need or expect.

# Clause 6.2. status: open, on-track, at-risk, reached, dropped.
objectives: []
#  - id: first-objective
#    title: What we want to reach
#    owner: jane
#    measure: How we tell
#    target: Which value means that it is reached
#    due: 2027-06-30
#    status: open
#    last_measured: 2026-10-01

# Clause 9.1: what is watched, every how many days, when last, with which result.
measurements: []
#  - id: complaints
#    what: Complaints a month
#    every_days: 31
#    last_on: 2026-10-01
#    result: none

# Clause 6.3.
changes: []
#  - id: first-change
#    title: What is to change
#    purpose: Why
#    owner: jane
#    start: 2027-01-01
"""

_SYSTEM = """\
# One AI system. Copy this file for each, and name it after the id.

id: first-system
name: First system
purpose: Say in one sentence what it is for, and who decides with it.
# owner: jane                           # a person of people.csv; the organisation itself when left out
routes: []                              # {routes}
planned: yes                            # yes while placed_on_market lies ahead
# placed_on_market: 2027-12-10          # first day on the market or in service

# Does an exclusion of Article 2 take the system out of the Act? yes, no or undetermined; each is asked first.
art_2_exclusions:
{exclusions}

# Who holds which role from when. The roles:
# {roles}.
roles: []
#  - agent: {slug}
#    role: deployer
#    from: 2026-10-01

# status: decided needs outcome, grounded_on, decided_by, decided_on and rationale.
classification:
  status: undetermined

# Conditions this system answers, yes or no; they go before those of organisation.yaml.
facts: {{}}

models: []
#  - id: first-model
#    name: First model
#    datasets: [first-dataset]
datasets: []
#  - id: first-dataset
#    name: First dataset
#    personal_data: yes
deployments: []
#  - id: first-use
#    name: Where it is used
#    by: {slug}
#    from: 2026-10-01
events: []
#  - id: first-change
#    kind: substantial-modification     # or significant-design-change
#    on: 2026-10-01
#    description: What was changed
"""

_IMPACT = """\
# One assessment of what a system does to people. Without done_on it counts as begun, not as done.

id: first-impact
kind: ai-system                         # ai-system (ISO/IEC 42001), fria (Article 27), dpia (Article 35 GDPR)
system: first-system
# done_on: 2026-10-01
# by: jane
# next_review: 2027-10-01
reuses: []                              # ids of assessments whose results it takes over
affected_groups: []
#  - name: Who is affected
#    harms: [What may befall them.]
#    safeguards: [What is done against it.]
# notified_on: 2026-10-01               # fria: the day the authority was told
# conclusion: What follows.
# document: https://documents.example/impact
"""

_POLICY = """\
# One document you control. Its text lies elsewhere; this is what an auditor asks about it.

id: ai-policy
kind: ai-policy                         # ai-policy, procedure, aims-scope, objective-plan, risk-process,
                                        # impact-process, technical-documentation, instructions-for-use,
                                        # post-market-plan, quality-management-system, declaration, other
title: AI policy
version: "0.1"
# owner: jane
# approved_by: john                     # somebody other than the owner
# approved_on: 2026-10-01
# next_review: 2027-10-01
# retention: 10 years
documents: [iso-42001:5.2]              # clauses, controls, articles and annex points it covers
# systems: [first-system]               # for documents about single systems
# communicated_on: 2026-10-01
"""

_AUDITS = """\
# Audits past and planned, what they found, the management reviews, the certificates.
# What has a report, or minutes, counts as done.

programme: []
#  - id: ia-2026
#    kind: internal                     # internal, stage-1, stage-2, surveillance, recertification, special
#    on: 2026-10-01
#    auditor: jane                      # somebody who owns nothing of what is audited
#    scope: [iso-42001:4, iso-42001:A.6.2.4]
#    report: https://documents.example/audit

findings: []
#  - id: nc-1
#    audit: ia-2026
#    against: iso-42001:7.5.3           # a clause, a control or a statement
#    grade: minor                       # major, minor, observation, opportunity
#    text: What is amiss.
#    cause: Why it came about.
#    action: What removes the cause.
#    action_owner: jane
#    due: 2026-12-01
#    closed_on: 2026-11-20
#    effective_on: 2027-01-20

reviews: []
#  - id: mr-2026
#    on: 2026-10-01
#    inputs: [audit results, objectives, risks]
#    decisions: [What was decided.]
#    minutes: https://documents.example/review

certificates: []
#  - id: aims-2026
#    of: aims                           # aims, or the id of a system
#    by: certification-body             # one of agents: in organisation.yaml
#    valid_from: 2026-10-01
#    valid_until: 2029-09-30
#    scope: What it covers
#    soa_version: "1.0"
"""

_README = """\
# Register of AI systems

Plain files, kept in version control. `aimsgraph org check .` says what is wrong with them.

| file | holds |
|---|---|
| `organisation.yaml` | who the organisation is, its objectives, context, measurements and planned changes |
| `systems/<id>.yaml` | one AI system a file |
| `impacts/<id>.yaml` | one impact assessment a file |
| `policies/<id>.yaml` | one controlled document a file |
| `audits.yaml` | audits, findings, management reviews, certificates |
| `evidence/` | the files that `evidence.csv` names |

The YAML files explain themselves. The tables are comma-separated, with commas inside a cell put in double quotes and
items of a list separated by `;`. Days are written YYYY-MM-DD. A cell nobody can fill in yet stays empty.
"""


def new_organisation(folder: Path, law: LawIndex, name: str = "") -> tuple[Path, ...]:
    """Write the templates into a folder that is new or empty.

    Args:
        folder: where; its name becomes the organisation's short name.
        law: from which the controls of Annex A, the roles and the routes are listed.
        name: the organisation's name; the folder's when empty.

    Returns:
        The files written.

    Raises:
        Refused: something stands in the folder already; nothing is overwritten.
        UsageError: the folder cannot be written, or its name makes no short name.
    """
    slug = slugify(folder.resolve().name)
    if name and not name.isprintable():
        raise UsageError("the name holds an invisible character", remedy="write it on one line, in plain letters")
    if not slug:
        raise UsageError(f"{str(folder)!r} makes no short name", remedy="use letters and digits in the folder's name")
    try:
        taken = (
            sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.exists() else []
        )
        if taken:
            raise Refused(
                f"the folder is not empty: it holds {taken[0]}",
                location=Location(str(folder)),
                remedy="choose a new folder; nothing is overwritten",
            )
        return tuple(_write(folder / path, text) for path, text in _files(slug, name or folder.resolve().name, law))
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}", remedy="choose a folder you may write"
        ) from error


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


def _files(slug: str, name: str, law: LawIndex) -> Iterator[tuple[str, str]]:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    yield "README.md", _README + "".join(_explain(table, columns) for table, columns in TABLES.items())
    yield "organisation.yaml", _HEADER.format(slug=slug, name=quoted)
    exclusions = "\n".join(f"  {key}: undetermined".ljust(56) + f"# {at}" for key, at in EXCLUSIONS.items())
    routes, roles = ", ".join(r for r in law.routes if r != "all-ai"), ", ".join(law.roles)
    yield "systems/first-system.yaml", _SYSTEM.format(slug=slug, routes=routes, roles=roles, exclusions=exclusions)
    yield "impacts/first-impact.yaml", _IMPACT
    yield "policies/ai-policy.yaml", _POLICY
    yield "audits.yaml", _AUDITS
    yield f"{EVIDENCE}/README.md", "Files that `evidence.csv` names lie here.\n"
    for table, columns in TABLES.items():
        rows = [[c, "undetermined"] for c in law.controls if c.startswith(_STANDARD)] if table == "soa.csv" else []
        yield table, _to_csv(columns, rows)


def _to_csv(columns: tuple[Described, ...], rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([described.column.name for described in columns])
    writer.writerows([*row, *[""] * (len(columns) - len(row))] for row in rows)
    return buffer.getvalue()


def _explain(table: str, columns: tuple[Described, ...]) -> str:
    lines = [f"\n## {table}\n\n| column | meaning | values |\n|---|---|---|\n"]
    for column, meaning in columns:
        values = ", ".join(column.choices) or {"text": "", "yes-no": "yes, no"}.get(column.kind, column.kind)
        lines.append(f"| `{column.name}`{' (needed)' if column.required else ''} | {meaning} | {values} |\n")
    return "".join(lines)
