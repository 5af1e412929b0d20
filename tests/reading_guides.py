"""Reads what a page shows: commands with what they print, and whether that is what was printed."""

import json
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shown:
    """A command, and what the page shows below it."""

    command: str
    output: str


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[Shown]:
    """Return the commands of all `console` blocks; a line that begins with `>` goes on with the command."""
    found = []
    for block in blocks(text, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            length = next((i for i, line in enumerate(lines) if i and not line.startswith("> ")), len(lines))
            command = "\n".join([lines[0], *(line.removeprefix("> ") for line in lines[1:length])])
            found.append(Shown(command, "\n".join(lines[length:])))
    return found


def differs(shown: str, printed: str) -> str:
    """Say where what was printed is not what is shown; nothing when it is."""
    head, _, body = shown.partition("\n\n") if shown.startswith("HTTP/") else ("", "", shown)
    body = body.strip()
    if head:
        real_head, _, printed = printed.replace("\r\n", "\n").partition("\n\n")
        said = real_head.lower().splitlines()
        for line in head.lower().splitlines():
            if not any(_line_fits(line, each) for each in said):
                return f"no header {line!r} in {real_head}"
    if body.startswith("{"):
        return _json_differs(json.loads(body), json.loads(printed), "")
    printed_lines = iter(printed.splitlines())
    for line in body.splitlines():
        if not any(_line_fits(line, each) for each in printed_lines):
            return f"no line {line!r}, in this place, in {printed[:2000]}"
    return ""


def _line_fits(shown: str, real: str) -> bool:
    """Say whether a line is the one shown, where `…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.rstrip().split("…"))), real.rstrip()) is not None


def _json_differs(shown: Any, real: Any, at: str) -> str:
    if shown == "…":
        return ""
    if isinstance(shown, dict) and isinstance(real, dict):
        missing = [key for key in shown if key not in real]
        if missing:
            return f"{at}: no {missing} in {sorted(real)}"
        return next((said for key in shown if (said := _json_differs(shown[key], real[key], f"{at}/{key}"))), "")
    if isinstance(shown, list) and isinstance(real, list):
        more = bool(shown) and shown[-1] == "…"
        wanted = shown[:-1] if more else shown
        if len(real) < len(wanted) + more or (not more and len(real) != len(wanted)):
            return f"{at}: {len(real)} items, not {len(wanted)}"
        pairs = enumerate(zip(wanted, real, strict=False))
        return next((said for i, (a, b) in pairs if (said := _json_differs(a, b, f"{at}/{i}"))), "")
    if isinstance(shown, str) and isinstance(real, str) and _line_fits(shown, real.replace("\n", " ")):
        return ""
    return "" if shown == real and type(shown) is type(real) else f"{at}: {real!r}, not {shown!r}"
