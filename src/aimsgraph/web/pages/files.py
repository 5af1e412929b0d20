"""Style, scripts and the libraries built for the pages: sent under a name that holds their digest, kept for good."""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from aimsgraph.errors import NotFound

_KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_TEXTS = {".js", ".css", ".svg", ".txt"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `packed` is empty for what does not get smaller."""

    media_type: str
    body: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, and the digest over them that is part of their address."""

    digest: str
    by_name: dict[str, Asset]

    def url(self, name: str) -> str:
        """Return where a file is.

        Raises:
            NotFound: it is not there; the libraries are built by `make pages`.
        """
        if name not in self.by_name:
            raise NotFound(f"there is no file {name!r} for the pages", remedy="`make pages` builds the libraries")
        return f"/static/{self.digest}/{name}"

    def has(self, name: str) -> bool:
        """Say whether a file is there."""
        return name in self.by_name


@functools.cache
def load_assets() -> Assets:
    """Read all files, once in the life of the program."""
    found = dict(sorted(_walk(files("aimsgraph.web.pages").joinpath("static"))))
    digest = hashlib.sha256()
    for name, asset in found.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(asset.body).digest())
    return Assets(digest.hexdigest()[:12], found)


def routes() -> APIRouter:
    """Return the route."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/static/{digest}/{name:path}", methods=["GET", "HEAD"])
    async def static(request: Request, digest: str, name: str) -> Response:
        assets = load_assets()
        asset = assets.by_name.get(name) if digest == assets.digest else None
        if asset is None:
            raise NotFound("there is no such file", remedy="load the page anew")
        headers = _KEPT | {"Vary": "Accept-Encoding"}
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(asset.body, media_type=asset.media_type, headers=headers)

    return router


def _walk(folder: Traversable, before: str = "") -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{before}{entry.name}/")
        elif not entry.name.startswith("."):
            yield f"{before}{entry.name}", _read(entry)


def _read(file: Traversable) -> Asset:
    ending = "." + file.name.rpartition(".")[2]
    media_type = _TYPES.get(ending) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    body = file.read_bytes()
    packed = gzip.compress(body, 6, mtime=0) if ending in _TEXTS else b""
    return Asset(media_type, body, packed if len(packed) < len(body) else b"")
