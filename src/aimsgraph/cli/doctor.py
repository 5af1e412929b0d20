"""`doctor`: is a store directory in order?"""

from __future__ import annotations

from pathlib import Path

import click

from aimsgraph.cli.output import format_options, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import UsageError
from aimsgraph.settings import MEMORY


@click.command()
@format_options()
@pass_session
def doctor(session: Session, format_: str, output: Path | None) -> None:
    """Check the store directory: do its files agree, is the content what was written, is any acknowledged write gone?

    \b
    aimsgraph --store ./store doctor

    Exit code 1 when a check failed.
    """
    from aimsgraph.execution.doctor import Outcome, examine

    store = session.settings.store
    if store == MEMORY or "://" in store:
        raise UsageError("there is no store directory to look at", remedy="give --store PATH before `doctor`")
    checks = examine(Path(store))
    rows = [[check.outcome.value, check.name, check.detail, check.remedy] for check in checks]
    answer = {
        "store": store,
        "checks": [
            {"check": each.name, "outcome": each.outcome.value, "detail": each.detail, "remedy": each.remedy}
            for each in checks
        ],
    }
    write_listing(format_, output, answer, ["outcome", "check", "found", "remedy"], rows)
    if any(check.outcome is Outcome.FAILED for check in checks):
        raise click.exceptions.Exit(1)
