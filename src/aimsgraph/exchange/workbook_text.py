"""Text as the cells of a workbook hold it: what XML cannot carry is written `_xHHHH_` (ECMA-376, ST_Xstring)."""

from __future__ import annotations

import re

MAX_CELL = 32_767
"""How many UTF-16 units a cell of a spreadsheet program holds at most."""

_LITERAL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def escape(text: str) -> str:
    r"""Return a text as a cell holds it; a line feed and a tab stay as they are.

    >>> escape("a\rb"), escape("_x0041_")
    ('a_x000D_b', '_x005F_x0041_')
    """
    return _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", _LITERAL.sub("_x005F_", text))


def unescape(text: str) -> str:
    r"""Return the text a cell stands for; halves of characters stay as they are written.

    >>> unescape(escape("_x0041_ and \r"))
    '_x0041_ and \r'
    """
    return _ESCAPED.sub(_character, text)


def is_too_long(text: str) -> bool:
    """Say whether no cell holds a text."""
    return len(text) > MAX_CELL or len(text.encode("utf-16-le", "surrogatepass")) > 2 * MAX_CELL


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)
