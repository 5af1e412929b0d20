"""Writes answers: tables for people, JSON and CSV for programs; to stdout or, atomically, to a file."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from aimsgraph.errors import UsageError

Cells = Sequence[Sequence[object]]
FORMATS = ("table", "json", "csv")


def format_options(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--format` and `--output` to a command."""
    choices = formats or FORMATS

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option(
            "--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout."
        )(function)
        return click.option(
            "--format",
            "format_",
            type=click.Choice(choices),
            default=choices[0],
            show_default=True,
            help="How to write the answer.",
        )(function)

    return decorate


def date_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--on` and `--law-as-of` to a command."""
    function = click.option("--law-as-of", metavar="DAY", help="The law as known on this day. [default: today]")(
        function
    )
    return click.option("--on", metavar="DAY", help="The day asked about. [default: today]")(function)


def write(text: str | bytes, output: Path | None) -> None:
    """Write to stdout, or to a file that appears complete or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    data = text.encode(errors="backslashreplace") if isinstance(text, str) else text
    if output is None:
        _write_stdout(data)
        return
    try:
        _write_file(data, output)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it has no name"
        raise UsageError(f"cannot write {output}: {reason}", remedy="give a file in an existing folder") from error


def _write_stdout(data: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # a reader that has seen enough: the command line leaves without a word
    except (OSError, AttributeError) as error:  # a full disk; no standard output at all
        silence_stdout()
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise UsageError(f"cannot write to standard output: {reason}", remedy="use --output FILE") from error


def silence_stdout() -> None:
    """Send what is still to be flushed nowhere, so that leaving does not fail once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(data: bytes, output: Path) -> None:
    if output.exists() and not output.is_file():
        output.write_bytes(data)  # a device or a pipe: nothing to replace
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(output)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def to_json(value: object) -> str:
    """Return JSON with a final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def to_csv(header: Sequence[str], rows: Cells) -> str:
    """Return CSV with a header line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return buffer.getvalue()


def to_table(header: Sequence[str], rows: Cells) -> str:
    """Return aligned text; control characters show as blanks."""
    lines = [[_cell(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    widths[-1] = 0
    written = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    rule = "  ".join("─" * max(width, 4) for width in widths)
    return "\n".join([written[0], rule, *written[1:]]) + "\n"


def write_listing(
    format_: str,
    output: Path | None,
    answer: object,
    header: Sequence[str],
    rows: Cells,
    *,
    head: str = "",
    foot: str = "",
) -> None:
    """Write a listing in the format asked for: the whole answer as JSON, or its rows."""
    if format_ == "json":
        write(to_json(answer), output)
    elif format_ == "csv":
        write(to_csv(header, rows), output)
    else:
        write(head + to_table(header, rows) + foot, output)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)
