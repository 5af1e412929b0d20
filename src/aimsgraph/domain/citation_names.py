"""Finds the names of frameworks in text: ours, and those of other laws and standards, whose articles are not ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aimsgraph.domain.citations import Scheme

FOREIGN = "-"
"""Stands where a slug would, for a law or standard that is none of ours."""
_ALIASES = {
    "2024/1689": ("KI-VO", "KI-Verordnung", "AI-Act", "EU Artificial Intelligence Act"),
    "2016/679": ("DSGVO", "DS-GVO", "RGPD", "EU GDPR"),
}
_FOREIGN_LAW = re.compile(
    r"(?<![\w])(?:"
    r"(?:Implementing |Delegated )?Regulations? (?:\((?:EU|EC|EEC)(?:, Euratom)?\) )?(?:No )?\d{2,4}/\d{1,4}"
    r"|(?:Framework )?(?:Directives?|Decision|Recommendation) (?:\((?:EU|EC)\) )?(?:No )?\d{2,4}/\d{1,4}(?:/\w{2,4})?"
    r"|COM\(20\d\d\) ?\d+|C\(20\d\d\) ?\d+|DORA|NIS ?2|MDR|IVDR|CRA|DSA|DMA|eIDAS|CCPA|CPRA|HIPAA|LGPD|PIPL|UK GDPR"
    r"|(?:EU )?Charter(?: of Fundamental Rights)?|TFEU|TEU|ECHR|European Convention[\w ]{0,30}|Framework Convention"
    r"|Council of Europe[\w ]{0,30}Convention|CETS (?:No\. ?)?\d+|Constitution|Treaty|Grundgesetz|BGB|HGB|BDSG|StGB"
    r"|(?:[A-Z][A-Za-z]+(?:-[A-Z][a-z]+)? ){1,3}(?:Regulation|Directive|Code)(?! \()|SB \d{2}-\d+"
    r"|(?:[A-Z][A-Za-z]+(?:-[A-Z][a-z]+)? ){1,3}Act\b"
    r"|(?:our|the|this|your|their) (?:(?:\w+ ){0,2}(?:[Cc]ontract|[Aa]greement|[Ss]tatutes|"
    r"[Bb]ylaws|[Bb]y-laws|DPA|MSA|terms of (?:use|service)"
    r"|articles of association|Code of Practice|[Cc]harter|[Cc]onstitution))"
    r"|(?:[Pp]roposal|[Dd]raft (?:text|act|regulation)|[Pp]roposed (?:act|regulation|text))(?:,? of \d{4})?"
    r")(?![\w])"
)
_FOREIGN_STANDARD = re.compile(
    r"(?<![\w])(?:(?:pr)?(?:EN )?ISO(?:/IEC)?(?:/?\s?(?:TS|TR|DIS|FDIS))?[\s-]?(?:IEC )?\d{4,5}(?:-\d+)?(?::20\d\d)?"
    r"|IEC \d{4,5}(?:-\d+)*"
    r"|(?:pr)?EN \d{4,5}(?:-\d+)?(?::20\d\d)?|NIST SP ?800-\d+\w?|NIST (?:CSF|Cybersecurity Framework)(?: 2\.0)?"
    r"|NIST Privacy Framework"
    r"|SOC ?2|PCI[ -]DSS|COBIT|CIS Controls|OWASP|IEEE \d+|HITRUST|FedRAMP|BSI [A-Z]\w+|BS \d{4,5}|TISAX"
    r"|C5:20\d\d)(?![\w])"
)
_NOT_NAMES = re.compile(
    r"(?:This|The|That|Our|Under|Of|In|An|A|Said|See|And|Both|Each|Per|With|To|For|Amending|New|Article \w+|Whole"
    r"|Entire) (?:Act|Regulation|Directive|Code)\Z"
)
_OTHER_COUNTRY = re.compile(
    r"(?:Colorado|Korea|South Korea|Korean|Texas|Utah|Japan|Japanese|Brazil|Brazilian|Canada|Canadian|Chile|Chilean|UK"
    r"|Vietnam|Vietnamese|Italian|Spanish|Swiss|Chinese|Kazakh|California|Illinois|New York|Taiwan)(?:['’]s)?\s$"
)
_PROPOSED = re.compile(r"(?:[Pp]roposed|[Dd]raft|[Pp]roposal for (?:an?|the)|2021)\s$")
_PROPOSAL = re.compile(r"['’]?s?\s(?:[Pp]roposal|[Dd]raft|[Bb]ill)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a framework.

    Attributes:
        slug: ours, or `FOREIGN`.
        style: style of local ids; a citation is of the latest framework of its own style.
        attaches: a citation beside it is of it; not so for the slug inside a reference, which has its own id.
    """

    start: int
    end: int
    slug: str
    style: str
    attaches: bool = True


class NameFinder:
    """Finds names of frameworks."""

    def __init__(self, schemes: Mapping[str, Scheme]) -> None:
        self._styles = {slug: scheme.style for slug, scheme in schemes.items()}
        self._numbers: dict[str, str] = {}
        self._paths: list[tuple[str, str]] = []
        names: list[tuple[str, str]] = []
        for slug, scheme in schemes.items():
            names.append((slug, slug))
            for name in scheme.names:
                names += [(alias, slug) for alias in (name, *_ALIASES.get(name, ()))]
                if number := re.fullmatch(r"(\d{4})/(\d+)", name):
                    self._numbers[name] = slug
                    names.append((f"3{number.group(1)}R{int(number.group(2)):04}", slug))
        names.sort(key=lambda pair: (-len(pair[0]), pair))
        self._patterns = [(slug, _pattern(name)) for name, slug in names if not name.isdigit()]
        self._group = [slug for slug, _ in self._patterns]
        joined = "|".join(f"({pattern})" for _, pattern in self._patterns)
        self._known = re.compile(rf"(?<![\w./-])(?=[A-Za-z0-9])(?:{joined})(?![\w]|[:/]\w*[A-Za-z])")

    def slug_of_number(self, number: str) -> str:
        """Return the framework of an act's number, such as `2024/1689`; empty if it is none of ours."""
        return self._numbers.get(number, "")

    def slug_of_path(self, path: str) -> str:
        """Return the framework of the path of an IRI of ours, as far as the path tells."""
        act = re.match(r"eu/reg/(\d{4}/\d+)", path)
        if act:
            return self._numbers.get(act.group(1), "")
        other = re.match(r"(iso|nist)/([\w-]+)", path)
        slug = f"{other.group(1)}-{other.group(2)}" if other else ""
        return slug if slug in self._styles else ""

    def find(self, text: str) -> list[Mention]:
        """Return the names in a text, in its order."""
        found: list[Mention] = []
        for match in self._known.finditer(text):
            assert match.lastindex is not None
            slug = self._group[match.lastindex - 1]
            before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 14]
            foreign = _OTHER_COUNTRY.search(before) or _PROPOSED.search(before) or _PROPOSAL.match(after)
            found.append(Mention(match.start(), match.end(), FOREIGN if foreign else slug, self._styles[slug]))
        for pattern, style in ((_FOREIGN_LAW, "eu-law"), (_FOREIGN_STANDARD, "iso")):
            taken = [(m.start, m.end) for m in found]
            for match in pattern.finditer(text):
                if _NOT_NAMES.search(match.group()) or any(a < match.end() and match.start() < b for a, b in taken):
                    continue
                found.append(Mention(match.start(), match.end(), FOREIGN, style))
        return sorted(found, key=lambda m: m.start)


def _pattern(name: str) -> str:
    """Return a pattern for a name: blanks and hyphens alike, "ISO/IEC" and "ISO" alike, short ones with their case."""
    pattern = re.escape(name).replace(r"\ ", r"[\s_-]{1,2}").replace(r"ISO/IEC", r"(?:EN )?ISO(?:\s?/\s?IEC)?")
    pattern = re.sub(r"(42001|27001)$", r"\1(?::20\\d\\d(?:/\\w+ \\d:20\\d\\d)?)?", pattern)
    return pattern if len(name) <= 4 else f"(?i:{pattern})"
