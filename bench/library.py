"""Writes the library that `crosswalk.py` generates as an overlay folder, so that a server can be started on it.

    python bench/library.py FOLDER [ROWS] [FRAMEWORKS]

The rows between a hub and another framework are kept, about 88 of 100: one mapping set a pair of frameworks.
"""

import sys
from collections import defaultdict
from pathlib import Path

from crosswalk import generate

HUBS = ("f000", "f001", "f002")
_WHY = "Invented rows have invented reasons, of the length that reasons have."
SAYS = {
    "equal-to": ("all", _WHY, "", ""),
    "superset-of": ("all", _WHY, "", "what goes beyond"),
    "subset-of": ("some", _WHY, "what is missing", ""),
    "intersects-with": ("some", _WHY, "what is missing", "what goes beyond"),
    "no-relationship": ("none", _WHY, "", ""),
}
"""Extent, rationale and the two gaps of a row of each relation."""
KEPT = 0.88
"""The share of the generated rows that has a hub on one side."""

_FRAMEWORK = """slug: {slug}
edition: "1"
title: Invented framework {slug}
short_title: {slug}
kind: framework
publisher: Example Publisher
jurisdiction: international
iri_path: example/{slug}/1
version_key: "1"
issued: 2026-01-01
in_force_from: 2026-01-01
url: https://example.org/{slug}
rights: invented, public domain
text_policy: short-title
checked_on: 2026-01-01
checked_against: nothing, it is invented
current_to: 2026-11-23
style: number
names: [{slug}]
expect: {{risk: {count}, assessable: {count}}}
"""
_SET = """id: {name}
title: Invented rows from {subject} to {object}
subject: {subject}@1
object: {object}@1
version: 0.1.0
licence: CC0
author: invented
author_kind: automated
authored_on: 2026-01-01
method: automated
justification: semapv:LLMBasedMatching
methodology: docs/methodology.md
law_version: 2026-11-23
"""
_HEAD = "id subject object relation extent rationale gap_object gap_subject basis confidence status"


def write_library(folder: Path, rows: int, frameworks: int) -> dict[str, list[int]]:
    """Write the overlay and return the items of each framework that have a row."""
    network = generate(int(rows / KEPT), frameworks)
    kept = [row for row in network.rows if any(item.startswith(HUBS) for item in (row.subjects[0], row.objects[0]))]
    sets, items = defaultdict(list), defaultdict(set)
    for row in kept:
        (subject, left), (object, right) = (_named(item) for item in (*row.subjects, *row.objects))
        sets[subject, object].append((left, right, row))
        items[subject].add(left)
        items[object].add(right)
    for slug, found in items.items():
        place = folder / "frameworks" / slug / "1"
        place.mkdir(parents=True)
        (place / "framework.yaml").write_text(_FRAMEWORK.format(slug=slug, count=len(found)), encoding="utf-8")
        lines = ["id\tkind\tlabel\tassessable", *(f"{each}\trisk\tInvented item {each}\tyes" for each in sorted(found))]
        (place / "provisions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for (subject, object), found in sets.items():
        name = f"{subject}--{object}"
        place = folder / "mappings" / name / "rows"
        place.mkdir(parents=True)
        (place.parent / "set.yaml").write_text(_SET.format(name=name, subject=subject, object=object), encoding="utf-8")
        lines = [_HEAD.replace(" ", "\t")]
        for left, right, row in found:
            (says,) = row.relation.words
            cells = (f"{left}--{right}", left, right, says, *SAYS[says])
            lines.append("\t".join(map(str, (*cells, "semantic", f"{row.confidence:.2f}", "candidate"))))
        (place / "all.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept)} rows in {len(sets)} sets, {sum(map(len, items.values()))} items of {len(items)} frameworks")
    return {slug: sorted(found) for slug, found in items.items()}


def _named(item: str) -> tuple[str, int]:
    """Return the framework and the number of an item; numbers in a file begin with 1."""
    slug, number = item.split(":")
    return slug, int(number) + 1


if __name__ == "__main__":
    write_library(Path(sys.argv[1]), *map(int, sys.argv[2:] or (75_000, 150)))
