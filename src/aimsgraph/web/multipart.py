"""Takes a `multipart/form-data` body apart (RFC 7578), as the Graph Store Protocol lets RDF be posted."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesHeaderParser

from fastapi import Request

from aimsgraph.web.negotiation import GRAPHS
from aimsgraph.web.problems import HttpProblem

MOST_PARTS = 100
HEAD_BYTES = 4096


def split_parts(request: Request, body: bytes) -> tuple[bytes, tuple[tuple[str, int], ...]]:
    """Return the RDF of all parts in a row, and the format and length of each.

    Raises:
        HttpProblem: the body is no multipart form, or a part is of a type that is not read here.
    """
    head = Message()
    head["Content-Type"] = request.headers["content-type"]
    boundary = head.get_boundary("").encode("latin-1", "replace")
    # Cut at the boundary alone: a parser of mail follows parts within parts, and takes seconds for many.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS + 2) if boundary else []
    found = [piece.partition(b"\r\n\r\n") for piece in pieces[1:-1]]
    if not found or len(found) > MOST_PARTS or not pieces[-1].startswith(b"--"):
        raise HttpProblem(400, "bad-parameter", f"the body has {len(found)} parts", remedy=f"send 1 to {MOST_PARTS}")
    contents, parts = [], []
    for heads, _, content in found:
        kind = BytesHeaderParser().parsebytes(heads[:HEAD_BYTES].lstrip()).get_content_type()
        format_ = GRAPHS.get(kind)
        if format_ is None:
            raise HttpProblem(
                415, "unsupported-media-type", f"a part of type {kind!r} is not read here",
                remedy="send RDF, such as text/turtle",
            )  # fmt: skip
        contents.append(content)
        parts.append((format_, len(content)))
    return b"".join(contents), tuple(parts)
