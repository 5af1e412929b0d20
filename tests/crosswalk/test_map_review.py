"""A person's review: written to both files or to none, and the only way to `accepted`."""

import shutil
import sys
from pathlib import Path

import pytest
from test_mapping_lint import FILES, ROWS, SET
from worlds import Command

from aimsgraph.content import mapping_review
from aimsgraph.content.mapping_check import check_mappings
from aimsgraph.content.read import read_content
from aimsgraph.domain.mapping import STATUSES

sys.path.append(str(Path(__file__).parents[1] / "unit" / "content"))
from make_tiny import make_tiny

REVIEWS = f"{SET}/reviews.tsv"
SAID = ("--by", "A. Person", "--note", "read both texts")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_tiny(tmp_path / "data")
    for name, text in FILES.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("|", "\t") if name.endswith(".tsv") else text, encoding="utf-8")
    return made


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("flag", "status", "agreement"), [("--accept", "accepted", "1.0"), ("--contest", "contested", "-1.0")]
)
@pytest.mark.parametrize("name", ["one", "https://w3id.org/aimsgraph/map/tiny-standard--tiny-act/one"])
def test_a_review_is_written_to_both_files(
    flag: str, status: str, agreement: str, name: str, folder: Path, command: Command
) -> None:
    before = state(folder)
    code, out = command("map", "review", name, flag, *SAID, "--in", str(folder))
    assert code == 0
    assert out.splitlines() == [str(folder / ROWS), str(folder / REVIEWS)]
    after = state(folder)
    assert {file for file in before if before[file] != after[file]} == {str(folder / ROWS), str(folder / REVIEWS)}
    source = read_content([folder]).mappings[0]
    assert [row["status"] for row in source.all_rows] == [status]
    assert source.reviews is not None
    last = source.reviews.rows[-1]
    assert (last["row"], last["reviewer"], last["kind"], last["agreement"], last["on"]) == (
        "one", "A. Person", "human", agreement, "2026-11-23"
    )  # fmt: skip
    assert list(check_mappings(read_content([folder]))) == []
    changed = [
        a
        for a, b in zip(before[str(folder / ROWS)].split(b"\t"), after[str(folder / ROWS)].split(b"\t"), strict=True)
        if a != b
    ]
    assert changed == [b"reviewed"], "nothing but the status"


def test_an_id_that_two_sets_have_needs_the_iri(folder: Path, command: Command) -> None:
    there = (folder / ROWS).parents[1]
    other = there.with_name("other-set")
    shutil.copytree(there, other)
    header = other / "set.yaml"
    header.write_text(header.read_text(encoding="utf-8").replace(there.name, other.name, 1), encoding="utf-8")
    before = state(folder)
    assert command("map", "review", "one", "--accept", *SAID, "--in", str(folder))[0] == 2
    assert state(folder) == before
    name = f"https://w3id.org/aimsgraph/map/{other.name}/one"
    code, out = command("map", "review", name, "--accept", *SAID, "--in", str(folder))
    assert (code, {Path(line).is_relative_to(other) for line in out.splitlines()}) == (0, {True})


def test_the_first_review_of_a_set_makes_the_file(folder: Path, command: Command) -> None:
    (folder / REVIEWS).unlink()
    assert command("map", "review", "one", "--accept", *SAID, "--in", str(folder))[0] == 0
    assert list(check_mappings(read_content([folder]))) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("one", *SAID), 2),
        (("two", "--accept", *SAID), 4),
        (("one", "--accept", "--by", " ", "--note", "x"), 2),
        (("one", "--accept", "--by", "A", "--note", "two\nlines"), 2),
        (("one", "--accept", "--by", "A\tB", "--note", "x"), 2),
        (("one", "--accept", "--note", "x"), 2),
    ],
)
def test_a_review_that_is_none_writes_nothing(
    arguments: tuple[str, ...], code: int, folder: Path, command: Command
) -> None:
    before = state(folder)
    assert command("map", "review", *arguments, "--in", str(folder))[0] == code
    assert state(folder) == before


@pytest.mark.parametrize("failing", [1, 2])
def test_both_files_or_none(failing: int, folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(folder)
    real, calls = mapping_review.replace_file, []

    def replace_file(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == failing:
            raise OSError("the disk is full")
        real(path, data)

    monkeypatch.setattr(mapping_review, "replace_file", replace_file)
    assert command("map", "review", "one", "--accept", *SAID, "--in", str(folder))[0] != 0
    assert state(folder) == before


def test_a_hand_that_writes_accepted_is_found_out(folder: Path) -> None:
    rows = folder / ROWS
    rows.write_text(rows.read_text(encoding="utf-8").replace("reviewed", "accepted"), encoding="utf-8")
    assert [f.rule for f in check_mappings(read_content([folder]))] == ["ACCEPTED_WITHOUT_PERSON"]
    assert STATUSES[-1] == "accepted"
