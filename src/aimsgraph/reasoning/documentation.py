"""Writes browsable pages about the ontology: one a module, with an index, readable without a network."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, OWL, RDFS, SKOS, Graph, URIRef

from aimsgraph.errors import BackendError, DeadlineExceeded, EngineMissing
from aimsgraph.reasoning.ontology_files import NAMESPACE, find_ontology_files
from aimsgraph.reasoning.ontology_lint import AIMS, ParsedFile, list_terms, parse_ontology_file

DEFAULT_TIMEOUT: Final = 120.0

_TERM_LINK: Final = re.compile(rf'href="{re.escape(NAMESPACE)}([A-Za-z]\w*)"')
_REMOTE: Final = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed|object)\b[^>]*\b(?:src|data)\s*=\s*["']?(?:https?:)?//"""
    r"""|<link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//"""
    r"""|@import""",
    re.IGNORECASE,
)
_STYLE: Final = """
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
td.number { text-align: right; }
a { color: #00529b; }
"""


def write_documentation(root: Path, target: Path, *, timeout: float = DEFAULT_TIMEOUT) -> tuple[Path, ...]:
    """Write a page for each module and an index, the same bytes in every run.

    Args:
        root: the asset root, that is the folder that holds `ontology/`.
        target: the folder to write into; made when it is not there.
        timeout: after how many seconds to give up.

    Returns:
        The files written, the index first.

    Raises:
        EngineMissing: pyLODE is not installed.
        DeadlineExceeded: the pages were not ready in time.
        BackendError: pyLODE failed, or a page would load something from the network.
    """
    files = find_ontology_files(root)
    modules = [parse_ontology_file(files, path) for path in files.modules]
    with tempfile.TemporaryDirectory(prefix="aimsgraph-docs-") as folder:
        fragments = _render([file.path for file in modules], Path(folder), timeout)
        pages = {
            f"{file.path.stem}.html": (Path(folder) / f"{file.path.stem}.html").read_text(encoding="utf-8")
            for file in modules
        }
    places = {
        iri: f"{module}.html#{name}"
        for module, names in fragments.items()
        for iri, name in names.items()
        if iri.startswith(NAMESPACE) and URIRef(iri) in _terms_of(modules, module)
    }
    pages = {name: _link_terms(text, places) for name, text in pages.items()}
    pages = {"index.html": _render_index(modules, places), **pages}
    for name, text in pages.items():
        if remote := find_remote_parts(text):
            raise BackendError(f"the page {name} would load from the network: {remote[0]}")
    target.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(target / name for name in pages)


def find_remote_parts(page: str) -> tuple[str, ...]:
    """Return the beginnings of what a page would load from elsewhere; plain links do not count."""
    return tuple(match.group(0) for match in _REMOTE.finditer(page))


def _render(sources: list[Path], target: Path, timeout: float) -> dict[str, dict[str, str]]:
    """Let pyLODE render files in a process of its own; return the fragment names of each page."""
    if importlib.util.find_spec("pylode") is None:
        raise EngineMissing("pyLODE is not installed", remedy="install it: `pip install 'aimsgraph[docs]'`")
    worker = Path(__file__).with_name("pylode_worker.py")
    command = [sys.executable, "-P", "-W", "ignore", str(worker), *map(str, sources), str(target)]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DeadlineExceeded(f"pyLODE did not finish within {timeout:g} seconds") from error
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise BackendError(f"pyLODE failed: {last[0]}", remedy="check the ontology first")
    fragments: dict[str, dict[str, str]] = json.loads(done.stdout)
    return fragments


def _terms_of(modules: list[ParsedFile], stem: str) -> set[URIRef]:
    return next(list_terms(file.graph) for file in modules if file.path.stem == stem)


def _link_terms(page: str, places: dict[str, str]) -> str:
    """Turn links to terms into links to the pages that explain them."""
    return _TERM_LINK.sub(
        lambda match: f'href="{places.get(NAMESPACE + match.group(1), NAMESPACE + match.group(1))}"', page
    )


def _render_index(modules: list[ParsedFile], places: dict[str, str]) -> str:
    """Return the page that lists modules and, in alphabetical order, terms."""
    rows = [_render_module_row(file) for file in modules]
    terms = sorted(
        ((term, file.graph) for file in modules for term in list_terms(file.graph)),
        key=lambda pair: (pair[0].removeprefix(NAMESPACE).lower(), pair[0]),
    )
    entries = [_render_term_row(term, graph, places) for term, graph in terms]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>The aimsgraph vocabulary</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<h1>The aimsgraph vocabulary</h1>",
            f"<p>Terms in <code>{NAMESPACE}</code>, prefix <code>aims:</code>.</p>",
            "<h2>Modules</h2>",
            "<table>",
            "<tr><th>Module</th><th>What it is for</th><th>Terms</th></tr>",
            *rows,
            "</table>",
            "<h2>Terms</h2>",
            "<table>",
            "<tr><th>Term</th><th>Definition</th><th>Questions</th></tr>",
            *entries,
            "</table>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _render_module_row(file: ParsedFile) -> str:
    title = html.escape(str(file.graph.value(file.iri, DCTERMS.title)))
    description = html.escape(str(file.graph.value(file.iri, DCTERMS.description)))
    version = html.escape(str(file.graph.value(file.iri, OWL.versionInfo)))
    return (
        f'<tr><td><a href="{file.path.stem}.html">{title}</a> {version}</td>'
        f'<td>{description}</td><td class="number">{len(list_terms(file.graph))}</td></tr>'
    )


def _render_term_row(term: URIRef, graph: Graph, places: dict[str, str]) -> str:
    name = html.escape(term.removeprefix(NAMESPACE))
    label = html.escape(str(graph.value(term, RDFS.label)))
    definition = html.escape(str(graph.value(term, SKOS.definition)))
    questions = ", ".join(sorted(html.escape(str(value)) for value in graph.objects(term, AIMS.answersCQ)))
    link = html.escape(places.get(str(term), str(term)), quote=True)
    cells = (f'<a href="{link}" title="{label}">{name}</a>', definition, questions)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
