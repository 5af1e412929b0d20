"""References and IRIs: the names everything else hangs on.

A *reference* is what people type and read: `<framework>:<local id>`, with an optional edition after the slug
(`iso-42001@2023:A.6.2.8`). An *IRI* is what the graph holds. The forms are fixed in `docs/identifiers.md`; a
golden corpus of valid and invalid ones stands in `tests/identifiers/`.

Nothing is ever percent-encoded: every identifier is chosen to need none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BASE = "https://w3id.org/aimsgraph/"
ID = BASE + "id/"
TERM = BASE + "ns#"
GRAPH = BASE + "graph/"
VOCABULARY = BASE + "vocab/"
ELI_HOSTS = ("http://data.europa.eu/eli/", "https://data.europa.eu/eli/", "https://eur-lex.europa.eu/eli/")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_EDITION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()@-]*")
_IRI_PATH = re.compile(r"[A-Za-z0-9._@-]+(?:/[A-Za-z0-9._@-]+)*")

# The grammar of local ids, one pattern a style; `framework.yaml` names the style.
STYLES: dict[str, re.Pattern[str]] = {
    "eu-law": re.compile(
        r"(?:"
        r"Art\.[1-9][0-9]*[a-z]?(?:\((?!\))[0-9]*[a-z]*\)|\.s[1-9])*"
        r"|Annex\.[IVX]+(?:\.[A-Z0-9])?(?:\([0-9]+(?:\.[0-9]+)?\)|\([a-z]+\)|\([A-Z]{3}[0-9]{4}\))*(?:\.s[1-9])?"
        r"|Rec\.[1-9][0-9]*"
        r"|Cpt\.[IVX]+(?:\.Sec\.[1-9])?"
        r")"
    ),
    "iso": re.compile(r"(?:[1-9][0-9]?|[A-C])(?:\.[1-9][0-9]?){0,3}"),
    "nist": re.compile(r"[A-Z]+(?:-[1-9][0-9]?(?:\.[1-9][0-9]?)?)?"),
    "number": re.compile(r"[1-9][0-9]*"),
    "slug": _SLUG,
}
STATEMENT_ID = re.compile(r"(?:art|annex)[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*(?:@[0-9]{4})?")


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """The canonical name of a provision, control, statement or catalogue entry.

    Attributes:
        framework: slug such as `eu-ai-act`.
        local: local id such as `Art.6(2)`, or the id of a norm statement such as `art9-1`.
        edition: edition such as `2023`; empty for the only or current one.
    """

    framework: str
    local: str
    edition: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not well-formed, so that a `Reference` is valid by existing."""
        if not _SLUG.fullmatch(self.framework):
            raise ValueError(f"{self.framework!r} is no framework slug (lower case, digits, hyphens)")
        if self.edition and not _EDITION.fullmatch(self.edition):
            raise ValueError(f"{self.edition!r} is no edition (digits and dots)")
        if not _LOCAL.fullmatch(self.local):
            raise ValueError(f"{self.local!r} is no local id")

    def __str__(self) -> str:
        """Return the canonical text."""
        at = f"@{self.edition}" if self.edition else ""
        return f"{self.framework}{at}:{self.local}"

    @property
    def without_edition(self) -> Reference:
        """The same reference to whatever edition is loaded."""
        return Reference(self.framework, self.local)


def parse_reference(text: str) -> Reference:
    """Read a canonical reference; `aimsgraph.domain.citations` reads what people write freely.

    Raises:
        ValueError: the text is not of the form `<framework>[@<edition>]:<local id>`.

    >>> parse_reference("iso-42001@2023:A.6.2.8")
    Reference(framework='iso-42001', local='A.6.2.8', edition='2023')
    """
    head, colon, local = text.partition(":")
    if not colon:
        raise ValueError(f"{text!r} lacks the colon of <framework>:<local id>")
    framework, at, edition = head.partition("@")
    if at and not edition:
        raise ValueError(f"{text!r} has an @ without an edition")
    return Reference(framework, local, edition)


def is_local_id(local: str, style: str) -> bool:
    """Say whether a local id of a provision, control or catalogue entry has the canonical form of its style."""
    return STYLES[style].fullmatch(local) is not None


def is_statement_id(local: str) -> bool:
    """Say whether a local id has the form of a norm statement's id, such as `art9-1`."""
    return STATEMENT_ID.fullmatch(local) is not None


def make_iri(*parts: str) -> str:
    """Join path parts below `…/id/`, refusing characters that would need percent-encoding.

    >>> make_iri("eu/reg/2024/1689", "art_6/par_2")
    'https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_6/par_2'
    """
    path = "/".join(parts)
    if not _IRI_PATH.fullmatch(path):
        raise ValueError(f"{path!r} holds characters that an IRI of ours never needs")
    return ID + path


def slugify(text: str) -> str:
    """Turn a title or a standard's number into a slug.

    >>> slugify("ISO/IEC TS 8200:2024")
    'iso-iec-ts-8200-2024'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
