"""HTTP with a SPARQL server: one client, strict about time, size and where an answer ends.

Redirects are never followed, proxies of the environment never used, and certificates are checked against what this
machine trusts. What the server says in an error is cut to one line without secrets.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Final, Self

import httpx

from aimsgraph.errors import BackendError, DeadlineExceeded
from aimsgraph.graph.remote_address import Address, shown
from aimsgraph.graph.remote_errors import refusal, words_of_problem
from aimsgraph.graph.store import Deadline
from aimsgraph.version import __version__

CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 600.0
"""How long a server may say nothing when the caller set no deadline."""
MOST_ANSWER_BYTES: Final = 2 * 1024**3
_ERROR_BYTES: Final = 8_192
_ERROR_CHARACTERS: Final = 300


class Connection:
    """Requests to the addresses of one store."""

    def __init__(self, address: Address) -> None:
        self.address = address
        headers = {"User-Agent": f"aimsgraph/{__version__}", "Accept-Encoding": "identity"}
        if address.authorization:
            headers["Authorization"] = address.authorization
        transport = httpx.HTTPTransport(
            verify=_trusted_certificates(address),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
            socket_options=[(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)],
            trust_env=False,
        )
        self._client = httpx.Client(transport=transport, headers=headers, trust_env=False, follow_redirects=False)

    def send(
        self, url: str, content: bytes, *, kind: str, accept: str, deadline: Deadline,
        params: Mapping[str, str] | None = None,
    ) -> Body:  # fmt: skip
        """POST a body and return the answer's body, once its head says that all is well.

        Args:
            url: where to.
            content: the body.
            kind: the media type of the body.
            accept: the media types wanted.
            deadline: when to give up; an infinite one waits `SILENCE_SECONDS` for each sign of life.
            params: what to add to the query string.

        Raises:
            QuerySyntaxError: the server cannot parse the text.
            Refused: it wants other credentials, or does not do this.
            NotFound: there is no such address, or the update needs a graph that is not there.
            DeadlineExceeded: too late.
            BackendError: anything else.
        """
        deadline.check()
        left = deadline.remaining()
        patience = SILENCE_SECONDS if left is None else left
        timeout = httpx.Timeout(patience, connect=min(CONNECT_SECONDS, patience))
        where = str(httpx.URL(url).copy_merge_params(params)) if params else url
        with self._errors(url, deadline):
            request = self._client.build_request(
                "POST", where, content=content, headers={"Content-Type": kind, "Accept": accept}, timeout=timeout
            )
            response = self._client.send(request, stream=True)
            if not response.is_success:
                raise refusal(response.status_code, self._said(response), shown(url))
        return Body(self, response, url, deadline)

    def close(self) -> None:
        """Close all connections; closing twice is fine."""
        self._client.close()

    def broken(self, url: str, what: str) -> BackendError:
        """Return the error that says an answer cannot be trusted."""
        return BackendError(
            f"the answer of {shown(url)} is broken: {self._line(what)}", remedy="look into the server's log, try again"
        )

    @contextmanager
    def _errors(self, url: str, deadline: Deadline) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout) and deadline.remaining() != 0.0:
                raise BackendError(f"no connection to {shown(url)} within {CONNECT_SECONDS:g} s") from error
            raise self._late(url, deadline) from error
        except httpx.ConnectError as error:
            raise BackendError(
                f"no connection to {shown(url)}: {self._line(str(error))}", remedy="is the server running there?"
            ) from error
        except httpx.HTTPError as error:
            raise self.broken(url, str(error) or type(error).__name__) from error

    def _late(self, url: str, deadline: Deadline) -> DeadlineExceeded:
        if deadline.is_finite:
            return deadline.exceeded()
        return DeadlineExceeded(
            f"{shown(url)} said nothing for {SILENCE_SECONDS:g} s", remedy="ask for less, or look into the server's log"
        )

    def _said(self, response: httpx.Response) -> str:
        found = b""
        with suppress(httpx.HTTPError):
            for chunk in response.iter_bytes(_ERROR_BYTES):
                found += chunk
                if len(found) >= _ERROR_BYTES:
                    break
        _let_go(response)
        is_page = "html" in response.headers.get("Content-Type", "") or found.lstrip().startswith(b"<")
        text = "" if is_page else found[:_ERROR_BYTES].decode("utf-8", "replace")
        if response.headers.get("Content-Type", "").startswith("application/problem+json"):
            text = words_of_problem(text)
        return self._line(text) or response.reason_phrase or "nothing"

    def _line(self, text: str) -> str:
        line = next((each.strip() for each in text.splitlines() if each.strip()), "")
        for secret in self.address.secrets:
            line = line.replace(secret, "***")
        return "".join(sign if sign.isprintable() else " " for sign in line)[:_ERROR_CHARACTERS]


class Body:
    """The body of an answer as a binary file, to be read once; it ends where the server says, or is an error.

    Attributes:
        media_type: what the server calls it, without parameters.
    """

    def __init__(self, connection: Connection, response: httpx.Response, url: str, deadline: Deadline) -> None:
        self.media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._connection = connection
        self._response = response
        self._url = url
        self._deadline = deadline
        self._chunks = response.iter_bytes()
        self._chunk = memoryview(b"")
        self._left = MOST_ANSWER_BYTES
        self._lock = threading.Lock()
        self._closed = False

    @property
    def is_delimited(self) -> bool:
        """Whether the server says where the body ends, so that a cut one is noticed."""
        headers = self._response.headers
        return "Content-Length" in headers or "chunked" in headers.get("Transfer-Encoding", "").lower()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many; nothing at the end.

        Raises:
            DeadlineExceeded: too late.
            BackendError: the connection broke before the end, or the answer is beyond all bounds.
        """
        if not self._chunk:
            with self._connection._errors(self._url, self._deadline):
                self._chunk = memoryview(next((chunk for chunk in self._chunks if chunk), b""))
            self._deadline.check()
            self._left -= len(self._chunk)
            if self._left < 0:
                raise self.broken(f"it is larger than {MOST_ANSWER_BYTES:,} bytes")
        piece = self._chunk if size < 0 else self._chunk[:size]
        self._chunk = self._chunk[len(piece) :]
        return bytes(piece)

    def broken(self, what: str) -> BackendError:
        """Return the error that says this answer cannot be trusted."""
        return self._connection.broken(self._url, what)

    def abort(self) -> None:
        """Wake whoever reads in another thread: the connection ends now."""
        with self._lock:
            if not self._closed:
                _shut(self._response)

    def close(self) -> None:
        """Let go of the connection; closing twice is fine."""
        with self._lock:
            self._closed = True
        _let_go(self._response)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _let_go(response: httpx.Response) -> None:
    with suppress(httpx.HTTPError):
        response.close()


def _shut(response: httpx.Response) -> None:
    stream = response.extensions.get("network_stream")
    found = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(found, socket.socket):
        with suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)


def _trusted_certificates(address: Address) -> ssl.SSLContext:
    """Return a context that trusts what this machine trusts; reading that takes time, so only where it is used."""
    used = any(url.startswith("https:") for url in (address.query, address.update, address.graphs))
    return ssl.create_default_context() if used else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
