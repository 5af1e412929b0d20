"""What changed between two releases: exactly the facts that did, old → new, and no noise."""

import json
import shutil
from pathlib import Path

import pytest
from make_tiny import ACT, STANDARD, make_tiny, spoil

from aimsgraph.content.build import build
from aimsgraph.content.check import ContentCheckFailed
from aimsgraph.content.diff import ContentDiff, Difference, PropertyChange, diff_content, render_diff
from aimsgraph.errors import InputError


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A second release to change."""
    return make_tiny(tmp_path / "later" / "data")


def summary(diff: ContentDiff) -> set[tuple[str, str, str]]:
    return {(d.kind, d.change, d.reference) for d in diff.differences}


def test_a_release_does_not_differ_from_itself(tiny: Path, later: Path):
    assert diff_content(tiny, later) == ContentDiff(())
    assert render_diff(diff_content(tiny, later)) == "no difference\n"
    assert diff_content(tiny, later).to_dict() == {"counts": {}, "differences": []}


def test_folders_and_compiled_folders_compare(tiny: Path, later: Path):
    build(tiny)
    spoil(later, f"{ACT}/statements.tsv", "art1-1|Art.1(1)|provider|Say who", "art1-1|Art.1(1)|provider|Tell who")
    build(later)
    diffs = [diff_content(a, b) for a in (tiny, tiny / "compiled") for b in (later, later / "compiled")]
    assert all(diff == diffs[0] for diff in diffs)
    assert summary(diffs[0]) == {("statement", "changed", "tiny-act:art1-1")}


def test_changed_values_are_told_old_and_new(tiny: Path, later: Path):
    spoil(later, f"{ACT}/application.tsv", "2020-08-01|settled", "2020-09-01|settled")
    diff = diff_content(tiny, later)
    assert diff.differences == (
        Difference(
            graph="tiny-act/2020",
            kind="rule",
            change="changed",
            iri="https://w3id.org/aimsgraph/id/eu/reg/2020/1/app/general",
            reference="eu/reg/2020/1/app/general",
            label="",
            properties=(PropertyChange("appliesFrom", ("2020-08-01",), ("2020-09-01",)),),
        ),
    )
    assert render_diff(diff) == (
        "tiny-act/2020: rule ~1\n"
        "  ~ rule eu/reg/2020/1/app/general\n"
        "      appliesFrom: 2020-08-01 → 2020-09-01\n"
    )  # fmt: skip


def test_only_the_values_that_differ_are_told(tiny: Path, later: Path):
    spoil(later, f"{ACT}/statements.tsv", "deployer;provider", "deployer")
    (change,) = diff_content(tiny, later).differences
    assert change.properties == (PropertyChange("borneByRole", ("eu/reg/2020/1/role/provider",), ()),)
    assert "borneByRole: eu/reg/2020/1/role/provider → (none)" in render_diff(diff_content(tiny, later))


def test_an_insertion_moves_nothing(tiny: Path, later: Path):
    spoil(later, f"{STANDARD}/provisions.tsv", "4.1|4|", "4.0|4|clause|New|no||\n4.1|4|")
    spoil(later, f"{STANDARD}/provisions.tsv", "4.0|", "5|")
    spoil(later, f"{STANDARD}/framework.yaml", "clause: 2", "clause: 3")
    assert summary(diff_content(tiny, later)) == {
        ("provision", "added", "tiny-standard:5"), ("version", "added", "iso/1/2022/5/2022"),
    }  # fmt: skip
    removed = diff_content(later, tiny)
    assert {d.change for d in removed.differences} == {"removed"}
    assert removed.counts() == {"tiny-standard/2022": {"provision": {"removed": 1}, "version": {"removed": 1}}}


def test_a_move_is_told(tiny: Path, later: Path):
    spoil(
        later,
        f"{STANDARD}/provisions.tsv",
        "4||clause|Context|no|plan|\n4.1|4|clause|Issues|yes|plan|A list of issues\n",
        "",
    )
    path = later / STANDARD / "provisions.tsv"
    with path.open("a", encoding="utf-8") as stream:
        stream.write("4||clause|Context|no|plan|\n4.1|4|clause|Issues|yes|plan|A list of issues\n".replace("|", "\t"))
    diff = diff_content(tiny, later)
    assert {d.reference for d in diff.differences} == {f"tiny-standard:{i}" for i in ("4", "4.1", "A.2", "A.2.2")}
    assert {p.name for d in diff.differences for p in d.properties} == {"documentOrder"}


def test_a_whole_framework_more(tiny: Path, later: Path):
    shutil.rmtree(tiny / "frameworks/tiny-standard")
    spoil(tiny, "catalogue/entries.tsv", ";tiny-standard@2022:A.2.2", "")
    diff = diff_content(tiny, later)
    assert diff.counts()["tiny-standard/2022"] == {
        "framework": {"added": 1}, "provision": {"added": 4}, "version": {"added": 4},
    }  # fmt: skip
    assert diff.counts()["catalogue"] == {"entry": {"changed": 1}}
    kinds = [d.kind for d in diff.differences if d.graph == "tiny-standard/2022"]
    assert kinds == ["framework"] + ["provision"] * 4 + ["version"] * 4


def test_it_can_be_written_as_json(tiny: Path, later: Path):
    spoil(later, f"{ACT}/roles.tsv", "deployer|deployer", "deployer|user")
    data = json.loads(json.dumps(diff_content(tiny, later).to_dict()))
    assert data["counts"] == {"tiny-act/2020": {"role": {"changed": 1}}}
    assert data["differences"][0]["label"] == "user"
    assert data["differences"][0]["properties"] == [{"name": "label", "old": ["deployer"], "new": ["user"]}]


def test_what_is_no_release(tmp_path: Path, tiny: Path):
    with pytest.raises(InputError, match="neither a data folder nor a compiled one") as caught:
        diff_content(tiny, tmp_path)
    assert str(caught.value.location) == str(tmp_path)
    assert "frameworks/" in caught.value.remedy


def test_a_release_with_findings_is_refused(tiny: Path, later: Path):
    spoil(later, f"{ACT}/roles.tsv", "deployer|deployer", "deploier|deployer")
    with pytest.raises(ContentCheckFailed):
        diff_content(tiny, later)
