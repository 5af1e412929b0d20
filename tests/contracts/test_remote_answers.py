"""What a remote store makes of servers that fail, break off, redirect, dribble or talk; each is a real socket."""

import shutil
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from aimsgraph.errors import (
    AimsgraphError,
    BackendError,
    DeadlineExceeded,
    NotFound,
    QuerySyntaxError,
    Refused,
    UsageError,
)
from aimsgraph.graph.remote import open_remote
from aimsgraph.graph.remote_address import Address
from aimsgraph.graph.store import Deadline

EMPTY = b'{"head":{"vars":["g","n","mark"]},"results":{"bindings":[]}}'
ROW = b'{"x":{"type":"uri","value":"urn:a"}}'
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b",".join([ROW] * 3) + b"]}}"
TRIPLES = b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:d> .\n"
JSON = "application/sparql-results+json"
NT = "application/n-triples"
CLOSE = "Connection: close\r\n"
TOKEN = "agk-very-secret"


def whole(body: bytes, kind: str = JSON, status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{CLOSE}{more}\r\n"
    return head.encode() + body


def chunked(body: bytes, kind: str = JSON, end: bytes = b"0\r\n\r\n") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n{CLOSE}\r\n"
    return head.encode() + b"%x\r\n%b\r\n" % (len(body), body) + end


class Server(socketserver.ThreadingTCPServer):
    """Answers the count of graphs with nothing, and everything else with `answer`, piece by piece."""

    allow_reuse_address = True
    daemon_threads = True
    answer: list[bytes | float]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/sparql"

    def handle_error(self, request, client_address):
        pass  # the other side hangs up on purpose


class Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.readline()
        length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:"))
        body = self.rfile.read(length)
        self.server.requests.append(head + body)
        pieces = [whole(EMPTY)] if b"GROUP+BY+%3Fg" in body else self.server.answer
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                self.wfile.write(piece)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: Server, *pieces: bytes | float, text: str = "SELECT ?x { ?x ?p ?o }", deadline: Deadline | None = None):
    server.answer = list(pieces)
    with open_remote(Address.of(server.url, token=TOKEN)) as store:
        answer = store.query(text, deadline=deadline)
        return answer if isinstance(answer, bool) or not hasattr(answer, "__iter__") else list(answer)


CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
both_ways = pytest.mark.parametrize("deadline", [None, 30.0], ids=["no deadline", "deadline"])


def deadline_of(seconds: float | None) -> Deadline | None:
    return None if seconds is None else Deadline(seconds)


@both_ways
def test_whole_answers_are_read(server, deadline):
    for each in (whole, chunked):
        assert len(ask(server, each(ROWS), deadline=deadline_of(deadline))) == 3
        assert len(ask(server, each(TRIPLES, NT), text=CONSTRUCT, deadline=deadline_of(deadline))) == 2
        assert ask(server, each(b'{"head":{},"boolean":true}'), text="ASK {}", deadline=deadline_of(deadline))
    assert ask(server, whole(b"# Empty NT\n", NT), text=CONSTRUCT) == []


GLUED = b"\nQuery cancelled due to timeout during execution"
BROKEN = {
    "rows cut by the connection": (chunked(ROWS[:-30], end=b""), "SELECT ?x {}"),
    "rows cut in an orderly way": (chunked(ROWS[:-30]), "SELECT ?x {}"),
    "rows cut after a whole row": (chunked(ROWS[: ROWS.rindex(ROW) - 1]), "SELECT ?x {}"),
    "rows without the last brackets": (chunked(ROWS[:-2]), "SELECT ?x {}"),
    "rows with fewer bytes than said": (whole(ROWS)[:-5], "SELECT ?x {}"),
    "an error glued to whole rows": (chunked(ROWS + GLUED), "SELECT ?x {}"),
    "an error glued to cut rows": (chunked(ROWS[:-30] + GLUED), "SELECT ?x {}"),
    "an error glued between rows": (chunked(ROWS.replace(b",", b"," + GLUED, 2)), "SELECT ?x {}"),
    "no rows at all": (chunked(b""), "SELECT ?x {}"),
    "yes or no instead of rows": (chunked(b'{"head":{},"boolean":true}'), "SELECT ?x {}"),
    "rows instead of yes or no": (chunked(ROWS), "ASK {}"),
    "yes or no, cut": (chunked(b'{"head":{},"boolean":tr'), "ASK {}"),
    "yes or no with an error": (chunked(b'{"head":{},"boolean":false}' + GLUED), "ASK {}"),
    "triples cut by the connection": (chunked(TRIPLES, NT, end=b""), CONSTRUCT),
    "triples with fewer bytes than said": (whole(TRIPLES, NT)[: -len(TRIPLES) // 2], CONSTRUCT),
    "triples that end with the connection": (
        whole(TRIPLES, NT).replace(f"Content-Length: {len(TRIPLES)}\r\n".encode(), b""),
        CONSTRUCT,
    ),
    "a triple cut": (chunked(TRIPLES[:-8], NT), CONSTRUCT),
    "an error glued to triples": (chunked(TRIPLES + GLUED, NT), CONSTRUCT),
    "an error as a comment": (chunked(TRIPLES + b"# timed out\n", NT), CONSTRUCT),
    "an error as a comment alone": (chunked(b"# timed out\n", NT), CONSTRUCT),
    "an error as a comment in a chunk of its own": (
        chunked(TRIPLES, NT, end=b"c\r\n# timed out\n\r\n0\r\n\r\n"),
        CONSTRUCT,
    ),
    "a page": (whole(b"<html>Welcome</html>", "text/html"), "SELECT ?x {}"),
    "no HTTP": (b"220 mail.example.org ESMTP\r\n", "SELECT ?x {}"),
    "nothing": (b"", "SELECT ?x {}"),
}


@both_ways
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_never_a_shorter_one(server, case, deadline):
    piece, text = BROKEN[case]
    with pytest.raises(BackendError) as caught:
        ask(server, piece, text=text, deadline=deadline_of(deadline))
    assert type(caught.value) is BackendError


STATUSES = {
    "400 Bad Request": QuerySyntaxError,
    "401 Unauthorized": Refused,
    "403 Forbidden": Refused,
    "404 Not Found": NotFound,
    "405 Method Not Allowed": Refused,
    "408 Request Timeout": DeadlineExceeded,
    "413 Content Too Large": BackendError,
    "429 Too Many Requests": BackendError,
    "500 Internal Server Error": BackendError,
    "502 Bad Gateway": BackendError,
    "503 Service Unavailable": BackendError,
    "504 Gateway Timeout": DeadlineExceeded,
}


@both_ways
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_an_error_with_the_servers_words(server, status, deadline):
    said = f"no\x1b[31m luck with {TOKEN}\nand a stack trace".encode()
    with pytest.raises(AimsgraphError) as caught:
        ask(server, whole(said, "text/plain", status), deadline=deadline_of(deadline))
    assert type(caught.value) is STATUSES[status]
    assert "luck with ***" in caught.value.message
    assert TOKEN not in str(caught.value)
    assert "\x1b" not in caught.value.message
    assert "stack trace" not in caught.value.message


def test_a_servers_page_is_not_repeated(server):
    with pytest.raises(BackendError, match="answered 502: Bad Gateway"):
        ask(server, whole(b"<html><script>x</script></html>", "text/html", "502 Bad Gateway"))


def test_a_long_error_is_cut(server):
    with pytest.raises(BackendError) as caught:
        ask(server, whole(b"x" * 100_000, "text/plain", "500 Internal Server Error"))
    assert len(caught.value.message) < 500


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(server, status):
    with Server() as other:
        with pytest.raises(BackendError, match="redirects are not followed"):
            ask(server, whole(b"", "text/plain", status, f"Location: {other.url}\r\n"))
        assert other.requests == []


def test_a_syntax_error_says_where_jena_saw_it(server):
    said = b'Parse error: Encountered " "}" "} "" at line 2, column 18.'
    with pytest.raises(QuerySyntaxError) as caught:
        ask(server, whole(said, "text/plain", "400 Bad Request"))
    assert (caught.value.location.line, caught.value.location.column) == (2, 18)


# Time


def test_a_silent_server_costs_no_more_than_the_deadline(server):
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"0\.3 s"):
        ask(server, 3.0, whole(ROWS), deadline=Deadline(0.3))
    assert time.monotonic() - began < 2


def test_a_dribbling_server_costs_no_more_than_the_deadline(server):
    began = time.monotonic()
    body = chunked(ROWS)
    pieces = [part for byte in body[:120] for part in (bytes([byte]), 0.05)]
    with pytest.raises(DeadlineExceeded, match=r"0\.5 s"):
        ask(server, *pieces, body[120:], deadline=Deadline(0.5))
    assert time.monotonic() - began < 2


def test_a_silent_server_is_given_up_without_a_deadline_too(server, monkeypatch):
    monkeypatch.setattr("aimsgraph.graph.remote_http.SILENCE_SECONDS", 0.2)
    with pytest.raises(DeadlineExceeded, match=r"said nothing for 0\.2 s"):
        ask(server, 2.0, whole(ROWS))


def test_an_answer_beyond_all_bounds_is_an_error(server, monkeypatch):
    monkeypatch.setattr("aimsgraph.graph.remote_http.MOST_ANSWER_BYTES", 100)
    with pytest.raises(BackendError, match="larger than 100 bytes"):
        ask(server, whole(ROWS))


def test_closing_an_answer_hangs_up(server):
    server.answer = [chunked(ROWS[:200], end=b""), 5.0]
    with open_remote(Address.of(server.url)) as store:
        answer = store.query("SELECT ?x {}", deadline=Deadline(60))
        answer.close()
        ends = time.monotonic() + 2
        while any(thread.name == "aimsgraph-query" for thread in threading.enumerate()):
            assert time.monotonic() < ends, "the thread that reads goes on"
            time.sleep(0.01)


# Who we are, and where


def test_nobody_listens():
    with pytest.raises(BackendError, match="no connection") as caught:
        open_remote(Address.of("http://127.0.0.1:9/sparql"))
    assert caught.value.remedy


def test_credentials_go_with_each_request_and_proxies_are_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    ask(server, whole(ROWS))
    assert len(server.requests) == 2
    assert all(f"authorization: bearer {TOKEN}".encode() in request.lower() for request in server.requests)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_is_checked_against_what_this_machine_trusts(tmp_path, monkeypatch):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", *made, *names], check=True, capture_output=True)
    with Server() as made_server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        made_server.socket = context.wrap_socket(made_server.socket, server_side=True)
        made_server.url = made_server.url.replace("http://127.0.0.1", "https://localhost")
        thread = threading.Thread(target=made_server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with pytest.raises(BackendError, match="certificate verify failed"):
                ask(made_server, whole(ROWS))
            monkeypatch.setenv("SSL_CERT_FILE", certificate)
            assert len(ask(made_server, whole(ROWS))) == 3
        finally:
            made_server.shutdown()
            thread.join()


def test_secrets_are_not_shown():
    address = Address.of("https://example.org/sparql?key=abc", user="ada", password=TOKEN)
    assert TOKEN not in repr(address)
    assert address.authorization.startswith("Basic ")


@pytest.mark.parametrize(
    ("url", "credentials", "error"),
    [
        ("ftp://example.org/x", {}, UsageError),
        ("https://", {}, UsageError),
        ("https://example.org:99999/x", {}, UsageError),
        ("https://example.org/x#part", {}, UsageError),
        (f"https://ada:{TOKEN}@example.org/x", {}, UsageError),
        ("https://example.org/x", {"token": TOKEN, "user": "ada"}, UsageError),
        ("https://example.org/x", {"password": TOKEN}, UsageError),
        ("https://example.org/x", {"token": f"{TOKEN}\r\nX: y"}, UsageError),
        ("http://example.org/x", {"token": TOKEN}, Refused),
        ("https://example.org/x", {"token": TOKEN, "update": "http://example.org/u"}, Refused),
    ],
)
def test_addresses_that_are_refused(url, credentials, error):
    with pytest.raises(error) as caught:
        Address.of(url, **credentials)
    assert TOKEN not in str(caught.value)
    assert caught.value.remedy or error is UsageError


def test_credentials_may_travel_unencrypted_on_this_machine_only():
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert Address.of(f"http://{host}:7878", token=TOKEN).authorization
