"""Reads citations as people write them and offers the canonical local ids they may mean.

"Article 6 (2)", "art 6.2", "Annex IV point 2(g)", "recital 27", "clause 6.1.3", "control A.6.2.8", "GOVERN 1.1".
Nothing here knows which ids exist: the caller looks the candidates up and, where none exists, names the nearest.
Comparison is without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ORDINALS = {
    word: number
    for number, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], start=1
    )
}
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_NOISE = re.compile(r"\b(?:of|the|regulation|act|in)\b\s*", re.IGNORECASE)
_OF = re.compile(r"[\s,]+of\s+(?:the\s+)?", re.IGNORECASE)
_WHOLE = re.compile(r"(?:articles?|arts?|annex|chapter|cpt)\b", re.IGNORECASE)
_COMMAS = re.compile(r"\s*,[\s,]*")
_SUBPARAGRAPH = re.compile(
    rf"[\s,]*\b({'|'.join(_ORDINALS)})\s+sub-?paragraph\b|[\s,]*\bsub-?para(?:graph)?\.?\s*([1-9])\b",
    re.IGNORECASE,
)
_STEP_WORDS = re.compile(r"[\s,]*\b(?:paragraph|para|par|points?|pt|letter|subpoint|no)\b\.?\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:articles?|arts?)\b[.\s]*([1-9][0-9]*[a-z]?)(?![0-9a-z])(.*)$", re.IGNORECASE)
_ANNEX = re.compile(r"^annex\b[.\s]*([ivx]+)(?![a-z])(.*)$", re.IGNORECASE)
_ANNEX_SECTION = re.compile(r"^[\s,.]*(?:section\s*([a-z0-9])(?![a-z0-9])|([a-c])(?![a-z]))(.*)$", re.IGNORECASE)
_ANNEX_SECTION_NUMBER = re.compile(r"^\.([0-9])(?=\(|$)(.*)$")
_RECITAL = re.compile(r"^(?:recital|rec)\b[.\s]*\(?([1-9][0-9]*)\)?$", re.IGNORECASE)
_CHAPTER = re.compile(r"^(?:chapter|cpt)\b[.\s]*([ivx]+)(?:[\s,.]*sec(?:tion)?\b[.\s]*([1-9]))?$", re.IGNORECASE)
_STEP = re.compile(
    r"\(\s*([0-9A-Za-z.]+)\s*\)|([a-z]{3}[0-9]{4}|[0-9]+(?:[a-z](?![a-z]))?|(?:[ivx]{1,5}|[a-z]{1,2})(?![a-z]))|\.s([1-9])",
    re.IGNORECASE,
)
_DOTTED_POINT = re.compile(r"(?<![0-9.(])([0-9]+\.[0-9]+)(?![0-9]|\.[0-9])")
_ISO = re.compile(
    r"^((?:sub-?)?clause|control|annex|section|objective|§)?\s*(?:([A-C])[.\s]?)?([0-9]{1,2}(?:\.[0-9]{1,2}){0,3})\.?$",
    re.IGNORECASE,
)
_ISO_ANNEX = re.compile(r"^(?:annex\s+)?([A-C])$", re.IGNORECASE)
_NIST = re.compile(r"^([A-Za-z]+)(?:[\s.-]*([0-9]{1,2}(?:\.[0-9]{1,2})?))?$")
_NUMBER = re.compile(r"^(?:risk\s*)?([1-9][0-9]*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one framework is cited: its slug, the style of its local ids and the names people give it."""

    slug: str
    style: str
    names: tuple[str, ...]


def split_framework(text: str, schemes: Mapping[str, Scheme]) -> tuple[Scheme | None, str, str]:
    """Find the framework a citation names, the edition after an @, and what is left of the citation.

    The longest name wins, at the start ("ISO 42001 A.6.2.8") or at the end ("Article 6(2) of the AI Act").
    """
    clean = " ".join(_COMMAS.sub(", ", _DASHES.sub("-", text)).split())
    by_length = sorted(
        ((name, scheme) for scheme in schemes.values() for name in (scheme.slug, *scheme.names)),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
    for name, scheme in by_length:
        pattern = re.escape(name).replace(r"\ ", r"[\s-]*")
        start = re.match(rf"{pattern}(?:\s*@\s*([0-9.]+))?(?![A-Za-z0-9])[\s:,]*(.*)$", clean, re.IGNORECASE)
        if start and start.group(2):
            return scheme, start.group(1) or "", start.group(2).strip()
        end = re.match(
            rf"(.*?)[\s,]*(?:\bof\b|\bin\b)?\s*(?:\bthe\b)?[\s(]*(?<![A-Za-z0-9]){pattern}\)?$", clean, re.IGNORECASE
        )
        if end and end.group(1):
            return scheme, "", end.group(1).strip()
    return None, "", clean


def iter_candidates(text: str, style: str) -> Iterator[str]:
    """Yield the canonical local ids that a citation may mean in a framework of the given style, likeliest first.

    >>> list(iter_candidates("Article 6 (2)", "eu-law"))
    ['Art.6(2)']
    >>> list(iter_candidates("A 6.2.8", "iso"))
    ['A.6.2.8']
    """
    text = text.strip()
    yield from {"eu-law": _eu_law, "iso": _iso, "nist": _nist, "number": _number, "slug": _slug}[style](text)


def _iso(text: str) -> Iterator[str]:
    if match := _ISO.match(text):
        word, letter, number = match.groups()
        if letter:
            yield f"{letter.upper()}.{number}"
        elif (word or "").lower() in ("control", "objective"):
            yield f"A.{number}"  # controls stand in Annex A; the clause of that number is another thing
        elif (word or "").lower() != "annex":
            yield number
    elif match := _ISO_ANNEX.match(text):
        yield match.group(1).upper()


def _nist(text: str) -> Iterator[str]:
    if match := _NIST.match(text):
        function, number = match.groups()
        yield function.upper() + (f"-{number}" if number else "")


def _number(text: str) -> Iterator[str]:
    if match := _NUMBER.match(text):
        yield match.group(1)


def _slug(text: str) -> Iterator[str]:
    yield re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _eu_law(text: str) -> Iterator[str]:
    parts = _OF.split(text)
    if len(parts) > 1 and _WHOLE.match(parts[-1]):  # "point (a) of Article 6(3)"
        text = ", ".join(reversed(parts))
    text, subparagraph = _take_subparagraph(text)
    text = _STEP_WORDS.sub(" ", _NOISE.sub("", text)).strip()
    if match := _ARTICLE.match(text):
        steps = _steps(match.group(2))
        if steps is not None:
            article = f"Art.{match.group(1).lower()}"
            yield article + steps + subparagraph
    elif match := _ANNEX.match(text):
        yield from _annex(match.group(1).upper(), match.group(2), subparagraph)
    elif match := _RECITAL.match(text):
        yield f"Rec.{match.group(1)}"
    elif match := _CHAPTER.match(text):
        section = f".Sec.{match.group(2)}" if match.group(2) else ""
        yield f"Cpt.{match.group(1).upper()}{section}"


def _annex(numeral: str, rest: str, subparagraph: str) -> Iterator[str]:
    if match := _ANNEX_SECTION_NUMBER.match(rest):
        yield from _annex_points(f"{numeral}.{match.group(1)}", match.group(2), subparagraph)
        yield from _annex_points(numeral, rest, subparagraph)
    elif match := _ANNEX_SECTION.match(rest):
        section = (match.group(1) or match.group(2)).upper()
        yield from _annex_points(f"{numeral}.{section}", match.group(3), subparagraph)
        if match.group(2):  # without the word "section" the letter may be a point
            yield from _annex_points(numeral, rest, subparagraph)
    else:
        yield from _annex_points(numeral, rest, subparagraph)


def _annex_points(head: str, rest: str, subparagraph: str) -> Iterator[str]:
    for reading in dict.fromkeys((rest, _DOTTED_POINT.sub(r"(\1)", rest))):  # "4.4" may be one point, or 4 and 4
        steps = _steps(reading)
        if steps is not None:
            yield f"Annex.{head}{steps}{subparagraph}"


def _take_subparagraph(text: str) -> tuple[str, str]:
    """Put "second subparagraph" where it stands as `.s2`; at the beginning of a text it belongs to the end."""
    match = _SUBPARAGRAPH.search(text)
    if not match:
        return text, ""
    number = _ORDINALS[match.group(1).lower()] if match.group(1) else int(match.group(2))
    before, after = text[: match.start()], text[match.end() :]
    return (f"{before}.s{number}{after}", "") if before.strip() else (after, f".s{number}")


def _steps(rest: str) -> str | None:
    """Turn " (2)(g)", ".2", " 2 (g)" or ".s2" into canonical steps; None if something else is in it."""
    steps, position = "", 0
    rest = rest.strip()
    while position < len(rest):
        if rest[position] in " ,." and not rest[position:].startswith(".s"):
            position += 1
            continue
        match = _STEP.match(rest, position)
        if not match:
            return None
        bracketed, bare, subparagraph = match.groups()
        steps += f".s{subparagraph}" if subparagraph else f"({bracketed or bare})"
        position = match.end()
    return steps


_ORDINAL_WORDS = {number: word for word, number in _ORDINALS.items()}
_CANONICAL_STEP = re.compile(r"\(([^)]+)\)|\.s([1-9])")


def format_citation(local: str, style: str) -> str:
    """Write a canonical local id the way people cite it.

    >>> format_citation("Art.11(1).s2", "eu-law")
    'Article 11(1), second subparagraph'
    >>> format_citation("Annex.VIII.B(8)", "eu-law")
    'Annex VIII, Section B, point 8'
    >>> format_citation("MAP-1.1", "nist")
    'MAP 1.1'
    """
    if style != "eu-law":
        return {"nist": local.replace("-", " "), "number": f"Risk {local}"}.get(style, local)
    head, _, rest = local.partition(".")
    if head == "Rec":
        return f"Recital {rest}"
    if head == "Cpt":
        return "Chapter " + rest.replace(".Sec.", ", Section ")
    base = re.split(r"\(|\.s[1-9]", rest, maxsplit=1)[0]
    steps = _steps_in_words(_CANONICAL_STEP.findall(rest), after_words=head == "Annex")
    if head == "Art":
        return f"Article {base}{steps}"
    numeral, _, section = base.partition(".")
    return f"Annex {numeral}{f', Section {section}' if section else ''}{steps}"


def _steps_in_words(steps: list[tuple[str, str]], *, after_words: bool) -> str:
    """Write steps as "(1)(a)", or after words as ", point 1(a)"."""
    written = ""
    for step, subparagraph in steps:
        if subparagraph:
            written += f", {_ORDINAL_WORDS[int(subparagraph)]} subparagraph"
        elif after_words:
            written += f", point {step}" if step[0].isdigit() or len(step) > 4 else f", point ({step})"
        else:
            written += f"({step})"
        after_words = bool(subparagraph)
    return written
