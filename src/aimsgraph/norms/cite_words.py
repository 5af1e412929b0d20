"""The words by which a text tells history, denies, claims a date, or links a title with a number.

Each is one pattern, written as lines of alternatives, so that a word is added by adding a word.
"""

from __future__ import annotations

import re
from functools import lru_cache


def _any(lines: str, *, after: str = "") -> re.Pattern[str]:
    """Compile lines of alternatives to one pattern of whole words."""
    words = "|".join(line.strip() for line in lines.strip().splitlines())
    return re.compile(rf"(?<!\w)(?:{words})(?!\w){after}", re.IGNORECASE)


@lru_cache(maxsize=64)
def says(pattern: re.Pattern[str], sentence: str) -> bool:
    """Say whether a sentence holds a word of a pattern; remembered, because a sentence is asked once a citation."""
    return pattern.search(sentence) is not None


PAST = _any(
    r"""
    delet\w+|repeal\w+|remov\w+|mov(?:ed|es|ing)|former(?:ly)?|replac\w+|supersed\w+|old|no longer|used to|until
    2024 (?:text|version|wording)|original(?:ly)?|previous(?:ly)?|became|becomes|now
    as (?:published|adopted|enacted)|amend\w+|chang\w+|soften\w+|before the|stale|invented|wrong\w*
    not exist\w*|does not exist|no such|draft|instead|was
    proposal|proposed|decoy\w*|renumber\w+|relocat\w+|where did|→|->
    """
)
"""A provision is cited as what it was."""
DENIED = _any(
    r"""
    no such|not? (?:exist|a control|real|valid|controls)|do(?:es)? not exist|do not exist|invented|decoys?|there is no
    non-?existent|unknown id|fake|gibt es nicht|made[- ]up|hallucinat\w+|are not|is not a|is no
    """
)
"""The text itself says that the id does not exist."""
NOT_BEFORE = re.compile(r"\b(?:not|no|never|instead of|rather than)(?: in| the)?\s[\"“`*]{0,2}$", re.IGNORECASE)
KNOWN_DRAFT = _any(
    r"""
    proposal|draft|COM\(2021\) 206|2021 (?:text|version|numbering)|former(?:ly)?|old (?:number|article)|renumber\w+
    previously|originally|trilogue|Parliament(?:['’]s)? (?:position|text|version)|was Art\w*|it was|became|now Art\w*
    instead of|not Art\w*|→|->
    """
)
"""The text knows that it cites a draft."""
_LINKS = r"""
    "|requires?|on|about|sets out|sets|lays down|governs|covers|concerns|imposes|establishes|concerning|regarding
    regulates|provides? for|provides?|for|mandates?|obliges|has|contains|addresses|deals with|the|an?|their|its|all
    some|strict|specific|which|that|providers?|to|of|carry out|conduct|perform|implement|and|high-risk|AI|EU|under
    pursuant to|in|per|required by|by|with|see|cf\.|also|report|keep|be|are|is|reported|follows?|disclosed|labelled
    labeled|marked|registration|reporting|certain|plans?|systems?|obligations?|duties|duty|rules?|requirements?|must
    shall|comply|compliance|set|conducted|performed|laid down|referred to|within|form|assessment|article
"""
LINK = re.compile(
    r"[\s,'’*_`\"“”]{0,4}(?:s\s)?(?:(?:of the )?(?:EU )?AI Act|of Regulation \(EU\) 2024/1689)?[\s,(:–—|\"“*_-]{0,6}"
    rf"(?:(?:{'|'.join(line.strip() for line in _LINKS.strip().splitlines())})[\s(:,–—-]{{1,3}}){{0,6}}",
    re.IGNORECASE,
)
"""What may stand between a number and the topic that is said of it."""
APPLIES = _any(
    r"""
    appl(?:y|ies|icable|ication|ied)|tak(?:es?|ing) effect|effective|enforce(?:d|able|ment)|binding|mandatory|kicks? in
    enter(?:s|ing)? into (?:application|force|effect)|com(?:es?|ing) into (?:force|effect|application)
    go(?:es)? live|bite
    """
)
"""Something applies."""
OWED = _any(
    r"""
    compl(?:y|iant|iance)|deadline|must|shall|obligations?|required|requirements?|in force|starts?|begins?|needed
    mandates?|rules|duties|have to|date
    """
)
"""Something is owed."""
LEADS_TO_DATE = re.compile(
    r"(?:\b(?:from|on|by|as of|as from|starting|since|effective|deadline(?: is| of)?|date|in|of|is|start(?:s|ing)? on"
    r"|beginning)|[:=(|,–—-])\s*[\"'“*_`]{0,3}\s*$",
    re.IGNORECASE,
)
NO_CLAIM = re.compile(
    r"\b(?:before|until|till|after|prior to|not|no longer|earlier than|than|between|to|through)\s[\"'“*_`]{0,3}$",
    re.IGNORECASE,
)
TELLS_HISTORY = _any(
    r"""
    original(?:ly)?|was to|were to|was due|were due|would have|should have|previous(?:ly)?|formerly|former|instead of
    before the (?:amendment|omnibus|change)|rather than|postpon\w+|defer\w+|delay\w+|moved?|moves|moving
    shift\w*|push\w*
    extend\w*|no longer|not (?:yet )?appl\w+|do(?:es)? not|did not|had|as (?:published|adopted|enacted) in|as published
    2024 text|old|stale|outdated|superseded|replaced|amend\w+|chang\w+|stood|law as known|until|contradict\w*
    wrong(?:ly)?
    incorrect\w*|myth|false(?:ly)?|cut-off|placed on the market|already on the market|legacy|existing|public authorit\w+
    large-scale|draft|proposed|proposal|proposes|could|might|may be|if|whether|contested|formal date|on paper
    both|expected
    argu\w+|assum\w+|claim\w*|thinks?|believ\w+|guidelines?|guidance|template|sandbox\w*|standards?|report|evaluation
    """
)
"""A date is told as history, as a doubt, or of something else than application."""
SANCTION = _any(r"fin(?:e|es|ed|ing)|penalt(?:y|ies)|enforce\w*|powers?|sanctions?|supervis\w+")
_DUTIES = r"(?:obligations?|requirements?|rules|provisions|duties)"
_GPAI = r"(?:GPAI|general[- ]purpose AI|foundation models?)"
HIGH_RISK = re.compile(
    rf"\bhigh[- ]risk (?:AI )?(?:AI )?(?:system )?(?:{_DUTIES}|regime|systems?|AI systems?|AI)\b"
    rf"|\b{_DUTIES}[\w ]{{0,20}} high[- ]risk\b|\bhigh[- ]risk\b(?=\W*$|\s*[|:)])",
    re.IGNORECASE,
)
GENERAL_PURPOSE = re.compile(
    rf"\b{_GPAI}(?: models?)?(?: provider)? (?:{_DUTIES}|models?)\b|\b{_DUTIES} (?:for|on) (?:providers of )?{_GPAI}\b"
    r"|\bGPAI\b|\bgeneral[- ]purpose AI models\b",
    re.IGNORECASE,
)
PROHIBITED = _any(
    r"""
    prohibitions?|prohibited (?:AI )?(?:practices|uses|systems)|bans?|banned (?:AI )?practices
    unacceptable[- ]risk(?: \w+)?
    """
)
LITERACY = _any("AI literacy")
TRANSPARENCY = _any(r"transparency (?:obligations?|requirements?|rules|duties)")
