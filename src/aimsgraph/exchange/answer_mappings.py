"""Answers of the crosswalk as a mapping set, so that they can be written in every format mappings are written in.

An answer over several rows becomes one row that says what follows from them. Which rows stand behind an answer is kept
in its note: the set is a view of what was asked, not a source. A contradiction is no row; the notes of the set name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from aimsgraph.domain.identifiers import parse_reference
from aimsgraph.exchange.mapping_table import MappingRow, MappingTable, SetHeader

Json = dict[str, Any]
_CHAINED, _ASSERTED = "semapv:MappingChaining", "semapv:UnspecifiedMatching"


def mapping_table_of(answers: Iterable[Json], sides: tuple[str, str], asked: Mapping[str, str]) -> MappingTable:
    """Return answers as a mapping set.

    Args:
        answers: what `crosswalk` answers, with proofs.
        sides: `<framework>@<edition>` of the subjects and of the objects.
        asked: what they answer, as name and value; it stands in the notes of the set.
    """
    given = list(answers)
    found = [answer for answer in given if answer["relations"]]
    said = [
        *asked.items(),
        *(("contradiction", f"{a['subject']} – {a['object']}") for a in given if not a["relations"]),
    ]
    one, other = (side.partition("@")[0] for side in sides)
    header = SetHeader(
        id=f"answers-{one}--{other}", title=f"Answers of the crosswalk from {one} to {other}", subject=sides[0],
        object=sides[1], author="aimsgraph", author_kind="automated", method="automated",
        justification=_ASSERTED if all(answer["asserted"] for answer in found) else _CHAINED,
        notes=tuple(f"{name}: {value}" for name, value in said),
    )  # fmt: skip
    return MappingTable(header, tuple(_row(answer) for answer in found))


def _row(answer: Json) -> MappingRow:
    steps = [step for proof in answer["proofs"] for step in proof["steps"] if step["kind"] == "mapping"]
    texts = dict.fromkeys(step["rationale"] for step in steps if step.get("rationale"))
    rows = dict.fromkeys(step["row"] for step in steps)
    gaps = {side: " ".join(g["text"] for g in answer["gaps"] if g["side"] == side) for side in ("object", "subject")}
    local = [parse_reference(answer[side]).local for side in ("subject", "object")]
    return MappingRow(
        id="--".join(local), subjects=(answer["subject"],), objects=(answer["object"],),
        relations=tuple(answer["relations"]), extent=answer["extent"] or "", rationale=" ".join(texts),
        gap_object=gaps["object"], gap_subject=gaps["subject"], confidence=Decimal(str(answer["least_confidence"])),
        perspective=tuple(answer["perspective"]), status=answer["status"], note="rows: " + " ".join(rows),
    )  # fmt: skip
