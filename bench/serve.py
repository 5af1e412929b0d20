"""The server under load, beside the bare store and a plain Python endpoint, on the same data in the same run.

    python bench/serve.py [--seconds S] [--soak S] [--library ROWS] [--peers NAMES] [--floor]

Content: everything shipped, derived facts too, exported once. Eight clients on loopback keep their connections and ask
one after the other. Point queries read one thing, path queries follow `isDirectPartOf`
to any depth below one thing, closure queries below all things of a framework, audit queries are
the stored questions cq-018, cq-019 and cq-053 as they stand. Each kind is asked twice over: `first`, every text with a
comment of its own, so that no server has seen it before; `again`, the same texts in turn, as dashboards do. Peers:
`oxigraph serve` (the same engine with nothing around it, in memory too) and `rdflib-endpoint`. Some answers of each
peer are compared with ours. Then: the crosswalk with proofs over HTTP, on what ships (warm) and on an invented library
(`library.py`) of so many rows (each item asked for the first time); how late a query is ended; and a mixed soak with
the memory and the open files of the server over its quarters.

With `--floor`, also what the same HTTP stack carries when a request is not even read and the answer is always the same
few bytes: no server in one Python process carries more.

Targets, for texts asked first: point at least 0.4 of bare oxigraph; the others at least 1.0; all at least 10 times
rdflib-endpoint; an answer of the crosswalk in 20 ms (p95), of the library in 50; a query ended 100 ms late at most
(p95). The script fails when one is missed.
"""

import argparse
import itertools
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
import pyoxigraph as ox
from library import write_library

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CLIENTS = 8
TURNS = ("first", "again")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?w }"
TARGETS = {"point": 0.4, "path": 1.0, "closure": 1.0, "audit": 1.0}
RDFLIB_TARGET = 10.0
CROSSWALK_MS = 20.0
LIBRARY_MS = 50.0
START_SECONDS = 900
LATE_MS = 100.0


class Client:
    """One connection that is kept; it asks and reads the whole answer, and costs as little as Python lets it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._host = f"{parts.hostname}:{parts.port}"
        self._socket: socket.socket | None = None

    def request(
        self, method: str, path: str, body: bytes = b"", accept: str = "application/sparql-results+json"
    ) -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: {accept}\r\n"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body

    def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._piece()
        head, _, body = found.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if length:
            while len(body) < int(length[1]):
                body += self._piece()
        elif b"chunked" in head.lower():
            while not body.endswith(b"0\r\n\r\n"):
                body += self._piece()
            body = _unchunk(body)
        status = int(head[9:12])
        if b"connection: close" in head.lower():
            self.close()
        return status, body

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _piece(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server ended the connection")
        return piece


def _unchunk(body: bytes) -> bytes:
    found, at = bytearray(), 0
    while True:
        line = body.index(b"\r\n", at)
        size = int(body[at:line].partition(b";")[0], 16)
        if not size:
            return bytes(found)
        found += body[line + 2 : line + 2 + size]
        at = line + 2 + size + 2


@dataclass(frozen=True)
class Endpoint:
    """A running server: its address, the path queries go to, and its process."""

    name: str
    url: str
    path: str
    pid: int

    def query(self, client: Client, text: str, comment: int | None = None) -> bytes:
        """Return a request; with a comment at the end of the text, which makes it one nobody has asked before."""
        ending = "" if comment is None else f"%0A%23{comment}"
        return client.request("POST", self.path, f"query={quote_plus(text)}{ending}".encode())


@dataclass
class Load:
    """What was measured: seconds of each answer, and how long it all took."""

    seconds: list[float]
    wall: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall

    def at(self, share: float) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * share)] * 1000


_comments = itertools.count()


def load(endpoint: Endpoint, texts: list[str], seconds: float, *, first: bool = False) -> Load:
    """Ask texts in turn, from all clients, for so many seconds; with `first` never the same one again."""
    taken: list[list[float]] = [[] for _ in range(CLIENTS)]
    failures: list[str] = []
    ends = time.perf_counter() + seconds

    def ask(number: int) -> None:
        client = Client(endpoint.url)
        requests = [endpoint.query(client, text) for text in texts]
        at = number * len(requests) // CLIENTS
        while time.perf_counter() < ends:
            text = texts[at % len(texts)]
            asked = endpoint.query(client, text, next(_comments)) if first else requests[at % len(requests)]
            started = time.perf_counter()
            status, body = client.ask(asked)
            taken[number].append(time.perf_counter() - started)
            at += 1
            if status != 200:
                failures.append(f"{status} {body[:200]!r}")
                return
        client.close()

    started = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise AssertionError(f"{endpoint.name}: {failures[0]}")
    return Load([each for one in taken for each in one], time.perf_counter() - started)


def rows(body: bytes) -> list[str]:
    """Return the rows of an answer, sorted, so that servers can be compared."""
    found = json.loads(body)["results"]["bindings"]
    return sorted(json.dumps({k: v["value"] for k, v in row.items()}, sort_keys=True) for row in found)


def workload(data: Path) -> dict[str, list[str]]:
    """Return the queries of each kind."""
    dice = random.Random(42001)
    quads = ox.parse(path=data, format=ox.RdfFormat.N_QUADS)
    ns = "https://w3id.org/aimsgraph/ns#"
    part_of = f"{ns}isDirectPartOf"
    things = sorted({(q.subject.value, q.object.value) for q in quads if q.predicate.value == part_of})
    subjects, wholes = [s for s, _ in things], sorted({o for _, o in things})
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    return {
        "point": [f"SELECT ?l {{ <{iri}> {label} ?l }}" for iri in dice.sample(subjects, min(500, len(subjects)))],
        "path": [
            f"SELECT ?part {{ ?part <{part_of}>+ <{iri}> }}" for iri in dice.sample(wholes, min(200, len(wholes)))
        ],
        "closure": [
            f"SELECT ?part ?whole {{ ?part <{part_of}>+ ?whole . ?whole <{ns}inFramework>/<{ns}slug> '{slug}' }}"
            for slug in ("iso-42001", "nist-ai-rmf", "eu-ai-act")
        ],
        "audit": [
            (ROOT / f"queries/competency/{name}.rq").read_text(encoding="utf-8")
            for name in ("cq-018-counterparts", "cq-019-derived-paths", "cq-053-trace")
        ],
    }


@contextmanager
def started(command: list[str], name: str, path: str, find: Callable[[], str | None], log: Path) -> Iterator[Endpoint]:
    """Run a server and wait until it says or shows its address."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        ends = time.monotonic() + START_SECONDS
        while (url := find()) is None:
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{name} did not start: {log.read_text(encoding='utf-8', errors='replace')[-500:]}")
            time.sleep(0.05)
        yield Endpoint(name, url, path, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers_at(port: int) -> Callable[[], str | None]:
    def find() -> str | None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return None
        return f"http://127.0.0.1:{port}"

    return find


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def says_address(log: Path) -> Callable[[], str | None]:
    def find() -> str | None:
        found = re.search(r"listening on (http://\S+)", log.read_text(encoding="utf-8")) if log.exists() else None
        return found[1] if found else None

    return find


@contextmanager
def ours(folder: Path, *options: str) -> Iterator[Endpoint]:
    command = [sys.executable, "-m", "aimsgraph", "--today", "2026-11-23", *options, "serve", "--port", "0"]
    log = folder / f"ours{len(options)}.log"
    with started(command, "aimsgraph", "/sparql", says_address(log), log) as endpoint:
        yield endpoint


@contextmanager
def oxigraph(folder: Path, data: Path) -> Iterator[Endpoint]:
    port = free_port()
    command = [str(BIN / "oxigraph"), "serve", "-b", f"127.0.0.1:{port}", "--union-default-graph"]
    with started(command, "oxigraph", "/query", answers_at(port), folder / "oxigraph.log") as endpoint:
        headers = {"Content-Type": "application/n-quads"}
        url = f"{endpoint.url}/store"
        httpx.post(url, content=data.read_bytes(), headers=headers, trust_env=False, timeout=120).raise_for_status()
        yield endpoint


@contextmanager
def rdflib_endpoint(folder: Path, data: Path) -> Iterator[Endpoint]:
    merged, port = folder / "merged.nt", free_port()
    triples = {str(quad.triple) for quad in ox.parse(path=data, format=ox.RdfFormat.N_QUADS)}
    merged.write_text("".join(f"{triple} .\n" for triple in sorted(triples)), encoding="utf-8")
    command = [str(BIN / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(merged)]
    with started(command, "rdflib-endpoint", "/", answers_at(port), folder / "rdflib.log") as endpoint:
        yield endpoint


FLOOR = """
import sys
import uvicorn

ANSWER = b'{"head":{"vars":[]},"results":{"bindings":[]}}'
HEADERS = [(b"content-type", b"application/sparql-results+json"), (b"content-length", b"%d" % len(ANSWER))]

async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})

uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off", http="httptools")
"""


@contextmanager
def floor(folder: Path, data: Path) -> Iterator[Endpoint]:
    port = free_port()
    with started([sys.executable, "-c", FLOOR, str(port)], "floor", "/", answers_at(port), folder / "floor.log") as one:
        yield one


def measure(endpoint: Endpoint, work: dict[str, list[str]], seconds: float) -> dict[tuple[str, str], Load]:
    """Measure each kind of query, after a second to warm up."""
    found = {}
    for kind, texts in work.items():
        load(endpoint, texts, min(1.0, seconds))
        for turn in TURNS:
            each = found[kind, turn] = load(endpoint, texts, seconds, first=turn == "first")
            times = f"p50 {each.at(0.5):8.2f} ms  p95 {each.at(0.95):8.2f} ms"
            print(f"{endpoint.name:<16} {kind:<8} {turn} {each.per_second:9.1f}/s  {times}", flush=True)
    return found


def compare(endpoints: list[Endpoint], work: dict[str, list[str]]) -> None:
    """Check that servers give the same rows for some queries of each kind."""
    for texts in work.values():
        for text in texts[:3]:
            answers = []
            for endpoint in endpoints:
                client = Client(endpoint.url)
                status, body = client.ask(endpoint.query(client, text))
                client.close()
                assert status == 200, (endpoint.name, status, body[:300])
                answers.append(rows(body))
            assert all(answer == answers[0] for answer in answers), f"the servers do not agree on {text[:200]}"


def crosswalk(endpoint: Endpoint) -> Load:
    """Ask for the counterparts of provisions with their proofs, one after the other, warm."""
    client = Client(endpoint.url)
    items = ["eu-ai-act:Art.9", "eu-ai-act:Art.12", "iso-42001:A.6.2.8", "iso-42001:6.1.2", "nist-ai-rmf:MANAGE-1.3"]
    targets = ["iso-42001", "eu-ai-act", "nist-ai-rmf"]
    paths = [
        f"/v1/crosswalk?{urlencode({'from': item, 'to': to})}"
        for item in items
        for to in targets
        if not item.startswith(to)
    ]
    return _one_by_one(client, paths, paths * 20)


def library(folder: Path, size: int) -> Load:
    """Ask a server that holds an invented library for counterparts with proofs, and print what that took."""
    items = write_library(folder / "library", size, 150)
    dice = random.Random(42001)
    chosen = dice.sample([f"{slug}:{number}" for slug, numbers in items.items() for number in numbers], 300)
    targets = [dice.choice(sorted(items)) if number % 2 else "f000" for number in range(len(chosen))]
    begun = time.perf_counter()
    with ours(folder, "--data", str(folder / "library")) as endpoint:
        starts = time.perf_counter() - begun
        paths = [
            f"/v1/crosswalk?{urlencode({'from': item, 'to': to, 'min_status': 'candidate'})}"
            for item, to in zip(chosen, targets, strict=True)
            if item.partition(":")[0] != to
        ]
        found = _one_by_one(Client(endpoint.url), paths[:30], paths[30:])
        memory, _ = memory_and_files(endpoint.pid)
    times = f"p50 {found.at(0.5):.2f}, p95 {found.at(0.95):.2f} (target {LIBRARY_MS:g})"
    print(f"crosswalk with proofs, library, ms: {times}; ready after {starts:.0f} s, {memory:,.0f} MB")
    return found


def _one_by_one(client: Client, warm: list[str], paths: list[str]) -> Load:
    """Ask for paths one after the other, after others to warm up."""
    begun, seconds = time.perf_counter(), []
    for number, path in enumerate([*warm, *paths]):
        each = time.perf_counter()
        status, body = client.ask(client.request("GET", path, accept="application/json"))
        assert status == 200, body[:300]
        if number >= len(warm):
            seconds.append(time.perf_counter() - each)
    return Load(seconds, time.perf_counter() - begun)


def lateness(endpoint: Endpoint, times: int = 40, allowed: float = 0.3) -> Load:
    """Return how late queries without end are ended."""
    client = Client(endpoint.url)
    request = client.request("POST", "/sparql", urlencode({"query": ENDLESS, "timeout": allowed}).encode())
    late = []
    for _ in range(times):
        begun = time.perf_counter()
        status, body = client.ask(request)
        late.append(time.perf_counter() - begun - allowed)
        assert status == 504, body[:300]
    return Load(late, sum(late))


def memory_and_files(pid: int) -> tuple[float, int]:
    """Return megabytes of a server's own process, and how many files it has open."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    assert resident
    return int(resident[1]) / 1024, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def soak(endpoint: Endpoint, work: dict[str, list[str]], seconds: float) -> None:
    """Ask all kinds together, queries without end and refused ones too, and print what it costs over time."""
    stop = threading.Event()

    def disturb() -> None:
        client = Client(endpoint.url)
        texts = (
            {"query": ENDLESS, "timeout": 0.2},
            {"query": "SELECT * { SERVICE <urn:x> {} }"},
            {"query": "{" * 1000},
        )
        while not stop.is_set():
            for text in texts:
                client.ask(client.request("POST", "/sparql", urlencode(text).encode()))
            stop.wait(0.2)

    mixed = [text for texts in work.values() for text in texts[:3]]
    thread = threading.Thread(target=disturb)
    thread.start()
    load(endpoint, mixed, min(5.0, seconds / 4))
    samples = []
    try:
        for _ in range(4):
            before = memory_and_files(endpoint.pid)
            each = load(endpoint, mixed, seconds / 4)
            samples.append((*before, each.per_second, each.at(0.95), each.at(0.99)))
    finally:
        stop.set()
        thread.join()
    last = memory_and_files(endpoint.pid)
    print(f"soak of {seconds:g} s, by quarter:")
    for rss, files, rate, p95, p99 in samples:
        print(f"  {rss:7.1f} MB  {files:4} files  {rate:8.1f}/s  p95 {p95:7.2f} ms  p99 {p99:7.2f} ms")
    grown, opened = last[0] - samples[0][0], last[1] - samples[0][1]
    print(f"  at its end {last[0]:.1f} MB ({grown * 60 / seconds:+.2f} MB a minute), {last[1]} files ({opened:+})")


def main() -> int:
    parser = argparse.ArgumentParser(description="the server under load")
    parser.add_argument("--seconds", type=float, default=5, help="for each kind of query and server")
    parser.add_argument("--soak", type=float, default=60, help="seconds of mixed load; 0 for none")
    parser.add_argument("--library", type=int, default=75_000, help="rows of the invented library; 0 for none")
    parser.add_argument("--peers", default="oxigraph,rdflib", help="which peers to measure")
    parser.add_argument("--floor", action="store_true", help="measure a server that answers nothing, too")
    options = parser.parse_args()
    peers = {"oxigraph": oxigraph, "rdflib": rdflib_endpoint}
    missed = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = folder / "content.nq"
        command = [sys.executable, "-m", "aimsgraph", "export", "--format", "nquads", "--output", str(data)]
        subprocess.run(command, check=True, capture_output=True)
        work = workload(data)
        quads, busy = sum(1 for _ in data.open("rb")), os.getloadavg()[0]
        print(f"{quads:,} quads, {CLIENTS} clients, {os.cpu_count()} processors, load average {busy:.1f}")
        with ours(folder) as own:
            found = measure(own, work, options.seconds)
            for name in filter(None, options.peers.split(",")):
                with peers[name](folder, data) as peer:
                    compare([own, peer], work)
                    theirs = measure(peer, work, options.seconds)
                for (kind, turn), each in found.items():
                    ratio = each.per_second / theirs[kind, turn].per_second
                    target = RDFLIB_TARGET if name == "rdflib" else TARGETS[kind]
                    print(f"  {kind:<8} {turn} {ratio:8.2f} of {peer.name} (target {target})")
                    if turn == "first" and ratio < target:
                        missed.append(f"{kind} beside {peer.name}")
            if options.floor:
                with floor(folder, data) as nothing:
                    measure(nothing, {"point": work["point"]}, options.seconds)
            proofs, late = crosswalk(own), lateness(own)
            times = f"p50 {proofs.at(0.5):.2f}, p95 {proofs.at(0.95):.2f} (target {CROSSWALK_MS:g})"
            print(f"crosswalk with proofs, ms: {times}")
            print(f"ended late by, ms: p50 {late.at(0.5):.1f}, p95 {late.at(0.95):.1f} (target {LATE_MS:g})")
            missed += ["crosswalk"] * (proofs.at(0.95) > CROSSWALK_MS) + ["lateness"] * (late.at(0.95) > LATE_MS)
            if options.soak:
                soak(own, work, options.soak)
        if options.library:
            missed += ["library"] * (library(folder, options.library).at(0.95) > LIBRARY_MS)
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
