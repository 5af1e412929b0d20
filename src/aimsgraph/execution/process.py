"""Starts a process of the room and hears whether it could begin."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

from aimsgraph.errors import BackendError
from aimsgraph.execution.errors import error_of
from aimsgraph.execution.frames import Kind, Message, pack


class Process:
    """A process of ours that is talked to over a socket.

    Attributes:
        channel: the socket, not blocking.
        head: what the process said when it had begun.
    """

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        self._process = process
        self.channel = channel
        self.head: Message = {}

    @property
    def id(self) -> int:
        """The process's id."""
        return self._process.pid

    @classmethod
    async def start(cls, module: str, settings: bytes) -> Process:
        """Run a module of ours and give it its settings.

        Raises:
            AimsgraphError: what the process says it cannot begin for.
            BackendError: it ended without saying anything.
        """
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", module, str(theirs.fileno())]
        # Where the engine ends for want of memory, naming every frame of its stack takes it many seconds.
        environment = os.environ | {"RUST_BACKTRACE": "0"}
        started = subprocess.Popen(
            command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        theirs.close()
        ours.setblocking(False)
        process = cls(started, ours)
        try:
            await process.send(pack(Kind.REQUEST, settings))
            kind, payload = await process.receive()
            process.head = error_of(payload)
            if kind is not Kind.HEAD:
                raise BackendError(f"{module} ended before it began")
        except BaseException:
            await process.end()
            raise
        return process

    async def send(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            BackendError: the process is gone.
        """
        try:
            await asyncio.get_running_loop().sock_sendall(self.channel, data)
        except OSError as error:
            raise BackendError("a process of the execution room is gone", remedy="restart the server") from error

    async def receive(self) -> tuple[Kind, bytes]:
        """Return the next frame, reading no byte beyond it.

        Raises:
            BackendError: the process is gone.
        """
        head = await self._exactly(5)
        return Kind(head[:1]), await self._exactly(int.from_bytes(head[1:], "big"))

    async def end(self) -> None:
        """End the process now."""
        self.channel.close()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def _exactly(self, length: int) -> bytes:
        loop = asyncio.get_running_loop()
        parts = bytearray()
        while len(parts) < length:
            try:
                part = await loop.sock_recv(self.channel, length - len(parts))
            except OSError:
                part = b""
            if not part:
                raise BackendError("a process of the execution room is gone", remedy="restart the server")
            parts += part
        return bytes(parts)
