"""The second judge: accepts every proof the composer writes, refuses each that was tampered with."""

import ast
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ground_worlds import World, iter_worlds
from test_soundness import anything
from worlds import Command, as_json, letters_of, said

from aimsgraph.api import AimsGraph
from aimsgraph.crosswalk import checker
from aimsgraph.crosswalk.checker import Rejected, check_answer
from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.domain.relation import Relation

Json = dict[str, Any]
Mutation = Callable[[Json, World], bool]
STATUSES = ["candidate", "reviewed", "accepted"]
SUMMARIES = ["equal", "covers", "covered-by", "overlaps", "disjoint", "unknown", "contradiction"]


def test_it_shares_no_code_with_the_composer() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "typing"}


def test_its_table_is_the_same_as_the_other_that_is_written_elsewhere() -> None:
    for one in range(1, 32):
        for other in range(1, 32):
            a, b = letters_of(Relation(one)), letters_of(Relation(other))
            ours = checker._compose(frozenset(a), frozenset(b))
            assert ours == frozenset(letters_of(said(a).then(said(b)))), (a, b)


# ----- Mutations: each changes an answer in place and says whether it found something to change -----


def _steps(answer: Json) -> Iterator[Json]:
    return (step for path in answer["proofs"] for step in path["steps"] if "row" in step)


def another_row(answer: Json, world: World) -> bool:
    step = next(_steps(answer))
    row = next(each for each in world.rows if each.iri == step["row"])
    for other in world.rows:
        told = (other.subjects, other.objects, other.subject_versions, other.object_versions, other.relation)
        if told != (row.subjects, row.objects, row.subject_versions, row.object_versions, row.relation):
            step["row"] = other.iri
            return True
    return False


def unknown_row(answer: Json, _world: World) -> bool:
    next(_steps(answer))["row"] = "urn:row:none"
    return True


def changed_order(answer: Json, _world: World) -> bool:
    path = next((path for path in answer["proofs"] if len(path["steps"]) > 1), None)
    if path is None:
        return False
    path["steps"].reverse()
    return True


def flipped_end(answer: Json, _world: World) -> bool:
    step = next(_steps(answer))
    step["subject"], step["object"] = step["object"], step["subject"]
    return True


def flipped_direction(answer: Json, _world: World) -> bool:
    step = next(_steps(answer))
    step["inverted"] = not step["inverted"]
    return True


def swapped_ends_of_the_answer(answer: Json, _world: World) -> bool:
    answer["subject"], answer["object"] = answer["object"], answer["subject"]
    return True


def narrowed_set(answer: Json, _world: World) -> bool:
    if len(answer["relations"]) < 2:
        return False
    answer["relations"] = answer["relations"][1:]
    return True


def narrowed_step(answer: Json, _world: World) -> bool:
    step = next((each for each in _steps(answer) if len(each["relations"]) > 1), None)
    if step is None:
        return False
    step["relations"] = step["relations"][1:]
    return True


def narrowed_after_a_step(answer: Json, _world: World) -> bool:
    for path in answer["proofs"]:
        for number, after in enumerate(path["after_each_step"]):
            if len(after) > 1:
                path["after_each_step"][number] = after[:-1]
                return True
    return False


def other_version(answer: Json, _world: World) -> bool:
    step = next((each for each in _steps(answer) if each["subject_version"]), None)
    if step is None:
        return False
    step["subject_version"] += "-later"
    return True


def version_left_out(answer: Json, _world: World) -> bool:
    step = next((each for each in _steps(answer) if each["object_version"]), None)
    if step is None:
        return False
    del step["object_version"]
    return True


def raised_confidence(answer: Json, _world: World) -> bool:
    answer["least_confidence"] += 0.05
    return True


def raised_confidence_of_a_step(answer: Json, _world: World) -> bool:
    step = next(_steps(answer))
    step["confidence"] = 1.0
    answer["least_confidence"] = min(each["confidence"] for each in _steps(answer))
    return True


def raised_status(answer: Json, _world: World) -> bool:
    if answer["status"] == "accepted":
        return False
    answer["status"] = STATUSES[STATUSES.index(answer["status"]) + 1]
    return True


def raised_status_of_a_step(answer: Json, _world: World) -> bool:
    step = next((each for each in _steps(answer) if each["status"] != "accepted"), None)
    if step is None:
        return False
    step["status"] = "accepted"
    return True


def dropped_path(answer: Json, _world: World) -> bool:
    if len(answer["proofs"]) < 2:
        return False
    answer["proofs"].pop()
    return True


def dropped_path_that_mattered(answer: Json, world: World) -> bool:
    """Drop a path and own up to the smaller number of paths, yet keep what only that path said."""
    for number, path in enumerate(answer["proofs"]):
        rest = answer["proofs"][:number] + answer["proofs"][number + 1 :]
        if rest and frozenset.intersection(*(frozenset(each["after_each_step"][-1]) for each in rest)) != frozenset(
            answer["relations"]
        ):
            answer["proofs"] = rest
            answer["paths"] -= 1
            assert path not in rest
            return True
    return False


def no_proof(answer: Json, _world: World) -> bool:
    answer["proofs"], answer["paths"] = [], 0
    return True


def dropped_step(answer: Json, _world: World) -> bool:
    path = next((path for path in answer["proofs"] if len(path["steps"]) > 1), None)
    if path is None:
        return False
    del path["steps"][-1], path["after_each_step"][-1]
    return True


def changed_verdict(answer: Json, _world: World) -> bool:
    answer["covers"] = {"yes": "no", "no": "unknown", "unknown": "yes"}[answer["covers"]]
    return True


def other_changed_verdict(answer: Json, _world: World) -> bool:
    answer["overlaps"] = {"yes": "unknown", "no": "yes", "unknown": "yes"}[answer["overlaps"]]
    return True


def changed_summary(answer: Json, _world: World) -> bool:
    answer["summary"] = next(word for word in SUMMARIES if word != answer["summary"])
    return True


def swapped_perspective(answer: Json, _world: World) -> bool:
    if not answer["perspective"]:
        return False
    answer["perspective"] = [role for role in ("deployer", "importer", "provider") if role not in answer["perspective"]]
    return True


def perspective_left_out(answer: Json, _world: World) -> bool:
    if not answer["perspective"]:
        return False
    answer["perspective"] = []
    return True


def swapped_perspective_of_a_step(answer: Json, _world: World) -> bool:
    step = next((each for each in _steps(answer) if each["perspective"]), None)
    if step is None:
        return False
    step["perspective"] = []
    return True


def told_to_be_asserted(answer: Json, _world: World) -> bool:
    answer["asserted"] = not answer["asserted"]
    return True


def more_of_it_met(answer: Json, _world: World) -> bool:
    answer["extent"] = "all"
    return True


def gap_kept_quiet(answer: Json, _world: World) -> bool:
    if not answer["gaps"]:
        return False
    answer["gaps"].pop()
    return True


def no_part_of_it(answer: Json, world: World) -> bool:
    for path in answer["proofs"]:
        step = path["steps"][0]
        if step["kind"] == "has-part":
            step["kind"], step["relations"] = "part-of", ["equal-to", "subset-of"]
            return True
    return False


def structure_that_says_more(answer: Json, _world: World) -> bool:
    step = next((path["steps"][0] for path in answer["proofs"] if path["steps"][0]["kind"] == "has-part"), None)
    if step is None:
        return False
    step["relations"] = ["superset-of"]
    return True


MUTATIONS: list[Mutation] = [
    another_row, unknown_row, changed_order, flipped_end, flipped_direction, swapped_ends_of_the_answer, narrowed_set,
    narrowed_step, narrowed_after_a_step, other_version, version_left_out, raised_confidence,
    raised_confidence_of_a_step, raised_status, raised_status_of_a_step, dropped_path, dropped_path_that_mattered,
    no_proof, dropped_step, changed_verdict, other_changed_verdict, changed_summary, swapped_perspective,
    perspective_left_out, swapped_perspective_of_a_step, told_to_be_asserted, more_of_it_met, gap_kept_quiet,
    no_part_of_it, structure_that_says_more,
]  # fmt: skip
SAMPLE = [
    (world, as_json(world.rows), answer.to_dict(str))
    for world in iter_worlds(4, first=900)
    for item in world.versions
    for answer in Composer(world.network).answers(item, Request("", 3, anything))
    if not answer.relation.is_contradiction
]


def test_the_proofs_as_they_are_hold() -> None:
    assert len(SAMPLE) > 100
    for world, rows, answer in SAMPLE:
        check_answer(answer, rows, world.parents, world.periods)


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_a_tampered_proof_is_refused(mutate: Mutation) -> None:
    tried = 0
    for world, rows, answer in SAMPLE:
        changed = copy.deepcopy(answer)
        if mutate(changed, world):
            tried += 1
            with pytest.raises(Rejected):
                check_answer(changed, rows, world.parents, world.periods)
    assert tried >= 10


def test_a_chain_through_two_versions_of_the_item_between_is_refused() -> None:
    tried = 0
    for world, rows, answer in SAMPLE:
        path = answer["proofs"][0]
        over = [step for step in path["steps"] if "row" in step]
        if len(answer["proofs"]) > 1 or len(over) < 2 or not over[0]["object_version"]:
            continue
        if not over[1]["subject_version"]:
            continue
        changed, repinned = copy.deepcopy(answer), copy.deepcopy(rows)
        step = changed["proofs"][0]["steps"][-len(over) + 1]
        row = repinned[step["row"]]
        key = "object_versions" if step["inverted"] else "subject_versions"
        step["subject_version"] = row[key][0] = "f9:z@other"
        with pytest.raises(Rejected, match="different versions"):
            check_answer(changed, repinned, world.parents, world.periods)
        tried += 1
    assert tried > 2


def test_a_contradiction_has_no_verdict() -> None:
    row = {
        "subjects": ["a"], "objects": ["b"], "relations": ["no-relationship"], "subject_versions": [""],
        "object_versions": [""], "confidence": 0.5, "status": "reviewed", "perspective": [], "extent": "",
        "gap_object": "", "gap_subject": "",
    }  # fmt: skip
    rows = {"1": row, "2": row | {"relations": ["equal-to"]}}
    proofs = [
        {
            "steps": [
                {"kind": "mapping", "subject": "a", "object": "b", "relations": each["relations"], "row": name,
                 "inverted": False, "confidence": 0.5, "status": "reviewed", "subject_version": "",
                 "object_version": "", "perspective": []}
            ],
            "after_each_step": [each["relations"]],
        }
        for name, each in rows.items()
    ]  # fmt: skip
    answer = {
        "subject": "a", "object": "b", "relations": [], "summary": "contradiction", "covers": "unknown",
        "covered_by": "unknown", "overlaps": "unknown", "asserted": True, "extent": "", "least_confidence": 0.5,
        "status": "reviewed", "gaps": [], "perspective": [], "paths": 2, "proofs": proofs,
    }  # fmt: skip
    check_answer(answer, rows, {})
    for changed in ({"covers": "yes"}, {"overlaps": "no"}, {"summary": "unknown"}):
        with pytest.raises(Rejected, match="no verdict"):
            check_answer(answer | changed, rows, {})


def test_what_stands_in_a_circle_is_judged_and_ends() -> None:
    rows, answer = next((r, a) for _, r, a in SAMPLE if a["proofs"][0]["steps"][0]["kind"] == "has-part")
    part = answer["proofs"][0]["steps"][0]["object"]
    with pytest.raises(Rejected, match="is no part of"):
        check_answer(answer, rows, {part: "x", "x": part})


# ----- Through the command line -----


REFERENCES = {"iso-42001:A.6.2.8": "eu-ai-act", "eu-ai-act:Art.9": "iso-42001", "eu-ai-act:Art.15": "iso-42001"}
TAMPERINGS: dict[str, Callable[[Json], object]] = {
    "narrowed": lambda a: a.update(relations=["superset-of"]),
    "covers": lambda a: a.update(covers="yes"),
    "more confident": lambda a: a.update(least_confidence=1.0),
    "accepted": lambda a: a.update(status="accepted"),
    "another role": lambda a: a.update(perspective=["importer"]),
    "another row": lambda a: a["proofs"][0]["steps"][-1].update(row="https://w3id.org/aimsgraph/map/none"),
    "flipped": lambda a: a["proofs"][0]["steps"][-1].update(inverted=not a["proofs"][0]["steps"][-1]["inverted"]),
    "another version": lambda a: a["proofs"][0]["steps"][-1].update(object_version="oj"),
    "reordered": lambda a: a["proofs"][0]["steps"].reverse(),
    "dropped path": lambda a: a["proofs"].pop(),
}


def _written(command: Command, folder: Path) -> list[Json]:
    file = folder / "answers.json"
    answers: list[Json] = []
    for reference, to in REFERENCES.items():
        code, output = command("crosswalk", reference, "--to", to, "--format", "json", "--output", str(file))
        assert code == 0, output
        answers += json.loads(file.read_text(encoding="utf-8"))["answers"]
    return answers


def test_what_the_command_line_writes_is_accepted(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    answers = _written(command, tmp_path)
    file.write_text(json.dumps({"answers": answers}), encoding="utf-8")
    assert len(answers) > 10
    assert command("map", "check-proof", str(file)) == (0, "")


def test_the_command_line_refuses_tampered_answers(command: Command, tmp_path: Path) -> None:
    through_structure = next(a for a in _written(command, tmp_path) if len(a["proofs"][0]["steps"]) > 1)
    answers = [copy.deepcopy(through_structure) for _ in TAMPERINGS]
    for changed, tamper in zip(answers, TAMPERINGS.values(), strict=True):
        tamper(changed)
    file = tmp_path / "tampered.json"
    file.write_text(json.dumps({"answers": answers}), encoding="utf-8")
    code, output = command("map", "check-proof", str(file))
    assert (code, output.count(" → ")) == (1, len(TAMPERINGS)), output
    file.write_text(json.dumps({"answers": [], "contradictions": answers[:1]}), encoding="utf-8")
    code, output = command("map", "check-proof", str(file))
    assert (code, output.count(" → ")) == (1, 1), output
    for odd in (
        {"answers": [], "contradictions": None},
        {"answers": []} | {"contradictions": ["x"]},
        {"answers": 1},
        1,
    ):
        file.write_text(json.dumps(odd), encoding="utf-8")
        assert command("map", "check-proof", str(file))[0] == 3, odd


@pytest.mark.parametrize(
    "broken",
    [{}, {"proofs": [{}]}, {"proofs": [{"steps": [["x"]], "after_each_step": []}], "paths": 1}, {"proofs": "abc"},
     {"proofs": [{"steps": [{"subject": "s", "object": "o"}], "after_each_step": [[]]}], "paths": 1,
      "subject": "s", "object": "o"}],
)  # fmt: skip
def test_what_is_no_proof_is_refused_without_a_crash(broken: Json, graph: AimsGraph) -> None:
    assert graph.crosswalks.check_proof(broken)
