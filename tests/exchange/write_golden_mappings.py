"""Writes the golden files anew: `python tests/exchange/write_golden_mappings.py`; look at the difference."""

from pathlib import Path

from mapping_samples import FOREIGN, NAMES, TINY

from aimsgraph.exchange.mapping_files import write_mapping

FILES = {
    "tiny.sssom.tsv": (TINY, "sssom"),
    "tiny.oscal.json": (TINY, "oscal"),
    "tiny.csv": (TINY, "csv"),
    "foreign.sssom.tsv": (FOREIGN, "sssom"),
    "foreign.csv": (FOREIGN, "csv"),
}


def render(name: str) -> bytes:
    table, format_ = FILES[name]
    return write_mapping(table, NAMES, format_)[0]


if __name__ == "__main__":
    for file in FILES:
        (Path(__file__).parent / "golden" / file).write_bytes(render(file))
