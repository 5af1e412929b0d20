"""Renders what `show` knows as text for people."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
_PLAIN = {
    "own_words": "in our words",
    "full_text": "text",
    "requires_document": "document",
    "guidance_id": "guidance",
    "title_variant": "title variant",
    "pdca_phase": None,
    "phase": "PDCA phase",
    "assessable": "assessable",
    "provision": "stated in",
    "modality": "modality",
    "roles": "borne by",
    "bearer_note": "bearer",
    "routes": "routes",
    "stage": "stage",
    "condition_expression": "condition",
    "replaced_by": "replaced by",
    "designation": "designation",
    "publisher": "publisher",
    "year": "year",
    "status_text": "status",
    "topic": "topic",
    "grade": "evidence grade",
    "edition": "edition",
    "celex": "CELEX",
    "rights": "rights",
    "checked_on": "checked on",
    "checked_against": "checked against",
    "current_to": "current to",
    "source_url": "address",
    "eli_iri": "ELI",
    "missing_statement": "no statement yet for",
    "note": "note",
}


def render_show(view: Json) -> str:
    """Return the text of one entry."""
    lines = [f"{view['ref']}  {view['label']}", f"  {view['iri']}"]
    if "parents" in view:
        lines.append("  in: " + " › ".join(parent["label"] for parent in view["parents"]))
    for key, name in _PLAIN.items():
        if name and key in view:
            lines.append(f"  {name}: {_value(view[key])}")
    lines.append(f"  asked for {view['on']}, by the law as known on {view['law_as_of']}")
    lines += _versions(view.get("versions", []))
    lines += _application(view.get("application", []), "applies")
    lines += _application(view.get("application_known_otherwise", []), "by other law")
    lines += _amendments(view)
    lines += _statements(view.get("statements", []))
    lines += [f"  condition {code}: {question}" for code, question in view.get("conditions", {}).items()]
    lines += _clocks(view.get("clocks", []))
    lines += _penalties(view.get("penalties", []))
    lines += [f"  defines: {term}" for term in view.get("defines", [])]
    lines += [
        f"  standard: {s['designation']} {s['title']} ({s['status']}; grade {s['grade']})"
        for s in view.get("standards", [])
    ]
    lines += [f"  contains: {child['ref']}  {child['label']}" for child in view.get("children", [])]
    if "counts" in view:
        lines.append("  counts: " + ", ".join(f"{n} {kind}" for kind, n in view["counts"].items()))
    if "source" in view:
        lines.append(f"  source: {view['source']['file']}, line {view['source']['line']}")
        lines.append(f"  an error? {view['report_error']}")
    lines += [f"  warning: {warning}" for warning in view["warnings"]]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _versions(versions: list[Json]) -> list[str]:
    lines = []
    for version in versions:
        until = f" until {version['in_force_until']}" if "in_force_until" in version else ""
        mark = "*" if version["in_force"] else " "
        by = "; ".join(version.get("introduced_by", []))
        parts = ", composed of changed parts" if version.get("composed_of_changed_parts") else ""
        key = f" {version['key']}" if "key" in version else ""
        ended = f", ended by {'; '.join(version['ended_by'])}" if "ended_by" in version and until else ""
        lines.append(
            f" {mark}version{key}: in force from {version['in_force_from']}{until}, published {version['published']}"
            f"{', by ' + by if by else ''}{ended if not parts else ''}{parts}"
        )
        if "title" in version and len(versions) > 1:
            lines.append(f"    title: {version['title']}")
    return lines


def _application(rules: list[Json], word: str) -> list[str]:
    lines = []
    for rule in rules:
        routes = f" on {', '.join(rule['routes'])}" if "routes" in rule else ""
        reading = f": {rule['reading']}" if "reading" in rule else ""
        lines.append(
            f"  {word} from {rule['applies_from']}{routes} by {rule['legal_basis']} [{rule['interpretation']}{reading}]"
        )
    return lines


def _amendments(view: Json) -> list[str]:
    lines = []
    for item in view.get("amendments", []):
        moved = f" → {item['moved_to']}" if "moved_to" in item else ""
        lines.append(
            f"  {item['kind']} by {item['by']}: {', '.join(item['provisions'])}{moved}. {item['effect']} "
            f"Applies: {item['applies']}"
        )
    lines += [f"  moved here: {', '.join(m['from'])} by {m['by']}" for m in view.get("moved_here", [])]
    return lines


def _statements(statements: list[Json]) -> list[str]:
    lines = []
    for item in statements:
        mark = "" if item["in_force"] else " (not in force that day)"
        replaced = f" → {item['replaced_by']}" if item["replaced_by"] else ""
        condition = f" if {item['condition']}" if item["condition"] else ""
        lines.append(
            f"  statement {item['statement']}: {', '.join(item['roles'])} {item['modality']}: {item['label']}"
            f" [{', '.join(item['routes'])}]{condition}{replaced}{mark}"
        )
    return lines


def _clocks(clocks: list[Json]) -> list[str]:
    lines = []
    for clock in clocks:
        case = f" ({clock['case']})" if "case" in clock else ""
        note = f"; {clock['note']}" if "note" in clock else ""
        lines.append(
            f"  clock {clock['provision']}{case}: {clock['duration']} from {clock['starts']}: {clock['roles']}: "
            f"{clock['duty']}{note}"
        )
        lines += [f"    {line.strip()}" for line in _application(clock.get("application", []), "applies")]
    return lines


def _penalties(penalties: list[Json]) -> list[str]:
    lines = []
    for item in penalties:
        amount = f"EUR {item['maximum_eur']:,}" if "maximum_eur" in item else ""
        percent = f"{item['maximum_turnover_percent']} % of turnover" if "maximum_turnover_percent" in item else ""
        most = " or ".join(part for part in (amount, percent) if part) or "set by national law"
        lines.append(f"  penalty {item['provision']}: {item['infringement']}: {most}")
    return lines
