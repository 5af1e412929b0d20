"""A server under attack, with a store that can be written to, and what it is watched with."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from siege import EX, TIMEOUT, Besieged, Canary

from running import running

_IDLE = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="session")
def idle() -> Iterator[str]:
    """The address of a server that has nothing to do."""
    process = subprocess.Popen([sys.executable, "-c", _IDLE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory, idle: str, serve_options: tuple[str, ...]) -> Iterator[Besieged]:
    """A server with a store of its own that takes writes: 300 triples in one graph."""
    folder = tmp_path_factory.mktemp("siege")
    canary = Canary(folder)
    options = ("--writes", "--timeout", str(TIMEOUT), *serve_options)
    try:
        with running(*options, program=("--store", str(folder / "store"))) as server:
            turtle = "".join(f"<{EX}n{i}> <{EX}p> {i} .\n" for i in range(300))
            with server.client() as client:
                assert client.put("/graphs", params={"graph": f"{EX}g"}, content=turtle.encode()).status_code == 201
            siege = Besieged(server, canary, idle, {})
            yield siege
            if siege.pulses:
                siege.check()
    finally:
        canary.close()


@pytest.fixture(scope="module")
def serve_options() -> tuple[str, ...]:
    """Options of the server under attack; a module says its own."""
    return ()
