"""Runs a query in a room and sends what comes, so that an incomplete answer never looks like a complete one.

A short answer is held back until it is complete and then sent with its length, or as a problem. A long one is sent as
it comes; when it breaks off, because of the deadline or a limit, so does the connection.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Response
from fastapi.responses import StreamingResponse

from aimsgraph.errors import AimsgraphError, ResourcesExceeded
from aimsgraph.execution.room import Answer, Query, Room

HELD_BACK = 1024 * 1024
"""An answer of at most so many bytes is sent only when it is complete."""


async def send_answer(room: Room, query: Query, seconds: float, media_type: str, headers: dict[str, str]) -> Response:
    """Run a query and return the response that sends its answer.

    Raises:
        AimsgraphError: the query failed before anything was sent.
    """
    if (kept := room.kept.find(query)) is not None:
        return Response(kept, headers=headers, media_type=media_type)
    answer = await room.begin(query, seconds)
    goes_on = False
    try:
        pieces = aiter(answer)
        held = bytearray()
        async for piece in pieces:
            held += piece
            if len(held) > HELD_BACK:
                goes_on = True
                rest = _rest(room, answer, bytes(held), pieces)
                return StreamingResponse(rest, headers=headers, media_type=media_type)
    finally:
        if not goes_on:
            room.end(answer)
    if answer.truncated:
        raise _too_large(query)
    whole = bytes(held)
    room.kept.keep(query, whole)
    return Response(whole, headers=headers, media_type=media_type)


async def _rest(room: Room, answer: Answer, held: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield held
        async for piece in pieces:
            yield piece
    except AimsgraphError as error:
        raise BrokenOff(error.message) from error
    finally:
        room.end(answer)
    if answer.truncated:
        raise BrokenOff("the answer was cut off at the most bytes allowed")


class BrokenOff(Exception):
    """An answer that was being sent cannot be completed; raising it ends the connection.

    Attributes:
        message: why.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _too_large(query: Query) -> ResourcesExceeded:
    return ResourcesExceeded(
        f"the answer has more than {query.bytes:,} bytes",
        remedy="ask for less: LIMIT, fewer columns, a narrower pattern",
    )
