"""Runs one command over files of a stranger: it may read files, and nothing else but think and write to stdout.

It is what the server starts for a register or a long text that somebody sends:
`python -m aimsgraph.cli.confined [--network] BYTES COMMAND…`, where BYTES is how much memory it may add. Writing files,
and the network unless the store is a server's, are taken from it by the kernel before the command begins.
"""

from __future__ import annotations

import sys

from aimsgraph.cli.main import run
from aimsgraph.execution.confine import Confinement, confine


def main(arguments: list[str]) -> int:
    """Confine this process, run a command, and return its exit code."""
    network = arguments[0] == "--network"
    memory, *command = arguments[network:]
    # The engine that runs shapes is a program of its own.
    confine(Confinement(int(memory), network=network, reading=True, programs=True))
    return run(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
