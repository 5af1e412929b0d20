"""Connections that are held, trickle, are many, or speak no HTTP."""

import contextlib
import socket
import threading
import time

import httpx
import pytest
from siege import ENDLESS, TIMEOUT, Besieged, is_problem, raw, read_all

from aimsgraph.web.connections import HEAD_BYTES, HEAD_SECONDS, MOST_CONNECTIONS, TAKE_SECONDS

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"


def trickle(connection: socket.socket, data: bytes, seconds: float) -> float:
    """Send a byte now and then until the other side ends the connection; return after how many seconds it did."""
    started = time.monotonic()
    connection.settimeout(0.5)
    for i in range(int(seconds * 2)):
        try:
            connection.sendall(data[i % len(data) : i % len(data) + 1])
            if not connection.recv(1 << 16):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - started


def test_a_head_that_trickles_in_or_never_comes_and_a_body_after_the_answer(besieged: Besieged) -> None:
    early = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    starts = {
        "nothing": b"", "a line": b"GET /healthz HTTP/1.1\r\n", "headers": GET, "second": GET + b"\r\n",
        "second, begun": GET + b"\r\nGET /healthz", "body nobody reads": early,
    }  # fmt: skip
    took: dict[str, float] = {}

    def attack(name: str) -> None:
        with raw(besieged.server, starts[name]) as connection:
            sent = b"" if name in ("nothing", "second") else b"X-Pad: a\r\n"
            took[name] = trickle(connection, sent or b"", HEAD_SECONDS * 3) if sent else _until_closed(connection)

    with besieged.attack("slow heads"):
        threads = [threading.Thread(target=attack, args=(name,)) for name in starts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(took) == set(starts)
    assert all(seconds < HEAD_SECONDS * 2 for seconds in took.values()), took


def _until_closed(connection: socket.socket) -> float:
    started = time.monotonic()
    read_all(connection)
    return time.monotonic() - started


def test_a_body_that_trickles_in(besieged: Besieged) -> None:
    with besieged.attack("slow body"), raw(besieged.server, POST + b"Content-Length: 1000\r\n\r\n") as connection:
        started = time.monotonic()
        connection.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() - started < TIMEOUT + 3:
            with contextlib.suppress(TimeoutError):
                connection.sendall(b" ")
                answer = connection.recv(1 << 16)
        assert b" 408 " in answer.split(b"\r\n")[0]
        assert b"request-timeout" in answer + read_all(connection)


def test_more_connections_than_are_held(besieged: Besieged) -> None:
    with besieged.attack("many connections"), contextlib.ExitStack() as stack:
        held = [stack.enter_context(raw(besieged.server, GET)) for _ in range(MOST_CONNECTIONS + 200)]
        with besieged.server.client() as client:
            assert client.post("/sparql", data={"query": "ASK {}"}).json()["boolean"] is True
        # Those that waited longest made room.
        assert read_all(held[0]) == b""


def test_more_requests_at_once_than_one_address_may_have(besieged: Besieged) -> None:
    answers: list[httpx.Response] = []

    def attack() -> None:
        answers.append(client.post("/sparql", data={"query": f"SELECT (COUNT(*) AS ?n) {ENDLESS}", "timeout": "1"}))

    with besieged.server.client() as client, besieged.attack("many requests"):
        threads = [threading.Thread(target=attack) for _ in range(48)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(is_problem(each, (429, "too-many-requests"), (504, "deadline-exceeded")) for each in answers)
    refused = [each for each in answers if each.status_code == 429]
    assert len(answers) == 48
    assert refused
    assert all(int(each.headers["retry-after"]) >= 1 for each in refused)


HEADS = {
    "one long header": GET + b"X: " + b"a" * (HEAD_BYTES + 1),
    "many headers": GET + b"X: a\r\n" * 200_000 + b"\r\n",
    "long address": b"GET /" + b"a" * (HEAD_BYTES + 1) + b" HTTP/1.1\r\n\r\n",
    "no http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500 + b"\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK {}",
    "length and chunks": POST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\nGET / HTTP/1.1\r\n",
    "negative length": POST + b"Content-Length: -1\r\n\r\n",
    "bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nASK {}",
    "nul in header": GET + b"X: a\x00b\r\n\r\n",
    "folded header": b"GET /healthz HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n",
    "upgrade": GET
    + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "proxy": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
    "absolute address": b"GET http://127.0.0.1:22/ HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
    "strange method": b"X" * 200 + b" /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "trace": b"TRACE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_hostile_head(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"head: {name}"), raw(besieged.server) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(HEADS[name])
            connection.shutdown(socket.SHUT_WR)
        said = read_all(connection)
        status = said.split(b" ")[1:2]
        assert status in ([b"400"], [b"404"], [b"405"], [b"403"], [b"431"], [], [b"200"]), said[:300]
        if name == "length and chunks":  # chunks count (RFC 9112, 6.3), and what follows is no second request
            assert said.count(b"HTTP/1.1 ") <= 1
        else:
            assert (status == [b"200"]) == (name == "upgrade"), said[:300]  # a folded header is refused: RFC 9112, 5.2
        assert b"Traceback" not in said


def test_strange_methods_add_no_figure_each(besieged: Besieged) -> None:
    with besieged.server.client() as client:
        for i in range(30):
            assert client.request(f"STRANGE{i}", "/healthz").status_code == 400  # no method that HTTP knows
        for method in ("PROPFIND", "MKCOL"):
            assert client.request(method, "/healthz").status_code == 405
        figures = client.get("/metrics").text
    assert not any(name in figures for name in ("STRANGE", "PROPFIND", "MKCOL"))
    assert 'method="other"' in figures


@pytest.mark.slow
def test_an_answer_that_nobody_takes_ends_with_its_connection(besieged: Besieged) -> None:
    body = f"query=SELECT * {ENDLESS}".replace(" ", "+").encode()
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sent = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with besieged.attack("an answer not taken"), raw(besieged.server, sent) as connection:
        time.sleep(TAKE_SECONDS + 5)
        assert len(read_all(connection)) < 64 << 20
