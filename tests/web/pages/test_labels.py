"""A label is used or gone; a label that is used is there."""

import re
from pathlib import Path

from aimsgraph.web.pages import shell
from aimsgraph.web.pages.labels import load_labels

FOLDER = Path(shell.__file__).parent
DYNAMIC = (
    "kind",
    "counted",
    "interpretation",
    "version",
    "relation",
    "gap",
    "change",
    "cell",
    "coverage",
    "evidence",
    "record",
    "mapping_form",
    "report",
    "report_form",
)
"""Groups whose labels name the values of closed lists."""


def test_labels_are_those_the_pages_use() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("templates/*.html")))
    used = set(re.findall(r"(?<![a-z])t\('([a-z_]+\.[a-zA-Z0-9_-]+)'", text))
    started = set(re.findall(r"t\('([a-z_]+\.[a-z_]*)' ~", text)) | {
        found for pair in re.findall(r"t\('([a-z_]+\.)'? ~|t\('([a-z_]+\.[a-z_]+)' if", text) for found in pair if found
    }
    started |= set(re.findall(r"t\('([a-z_]+\.)' ~", text))
    keys = load_labels().keys()
    assert used - keys - started == set()
    unused = {
        key
        for key in keys - used
        if key.partition(".")[0] not in DYNAMIC and not any(key.startswith(start) for start in started)
    }
    assert unused == set(), "labels that no page uses"
