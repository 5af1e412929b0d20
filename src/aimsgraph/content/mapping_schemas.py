"""The tables of a mapping set: `data/mappings/<subject framework>--<object framework>/`.

```text
set.yaml       who made it, between which editions, how
rows/*.tsv     the rows, in as many files as is convenient; one row a pair of items (or a joint row)
nomatch.tsv    looked, found no counterpart
reviews.tsv    who reviewed which row, what they proposed, whether they agreed
```
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from aimsgraph.content.tables import Column
from aimsgraph.domain.mapping import BASES, EFFECTS, EXTENTS, KINDS, OUTSIDE, STATUSES
from aimsgraph.domain.relation import WORDS

RELATIONS = tuple(WORDS)

ROWS = (
    Column("id", required=True),
    Column("subject", "list", required=True),
    Column("object", "list", required=True),
    Column("relation", "list", required=True, choices=RELATIONS),
    Column("extent", "choice", required=True, choices=EXTENTS),
    Column("rationale", required=True),
    Column("gap_object"),
    Column("gap_subject"),
    Column("basis", "choice", required=True, choices=BASES),
    Column("confidence", "decimal", required=True),
    Column("perspective", "list"),
    Column("effect", "choice", choices=EFFECTS),
    Column("citation"),
    Column("status", "choice", required=True, choices=(*STATUSES, *OUTSIDE)),
    Column("subject_version", "list"),
    Column("object_version", "list"),
    Column("author"),
    Column("author_kind", "choice", choices=KINDS),
    Column("authored_on", "date"),
    Column("note"),
)
NOMATCH = (
    Column("item", required=True),
    Column("scope", required=True),
    Column("reason", required=True),
    Column("searched_on", "date"),
)
REVIEWS = (
    Column("row", required=True),
    Column("reviewer", required=True),
    Column("kind", "choice", required=True, choices=KINDS),
    Column("on", "date", required=True),
    Column("blind", "yes-no", required=True),
    Column("proposed", "list"),
    Column("agreement", "signed", required=True),
    Column("note"),
)
TABLES = {"nomatch": NOMATCH, "reviews": REVIEWS}


class MappingSetHeader(BaseModel):
    """Who made a mapping set, between which editions, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-+[a-z0-9]+)*$")
    title: str
    subject: str
    object: str
    version: str
    licence: str
    author: str
    author_kind: Literal["human", "automated", "hybrid"]
    authored_on: dt.date
    method: Literal["human", "automated", "hybrid"]
    justification: str
    methodology: str = ""
    law_version: str = ""
    notes: tuple[str, ...] = ()
