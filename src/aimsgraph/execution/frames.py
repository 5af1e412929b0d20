"""What goes over the sockets between the room and its processes: frames of a kind, a length and so many bytes."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from enum import Enum
from typing import Any, Final

_HEAD: Final = struct.Struct("!cI")
COMPLETE: Final[dict[str, Any]] = {"truncated": False}
"""What the last frame of an answer says that nothing is wrong with."""
LARGEST: Final = 256 * 1024 * 1024
"""No frame is longer; a longer one is a fault of the other side."""


class Kind(Enum):
    """What a frame is."""

    REQUEST = b"Q"
    BODY = b"B"
    HEAD = b"H"
    DATA = b"D"
    END = b"E"


Message = dict[str, Any]


def pack(kind: Kind, payload: bytes | Message) -> bytes:
    """Return a frame; a message goes as JSON."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return _HEAD.pack(kind.value, len(data)) + data


def send(channel: socket.socket, kind: Kind, payload: bytes | Message) -> None:
    """Send a frame, waiting while the other side is behind."""
    channel.sendall(pack(kind, payload))


def receive(channel: socket.socket) -> tuple[Kind, bytes] | None:
    """Return the next frame; None when the other side is gone."""
    head = _read(channel, _HEAD.size)
    if head is None:
        return None
    kind, length = _HEAD.unpack(head)
    if length > LARGEST:
        return None
    data = _read(channel, length)
    return None if data is None else (Kind(kind), data)


async def receive_async(reader: asyncio.StreamReader) -> tuple[Kind, bytes] | None:
    """Return the next frame; None when the other side is gone."""
    try:
        kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        return Kind(kind), await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def _read(channel: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        try:
            part = channel.recv(min(length - len(parts), 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
