"""The pages' own scripts are checked for types, and write text into pages as text."""

import re
from pathlib import Path

import pytest

from aimsgraph.web.pages import shell

SCRIPTS = sorted(Path(shell.__file__).parent.glob("static/*.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_checked_and_writes_no_html(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "// @ts-check" in text.splitlines()[:4]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|@ts-ignore|@ts-nocheck", text
    )
