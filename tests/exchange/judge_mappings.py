"""Judges mapping files with other people's readers; runs in the oracles' own environment and prints JSON.

sssom-py parses and validates SSSOM/TSV; compliance-trestle loads OSCAL and runs its validators.
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")


def judge_sssom(path: Path) -> dict:
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    frame = parse_sssom_table(str(path))
    kinds = [
        SchemaValidationType.JsonSchema,
        SchemaValidationType.PrefixMapCompleteness,
        SchemaValidationType.StrictCurieFormat,
    ]
    reports = validate(frame, kinds, fail_on_error=False)
    problems = [result.message for report in reports.values() for result in report.results]
    rows = frame.df.fillna("").to_dict("records")
    return {"problems": problems, "rows": [{k: str(v) for k, v in row.items()} for row in rows]}


def judge_oscal(path: Path) -> dict:
    from argparse import Namespace

    from trestle.core.validator_factory import validator_factory
    from trestle.oscal.mapping import MappingCollection

    found = MappingCollection.oscal_read(path)
    valid = validator_factory.get(Namespace(mode="all")).model_is_valid(found, True, path.parent)
    mappings = found.mappings if isinstance(found.mappings, list) else [found.mappings]
    return {
        "problems": [] if valid else ["trestle's validators say no"],
        "rows": [
            {"relationship": one.relationship, "sources": [s.id_ref for s in one.sources]}
            for mapping in mappings
            for one in mapping.maps
        ],
    }


if __name__ == "__main__":
    judged = {}
    for name in sys.argv[1:]:
        judged[name] = (judge_oscal if name.endswith(".json") else judge_sssom)(Path(name))
    json.dump(judged, sys.stdout)
