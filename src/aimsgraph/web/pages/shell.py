"""What every page has: its frame, its headers, how it tells of an error, and the days it is asked about."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import jinja2
import markupsafe
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from aimsgraph.api import AimsGraph
from aimsgraph.domain.identifiers import BASE
from aimsgraph.domain.time import Moment
from aimsgraph.errors import AimsgraphError
from aimsgraph.web.pages.files import load_assets
from aimsgraph.web.pages.labels import load_labels
from aimsgraph.web.problems import HttpProblem, of_error
from aimsgraph.web.requests import Parameters, query_parameters
from aimsgraph.web.service import Service

Json = dict[str, Any]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
DAYS = ("on", "law_as_of")
MAIN_PAGES = (
    ("/duties", "duties"),
    ("/crosswalk", "crosswalk"),
    ("/time", "time"),
    ("/orgs", "organisations"),
    ("/questions", "questions"),
    ("/sparql-editor", "sparql"),
)
"""The pages every page leads to, in order: the address, and the name of its labels."""


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


HEADERS = {
    "Content-Security-Policy": _written(POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PACKED_FROM = 1024


@dataclass(frozen=True, slots=True)
class View:
    """What a page was asked for, as far as every page needs it.

    Attributes:
        path: its address on this server.
        given: the parameters of the address, the days too.
        moment: the days the page speaks of; None for a page that speaks of none.
        key_days: days on which something starts, changes or ends.
    """

    path: str = ""
    given: tuple[tuple[str, str], ...] = ()
    moment: Moment | None = None
    key_days: tuple[str, ...] = ()
    days: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", {key: value for key, value in self.given if key in DAYS and value})

    def url(self, path: str, **parameters: object) -> str:
        """Return an address on this server that keeps the days asked about; empty parameters are left out."""
        path, mark, fragment = path.partition("#")
        wanted = {key: value for key, value in {**self.days, **parameters}.items() if value not in (None, "", [], ())}
        query = urlencode(wanted, doseq=True)
        return path + (("&" if "?" in path else "?") + query if query else "") + mark + fragment

    def others(self, *names: str) -> list[tuple[str, str]]:
        """Return the parameters of the address without these, for the hidden fields of a form."""
        return [(key, value) for key, value in self.given if key not in names]

    def at(self, iri: str) -> str:
        """Return where to look at an IRI: on this server when it is one of ours."""
        return self.url(local(iri)) if iri.startswith(BASE) else iri


def view_of(request: Request, moment: Moment | None = None, key_days: tuple[str, ...] = ()) -> View:
    """Return what a page was asked for."""
    return View(request.url.path, query_parameters(request).pairs, moment, key_days)


def draw(template: str, view: View | None = None, **values: object) -> str:
    """Return a page as HTML. Every value is escaped unless the template says otherwise."""
    return _templates().get_template(template).render(view=view or View(), **values)


async def show(
    service: Service, request: Request, template: str, fill: Callable[[AimsGraph], Json], *,
    policy: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Answer with a page.

    Args:
        service: the running server.
        request: what was asked.
        template: the file of the page.
        fill: gives the template its values; it runs in a thread. `moment` among them is the moment of the page.
        policy: what the content security policy of this page says otherwise.
    """

    def make(graph: AimsGraph) -> str:
        values = fill(graph)
        moment = values.pop("moment", None) or moment_of(graph, request)
        return draw(template, view_of(request, moment, key_days(graph)), **values)

    return html(await service.ask(make), policy=policy)


def draw_html(title: str, body: Iterable[str]) -> str:
    """Return a page whose inside is HTML already: whoever wrote it has escaped what is not his."""
    return draw("html.html", title=title, body=markupsafe.Markup("\n".join(body)))


def html(text: str, status: int = 200, *, policy: dict[str, str] | None = None) -> Response:
    """Return a page with the headers that every page has."""
    headers = {**HEADERS, "Cache-Control": "no-cache", "Vary": "Accept, Authorization, Accept-Encoding"}
    if policy:
        headers["Content-Security-Policy"] = _written(POLICY | policy)
    return Response(text.encode(), status, headers, media_type="text/html; charset=utf-8")


class PageRoute(APIRoute):
    """A route whose errors are pages for whoever reads pages, and whose pages are sent packed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with both."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                response = await handle(request)
            except AimsgraphError as error:
                if not wants_html(request):
                    raise
                response = error_page(request, error)
            except RequestValidationError as error:
                if not wants_html(request):
                    raise
                said = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
                response = error_page(request, HttpProblem(422, "bad-parameter", said))
            return _packed(request, response)

        return handle_page


def page_router() -> APIRouter:
    """Return a router for pages."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def wants_html(request: Request) -> bool:
    """Say whether a browser asks, rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request, error: AimsgraphError) -> Response:
    """Return the page that tells of an error, with the status and the headers its problem would have."""
    problem = of_error(request, error)
    told = draw("error.html", view_of(request), status=problem.status_code, error=error)
    response = html(told, problem.status_code)
    for name in ("WWW-Authenticate", "Retry-After"):
        for value in problem.headers.getlist(name):
            response.headers.append(name, value)
    return response


def local(iri: str) -> str:
    """Return the path at which this server has an IRI of ours.

    >>> local("https://w3id.org/aimsgraph/ns#Obligation")
    '/ns#Obligation'
    """
    return "/" + iri.removeprefix(BASE)


def link(iri: str, text: str) -> str:
    """Return a link to an IRI as HTML: here if it is one of ours; plain text where no browser should go."""
    if iri.startswith(BASE):
        return f'<a href="{escape(local(iri))}">{escape(text)}</a>'
    if iri.startswith(("https://", "http://")):
        return f'<a href="{escape(iri)}" rel="noreferrer noopener">{escape(text)}</a>'
    return f"<code>{escape(text)}</code>"


def key_days(graph: AimsGraph) -> tuple[str, ...]:
    """Return the days from the first act on, on which something starts, changes or ends."""
    found = _KEY_DAYS.get(graph.version)
    if found is None:
        changes = graph.changes("2024-01-01", "2040-01-01")
        found = _KEY_DAYS[graph.version] = tuple(sorted({change.date.isoformat() for change in changes}))
    return found


_KEY_DAYS: dict[str, tuple[str, ...]] = {}


def choice(given: Parameters, name: str, known: Iterable[str], default: str) -> str:
    """Return a parameter whose values are known.

    Raises:
        HttpProblem: 422, it is another value.
    """
    value, known = given.one(name) or default, tuple(known)
    if value not in known:
        remedy = f"one of {', '.join(each for each in known if each)}"
        raise HttpProblem(422, "bad-parameter", f"{name} is {value!r}", remedy=remedy)
    return value


def moment_of(graph: AimsGraph, request: Request) -> Moment:
    """Return the days a page was asked for.

    Raises:
        UsageError: a date is wrong.
    """
    given = query_parameters(request)
    return graph.legal_moment(*((given.one(day) or None) for day in DAYS))


def _packed(request: Request, response: Response) -> Response:
    body = response.body
    if "gzip" not in request.headers.get("accept-encoding", "") or len(body) < _PACKED_FROM:
        return response
    if "content-encoding" in response.headers or not response.headers.get("content-type", "").startswith("text/"):
        return response
    response.body = gzip.compress(body, 5, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
    return response


@functools.cache
def _templates() -> jinja2.Environment:
    labels, assets = load_labels(), load_assets()
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("aimsgraph.web.pages"),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        t=labels, asset=assets.url, has_asset=assets.has, language=labels.language, main_pages=MAIN_PAGES
    )
    environment.filters["safe_href"] = safe_href
    return environment


def safe_href(iri: str) -> str:
    """Return an address a browser may go to, and nothing for any other scheme (`javascript:`, `data:`)."""
    return iri if iri.startswith(("https://", "http://", "/", "#")) and not iri.startswith("//") else ""
