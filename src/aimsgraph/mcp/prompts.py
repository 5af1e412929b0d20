"""Prompts: two jobs that need several tools, in the order that works."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import MCPServer


def add_prompts(server: MCPServer[Any]) -> None:
    """Offer the prompts."""

    @server.prompt(title="Assess an AI system of a register")
    def assess_system(system: str, organisation: str = "", on: str = "") -> str:
        """Which duties a system brings, how far they are covered, and what is missing."""
        where = f" of the organisation {organisation!r}" if organisation else ""
        day = f" on {on}" if on else ""
        return (
            f"Assess the AI system {system!r}{where}{day}.\n"
            "1. `duties` with this system: say which bind, since when and on what legal basis; list the unknown and "
            "the contested apart, with the questions that would decide them.\n"
            "2. `coverage` with this system: for each duty that binds, its status and the chain of causes.\n"
            "3. `gaps` with this system, part by part: what is missing, the actions that close most, open questions.\n"
            "Cite references and days as the tools give them. Do not turn `unknown` into yes or no, and do not say "
            "that the system complies: no answer here claims that."
        )

    @server.prompt(title="Review a mapping")
    def review_mapping(subject: str, object: str) -> str:
        """Whether two items correspond as a mapping says."""
        return (
            f"Review how {subject!r} and {object!r} correspond.\n"
            "1. `show` both; note what each demands, of whom, and since when.\n"
            "2. `crosswalk` the first to the framework of the second, with proofs; then `check_proof`.\n"
            "3. Say for each possible relation what speaks for it and against it, what of each side the other leaves "
            "out, and whether the stated extent and confidence are fair.\n"
            "Write a review note of a few sentences. Whether to accept the mapping is decided by a person."
        )
