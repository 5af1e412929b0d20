"""`org init` and `org check`: what they write, say and leave with."""

import json
from pathlib import Path

import pytest

from aimsgraph import assets
from aimsgraph.cli.main import run


def test_init_then_check_gives_no_violation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "our-firm"
    assert run(["org", "init", str(folder), "--name", "Our Firm"]) == 0
    written = capsys.readouterr().out.split()
    assert str(folder / "organisation.yaml") in written
    assert all(Path(path).is_file() for path in written)
    assert run(["org", "check", str(folder)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "38 decisions; 0 violations, 0 warnings" in told.err
    assert run(["org", "init", str(folder)]) == 5
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize(("example", "slug"), [("acme", "acme"), ("clean", "brightmeadow")])
def test_check_counts_what_is_there(example: str, slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["org", "check", str(assets.path("data", "examples", example)), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["organisation"], answer["violations"], answer["findings"]) == (slug, 0, [])
    assert answer["counts"]["decisions"] == 38
    assert all(answer["counts"][name] for name in ("systems", "people", "controls", "risks", "evidence", "documents"))


def test_check_names_the_place_and_leaves_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "firm"
    assert run(["--quiet", "org", "init", str(folder)]) == 0
    (folder / "people.csv").write_text("id,name,role\nJane D,Jane,lead\n", "utf-8")
    capsys.readouterr()
    assert run(["org", "check", str(folder)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("firm/people.csv:2:1: violation BAD_ID")
    assert "not read; 1 violations, 0 warnings" in told.err
    assert run(["org", "check", str(folder), "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"] == {}
    assert [(f["rule"], f["file"], f["line"], f["column"]) for f in answer["findings"]] == [
        ("BAD_ID", "firm/people.csv", 2, 1)
    ]


def test_a_warning_alone_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "firm"
    assert run(["--quiet", "org", "init", str(folder)]) == 0
    (folder / "soa.csv").write_text("control,applicable\n", "utf-8")
    assert run(["org", "check", str(folder)]) == 0
    assert "warning CONTROL_WITHOUT_ROW 38 controls" in capsys.readouterr().out


def test_a_folder_that_is_not_there_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["org", "check", str(tmp_path / "nowhere")]) == 3
    assert "no such organisation folder" in capsys.readouterr().err
