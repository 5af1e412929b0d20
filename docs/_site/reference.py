"""The reference, made from what it describes: the commands, the classes, the ontology, the shapes, the questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pyoxigraph as ox

import aimsgraph
from aimsgraph.api import AimsGraph
from aimsgraph.cli.main import cli
from aimsgraph.domain.identifiers import TERM
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.validation.shapes import load_shapes

MODULES = {
    "aimsgraph.api": ("open_graph", "AimsGraph"),
    "aimsgraph.client": ("Client", "AsyncClient"),
    "aimsgraph.domain.time": ("Moment",),
    "aimsgraph.errors": (
        "AimsgraphError",
        "CheckFailed",
        "UsageError",
        "InputError",
        "NotFound",
        "Refused",
        "BackendError",
    ),
}
"""What programs import, and where it is described."""
_RDF, _RDFS, _OWL, _SKOS = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2004/02/skos/core#",
)  # fmt: skip
_KINDS = {
    "Class": "Classes",
    "ObjectProperty": "Properties between things",
    "DatatypeProperty": "Properties with values",
}


@cache
def graph() -> AimsGraph:
    """Return the graph that is described."""
    return aimsgraph.open_graph()


def write_index() -> str:
    """Return the page that says what the reference holds."""
    shapes, questions = load_shapes(), graph().questions()
    commands = sum(1 for _ in _commands(cli, "aimsgraph"))
    return f"""# Reference

Each page here is made from what it describes, at the moment the site is built.

- [Command line](command-line.md): {commands} commands, as `--help` tells of them
- [HTTP API](http-api.md), [Python](python.md)
- [Ontology](ontology.md): every term, with its definition
- [Shapes](shapes.md): {len(shapes.shapes.shapes)} checks of a register or of the content, with severity and remedy
- [Questions](questions.md): {len(questions)} stored questions with their SPARQL
- [Identifiers](../identifiers.md), [content](content.md), [errors](../problems/README.md)
- How well it does: [SPARQL conformance](conformance.md), [SHACL conformance](conformance-shacl.md)
"""


def write_command_line() -> str:
    """Return every command as its help tells of it."""
    parts = ["# Command line\n"]
    for name, command in _commands(cli, "aimsgraph"):
        context = click.Context(command, info_name=name)
        parts.append(f"## `{name}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None and not found.hidden:
                yield from _commands(found, f"{name} {each}")


def write_python() -> str:
    """Return what programs import."""
    parts = ["# Python\n"]
    for module, names in MODULES.items():
        parts += [f"::: {module}.{name}\n" for name in names]
    return "\n".join(parts)


def write_ontology() -> str:
    """Return every term of the ontology with what is said of it."""
    parts = [
        "# Ontology\n",
        f"The terms of `{TERM}`, abbreviated `aims:`. Each is also a page, and RDF, on a server: `/ns#…`.\n",
    ]
    store = graph().asserted
    for kind, title in _KINDS.items():
        nodes = sorted(
            quad.subject.value
            for quad in store.quads(predicate=ox.NamedNode(_RDF + "type"), object=ox.NamedNode(_OWL + kind))
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(TERM)
        )
        parts.append(f"## {title}\n\n| term | is a | from | to | what it means |\n|---|---|---|---|---|")
        for iri in dict.fromkeys(nodes):
            cells = [_names(iri, p) for p in ("subClassOf", "subPropertyOf")]
            meaning = _text(iri, _SKOS + "definition") or _text(iri, _RDFS + "comment")
            above = ", ".join(filter(None, cells))
            parts.append(
                f"| `{_short(iri)}` | {above} | {_names(iri, 'domain')} | {_names(iri, 'range')} | {_cell(meaning)} |"
            )
        parts.append("")
    return "\n".join(parts)


def write_shapes() -> str:
    """Return every shape with what it says and what to do."""
    library = load_shapes()
    parts = ["# Shapes\n", "| profile | what it is for |\n|---|---|"]
    parts += [f"| `{each.name}` | {_cell(each.description or each.title)} |" for each in library.profiles]
    at = ""
    for shape in sorted(library.shapes.shapes, key=lambda each: (each.location.file, each.location.line)):
        if shape.location.file != at:
            at = shape.location.file
            parts += ["", f"## {Path(at).stem}"]
        entries = [(graph().index.by_iri(iri), iri) for iri in shape.provisions]
        looked = "".join(f" · `{entry.reference if entry else iri}`" for entry, iri in entries)
        profiles = ", ".join(f"`{name}`" for name in shape.profiles) or "always runs"
        parts += [
            f"\n### {shape.name}\n\n*{shape.severity.value}* · {shape.code} · {profiles}{looked}\n",
            f"{_sentence(shape.message)} **What helps:** {_sentence(shape.remedy)}\n\n`{shape.location}`",
        ]
    return "\n".join(parts) + "\n"


def write_questions() -> str:
    """Return every stored question with its parameters and its text."""
    parts = [
        "# Questions\n",
        "Ask one with `aimsgraph query ID -p name=value`, or on the page `/questions` of a server.\n",
    ]
    for question in graph().questions():
        rows = [f"| `{p.name}` | {p.type} | `{p.example}` |" for p in question.parameters]
        table = (
            "\n".join(["| parameter | type | example |", "|---|---|---|", *rows]) if rows else "It has no parameters."
        )
        about = "an organisation's register" if question.scope == "organisation" else "the content"
        parts.append(
            f"## {question.id}\n\n**{question.question}** Asked by: {question.asker}; about {about}.\n\n{table}\n\n"
            f'Answers: {question.answers}\n\n??? note "SPARQL"\n\n'
            + "\n".join(f"    {line}" for line in ["```sparql", *question.text.rstrip().splitlines(), "```"])
            + "\n"
        )
    return "\n".join(parts)


def _names(iri: str, local: str) -> str:
    found = graph().asserted.quads(subject=ox.NamedNode(iri), predicate=ox.NamedNode(_RDFS + local))
    values = sorted({quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)})
    return ", ".join(f"`{_short(value)}`" for value in values)


def _text(iri: str, predicate: str) -> str:
    found = graph().asserted.quads(subject=ox.NamedNode(iri), predicate=ox.NamedNode(predicate))
    return next((quad.object.value for quad in found if isinstance(quad.object, ox.Literal)), "")


def _short(iri: str) -> str:
    return load_prefixes().compact(iri)


def _sentence(text: str) -> str:
    text = _cell(text)
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")
