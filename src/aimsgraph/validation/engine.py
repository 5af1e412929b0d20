"""The Engine port: facts and shapes in, one report out, within a deadline.

Facts reach an engine as N-Triples text, so that every engine judges the same bytes and none is handed a store
that it might read as empty. What an engine found carries the number of focus nodes of each shape: a check of
nothing finds nothing wrong, and that must be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pyoxigraph as ox

from aimsgraph.graph.store import Deadline
from aimsgraph.validation.report import Report
from aimsgraph.validation.shapes import ShapeSet


class FurtherShapes(Protocol):
    """Shapes that do not ship, with what runs them."""

    @property
    def shapes(self) -> ShapeSet:
        """The shapes."""

    @property
    def terms(self) -> frozenset[str]:
        """Every IRI they name; they read no other property."""

    def judge(self, facts: Iterable[ox.Triple], deadline: Deadline | None = None) -> Report:
        """Judge facts; see `Engine.validate`."""


class Engine(Protocol):
    """Something that judges facts by SHACL shapes."""

    @property
    def name(self) -> str:
        """What the engine is called in reports, with its version."""

    def validate(self, quads: Iterable[ox.Quad], shapes: ShapeSet, deadline: Deadline | None = None) -> Report:
        """Judge facts; the graph a quad is in makes no difference.

        Args:
            quads: the facts, all that the shapes read.
            shapes: which shapes to run.
            deadline: None or an infinite one waits as long as it takes.

        Raises:
            DeadlineExceeded: too late; the engine's process has been ended.
            EngineMissing: the engine is not installed.
            BackendError: the engine failed.
        """
