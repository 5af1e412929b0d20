"""What a server is given beyond the settings of every run."""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aimsgraph.errors import UsageError
from aimsgraph.settings import MEMORY, Settings

MEGABYTE = 1024 * 1024


@functools.cache
def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How a server runs.

    Attributes:
        program: store, overlays and clock.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        organisations: folders or workbooks of organisations; each is a dataset of its own.
        keys: the file of API keys; None when there is none.
        anonymous_read: whether reading needs no key.
        writes: whether updates are taken at all; they need a store directory.
        union_default_graph: whether a query that names no dataset sees all graphs as one; otherwise the graph without a
            name alone.
        query_seconds: the longest a query may take; a request may ask for less.
        write_seconds: the longest a change may take.
        answer_bytes: the most bytes of an answer.
        body_bytes: the most bytes of a request.
        worker_bytes: how much memory one query may add.
        workers: how many queries run at the same time, for each dataset.
        requests_per_second: for each key or address; None for no limit.
        concurrent_requests: at the same time, for each key or address.
        federation: addresses of SPARQL servers that SERVICE may name.
        public_url: the address users see, when it is not the one listened on.
        mcp: whether the MCP tools are offered at `/mcp`.
    """

    program: Settings = field(default_factory=Settings)
    host: str = "127.0.0.1"
    port: int = 8000
    organisations: tuple[Path, ...] = ()
    keys: Path | None = None
    anonymous_read: bool | None = None
    writes: bool = False
    union_default_graph: bool = True
    query_seconds: float = 30.0
    write_seconds: float = 60.0
    answer_bytes: int = 256 * MEGABYTE
    body_bytes: int = 16 * MEGABYTE
    worker_bytes: int = 2048 * MEGABYTE
    workers: int = 2
    requests_per_second: float | None = None
    concurrent_requests: int = 32
    federation: tuple[str, ...] = ()
    public_url: str = ""
    mcp: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        return _is_loopback(self.host)

    @property
    def reads_are_open(self) -> bool:
        """Whether reading needs no key: as said, or else on an address that only this machine reaches."""
        return self.is_loopback and self.keys is None if self.anonymous_read is None else self.anonymous_read

    def check(self) -> None:
        """Refuse what would be unsafe or cannot work.

        Raises:
            UsageError: what is wrong and how to put it right.
        """
        for address in self.federation:
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
                raise UsageError(f"{address!r} is no address of a SPARQL server", remedy="give http://HOST/PATH")
        if self.writes and self.program.store == MEMORY:
            raise UsageError("a store in memory takes no updates", remedy="give --store PATH, or leave --writes out")
        if "://" in self.program.store:
            raise UsageError(
                "a store at an address is served by its own server",
                remedy="ask it there, or give --store PATH; the command line works on it",
            )
        if self.is_loopback and self.keys is None and self.public_url and (self.writes or self.organisations):
            raise UsageError(
                f"whoever reaches {self.public_url} could change the store or read a register without a key",
                remedy="make a key with `aimsgraph keys new`, then give --keys FILE",
            )
        if self.is_loopback:
            return
        if self.writes and self.keys is None:
            raise UsageError(
                f"updates on {self.host} without keys would be open to everybody",
                remedy="make a key with `aimsgraph keys new`, then give --keys FILE",
            )
        if self.keys is None and self.anonymous_read is None:
            raise UsageError(
                f"reading on {self.host} without keys would be open to everybody",
                remedy="say so with --anonymous-read, or give --keys FILE",
            )
        if self.organisations and (self.keys is None or self.reads_are_open):
            raise UsageError(
                f"an organisation's register on {self.host} would be open to everybody",
                remedy="give --keys FILE and leave --anonymous-read out",
            )
