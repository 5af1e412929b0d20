"""How literals are written: which texts a datatype allows, and which a store keeps as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from aimsgraph.validation.compiled.graph import XSD

_ZONE: Final = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR: Final = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP: Final = "-?([0-9]*([02468][048]|[13579][26])00|[0-9]*[0-9]{2}(0[48]|[2468][048]|[13579][26]))-02-29"
_DAY: Final = (
    f"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP})"
)
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_FLOAT: Final = r"^([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$"
_INTEGER: Final = "^[+-]?[0-9]+$"
PATTERNS: Final = {
    XSD + "boolean": "^(true|false|1|0)$",
    XSD + "integer": _INTEGER,
    XSD + "decimal": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$",
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
    XSD + "date": f"^{_DAY}{_ZONE}$",
    XSD + "dateTime": f"^{_DAY}T{_TIME}{_ZONE}$",
    XSD + "time": f"^{_TIME}{_ZONE}$",
}
"""The datatypes that SPARQL 1.1 knows, and `xsd:date` and `xsd:time`: what their literals look like."""
RANGES: Final = {
    XSD + name: bounds
    for name, bounds in {
        "byte": (-128, 127),
        "short": (-(2**15), 2**15 - 1),
        "int": (-(2**31), 2**31 - 1),
        "long": (-(2**63), 2**63 - 1),
        "unsignedByte": (0, 255),
        "unsignedShort": (0, 2**16 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedLong": (0, None),
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
        "nonPositiveInteger": (None, 0),
        "negativeInteger": (None, -1),
    }.items()
}
"""The whole numbers that are not `xsd:integer`, with their least and greatest."""
_KEPT: Final = {
    XSD + "boolean": re.compile("true|false"),
    XSD + "integer": re.compile("0|-?[1-9][0-9]{0,17}"),
    XSD + "decimal": re.compile(r"0|-?([1-9][0-9]{0,11}|0\.[0-9]{0,11}[1-9]|[1-9][0-9]{0,5}\.[0-9]{0,11}[1-9])"),
    XSD + "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}Z?"),
    XSD + "dateTime": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?"),
}
_VALUED: Final = {
    *_KEPT,
    *RANGES,
    *(
        XSD + name
        for name in (
            "double", "float", "time", "duration", "dayTimeDuration", "yearMonthDuration", "dateTimeStamp",
            "gYear", "gMonth", "gDay", "gYearMonth", "gMonthDay",
        )
    ),
}  # fmt: skip
"""The datatypes whose literals a store may keep by value, writing the value in its own way."""


def is_well_formed(datatype: str) -> str:
    """Return the condition that the text of a literal of a datatype is right; empty when any text is.

    `\ue000` stands for the literal.
    """
    hole = "\ue000"
    if datatype in PATTERNS:
        return f"REGEX(STR({hole}), {ox.Literal(PATTERNS[datatype])})"
    if datatype not in RANGES:
        return ""
    least, greatest = RANGES[datatype]
    number = f"<{XSD}integer>(STR({hole}))"
    bounds = [f"REGEX(STR({hole}), {ox.Literal(_INTEGER)})"]
    bounds += [f"{number} >= {least}"] if least is not None else []
    bounds += [f"{number} <= {greatest}"] if greatest is not None else []
    return " && ".join(bounds)


def changed_by_store(triples: Iterable[ox.Quad | ox.Triple]) -> dict[str, ox.Literal]:
    """Return property → a literal that the embedded store does not keep as it is written.

    The store keeps numbers and times by value: `"01"` and `"1"` are one integer to it, and every whole number is an
    `xsd:integer`. SHACL looks at how a literal is written.
    """
    found: dict[str, ox.Literal] = {}
    for triple in triples:
        value = triple.object
        if type(value) is ox.Literal:
            datatype = value.datatype.value
            if datatype in _VALUED and triple.predicate.value not in found and not is_kept(value):
                found[triple.predicate.value] = value
    return found


@lru_cache(maxsize=100_000)
def is_kept(value: ox.Literal) -> bool:
    """Say whether the embedded store gives a literal back as it was written."""
    pattern = _KEPT.get(value.datatype.value)
    if value.datatype.value not in _VALUED or (pattern is not None and pattern.fullmatch(value.value)):
        return True
    subject, predicate = ox.NamedNode("urn:s"), ox.NamedNode("urn:p")
    store = ox.Store()
    store.add(ox.Quad(subject, predicate, value))
    return bool(next(iter(store)).object == value)
