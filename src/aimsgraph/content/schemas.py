"""The tables of `data/`: which columns each may have, in their normal order.

A framework's folder holds `framework.yaml` and any of these tables; what is not there is not needed. The same columns
serve every framework, so that a new one is a folder of text files and no code.
"""

from __future__ import annotations

from aimsgraph.content.tables import Column

PROVISION_KINDS = [
    "chapter",
    "section",
    "article",
    "paragraph",
    "subparagraph",
    "point",
    "subpoint",
    "recital",
    "annex",
    "annex-section",
    "annex-point",
    "clause",
    "objective",
    "sub-objective",
    "control",
    "theme",
    "ai-objective",
    "risk-source",
    "function",
    "category",
    "subcategory",
    "risk",
]
MODALITIES = (
    "must",
    "must-not",
    "content-item",
    "may",
    "option-to-comply",
    "status-rule",
    "classification-rule",
    "criterion",
)
ASSESSABLE_MODALITIES = ("must", "must-not", "content-item")
ROUTES = ("annex-iii", "annex-i", "transparency", "gpai", "gpai-systemic", "prohibited", "all-ai")
STAGES = ("post-market", "testing")
INTERPRETATIONS = ("settled", "inferred", "contested")

PROVISIONS = (
    Column("id", required=True),
    Column("parent"),
    Column("kind", "choice", required=True, choices=tuple(PROVISION_KINDS)),
    Column("path"),
    Column("title"),
    Column("label"),
    Column("text"),
    Column("section"),
    Column("assessable", "yes-no"),
    Column("phase", "choice", choices=("plan", "do", "check", "act")),
    Column("document"),
    Column("guidance"),
    Column("variant"),
    Column("sources", "list"),
    Column("in_force_from", "date"),
    Column("in_force_until", "date"),
    Column("note"),
)
AMENDMENTS = (
    Column("id", required=True),
    Column("provisions", "list"),
    Column("unit"),
    Column("kind", "choice", required=True, choices=("inserted", "modified", "deleted")),
    Column("effect", required=True),
    Column("applies", "list", required=True),
    Column("instrument", required=True),
    Column("instruction", required=True),
    Column("moved_to"),
    Column("new_title"),
    Column("other_act"),
    Column("note"),
)
STATEMENTS = (
    Column("id", required=True),
    Column("provision", required=True),
    Column("roles", "list", required=True),
    Column("label", required=True),
    Column("routes", "list", required=True, choices=ROUTES),
    Column("stage", "choice", choices=STAGES),
    Column("modality", "choice", required=True, choices=MODALITIES),
    Column("condition"),
    Column("umbrella", "yes-no", required=True),
    Column("in_force_from", "date"),
    Column("in_force_until", "date"),
    Column("replaced_by"),
    Column("moved", "yes-no"),
    Column("bearer_note"),
    Column("note"),
)
APPLICATION = (
    Column("id", required=True),
    Column("governs", "list", required=True),
    Column("routes", "list", choices=ROUTES),
    Column("law", "list", required=True),
    Column("legal_basis", required=True),
    Column("applies_from", "date", required=True),
    Column("interpretation", "choice", required=True, choices=INTERPRETATIONS),
    Column("reading"),
    Column("note"),
)
TRANSITIONS = (
    Column("id", required=True),
    Column("provision", required=True),
    Column("law", "list", required=True),
    Column("spares", "list", required=True),
    Column("placed_before", "date", required=True),
    Column("comply_by", "date"),
    Column("ends_on", "choice", choices=("significant-design-change",)),
    Column("condition"),
    Column("interpretation", "choice", required=True, choices=INTERPRETATIONS),
    Column("note"),
)
CONDITIONS = (Column("code", required=True), Column("question", required=True))
ROLES = (Column("slug", required=True), Column("label", required=True))
DEFINITIONS = (Column("provision", required=True), Column("term", required=True))
GAPS = (Column("provision", required=True), Column("missing", required=True))
CLOCKS = (
    Column("id", required=True),
    Column("provision", required=True),
    Column("case"),
    Column("roles", "list", required=True),
    Column("duty", required=True),
    Column("duration", required=True),
    Column("exact", "yes-no", required=True),
    Column("starts", required=True),
    Column("effective", required=True),
    Column("note"),
)
PENALTIES = (
    Column("id", required=True),
    Column("provision", required=True),
    Column("infringement", required=True),
    Column("maximum_eur", "integer"),
    Column("maximum_turnover_percent", "decimal"),
    Column("small_enterprises"),
    Column("roles", "list", required=True),
    Column("effective", required=True),
    Column("note"),
)
TIMELINE = (
    Column("id", required=True),
    Column("date", "date", required=True),
    Column("event", required=True),
    Column("legal_basis", required=True),
    Column(
        "kind",
        "choice",
        required=True,
        choices=("milestone", "entry-into-force", "application", "deadline", "cut-off", "soft-law"),
    ),
    Column("status", "choice", choices=("missed",)),
)
FRAMEWORK_TABLES: dict[str, tuple[Column, ...]] = {
    "provisions": PROVISIONS,
    "amendments": AMENDMENTS,
    "statements": STATEMENTS,
    "application": APPLICATION,
    "transitions": TRANSITIONS,
    "conditions": CONDITIONS,
    "roles": ROLES,
    "definitions": DEFINITIONS,
    "clocks": CLOCKS,
    "penalties": PENALTIES,
    "timeline": TIMELINE,
    "gaps": GAPS,
}
VOCABULARY = (
    Column("term", required=True),
    Column("slug", required=True),
    Column("label", required=True),
    Column("definition", required=True),
)
CATALOGUE = (
    Column("id", required=True),
    Column("designation", required=True),
    Column("title", required=True),
    Column("publisher", required=True),
    Column("year"),
    Column("status", required=True),
    Column("topic", required=True),
    Column("concerns", "list"),
    Column("grade", "choice", required=True, choices=("A", "B", "K")),
    Column("note"),
)
