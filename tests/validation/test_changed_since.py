"""`aimsgraph validate --changed-since`: what is new since a commit, and what was judged anew to find it."""

import json
import shutil
import subprocess

import pytest

from aimsgraph import assets

ACME = assets.path("data", "examples", "acme")
AUTHOR = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]


def git(folder, *arguments):
    subprocess.run(["git", "-C", str(folder), *AUTHOR, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A repository with a register below its top, committed once."""
    root = tmp_path / "repository"
    shutil.copytree(ACME, root / "registers" / "acme")
    git(tmp_path, "init", "--quiet", str(root))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "first")
    return root


@pytest.fixture
def acme(repository):
    return repository / "registers" / "acme"


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def since(validate, *arguments):
    return json.loads(validate(*arguments, "--format", "json").out)


def test_what_is_new_is_marked_and_what_stays_is_not(validate, acme):
    before = since(validate, acme)
    replace(acme / "evidence.csv", "iso-42001:5.2,,2026-10-30", "iso-42001:5.2,,2024-10-30")
    answer = since(validate, acme, "--changed-since", "HEAD")
    new = [finding for finding in answer["findings"] if finding.pop("new")]
    assert [(finding["rule"], finding["line"]) for finding in new] == [("EvidenceFresh", 2)]
    assert [finding for finding in answer["findings"] if finding not in new] == before["findings"]
    assert answer["changed_since"]["new"] == 1
    assert answer["changed_since"]["judged_whole"] == []
    assert answer["changed_since"]["judged_anew"]["EvidenceFresh"] == 1
    assert "ApproverNotAuthor" not in answer["changed_since"]["judged_anew"]


def test_the_report_is_the_one_without_comparison(validate, acme):
    replace(acme / "suppliers.csv", "2025-03-01,,legal", "2025-03-01,2026-01-01,legal")
    answer = since(validate, acme, "--changed-since", "HEAD", "--profile", "all")
    del answer["changed_since"]
    for finding in answer["findings"]:
        del finding["new"]
    assert answer == since(validate, acme, "--profile", "all")


def test_without_a_change_nothing_is_judged_anew(validate, acme):
    answer = since(validate, acme, "--changed-since", "HEAD")
    assert answer["changed_since"]["judged_anew"] == {}
    assert len(answer["findings"]) == 4
    assert not any(finding["new"] for finding in answer["findings"])


def test_the_text_marks_what_is_new(validate, acme):
    replace(acme / "evidence.csv", "iso-42001:5.2,,2026-10-30", "iso-42001:5.2,,2024-10-30")
    result = validate(acme, "--changed-since", "HEAD")
    assert [line.endswith("  [new]") for line in result.out.splitlines()] == [True, False, False, False, False]
    assert "1 new since HEAD" in result.err
    assert result.code == 1  # the old violation still counts


def test_findings_of_files_are_compared_in_the_folder_itself(validate, acme, monkeypatch):
    replace(acme / "suppliers.csv", ",helpdesk-lm,", ",helpdesk-xx,")
    git(acme, "commit", "--all", "--quiet", "--message", "second")
    monkeypatch.chdir(acme)
    old = since(validate, ".", "--changed-since", "HEAD")
    assert [finding["new"] for finding in old["findings"] if not finding["focus"]] == [False]


def test_moved_lines_make_nothing_new(validate, acme):
    text = (acme / "evidence.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (acme / "evidence.csv").write_text("".join([text[0], *reversed(text[1:])]), encoding="utf-8")
    answer = since(validate, acme, "--changed-since", "HEAD")
    assert len(answer["findings"]) == 4
    assert not any(finding["new"] for finding in answer["findings"])


def test_it_says_when_the_files_were_not_sound_then(validate, acme):
    sound = (acme / "organisation.yaml").read_bytes()
    for broken, words in ((b"x: [", "could not be read"), (sound.replace(b"title", b"titel"), "had violations")):
        (acme / "organisation.yaml").write_bytes(broken)
        git(acme, "commit", "--all", "--quiet", "--message", "broken")
        (acme / "organisation.yaml").write_bytes(sound)
        result = validate(acme, "--changed-since", "HEAD")
        assert words in result.err
        assert all(line.endswith("  [new]") for line in result.out.splitlines())


def test_a_hook_of_git_gets_the_same_answer(validate, acme, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert validate(acme, "--changed-since", "HEAD").code == 1


@pytest.mark.parametrize("reference", ["nonsense", "--help", "HEAD:registers", ""])
def test_an_unknown_commit_is_named(validate, acme, reference):
    result = validate(acme, f"--changed-since={reference}")
    assert result.code == 2
    assert f"there is no commit {reference!r}" in result.err


def test_a_folder_that_was_not_there(validate, acme):
    moved = acme.rename(acme.parent / "other")
    result = validate(moved, "--changed-since", "HEAD")
    assert result.code == 2
    assert "was not there at HEAD" in result.err


def test_a_folder_outside_of_git(validate, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    result = validate(shutil.copytree(ACME, tmp_path / "acme"), "--changed-since", "HEAD")
    assert result.code == 2
    assert "is in no git repository" in result.err


def test_git_is_missing(validate, acme, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = validate(acme, "--changed-since", "HEAD")
    assert result.code == 6
    assert "git is not installed" in result.err


def test_pyshacl_cannot_judge_a_part(validate, acme):
    result = validate(acme, "--changed-since", "HEAD", "--engine", "pyshacl")
    assert result.code == 2
    assert "--baseline" in result.err
