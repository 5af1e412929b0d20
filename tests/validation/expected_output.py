"""The expected outputs of `aimsgraph validate register`, one a format, without what changes with the catalogue."""

import re
from pathlib import Path

HERE = Path(__file__).parent
FORMATS = {
    "text": "txt",
    "json": "json",
    "sarif": "sarif",
    "junit": "xml",
    "github": "github.txt",
    "markdown": "md",
    "turtle": "ttl",
}
_COUNTED_WITH_THE_CATALOGUE = ("NoBlankNodes", "DatesTyped", "IntervalsOrdered")


def golden_path(format_):
    return HERE / "golden" / f"register.{FORMATS[format_]}"


def mask(text):
    """Put words in the place of digests, of versions, and of counts that the catalogue decides."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)
    text = re.sub(r"urn:aimsgraph:report:[0-9a-f]{16}", "urn:aimsgraph:report:DIGEST", text)
    text = re.sub(r"pyshacl [0-9.]+", "pyshacl VERSION", text)
    text = re.sub(r'"version": "[0-9]+\.[0-9]+\.[0-9][^"]*",\n(\s*)"rules"', r'"version": "VERSION",\n\1"rules"', text)
    for name in _COUNTED_WITH_THE_CATALOGUE:
        text = re.sub(rf'"{name}": [1-9][0-9]*', f'"{name}": "COUNT"', text)
    return text
