"""Reads the tables of draft numbers and of wordings that the amendment replaced (`data/citations/`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aimsgraph.errors import InputError, Location

_NUMBERED = re.compile(r"((?:Art|Annex)\.\w+)")


@dataclass(frozen=True, slots=True)
class DraftNumber:
    """A number that meant something else before the act was adopted."""

    draft: str
    adopted: str
    topics: tuple[re.Pattern[str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class ReplacedWording:
    """What a provision said before an amendment, told by words that must all stand in the sentence."""

    provision: str
    words: tuple[re.Pattern[str], ...]
    now: str


@dataclass(frozen=True, slots=True)
class CiteTables:
    """Both tables, by local id."""

    drafts: Mapping[str, tuple[DraftNumber, ...]]
    wordings: Mapping[str, tuple[ReplacedWording, ...]]


def load_tables(folder: Path) -> CiteTables:
    """Load the tables of a folder.

    Raises:
        InputError: a table is missing or malformed.
    """
    drafts: dict[str, tuple[DraftNumber, ...]] = {}
    for draft, adopted, topics, source in _rows(
        folder / "draft-numbering.tsv", ["draft", "adopted", "topic words", "source"]
    ):
        row = DraftNumber(draft, adopted, _patterns(topics), source)
        drafts[draft] = (*drafts.get(draft, ()), row)
    wordings: dict[str, tuple[ReplacedWording, ...]] = {}
    for provision, words, now in _rows(folder / "replaced-wording.tsv", ["provision", "words", "now"]):
        wording = ReplacedWording(provision, _patterns(words), now)
        wordings[provision] = (*wordings.get(provision, ()), wording)
    return CiteTables(drafts, wordings)


def _patterns(cell: str) -> tuple[re.Pattern[str], ...]:
    """Compile words separated by `;`: a blank matches blanks and hyphens, `*` the rest of a word, `/` alternatives."""
    compiled = []
    for words in cell.split(";"):
        alternatives = "|".join(
            re.escape(one.strip()).replace(r"\ ", r"[\s-]{1,3}").replace(r"\-", r"[\s-]?").replace(r"\*", r"\w*")
            for one in words.split("/")
        )
        compiled.append(re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE))
    return tuple(compiled)


def _rows(path: Path, header: list[str]) -> list[list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=Location(str(path))) from error
    if not lines or lines[0].split("\t") != header:
        raise InputError(f"the columns are not {', '.join(header)}", location=Location(str(path), 1))
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header) or not all(cells):
            raise InputError(f"a row needs {len(header)} cells", location=Location(str(path), number))
        rows.append(cells)
    return rows


def head_of(local: str) -> str:
    """Return the article or annex of a local id: `Art.52` of `Art.52(1)`."""
    match = _NUMBERED.match(local)
    return match.group(1) if match else local
