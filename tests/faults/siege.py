"""What an attack is watched with: how fast the server still answers, who calls out, whether anything changed."""

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from running import Server

TIMEOUT = 1.5
"""The longest a query may take at the server under attack, in seconds."""
HEALTHY_P95 = 0.1
ENOUGH = 40
"""So many answers say something of 95 of 100."""
HEALTHY_WORST = 1.0
EX = "http://example.org/"
ENDLESS = "{ ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?w }"


class Canary:
    """A server on this machine that nobody has a reason to call, and a file nobody has a reason to read."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[str] = []
        self.file = folder / "canary.ttl"
        self.secret = "canarysecret31"
        self.file.write_text(f'<urn:canary> <urn:says> "{self.secret}" .\n', encoding="utf-8")
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.calls.append(f"{self.command} {self.path}")
                body = canary.file.read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", "text/turtle")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            def get_request(self) -> tuple[socket.socket, object]:
                connection, address = super().get_request()
                canary.calls.append(f"a connection from {address}")
                return connection, address

        self._server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/canary.ttl"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Pulse:
    """How long the server, and for comparison this machine's loopback, took to answer while something else went on.

    Attributes:
        healthz: seconds for each answer of `/healthz`.
        machine: seconds for each answer of a server that does nothing else, asked at the same moments.
    """

    healthz: list[float] = field(default_factory=list)
    machine: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Assert that the server was healthy; on a machine that is busy with other things, that it was no worse.

        Of a few answers one is too large a share to say anything of 95 of 100: `Besieged.check` has them all.
        """
        assert not self.failures
        assert self.healthz, "nothing was asked"
        slow = max(1.0, p95(self.machine) / (HEALTHY_P95 / 4))
        if len(self.healthz) >= ENOUGH:
            assert p95(self.healthz) < HEALTHY_P95 * slow, self
        assert max(self.healthz) < HEALTHY_WORST * max(slow, max(self.machine) / (HEALTHY_WORST / 4)), self

    def __str__(self) -> str:
        said = {"healthz": self.healthz, "machine": self.machine}
        return "; ".join(f"{k} p95 {p95(v) * 1000:.1f} ms, worst {max(v) * 1000:.1f} ms" for k, v in said.items())


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


@contextmanager
def watched(server: Server, idle: str, every: float = 0.02) -> Iterator[Pulse]:
    """Ask `/healthz` all the time while the body of the `with` runs.

    Args:
        server: who is attacked.
        idle: address of a server that has nothing else to do.
        every: seconds between two askings.
    """
    pulse, ends = Pulse(), threading.Event()

    def ask() -> None:
        with _Asker(server.url + "/healthz") as ours, _Asker(idle) as other:
            while True:
                try:
                    pulse.healthz.append(ours.ask())
                    pulse.machine.append(other.ask())
                except OSError as error:
                    pulse.failures.append(repr(error))
                if ends.wait(every):
                    return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield pulse
    finally:
        ends.set()
        thread.join()


@dataclass(frozen=True)
class Besieged:
    """A server under attack.

    Attributes:
        pulses: what was measured, by the name of the attack.
    """

    server: Server
    canary: Canary
    idle: str
    pulses: dict[str, Pulse]

    @contextmanager
    def attack(self, name: str) -> Iterator[None]:
        """Watch the server during an attack: healthy, unchanged, calling nobody."""
        before = self.state()
        with watched(self.server, self.idle) as pulse:
            yield
        self.pulses[name] = pulse
        logging.getLogger("siege").info("%s: %s", name, pulse)
        pulse.check()
        assert self.state() == before
        assert self.canary.calls == []
        assert self.canary.secret not in self.server.said()

    def check(self) -> None:
        """Assert that the server was healthy during all attacks taken together."""
        together = Pulse()
        for pulse in self.pulses.values():
            together.healthz += pulse.healthz
            together.machine += pulse.machine
        logging.getLogger("siege").info("%s attacks, %s answers: %s", len(self.pulses), len(together.healthz), together)
        together.check()

    def state(self) -> tuple[str, str]:
        """Return the generation of the store and what it holds."""
        with self.server.client() as client:
            everything = (
                "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o LIMIT 50"
            )
            answer = client.post("/sparql", data={"query": everything}, headers={"Accept": "text/csv"})
            assert answer.status_code == 200, answer.text
            return client.get("/version").json()["graph_version"], answer.text


class _Asker:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def __enter__(self) -> "_Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self) -> float:
        started = time.perf_counter()
        self._connection.request("GET", self._path)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(f"status {answer.status}")
        return time.perf_counter() - started


def raw(server: Server, data: bytes = b"", timeout: float = 30) -> socket.socket:
    """Return a connection over which something was sent."""
    parts = urlsplit(server.url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
    connection.sendall(data)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other side ends the connection; nothing when it does not."""
    found = bytearray()
    try:
        while piece := connection.recv(1 << 16):
            found += piece
    except (ConnectionResetError, BrokenPipeError):
        pass
    return bytes(found)


def is_problem(answer: httpx.Response, *allowed: tuple[int, str]) -> bool:
    """Assert that an answer is one of these problems and tells nothing of this machine."""
    assert answer.headers["content-type"] == "application/problem+json", (answer.status_code, answer.text[:300])
    body = answer.json()
    assert (answer.status_code, body["code"]) in allowed, body
    for secret in ("Traceback", 'File "', "site-packages", str(Path(__file__).parents[2])):
        assert secret not in answer.text
    return True
