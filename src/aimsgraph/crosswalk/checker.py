"""Judges a proof a second time, from the JSON alone and the asserted rows.

It shares no code with the composer on purpose: its own table, its own sets, its own walk. A proof it accepts says
exactly what its rows and the structure say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_LETTERS = {
    "equal-to": "e",
    "equivalent-to": "e",
    "subset-of": "s",
    "superset-of": "S",
    "intersects-with": "i",
    "no-relationship": "d",
}
_EVERYTHING = frozenset("esSid")
# Rows: first hop; columns, in this order: e, s, S, i, d (docs/crosswalk.md).
_COLUMNS = "esSid"
_TABLE = {
    "e": ("e", "s", "S", "i", "d"),
    "s": ("s", "s", "esSid", "sid", "d"),
    "S": ("S", "esSi", "S", "Si", "Sid"),
    "i": ("i", "si", "Sid", "esSid", "Sid"),
    "d": ("d", "sid", "d", "sid", "esSid"),
}
_WEIGHT = ("deprecated", "contested", "candidate", "reviewed", "accepted")


class Rejected(Exception):
    """The proof does not prove what it says; the message names the first thing that is wrong."""


def check_answer(
    answer: Json,
    rows: Mapping[str, Json],
    wholes: Mapping[str, str],
    periods: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Accept an answer with its proofs, or say what is wrong with it.

    Args:
        answer: one entry of `answers`, with `proofs`.
        rows: the asserted rows by IRI: `subjects`, `objects`, `relations`, `subject_versions`, `object_versions`,
            `confidence`, `status`, `perspective`, `extent`, `gap_object`, `gap_subject`.
        wholes: the whole each part stands in, by reference.
        periods: the first day each version is in force and the first day it no longer is, by version.

    Raises:
        Rejected: it does not hold.
    """
    proofs = answer.get("proofs")
    if not isinstance(proofs, list) or not proofs:
        raise Rejected("there is no proof")
    if answer.get("paths") != len(proofs):
        raise Rejected(f"{len(proofs)} paths are given, the answer speaks of {answer.get('paths')}")
    known = _EVERYTHING
    used: dict[str, Json] = {}
    ends: tuple[dict[str, str], dict[str, str]] = ({}, {})
    roles: list[frozenset[str]] = []
    for path in proofs:
        steps = path["steps"]
        if not steps or steps[0]["subject"] != answer["subject"] or steps[-1]["object"] != answer["object"]:
            raise Rejected("a path does not lead from the subject to the object")
        known &= _walk(path, rows, wholes, used)
        over = [step for step in steps if "row" in step]
        if over:
            _pin(ends[0], over[0]["subject"], over[0].get("subject_version", ""))
            _pin(ends[1], over[-1]["object"], over[-1].get("object_version", ""))
        roles += [frozenset(rows[step["row"]]["perspective"]) for step in over]
    for pins in ends:
        _one_day(pins, periods or {})
    if frozenset(answer["perspective"]) != _common_role(roles):
        raise Rejected("the answer holds for other roles than its rows")
    if known != _letters(answer["relations"]):
        raise Rejected(f"the paths leave {_words(known)}, the answer says {list(answer['relations'])}")
    _check_verdicts(answer, known)
    _check_weight(answer, used)
    _check_direct(answer, [path["steps"][0] for path in proofs if len(path["steps"]) == 1], rows)


def _walk(path: Json, rows: Mapping[str, Json], wholes: Mapping[str, str], used: dict[str, Json]) -> frozenset[str]:
    known: frozenset[str] | None = None
    at, version = path["steps"][0]["subject"], ""
    if len(path["after_each_step"]) != len(path["steps"]):
        raise Rejected("not every step says what is possible after it")
    for step, after in zip(path["steps"], path["after_each_step"], strict=True):
        if step["subject"] != at:
            raise Rejected(f"a step starts from {step['subject']} where the chain stands at {at}")
        said = _row_step(step, rows, used) if "row" in step else _structure_step(step, wholes)
        if "row" in step:
            if version and step.get("subject_version") and version != step["subject_version"]:
                raise Rejected(f"two rows speak of different versions of {at}")
            version = step.get("object_version", "")
        known = said if known is None else _compose(known, said)
        if known != _letters(after):
            raise Rejected(f"after the step to {step['object']} {_words(known)} is possible, not {list(after)}")
        at = step["object"]
    assert known is not None
    return known


def _row_step(step: Json, rows: Mapping[str, Json], used: dict[str, Json]) -> frozenset[str]:
    row = rows.get(step["row"])
    if row is None or step["kind"] != "mapping":
        raise Rejected(f"there is no row {step['row']}, or the step is no mapping")
    if len(row["subjects"]) != 1 or len(row["objects"]) != 1:
        raise Rejected("a joint row is no step between single items")
    ends = [row["subjects"][0], row["objects"][0]]
    versions = [row["subject_versions"][0], row["object_versions"][0]]
    said = _letters(row["relations"])
    if step.get("inverted"):
        ends, versions, said = ends[::-1], versions[::-1], _turned(said)
    if [step["subject"], step["object"]] != ends:
        raise Rejected(f"the row {step['row']} has other ends")
    if [step.get("subject_version", ""), step.get("object_version", "")] != versions:
        raise Rejected(f"the row {step['row']} pins other versions")
    if _letters(step["relations"]) != said:
        raise Rejected(f"the row {step['row']} says {_words(said)}")
    for key in ("confidence", "status", "perspective"):
        if step.get(key) != row[key]:
            raise Rejected(f"the row {step['row']} has another {key}")
    used[step["row"]] = row
    return said


def _structure_step(step: Json, wholes: Mapping[str, str]) -> frozenset[str]:
    part, whole = step["subject"], step["object"]
    said = frozenset("es")
    if step["kind"] == "has-part":
        part, whole, said = whole, part, frozenset("eS")
    elif step["kind"] != "part-of":
        raise Rejected(f"there is no kind of step {step['kind']!r}")
    at, passed = wholes.get(part, ""), {part}
    while at and at != whole and at not in passed:
        passed.add(at)
        at = wholes.get(at, "")
    if at != whole or part == whole:
        raise Rejected(f"{part} is no part of {whole}")
    if _letters(step["relations"]) != said:
        raise Rejected("a step of structure says only that a part is contained in its whole")
    return said


def _pin(pins: dict[str, str], item: str, version: str) -> None:
    if version and pins.setdefault(item, version) != version:
        raise Rejected(f"paths that speak of different versions of {item} cannot be put together")


def _one_day(pins: Mapping[str, str], periods: Mapping[str, tuple[str, str]]) -> None:
    """Refuse an end whose versions, of itself and of its parts, were never in force on the same day."""
    spans = [periods[version] for version in pins.values() if version in periods]
    last_start = max((start for start, _ in spans), default="")
    if any(end and end <= last_start for _, end in spans):
        raise Rejected("paths that speak of versions never in force together cannot be put together")


def _common_role(roles: list[frozenset[str]]) -> frozenset[str]:
    limited = [role for role in roles if role]
    common = frozenset.intersection(*limited) if limited else frozenset()
    if limited and not common:
        raise Rejected("paths that hold for different roles cannot be put together")
    return common


def _check_verdicts(answer: Json, known: frozenset[str]) -> None:
    if not known:
        verdicts = {answer["covers"], answer["covered_by"], answer["overlaps"]}
        if answer["summary"] != "contradiction" or verdicts != {"unknown"}:
            raise Rejected("the paths contradict each other: there is no verdict")
        return
    covers, covered_by, overlaps = _yes_no(known, "eS"), _yes_no(known, "es"), _yes_no(known, "esSi")
    if (answer["covers"], answer["covered_by"], answer["overlaps"]) != (covers, covered_by, overlaps):
        raise Rejected("the verdicts do not follow from the relations")
    summary = next(
        (
            word
            for word, holds in (
                ("equal", known == {"e"}),
                ("covers", covers == "yes"),
                ("covered-by", covered_by == "yes"),
                ("overlaps", overlaps == "yes"),
                ("disjoint", overlaps == "no"),
            )
            if holds
        ),
        "unknown",
    )
    if answer["summary"] != summary:
        raise Rejected(f"the summary is {summary}, not {answer['summary']}")


def _check_weight(answer: Json, used: Mapping[str, Json]) -> None:
    least = min((row["confidence"] for row in used.values()), default=1.0)
    if answer["least_confidence"] != least:
        raise Rejected(f"the least confidence is {least}")
    weakest = min((row["status"] for row in used.values()), key=_WEIGHT.index, default="structure")
    if answer["status"] != weakest:
        raise Rejected(f"the weakest status is {weakest}")


def _check_direct(answer: Json, direct: list[Json], rows: Mapping[str, Json]) -> None:
    """Check what an answer takes over from rows that speak of its two ends alone."""
    over = [step for step in direct if "row" in step]
    if answer["asserted"] is not bool(over):
        raise Rejected("whether a row says it directly is told wrong")
    extent = next((rows[step["row"]]["extent"] for step in over if not step.get("inverted")), "")
    if answer["extent"] != extent:
        raise Rejected(f"the extent met is {extent or 'not stated'}, not {answer['extent']}")
    gaps = []
    for step in over:
        sides = ("subject", "object") if step.get("inverted") else ("object", "subject")
        texts = (rows[step["row"]]["gap_object"], rows[step["row"]]["gap_subject"])
        gaps += [{"side": side, "text": text} for side, text in zip(sides, texts, strict=True) if text]
    if list(answer["gaps"]) != gaps:
        raise Rejected("the gaps are not those its rows name")


def _compose(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    return frozenset(letter for a in first for b in second for letter in _TABLE[a][_COLUMNS.index(b)])


def _turned(letters: frozenset[str]) -> frozenset[str]:
    return frozenset({"s": "S", "S": "s"}.get(letter, letter) for letter in letters)


def _letters(words: Any) -> frozenset[str]:  # noqa: ANN401
    try:
        return frozenset(_LETTERS[word] for word in words)
    except KeyError as error:
        raise Rejected(f"{error.args[0]!r} is no relation") from None


def _words(letters: frozenset[str]) -> str:
    names = {letter: word for word, letter in reversed(_LETTERS.items())}
    return ", ".join(names[letter] for letter in _COLUMNS if letter in letters) or "nothing"


def _yes_no(known: frozenset[str], yes: str) -> str:
    if known <= set(yes):
        return "yes"
    return "unknown" if known & set(yes) else "no"
