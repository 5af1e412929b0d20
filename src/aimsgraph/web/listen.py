"""Listens on an address and answers with an app, until it is told to stop."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import uvicorn
from fastapi import FastAPI

from aimsgraph.web.connections import connection_options
from aimsgraph.web.settings import ServeSettings

SWITCH_SECONDS = 0.001
"""A thread that computes lets the one that answers go on after so long."""


async def listen(
    opened: AbstractAsyncContextManager[FastAPI], settings: ServeSettings, say: Callable[[str], None]
) -> None:
    """Open an app, listen, and answer until the process is told to stop.

    Args:
        opened: gives the app, and lets go of what it holds afterwards.
        settings: the address to listen on.
        say: is told the address, once connections are taken.

    Raises:
        AimsgraphError: the app cannot be opened.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    async with opened as app:
        config = uvicorn.Config(
            app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
            lifespan="off", **connection_options(),
        )  # fmt: skip
        server = uvicorn.Server(config)
        sockets = [config.bind_socket()]
        address = sockets[0].getsockname()
        # What was opened stays; looking through it for what can be let go would be a tenth of the time of an answer.
        gc.collect()
        gc.freeze()
        say(f"http://{address[0]}:{address[1]}")
        await server.serve(sockets=sockets)
