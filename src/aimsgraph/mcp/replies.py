"""Makes replies of answers: within the size a model can read, by pages, with what they do not claim; and of errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import Field

from aimsgraph.client.frame import Answer
from aimsgraph.errors import AimsgraphError, ResourcesExceeded
from aimsgraph.web.paging import Page, cut
from aimsgraph.web.problems import HttpProblem

MOST_BYTES = 48 * 1024
"""An answer is at most so many bytes of JSON: some 12,000 tokens."""
KEPT = (10, 0)
"""Where an answer is too long, so many entries stay of each list but the one that is paged; tried in this order."""
PART = "ask about its parts, one at a time"
NO_CLAIM = "This is no legal advice and claims no compliance or conformity; what does not follow is `unknown`."
Json = dict[str, Any]


class Reply(Answer):
    """What every tool says of its answer."""

    does_not_claim: str = Field(description="What must not be read into it.")
    total: int | None = Field(None, description="How many items there are on all pages, where the answer is a list.")
    next: str | None = Field(None, description="The cursor of the next page; null on the last.")
    left_off: dict[str, Json] = Field(
        default_factory=dict, description="Lists that are not given whole: how many are given, of how many."
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """Which list of an answer is paged.

    Attributes:
        key: where it stands.
        page: which part of it is wanted.
        asked: the tool and its other parameters.
        narrow: how to ask for less, where one item alone is too long.
        others: whether another list of the answer can be paged instead, by `part`.
    """

    key: str
    page: Page
    asked: Mapping[str, object] = field(default_factory=dict)
    narrow: str = "ask about one thing at a time"
    others: bool = False


def reply(answer: Json, listing: Listing | None = None) -> CallToolResult:
    """Return an answer as the result of a tool.

    Raises:
        ResourcesExceeded: one item alone is too long.
        HttpProblem: the cursor does not belong here.
    """
    return whole(fit(answer, listing))


def whole(answer: Json) -> CallToolResult:
    """Return an answer that is short enough as the result of a tool: once as a value, once as text."""
    said = {"does_not_claim": NO_CLAIM} | answer
    return CallToolResult(content=[TextContent(type="text", text=write(said))], structured_content=said)


def fit(answer: Json, listing: Listing | None = None) -> Json:
    """Return an answer shortened to what a model can read; what was left off is said in it.

    Raises:
        ResourcesExceeded: it cannot be shortened enough.
        HttpProblem: 400, the cursor does not belong here.
    """
    key = listing.key if listing else ""
    content = hashlib.sha256(write(answer.get(key, [])).encode()).hexdigest()
    pairs = [(name, repr(value)) for name, value in (listing.asked.items() if listing else ())]
    limit, others = (listing.page.limit if listing else 1), iter(KEPT)
    whole_answer, by_part = answer, listing is not None and listing.others
    while True:
        page = dict(answer)
        if listing:
            cut(page, key, Page(limit, listing.page.cursor), content, pairs)
        size = len(write(page).encode())
        if size <= MOST_BYTES:
            return page
        kept = next(others, None)
        if kept is not None:
            answer = _shorten(whole_answer, key, kept, by_part=by_part)
        elif limit > 1:
            limit = max(1, min(limit - 1, limit * MOST_BYTES // size))
        else:
            remedy = listing.narrow if listing else PART
            raise ResourcesExceeded(f"the answer has {size:,} bytes, more than a model should read", remedy=remedy)


def failure(error: AimsgraphError) -> CallToolResult:
    """Return an error as the result of a tool: its code, what is wrong and what to do; no paths, no stack."""
    code = error.problem_code if isinstance(error, HttpProblem) else error.code
    said: Json = {"code": code, "message": error.message, "remedy": error.remedy}
    if error.location is not None and error.location.line:
        said |= {"line": error.location.line, "column": error.location.column}
    return CallToolResult(
        content=[TextContent(type="text", text=write({"error": said}))],
        structured_content={"error": said},
        is_error=True,
    )


def write(value: object) -> str:
    """Return JSON, as short as it gets."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _shorten(answer: Json, paged: str, kept: int, *, by_part: bool) -> Json:
    """Return an answer with only the first entries of the lists that are not paged; warnings all stay."""
    long = {name: value for name, value in answer.items() if isinstance(value, list) and len(value) > kept}
    left_off = {
        name: {"given": kept, "total": len(value), "ask_with": f"part={name}" if by_part else PART}
        for name, value in long.items()
        if name not in (paged, "warnings")
    }
    return answer | {name: answer[name][:kept] for name in left_off} | ({"left_off": left_off} if left_off else {})
