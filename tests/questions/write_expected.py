"""Writes expected rows anew: `python tests/questions/write_expected.py [ID…]`. Read the diff before you keep it."""

import sys
import tempfile
from pathlib import Path

from earlier_register import ACME, write_earlier
from expected_files import file_name, render

import aimsgraph
from aimsgraph.api import ORGANISATION

FOLDER = Path(__file__).parent / "expected"


def main(wanted: list[str]) -> None:
    """Write the rows of the questions whose ids start so; of all of them when none is named."""
    graph = aimsgraph.open_graph(today="2026-11-23")
    with tempfile.TemporaryDirectory() as place:
        acme = graph.with_organisation(ACME, before=write_earlier(Path(place) / "acme"))
    for question in graph.questions():
        if not wanted or question.id.startswith(tuple(wanted)):
            asked = acme if question.scope == ORGANISATION else graph
            (FOLDER / file_name(question)).write_bytes(render(question, asked.store))


if __name__ == "__main__":
    main(sys.argv[1:])
