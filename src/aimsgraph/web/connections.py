"""HTTP/1.1 connections that cannot be held for nothing.

The server itself knows a time limit only for an idle connection after its first answer, and none for the length of a
head. Here the head of a request has to be short and complete in time, what is sent after the answer is not waited for,
an answer has to be taken, and when there are too many connections the one that has waited longest for a request makes
room. The parser is llhttp, which Node.js uses (https://github.com/nodejs/llhttp).
"""

from __future__ import annotations

import asyncio
import resource
import socket
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10
"""The head of a request is complete so long after its connection was made, or after the answer before."""
TAKE_SECONDS = 60
"""A client that is behind has so long to catch up."""
HEAD_BYTES = 64 * 1024
GATHERED_BYTES = 64 * 1024
MOST_CONNECTIONS = 1_000
BACKLOG = 100
"""So many connections at most are taken in one go, before anybody is answered."""


class HeadTooLong(Exception):
    """A head has more bytes than are read; the parser makes a 400 of it."""


class Gathering:
    """A transport that sends what is written in one turn of the loop, a head and its body, in one go.

    Two calls of the system for a short answer would be a tenth of its time.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._bytes = 0

    def write(self, data: bytes) -> None:
        """Keep bytes to the end of the turn, but never more than a piece."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._bytes += len(data)
        if self._bytes > GATHERED_BYTES:
            self.flush()

    def close(self) -> None:
        """Close after what was written."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what is kept, now."""
        if self._held:
            data = b"".join(self._held)
            self._held.clear()
            self._bytes = 0
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # the rest is the transport's own
        return getattr(self._transport, name)


class Connection(HttpToolsProtocol):
    """One connection."""

    _waiting: ClassVar[dict[Connection, None]] = {}  # of all that wait for a request, the one that began first is first
    _waits: asyncio.TimerHandle | None = None
    _is_behind: asyncio.TimerHandle | None = None
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; make room when there are too many connections."""
        super().connection_made(transport)
        # asyncio does this only for sockets that say which protocol they are made with, and uvicorn's do not. Without
        # it the body of an answer waits for the acknowledgement of its head, 40 ms on a connection that is kept.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._gathering = Gathering(transport, self.loop)
        self.transport = cast(asyncio.Transport, self._gathering)
        self._watch()
        if len(self.connections) > most_connections():
            next(iter(self._waiting)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """Send what was answered before the connection closes, as it does when the client has no more to say."""
        self._gathering.flush()
        super().eof_received()

    def data_received(self, data: bytes) -> None:
        """Read what came; the time for a head goes on until it is complete."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("The head is too long.")
        self._watch()

    def on_message_begin(self) -> None:
        """Begin to count the bytes of a head."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Refuse a head that is too long, though it came in one piece.

        Raises:
            HeadTooLong: it is.
        """
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise HeadTooLong
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Note that the client is behind."""
        super().pause_writing()
        if self._is_behind is None:
            self._is_behind = self.loop.call_later(TAKE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        if self._is_behind is not None:
            self._is_behind.cancel()
            self._is_behind = None
        super().resume_writing()

    def _watch(self) -> None:
        answered = self.cycle is None or self.cycle.response_complete
        if not self._in_head and not answered:
            self._stop()
        elif self._waits is None and not self.transport.is_closing():
            self._waits = self.loop.call_later(HEAD_SECONDS, self.transport.abort)
            self._waiting[self] = None

    def _stop(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None
            del self._waiting[self]


def most_connections() -> int:
    """Return how many connections are held at most: half of the files this process may open are for other things."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 2)


def connection_options() -> dict[str, Any]:
    """Return what `uvicorn.Config` is told of connections."""
    return {"http": Connection, "ws": "none", "backlog": BACKLOG, "timeout_keep_alive": HEAD_SECONDS}
