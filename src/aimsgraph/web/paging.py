"""Pages of a list: an opaque cursor that checks itself.

A cursor holds where its page begins, and is bound to the content and to what was asked. One of other content, of other
parameters, or that somebody changed, is told apart and refused; a walk never mixes two lists.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aimsgraph.web.problems import HttpProblem

MOST = 500
DEFAULT = 50
LONGEST_CURSOR = 64
_CONTENT, _WHOLE = 6, 10
_LENGTH = 4 + _CONTENT + _WHOLE
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted.

    Attributes:
        limit: at most so many items.
        cursor: what the page before gave as `next`; empty for the first page.
    """

    limit: int = DEFAULT
    cursor: str = ""


def cut(answer: dict[str, Any], key: str, page: Page, content: str, asked: Iterable[tuple[str, str]]) -> str:
    """Leave one page of a list in an answer, put `total` and `next` beside it, and return the next cursor.

    Args:
        answer: the whole answer; changed in place.
        key: where its list stands.
        page: which part is wanted.
        content: what names the content the list was made from.
        asked: the parameters it was made for, without those of paging.

    Raises:
        HttpProblem: 400, the cursor does not belong here.
    """
    pairs = tuple(sorted(asked))
    start = read_cursor(page.cursor, content, pairs) if page.cursor else 0
    items = answer[key]
    end = start + page.limit
    following = write_cursor(end, content, pairs) if end < len(items) else None
    answer |= {key: items[start:end], "total": len(items), "next": following}
    return following or ""


def write_cursor(start: int, content: str, asked: Pairs) -> str:
    """Return the cursor of a page that begins at an item, counted from 0."""
    head = start.to_bytes(4, "big") + _digest(content, _CONTENT)
    return base64.urlsafe_b64encode(head + _digest(repr((head, asked)), _WHOLE)).decode()


def read_cursor(cursor: str, content: str, asked: Pairs) -> int:
    """Return where a page begins.

    Raises:
        HttpProblem: 400, it is no cursor of ours, or of other content or other parameters.
    """
    try:
        data = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    if len(data) != _LENGTH or base64.urlsafe_b64encode(data).decode() != cursor:
        raise _wrong("this is no cursor")
    head, check = data[: 4 + _CONTENT], data[4 + _CONTENT :]
    if head[4:] != _digest(content, _CONTENT):
        raise _wrong("the content has changed since the cursor was given")
    if check != _digest(repr((head, asked)), _WHOLE):
        raise _wrong("the cursor was given for other parameters")
    return int.from_bytes(head[:4], "big")


def link_to_next(path: str, pairs: Iterable[tuple[str, str]], page: Page, following: str) -> str:
    """Return the `Link` header (RFC 8288) of a page that another one follows."""
    query = urlencode([*pairs, ("limit", str(page.limit)), ("cursor", following)])
    return f'<{path}?{query}>; rel="next"'


def _digest(text: str, length: int) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:length]


def _wrong(why: str) -> HttpProblem:
    return HttpProblem(400, "bad-parameter", why, remedy="begin anew without a cursor")
