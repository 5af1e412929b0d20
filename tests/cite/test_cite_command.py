"""The command: formats, exit codes, folders, standard input."""

import io
import json
import re
from pathlib import Path

import pytest

from aimsgraph.cli.main import run

BAD = "Article 120 of the AI Act. Transparency obligations (Article 52 of the AI Act).\n"
GOOD = "Article 50 of the AI Act.\n"


def cite(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run(["--today", "2026-11-23", "cite", *map(str, arguments)])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.md"
    path.write_text(BAD)
    return path


def test_findings_leave_with_1_and_none_with_0(capsys: pytest.CaptureFixture[str], bad: Path, tmp_path: Path) -> None:
    code, out, err = cite(capsys, bad)
    assert code == 1
    assert out.count("CITE_") == 2
    assert "1 files, 2 citations, 2 findings" in err
    good = tmp_path / "good.md"
    good.write_text(GOOD)
    assert cite(capsys, good)[:2] == (0, "")


def test_json_repeats_the_moment(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    code, out, _ = cite(capsys, bad, "--format", "json", "--law-as-of", "2026-10-01")
    answer = json.loads(out)
    assert code == 1
    assert (answer["on"], answer["law_as_of"]) == ("2026-11-23", "2026-10-01")
    first = answer["findings"][0]
    assert set(first) == {"rule", "severity", "message", "remedy", "value", "file", "line", "column", "provision"}
    assert (first["rule"], first["line"], first["column"], first["value"]) == ("CITE_UNKNOWN_ID", 1, 1, "Article 120")


def test_sarif_has_what_the_standard_requires(capsys: pytest.CaptureFixture[str], bad: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.sarif"
    assert cite(capsys, bad, "--format", "sarif", "--output", target)[0] == 1
    log = json.loads(target.read_text())
    (sarif_run,) = log["runs"]
    rules = [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    assert len(sarif_run["results"]) == 2
    assert {result["ruleId"] for result in sarif_run["results"]} == {"CITE_UNKNOWN_ID", "CITE_DRAFT_NUMBERING"}
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in sarif_run["results"])


def test_github_writes_one_command_a_finding(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    _, out, _ = cite(capsys, bad, "--format", "github")
    assert len(out.splitlines()) == 2
    assert all(re.match(r"::error file=.*bad\.md,line=1,col=\d+,title=CITE_\w+::", line) for line in out.splitlines())


def test_what_is_named_and_unreadable_leaves_with_3(
    capsys: pytest.CaptureFixture[str], bad: Path, tmp_path: Path
) -> None:
    binary = tmp_path / "x.pdf"
    binary.write_bytes(b"%PDF\0\0")
    code, out, err = cite(capsys, bad, binary, tmp_path / "none.md")
    assert code == 3
    assert out.count("CITE_") == 2
    assert "binary" in err
    assert "no such file" in err


def test_a_folder_is_read_in_order_and_its_binaries_are_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("b.md", "a.txt", ".hidden/c.md", "node_modules/d.md"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Article 120 of the AI Act.")
    (tmp_path / "docs" / "e.md").write_bytes(b"\0\1")
    code, out, err = cite(capsys, tmp_path / "docs")
    assert code == 1
    assert [Path(line.split(":")[0]).name for line in out.splitlines()] == ["a.txt", "b.md"]
    assert "e.md left out" in err


def test_standard_input_and_a_hint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"See A.8.1.")

    monkeypatch.setattr("sys.stdin", Stdin())
    code, out, _ = cite(capsys, "-", "--framework", "ISO 42001")
    assert code == 1
    assert out.startswith("<stdin>:1:5: violation CITE_UNKNOWN_ID")


def test_the_same_bytes_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = Path(__file__).parent / "corpus"
    outputs = {cite(capsys, corpus, "--format", "sarif")[1] for _ in range(2)}
    assert len(outputs) == 1
