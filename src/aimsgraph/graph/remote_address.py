"""Where a SPARQL server is and who asks it; read from texts, and never shown with its secrets."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit, urlunsplit

from aimsgraph.errors import Refused, UsageError

_SCHEMES: Final = ("http", "https")


@dataclass(frozen=True, slots=True)
class Address:
    """The addresses of one store and what proves that we may use it.

    Attributes:
        query: where queries go.
        update: where updates go.
        graphs: where whole graphs go (SPARQL 1.1 Graph Store Protocol); empty when there is no such place.
        authorization: the value of the `Authorization` header; empty when none is needed.
        secrets: what must not appear in any message.
    """

    query: str
    update: str
    graphs: str = ""
    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(
        cls, store: str, *, update: str = "", graphs: str = "", token: str = "", user: str = "", password: str = ""
    ) -> Self:
        """Put an address together.

        An address without a path is that of a server that answers at `/query` and `/update`, as Oxigraph does. Any
        other is where queries go, and updates too unless another address is given for them.

        >>> Address.of("http://127.0.0.1:7878").update
        'http://127.0.0.1:7878/update'
        >>> Address.of("https://example.org/ds").update
        'https://example.org/ds'

        Args:
            store: the address people name.
            update: where updates go, if elsewhere.
            graphs: where whole graphs go.
            token: a bearer token.
            user: a user for HTTP Basic.
            password: that user's password.

        Raises:
            UsageError: an address is none, or holds a password; or the credentials contradict one another.
            Refused: credentials would travel unencrypted to another machine.
        """
        parts = _split(store)
        query = store
        if parts.path in ("", "/") and not parts.query:
            query = urlunsplit(parts._replace(path="/query"))
            update = update or urlunsplit(parts._replace(path="/update"))
        address = cls(query, update or query, graphs, *_credentials(token, user, password))
        for each in filter(None, (address.query, address.update, address.graphs)):
            _refuse_open_secrets(_split(each), address)
        return address


def is_address(store: str) -> bool:
    """Tell whether a store is named by an address rather than by a path.

    >>> is_address("https://example.org/sparql"), is_address("graph.d")
    (True, False)
    """
    return "://" in store


def shown(url: str) -> str:
    """Return an address without its query string, where a secret may stand.

    >>> shown("https://example.org/sparql?key=abc")
    'https://example.org/sparql'
    """
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or url != url.strip() or parts.fragment:
        raise UsageError(f"{shown_or_cut(url)} is no address of a store", remedy="write https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "a password in the address of a store would be seen by others",
            remedy="set AIMSGRAPH_STORE_USER and AIMSGRAPH_STORE_PASSWORD instead",
        )
    return parts


def shown_or_cut(url: str) -> str:
    """Return what may be told of a text that was given as an address, whatever it is."""
    scheme, _, rest = url.partition("://")
    return repr(f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}")


def _credentials(token: str, user: str, password: str) -> tuple[str, tuple[str, ...]]:
    if token and (user or password):
        raise UsageError("a token and a user are given for one store", remedy="leave one of them out")
    if password and not user:
        raise UsageError("a password without a user is given for the store", remedy="set AIMSGRAPH_STORE_USER")
    if any(not sign.isprintable() for sign in token + user + password) or not token.isascii():
        raise UsageError("the credentials of the store hold a character that no header carries")
    if token:
        return f"Bearer {token}", (token,)
    if user:
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        return f"Basic {pair}", tuple(filter(None, (password, pair)))
    return "", ()


def _refuse_open_secrets(parts: SplitResult, address: Address) -> None:
    if not address.authorization or parts.scheme == "https":
        return
    import ipaddress

    host = parts.hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        raise Refused(
            f"credentials would travel unencrypted to {host}", remedy="use https, or a tunnel that ends on this machine"
        )
