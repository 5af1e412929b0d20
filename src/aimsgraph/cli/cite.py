"""`cite`: find and check citations in any text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph.answers import Citing, citation_judge
from aimsgraph.cli.output import date_options, format_options, to_json, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import InputError

if TYPE_CHECKING:
    from aimsgraph.exchange.documents import Document
    from aimsgraph.norms.cite import CitationFinding


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
@click.option("--framework", default="", help="The framework to assume where a document names none.")
@date_options
@format_options("text", "json", "sarif", "github")
@pass_session
def cite(
    session: Session,
    files: tuple[Path, ...],
    framework: str,
    on: str | None,
    law_as_of: str | None,
    format_: str,
    output: Path | None,
) -> None:
    """Find the citations in FILE... (files, folders, or - for standard input) and check each.

    \b
    aimsgraph cite README.md docs
    aimsgraph cite policy.docx --format json
    pandoc policy.odt -t plain | aimsgraph cite - --framework eu-ai-act

    Exit code 1 with findings, 0 without, 3 when a file cannot be read.
    """
    graph = session.graph
    hint = graph.framework(framework).slug if framework else ""
    moment = graph.moment(on, law_as_of)
    judge = citation_judge(graph, moment)
    citing = Citing()
    notes, found = citing.notes, citing.findings
    failed: InputError | None = None
    for document in _iter_documents(files, notes):
        if isinstance(document, InputError):
            failed = failed or document
            notes.append(str(document))
            session.say(f"aimsgraph: {document}")
            continue
        citing.add(document.name, judge.check(document.segments, document.name, hint))
    answer = citing.to_dict(graph, moment)
    write(_render(answer, found, format_), output)
    for note in notes if format_ != "json" else ():
        session.say(f"note: {note}")
    session.say(f"{citing.files} files, {citing.citations} citations, {len(found)} findings")
    if failed is not None:
        raise click.exceptions.Exit(failed.exit_code)
    if found:
        raise click.exceptions.Exit(1)


def _iter_documents(files: tuple[Path, ...], notes: list[str]) -> Iterator[Document | InputError]:
    """Yield what was read; what was named and cannot be read is an error, what a folder holds a note."""
    from aimsgraph.exchange.documents import iter_paths, load_document, read_stdin

    for given in files:
        if str(given) == "-":
            try:
                yield read_stdin()
            except InputError as error:
                yield error
            continue
        for path, named in iter_paths([given]):
            try:
                yield load_document(path)
            except InputError as error:
                if named:
                    yield error
                else:
                    notes.append(f"{path.as_posix()} left out: {error.message}")


def _render(answer: dict[str, Any], found: list[CitationFinding], format_: str) -> str:
    findings = [item.finding for item in found]
    if format_ == "json":
        return to_json(answer)
    if format_ == "sarif":
        from aimsgraph.exchange.sarif import render_sarif
        from aimsgraph.norms.cite import RULES
        from aimsgraph.version import __version__

        return render_sarif(findings, RULES, version=__version__)
    if format_ == "github":
        from aimsgraph.exchange.github import render_github

        return render_github(findings)
    return "".join(f"{finding}\n" for finding in findings)
