"""The registers a server holds: found by the organisation's slug, read anew when their files have changed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.compliance.dataset import RegisterNames
from aimsgraph.compliance.posture import Posture
from aimsgraph.compliance.register import load_register
from aimsgraph.domain.organisation import Organisation
from aimsgraph.domain.register import Register
from aimsgraph.domain.time import Moment
from aimsgraph.errors import InputError, NotFound
from aimsgraph.web.api_parameters import PostureAsked
from aimsgraph.web.auth import Principal
from aimsgraph.web.problems import HttpProblem

KEPT = 8
"""How many postures are kept between requests, so that the pages of one answer are not each worked out anew."""
_log = logging.getLogger("aimsgraph.web")
Json = dict[str, Any]
T = TypeVar("T")
State = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A register as it was read; `state` is that of its files."""

    path: Path
    state: State
    register: Register


class _Recent(Generic[T]):
    """What was made last, so many of it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[tuple[object, ...], T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what was made for a key, or make it; two who ask at once may both make it."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made


class Registers:
    """The organisations of a server. Its methods read files and think: call them from a thread.

    Args:
        paths: folders and workbooks.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths
        self._known: dict[Path, _Known] = {}
        self._postures = _Recent[Posture](KEPT)
        self._names = _Recent[RegisterNames](KEPT)

    def listed(self, graph: AimsGraph, principal: Principal) -> Json:
        """Return the organisations that somebody may see."""
        found = [
            {
                "slug": known.register.organisation.slug,
                "name": known.register.organisation.label,
                "systems": [system.id for system in known.register.systems],
            }
            for known in self._all()
            if principal.may_see(known.register.organisation.slug)
        ]
        return answers.envelope(graph, graph.moment(), organisations=found)

    def path(self, slug: str, principal: Principal) -> Path:
        """Return where an organisation's register is kept.

        Raises:
            NotFound: there is none, or it may not be seen, in the same words.
        """
        return self._find(slug, principal).path

    def found(self, slug: str, principal: Principal) -> tuple[Path, State]:
        """Return where an organisation's register is kept, and the state of its files.

        Raises:
            NotFound: there is none, or it may not be seen, in the same words.
        """
        known = self._find(slug, principal)
        return known.path, _state(known.path)

    def state_digest(self, slug: str, principal: Principal) -> str:
        """Return a text that is another one as soon as a file of the register is.

        Raises:
            NotFound: there is none, or it may not be seen, in the same words.
        """
        return hashlib.sha256(repr(self.found(slug, principal)[1]).encode()).hexdigest()[:16]

    def posture(self, graph: AimsGraph, slug: str, principal: Principal, asked: PostureAsked) -> Posture:
        """Return where an organisation stands.

        Raises:
            NotFound: there is no such organisation or system.
            UsageError: a date is wrong.
            HttpProblem: 503, the register says something wrong at present.
        """
        known = self._find(slug, principal)
        moment = graph.legal_moment(asked.on, asked.law_as_of)
        without = tuple(sorted(set(asked.without)))
        key = (graph.version, known.path, known.state, moment, asked.system, asked.min_status, without)
        with self.reading(slug):
            return self._postures.get(
                key,
                lambda: graph.posture(
                    known.path, system=asked.system, on=moment.on, law_as_of=moment.law_as_of,
                    min_status=asked.min_status, without=without,
                ),
            )  # fmt: skip

    def names(self, graph: AimsGraph, slug: str, principal: Principal, moment: Moment) -> RegisterNames:
        """Return what an organisation's register calls its records, so that questions about it can be written out.

        Raises:
            NotFound: there is no such organisation.
            HttpProblem: 503, the register says something wrong at present.
        """
        known = self._find(slug, principal)
        with self.reading(slug):
            return self._names.get(
                (graph.version, known.path, known.state, moment),
                lambda: graph.register_names(known.path, on=moment.on, law_as_of=moment.law_as_of),
            )

    def organisation(self, slug: str, principal: Principal) -> Organisation:
        """Return an organisation.

        Raises:
            NotFound: there is none, or it may not be seen, in the same words.
        """
        return self._find(slug, principal).register.organisation

    @contextlib.contextmanager
    def reading(self, slug: str) -> Iterator[None]:
        """Tell of a register that says something wrong as the fault of the server that it is, not of who asks.

        Raises:
            HttpProblem: 503.
        """
        try:
            yield
        except InputError as error:
            raise _unsound(slug, error) from error

    def _find(self, slug: str, principal: Principal) -> _Known:
        principal.require_organisation(slug)
        for known in self._all():
            if known.register.organisation.slug == slug:
                return known
        raise NotFound(f"there is no organisation {slug!r}", remedy="GET /v1/orgs lists yours")

    def _all(self) -> list[_Known]:
        return [known for path in self._paths if (known := self._read(path)) is not None]

    def _read(self, path: Path) -> _Known | None:
        state = _state(path)
        known = self._known.get(path)
        if known is not None and known.state == state:
            return known
        try:
            register = load_register(path).register
        except InputError as error:
            _log.warning("a register cannot be read: %s", error)
            register = None
        if register is None:
            if known is None:
                return None
            register = known.register  # it is still known whose it is; asking about it says what is wrong
        self._known[path] = found = _Known(path, state, register)
        return found


def _state(path: Path) -> State:
    """Return what tells whether files have changed: names, times and sizes."""
    files = [path] if path.is_file() else [Path(top, name) for top, _, names in os.walk(path) for name in names]
    found = []
    for file in sorted(files):
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)


def _unsound(slug: str, error: InputError) -> HttpProblem:
    _log.warning("the register of %s says something wrong: %s", slug, error)
    return HttpProblem(
        503, "backend-failed", f"the register of {slug!r} cannot be used at present: {error.message}",
        remedy="whoever keeps it finds out with `aimsgraph org check`",
    )  # fmt: skip
