"""A register as it was at an earlier commit of the git repository it is kept in."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aimsgraph.errors import BackendError, EngineMissing, InputError, Location, UsageError

_OF_A_HOOK: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""What git sets for its hooks; it would be taken for the repository of the folder."""


@dataclass(frozen=True, slots=True)
class EarlierState:
    """A copy of a folder.

    Attributes:
        folder: the copy, there as long as the context lasts.
        commit: the full name of the commit.
    """

    folder: Path
    commit: str


@contextmanager
def earlier_state(folder: Path, ref: str) -> Iterator[EarlierState]:
    """Give a copy of a folder as it was committed, for as long as the context lasts.

    Args:
        folder: a folder in the working tree of a git repository.
        ref: what names the commit: a branch, a tag, a hash, `HEAD~1`.

    Raises:
        InputError: there is no such folder.
        UsageError: it is in no git repository, there is no such commit, or the commit does not have the folder.
        EngineMissing: git is not installed.
        BackendError: git failed.
    """
    program = shutil.which("git")
    if program is None:
        raise EngineMissing("git is not installed", remedy="install git, or compare with --baseline FILE")
    if not folder.is_dir():
        raise InputError("this is no folder", location=Location(folder.as_posix()), remedy="name a register's folder")
    git = _Git(program, folder)
    where = git.ask("rev-parse", "--show-prefix")
    if where is None:
        raise UsageError(
            f"{folder} is in no git repository that can be read: {git.complaint}",
            remedy="name a folder under version control, or compare with --baseline FILE",
        )
    commit = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise UsageError(
            f"there is no commit {ref!r} in the repository of {folder}",
            remedy="name a branch, a tag or a hash; a shallow clone has only the newest commits",
        )
    tree = git.ask("rev-parse", "--verify", "--quiet", f"{commit}:{where.removesuffix('/')}")
    if tree is None or git.ask("cat-file", "-t", tree) != "tree":
        raise UsageError(f"{folder} was not there at {ref}", remedy="name a later commit, or leave the comparison out")
    with tempfile.TemporaryDirectory(prefix="aimsgraph-") as scratch:
        copy = Path(scratch) / "files" / folder.resolve().name
        copy.mkdir(parents=True)
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git.do("read-tree", tree, settings=index)
        # From the top of the working tree, so that names are those of the tree.
        git.do("checkout-index", "--all", f"--prefix={copy}/", settings=index, at_top=True)
        yield EarlierState(copy, commit)


class _Git:
    """Runs git in a folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self.complaint = ""

    def ask(self, *arguments: str) -> str | None:
        """Return what git answers without the line end; None when it says no, with its words in `complaint`."""
        done = self._run(arguments, self._folder, {})
        self.complaint = done.stderr.strip().splitlines()[0] if done.stderr.strip() else ""
        return done.stdout.removesuffix("\n") if done.returncode == 0 else None

    def do(self, *arguments: str, settings: Mapping[str, str], at_top: bool = False) -> None:
        """Have git do something.

        Raises:
            BackendError: it failed.
        """
        top = Path(self.ask("rev-parse", "--show-toplevel") or self._folder) if at_top else self._folder
        done = self._run(arguments, top, settings)
        if done.returncode:
            raise BackendError(f"git {arguments[0]} failed: {done.stderr.strip()}")

    def _run(
        self, arguments: tuple[str, ...], folder: Path, settings: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
        try:
            return subprocess.run(
                [self._program, *arguments],
                cwd=folder,
                env={**inherited, **settings},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise BackendError(f"git cannot be run: {error}") from error
