"""HTML pages: plain, without scripts, with nothing from elsewhere; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from fastapi import APIRouter, Response

from aimsgraph.domain.identifiers import BASE

STYLE = "/static/page.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def routes() -> APIRouter:
    """Return the route of the style sheet."""
    router = APIRouter()
    style = files("aimsgraph.web").joinpath("static", "page.css").read_text(encoding="utf-8")

    @router.get(STYLE, include_in_schema=False)
    async def page_style() -> Response:
        headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response(style, media_type="text/css", headers=headers)

    return router


def render(title: str, body: Iterable[str]) -> str:
    """Return a page.

    Args:
        title: its title, as text.
        body: what stands below the title, as HTML.
    """
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><link rel="stylesheet" href="{STYLE}">'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    inner = "\n".join(body)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n<h1>{escape(title)}</h1>\n{inner}\n'
        '<p class="quiet"><a href="/docs">HTTP API</a> · <a href="/ns">Terms</a> · '
        "no legal advice, and no statement of conformity</p>\n</body></html>\n"
    )


def link(iri: str, text: str) -> str:
    """Return a link to an IRI: on this server if it is one of ours; plain text where no browser should go."""
    if iri.startswith(BASE):
        return f'<a href="{escape(local(iri))}">{escape(text)}</a>'
    if iri.startswith(("https://", "http://")):
        return f'<a href="{escape(iri)}" rel="noreferrer noopener">{escape(text)}</a>'
    return f"<code>{escape(text)}</code>"


def local(iri: str) -> str:
    """Return the path at which this server has an IRI of ours.

    >>> local("https://w3id.org/aimsgraph/ns#Obligation")
    '/ns#Obligation'
    """
    return "/" + iri.removeprefix(BASE)
