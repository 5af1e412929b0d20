"""Two faces of the same tools: standard input and output, and HTTP. Each is started once."""

from collections.abc import Iterator

import pytest
from asking import ACME, Face, over_http, over_stdio

from running import Server, running


@pytest.fixture(scope="session")
def stdio() -> Iterator[Face]:
    with over_stdio("--org", str(ACME)) as face:
        yield face


@pytest.fixture(scope="session")
def mcp_server() -> Iterator[Server]:
    with running("--mcp", "--org", str(ACME)) as server:
        yield server


@pytest.fixture(scope="session")
def http(mcp_server: Server) -> Iterator[Face]:
    with over_http(f"{mcp_server.url}/mcp") as face:
        yield face


@pytest.fixture(params=["stdio", pytest.param("http", marks=pytest.mark.slow)])
def face(request: pytest.FixtureRequest) -> Face:
    found: Face = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def short_of_time() -> Iterator[Face]:
    """A server whose queries take 2 seconds at most, and which holds no organisation."""
    with over_stdio("--timeout", "2") as face:
        yield face
