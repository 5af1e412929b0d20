"""What the commands of one run share: settings, the graph, opened when first needed, and talk on stderr."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import click

from aimsgraph.answers import envelope
from aimsgraph.api import AimsGraph
from aimsgraph.app import open_store
from aimsgraph.domain.time import Moment
from aimsgraph.settings import Settings


class Session:
    """One run of the command line."""

    def __init__(self, settings: Settings, *, quiet: bool, verbose: bool) -> None:
        self.settings = settings
        self.quiet = quiet
        self.verbose = verbose

    @cached_property
    def graph(self) -> AimsGraph:
        """The graph the settings name."""
        graph = AimsGraph(open_store(self.settings), self.settings)
        if self.verbose:
            self.say(f"store {self.settings.store}, version {graph.version}")
        return graph

    def say(self, text: str) -> None:
        """Talk to the person, unless told to be quiet."""
        if not self.quiet:
            click.echo(text, err=True)

    def envelope(self, moment: Moment, *slugs: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return an answer in the frame every answer has; `warn` says its warnings."""
        return envelope(self.graph, moment, *slugs, **body)

    def warn(self, answer: dict[str, Any]) -> None:
        """Say the warnings of an answer about the law."""
        for warning in answer["warnings"]:
            self.say(f"warning: {warning}")


pass_session = click.make_pass_decorator(Session)
