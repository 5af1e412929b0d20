"""`/problems`: what each code of a problem means, why, what to do: the pages of `docs/problems`, open to everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from fastapi import APIRouter, Request, Response
from rapidfuzz import process

from aimsgraph import assets
from aimsgraph.errors import NotFound
from aimsgraph.web.negotiation import choose, with_charset
from aimsgraph.web.pages.shell import HEADERS, draw_html

FORMS = ("text/markdown", "text/html")
_OVERVIEW = "README"


def routes() -> APIRouter:
    """Return the routes; the pages are read once."""
    router = APIRouter(include_in_schema=False)
    pages = {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(assets.path("docs", "problems").glob("*.md"))
    }

    async def page(request: Request) -> Response:
        name = request.path_params.get("code", _OVERVIEW)
        text = pages.get(name)
        if text is None:
            near = process.extractOne(name, [code for code in pages if code != _OVERVIEW])
            raise NotFound(f"no problem has the code {name!r}", remedy=f"nearest: {near[0]}" if near else "")
        form = choose(request.headers.get("accept", ""), FORMS)
        headers = {"Cache-Control": "max-age=3600", "Vary": "Accept"}
        if form == "text/html":
            text, headers = render_page(text, set(pages)), headers | HEADERS
        return Response(text, media_type=with_charset(form), headers=headers)

    for path in ("/problems", "/problems/{code}"):
        router.add_api_route(path, page, methods=["GET", "HEAD"])
    return router


def render_page(text: str, codes: set[str]) -> str:
    """Return a page of `docs/problems` as HTML: headings, paragraphs, lists, and what else there is as it stands.

    Args:
        text: the page, in Markdown.
        codes: the codes that have a page, so that a link to one leads there.
    """
    title, _, rest = text.partition("\n")
    return draw_html(title.removeprefix("# ").replace("`", ""), _blocks(rest, codes))


def _blocks(text: str, codes: set[str]) -> Iterator[str]:
    for block in re.split(r"\n{2,}", text.strip()):
        if block.startswith("## "):
            yield f"<h2>{escape(block.removeprefix('## '))}</h2>"
        elif block.startswith("- "):
            items = (_inline(line, codes) for line in re.split(r"^- ", block, flags=re.MULTILINE)[1:])
            yield f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        elif block.startswith("|"):
            rows = (_row(line, codes) for line in block.split("\n") if not line.startswith("|--"))
            yield f"<table>{''.join(rows)}</table>"
        elif block.startswith("```"):
            yield f"<pre>{escape(block.strip('`').removeprefix('text').strip())}</pre>"
        else:
            yield f"<p>{_inline(block, codes)}</p>"


def _row(line: str, codes: set[str]) -> str:
    return "<tr>" + "".join(f"<td>{_inline(cell.strip(), codes)}</td>" for cell in line.strip("|").split("|")) + "</tr>"


def _inline(text: str, codes: set[str]) -> str:
    def link(found: re.Match[str]) -> str:
        target = found[2].removesuffix(".md")
        return f'<a href="/problems/{target}">{found[1]}</a>' if target in codes else found[1]

    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"\[([^]]+)\]\(([^)]+)\)", link, marked)
