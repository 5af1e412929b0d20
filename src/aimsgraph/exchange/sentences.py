r"""Several texts in one cell, one a line; a line feed inside a text is written `\n`, a backslash `\\`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARK = re.compile(r"\\([n\\])")


def join(texts: Sequence[str]) -> str:
    r"""Return a cell that holds these texts.

    >>> join(["one", "two\nlines"])
    'one\ntwo\\nlines'
    """
    return "\n".join(text.replace("\\", "\\\\").replace("\n", "\\n") for text in texts)


def split(cell: str) -> list[str]:
    r"""Return the texts of a cell; empty lines are none, and a lone backslash is itself.

    >>> split(join(["one", "two\nlines"]))
    ['one', 'two\nlines']
    """
    lines = cell.split("\n")
    return [_MARK.sub(lambda found: "\n" if found[1] == "n" else "\\", line) for line in lines if line]
