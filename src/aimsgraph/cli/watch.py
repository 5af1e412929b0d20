"""`watch`: judge a register whenever its files are saved, and say what appears and what goes."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aimsgraph.cli.output import write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.cli.validate import catalogue_of
from aimsgraph.errors import AimsgraphError, InputError, Location, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsgraph.compliance.validate import Validation
    from aimsgraph.validation.report import ReportedFinding

POLL: Final = 0.3
"""Seconds between two looks at the files; they are judged once two looks find the same."""
State = dict[Path, tuple[int, int]]


@click.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME", help="An audit to put it through, or all; repeatable."
)
@click.option("--on", metavar="DAY", help="The day to judge by. [default: today]")
@click.option("--law-as-of", metavar="DAY", help="The law as known on this day. [default: today]")
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="End after having judged so many times.")
@pass_session
def watch(
    session: Session,
    path: Path,
    profiles: tuple[str, ...],
    on: str | None,
    law_as_of: str | None,
    rounds: int | None,
) -> None:
    """Judge the register in the folder PATH, then again whenever its files are saved.

    \b
    aimsgraph watch data/examples/acme
    aimsgraph watch . --profile soa

    The first time all is judged, then what the change touches. Lines with + are findings that appeared, lines with -
    findings that are gone, and a line with ! says why the register cannot be read. Ctrl-C ends it with exit code 0.
    """
    if not path.is_dir():
        raise InputError("this is no folder", location=Location(str(path)), remedy="name the folder of a register")
    judge = _Judge(session, path, profiles, on, law_as_of)
    try:
        for round_, _ in enumerate(_saved_states(path), start=1):
            write(judge.look(), None)
            if round_ == rounds:
                return
    except KeyboardInterrupt:
        session.say("ended")


def _saved_states(folder: Path) -> Iterator[State]:
    """Yield the state of the files at the start, and each next one once it has settled."""
    shown = _state_of(folder)
    yield shown
    before = shown
    while True:
        time.sleep(POLL)
        now = _state_of(folder)
        if now == before and now != shown:
            shown = now
            yield shown
        before = now


def _state_of(folder: Path) -> State:
    """Return the files of a folder with when they were written and their size; hidden ones are not looked at."""
    found: State = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                try:
                    status = Path(place, name).stat()
                except OSError:  # gone in between, or a link to nowhere
                    continue
                found[Path(place, name)] = (status.st_mtime_ns, status.st_size)
    return found


class _Judge:
    """Judges the register again and again, and keeps what it found the last time."""

    def __init__(
        self, session: Session, path: Path, profiles: tuple[str, ...], on: str | None, law_as_of: str | None
    ) -> None:
        from aimsgraph.validation.incremental.engine import IncrementalEngine

        self._session = session
        self._path = path
        self._profiles = profiles
        self._days = (on, law_as_of)
        self._catalogue = catalogue_of(session)
        self._engine = IncrementalEngine()
        self._of_files: list[ReportedFinding] = []
        self._of_shapes: list[ReportedFinding] = []
        self._error = ""

    def look(self) -> str:
        """Judge the files as they are; return what appeared and what went, a line each.

        Raises:
            UsageError: a day is none, or there is no such profile.
        """
        started = time.perf_counter()
        try:
            found = self._validate()
        except UsageError:
            raise
        except AimsgraphError as error:
            said, self._error = (f"! {error}\n" if str(error) != self._error else ""), str(error)
            self._session.say("the register cannot be read; what is shown above is as it was before")
            return said
        self._error = ""
        before = [*self._of_files, *self._of_shapes]
        self._of_files = [finding for finding in found.findings if not finding.focus]
        if not found.not_judged:  # else no shape looked, so none found that anything is gone
            self._of_shapes = [finding for finding in found.findings if finding.focus]
        seconds = time.perf_counter() - started
        now = [*self._of_files, *self._of_shapes]
        self._session.say(f"{len(now)} findings, {seconds:.2f} s; {self._how(found)}")
        return "".join(
            [f"- {finding}\n" for finding in _beyond(before, now)] + [f"+ {f}\n" for f in _beyond(now, before)]
        )

    def _validate(self) -> Validation:
        from aimsgraph.compliance.validate import Request, validate_registers

        self._engine.again()
        request = Request(self._session.graph.moment(*self._days), self._profiles)
        return validate_registers([self._path], self._catalogue, self._engine, request)

    def _how(self, found: Validation) -> str:
        if found.not_judged:
            return "the files have violations, so no shape ran on what they say"
        (step,) = self._engine.steps
        return f"judged anew: {len(step.nodes)} shapes, {sum(step.nodes.values())} focus nodes"


def _beyond(findings: list[ReportedFinding], others: list[ReportedFinding]) -> list[ReportedFinding]:
    """Return the findings that are not among others, wherever their lines have moved."""
    from aimsgraph.validation.waivers import key_of, subtract_baseline

    beyond, _ = subtract_baseline(findings, Counter(map(key_of, others)))
    return beyond
