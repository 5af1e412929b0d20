"""Asks an MCP server as other people's programs do: with the official client, over a real transport."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

ACME = Path(__file__).parents[2] / "data" / "examples" / "acme"
TODAY = "2026-11-23"
MOST_PAGES = 100
Json = dict[str, Any]


@dataclass(frozen=True)
class Face:
    """A client of a running server, from outside its event loop."""

    portal: BlockingPortal
    client: Client

    def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call a method of the client and return what it gives."""
        return self.portal.call(function, *arguments)

    def call(self, tool: str, **arguments: object) -> CallToolResult:
        """Call a tool."""
        result: CallToolResult = self.run(self.client.call_tool, tool, arguments)
        return result

    def ask(self, tool: str, **arguments: object) -> Json:
        """Return the answer of a tool, which must not fail."""
        result = self.call(tool, **arguments)
        assert not result.is_error, result.content
        assert result.structured_content is not None
        assert json.loads(text_of(result)) == result.structured_content
        return result.structured_content

    def walk(self, tool: str, key: str, **arguments: object) -> tuple[Json, list[Any]]:
        """Return the first page of a listing, and the list on all its pages."""
        answer = first = self.ask(tool, **arguments)
        found = list(_list_of(first, key))
        for _ in range(MOST_PAGES):
            if not answer["next"]:
                assert len(found) == first["total"]
                return first, found
            answer = self.ask(tool, **arguments, cursor=answer["next"])
            found += _list_of(answer, key)
        raise AssertionError(f"{tool} has more than {MOST_PAGES} pages")

    def fail(self, tool: str, **arguments: object) -> Json:
        """Return the error of a tool, which must fail."""
        result = self.call(tool, **arguments)
        assert result.is_error, result.structured_content
        error: Json = json.loads(text_of(result))["error"]
        assert {"error": error} == result.structured_content
        assert error.keys() >= {"code", "message", "remedy"}
        assert "Traceback" not in text_of(result)
        assert str(ACME.parent) not in text_of(result)
        return error


def text_of(result: CallToolResult) -> str:
    """Return the text of a result."""
    (content,) = result.content
    assert content.type == "text"
    return content.text


def _list_of(answer: Json, key: str) -> list[Any]:
    found = answer["results"]["bindings"] if key == "bindings" else answer[key]
    assert isinstance(found, list)
    return found


@contextmanager
def over_stdio(*options: str, program: tuple[str, ...] = ("--today", TODAY)) -> Iterator[Face]:
    """Start `aimsgraph mcp` and talk to it over its standard input and output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIMSGRAPH_")}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "aimsgraph", *program, "mcp", *options], env=environment
    )
    with _face(lambda: Client(stdio_client(server))) as face:
        yield face


@contextmanager
def over_http(url: str, key: str = "") -> Iterator[Face]:
    """Talk to a server over HTTP, showing a key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = httpx2.AsyncClient(headers=headers, timeout=180, trust_env=False)
    with _face(lambda: Client(streamable_http_client(url, http_client=client))) as face:
        yield face
        face.run(client.aclose)


@contextmanager
def _face(make: Callable[[], AbstractAsyncContextManager[Client]]) -> Iterator[Face]:
    with start_blocking_portal() as portal:
        client = portal.call(_made, make)
        with portal.wrap_async_context_manager(client) as opened:
            yield Face(portal, opened)


async def _made(make: Callable[[], AbstractAsyncContextManager[Client]]) -> AbstractAsyncContextManager[Client]:
    return make()
