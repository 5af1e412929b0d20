"""Writes the expected rows anew: `python tests/questions/write_expected.py`. Read the diff before you keep it."""

from pathlib import Path

import aimsgraph
from aimsgraph.graph.results import render_answer

FOLDER = Path(__file__).parent / "expected"


def main() -> None:
    graph = aimsgraph.open_graph(today="2026-11-23")
    for question in graph.questions():
        path = FOLDER / f"{question.id}.tsv"
        path.write_bytes(render_answer(graph.store.query(question.text), "tsv"))


if __name__ == "__main__":
    main()
