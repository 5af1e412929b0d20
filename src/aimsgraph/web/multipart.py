"""Takes a `multipart/form-data` body apart (RFC 7578), as the Graph Store Protocol lets RDF be posted."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from fastapi import Request

from aimsgraph.web.negotiation import GRAPHS
from aimsgraph.web.problems import HttpProblem

MOST_PARTS = 100


def split_parts(request: Request, body: bytes) -> tuple[bytes, tuple[tuple[str, int], ...]]:
    """Return the RDF of all parts in a row, and the format and length of each.

    Raises:
        HttpProblem: the body is no multipart form, or a part is of a type that is not read here.
    """
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = list(message.iter_parts()) if message.is_multipart() else []
    if not found or len(found) > MOST_PARTS:
        raise HttpProblem(400, "bad-parameter", f"the body has {len(found)} parts", remedy=f"send 1 to {MOST_PARTS}")
    contents, parts = [], []
    for part in found:
        format_ = GRAPHS.get(part.get_content_type())
        content = part.get_payload(decode=True)
        if format_ is None or not isinstance(content, bytes):
            raise HttpProblem(
                415, "unsupported-media-type", f"a part of type {part.get_content_type()!r} is not read here",
                remedy="send RDF, such as text/turtle",
            )  # fmt: skip
        contents.append(content)
        parts.append((format_, len(content)))
    return b"".join(contents), tuple(parts)
