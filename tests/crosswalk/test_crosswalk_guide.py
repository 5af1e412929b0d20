"""The guide to the crosswalk: its table is the table, its codes are the codes, its examples run as printed."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from test_mapping_lint import codes_in
from worlds import Command, letters_of, said

import aimsgraph
from aimsgraph import assets
from aimsgraph.api import AimsGraph
from aimsgraph.content import mapping_check
from aimsgraph.crosswalk import lint as lint_module

TEXT = (assets.path("data").parent / "docs" / "crosswalk.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_python_in_it_is_true(graph: AimsGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aimsgraph, "open_graph", lambda today: graph)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "crosswalk.md", "crosswalk.md", 0)
    outcome = doctest.DocTestRunner().run(test)
    assert outcome.attempted > 12
    assert outcome.failed == 0


def test_the_commands_in_it_print_what_it_shows(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = 0
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            name, *arguments = shlex.split(line)
            assert name == "aimsgraph"
            code, out = command(*arguments)
            assert code == 0, line
            printed = [each.rstrip() for each in out.splitlines()]
            for wanted in (each.rstrip() for each in shown.splitlines()):
                if wanted != "…":
                    assert wanted in printed, f"{line} does not print: {wanted}"
                    told += 1
    assert told > 8


def test_the_table_in_it_is_the_table() -> None:
    rows = re.findall(r"^\| \*\*(\w)\*\* \| (.+) \|$", TEXT, re.MULTILINE)
    assert [first for first, _ in rows] == list("esSid")
    for first, cells in rows:
        for second, cell in zip("esSid", cells.split(" | "), strict=True):
            assert cell.split() == list(letters_of(said(first).then(said(second)))), (first, second)


def test_the_codes_in_it_are_the_codes() -> None:
    listed = TEXT.split("## What lint finds")[1]
    codes = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", listed))
    assert codes == codes_in(lint_module) | codes_in(mapping_check)
