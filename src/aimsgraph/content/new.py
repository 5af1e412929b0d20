"""Starts a new framework: its folder, a header with comments, and an empty table of provisions."""

from __future__ import annotations

import re
from pathlib import Path

from aimsgraph.content import schemas
from aimsgraph.content.format import replace_file, writing
from aimsgraph.content.read import shown
from aimsgraph.errors import InputError, Location, Refused, UsageError

_HEADER = """\
# Who publishes this framework, in which edition, under which rights, and how it was checked.
# Fill in every field that has no value; data/README.md explains them. Dates are YYYY-MM-DD.

slug: {slug}
edition: "{edition}"
title:                    # full official title
short_title:              # what a table or a badge shows
kind: standard            # standard, regulation, amending-regulation, framework or profile
publisher:
jurisdiction:             # EU, US, ... or international
iri_path: {slug}/{edition}  # lower case; the IRIs of its provisions stand below this; never changes again
version_key: "{edition}"  # names the first text: the edition, or oj for an act of the European Union
issued:                   # day of adoption or publication by its body
# published:              # day of official publication, when it differs from entry into force
in_force_from:            # first day in force; for a standard the day of publication
# celex:                  # for acts of the European Union
# eli:                    # http://data.europa.eu/eli/...
url:                      # where the official text stands
rights:                   # whose rights, and what they allow here
text_policy: identifiers  # identifiers, short-title or full-text; a copyrighted standard: identifiers
checked_on:               # day on which the rows were compared with the source
checked_against:          # which source, or how many independent ones
current_to:               # day up to which changes of the source were followed
style: iso                # form of the local ids: eu-law, iso, nist, number or slug
names: []                 # what people call it, for citations: [ISO/IEC 12345, "12345"]
expect: {{}}                # official counts by kind, such as {{control: 38}}; a wrong count fails the build
# decoys:                 # ids that look right and do not exist, with the reason
#   A.2.1: The controls of an objective start at .2.
# notes:                  # what a reader has to know
#   - The labels are our own words.
"""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EDITION = re.compile(r"[0-9]+(\.[0-9]+)*")


def new_framework(data_folder: Path, slug: str, edition: str) -> tuple[Path, ...]:
    """Write the folder of a new framework and return the files in it.

    Raises:
        UsageError: slug or edition has the wrong form.
        InputError: there is no such data folder.
        Refused: the framework is there already; nothing is overwritten.
    """
    if not _SLUG.fullmatch(slug):
        raise UsageError(f"{slug!r} is no slug", remedy="use lower case, digits and single hyphens: iso-42001")
    if not _EDITION.fullmatch(edition):
        raise UsageError(f"{edition!r} is no edition", remedy="use digits and dots: 2023 or 1.0")
    if not data_folder.is_dir():
        raise InputError(
            "there is no such data folder",
            location=Location(str(data_folder)),
            remedy="give an existing folder",
        )
    folder = data_folder / "frameworks" / slug / edition
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise Refused(
            f"{shown(folder, data_folder)} is there already",
            remedy="edit it, or choose another slug or edition",
        )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    columns = [column.name for column in schemas.PROVISIONS]
    files = {
        folder / "framework.yaml": _HEADER.format(slug=slug, edition=edition),
        folder / "provisions.tsv": "\t".join(columns) + "\n",
    }
    for path, text in files.items():
        replace_file(path, text.encode())
    return tuple(files)
