"""The hooks for other repositories, run by pre-commit itself in a repository of a user.

In place of an environment of its own, which would need the network, a hook runs in this one (`language: system`).
"""

import importlib.metadata
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pipeline_parts import HOOKS, ROOT, copy_example, environment, snippets

BIN = Path(sys.executable).parent
MANIFEST = {hook["id"]: hook for hook in HOOKS}


@pytest.fixture
def commit(tmp_path):
    """Return a function that runs one hook of the page over a repository's staged files."""
    repository = tmp_path / "repository"
    repository.mkdir()
    cache = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PATH": f"{BIN}:{environment()['PATH']}"}

    def git(*arguments):
        subprocess.run(["git", *arguments], cwd=repository, check=True, env=environment(), capture_output=True)

    git("init", "-q")

    def run(hook):
        merged = MANIFEST[hook["id"]] | hook | {"language": "system"}
        config = {"repos": [{"repo": "local", "hooks": [merged]}]}
        (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        git("add", "-A")
        return subprocess.run(
            [BIN / "pre-commit", "run", hook["id"], "--verbose"],
            cwd=repository, env=environment(**cache), capture_output=True, text=True, check=False,
        )  # fmt: skip

    run.repository = repository
    return run


def hooks_of_the_page():
    (config,) = snippets("pre-commit.md")
    (repo,) = config["repos"]
    assert set(repo) == {"repo", "rev", "hooks"}
    return {hook["id"]: hook for hook in repo["hooks"]}


def test_pre_commit_accepts_the_manifest():
    command = [BIN / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_entries_are_programs_that_the_package_installs():
    programs = {entry.name for entry in importlib.metadata.entry_points(group="console_scripts")}
    assert set(MANIFEST) == {"aimsgraph-validate", "aimsgraph-org-check", "aimsgraph-cite"}
    for hook in MANIFEST.values():
        assert shlex.split(hook["entry"])[0] in programs
        assert hook["language"] == "python"


def test_the_page_shows_hooks_that_exist():
    assert set(hooks_of_the_page()) == set(MANIFEST)


def test_validate_judges_the_folder_of_args(commit):
    hook = hooks_of_the_page()["aimsgraph-validate"]
    folder = commit.repository / hook["args"][0]
    copy_example("clean", folder)
    sound = commit(hook)
    assert sound.returncode == 0, sound.stdout
    assert "0 findings" in sound.stdout
    people = folder / "people.csv"
    people.write_text(people.read_text().replace("2026-09-07", "yesterday"))
    faulty = commit(hook)
    assert faulty.returncode == 1
    assert f"{hook['args'][0]}/people.csv:2:" in faulty.stdout


def test_a_change_elsewhere_starts_no_check_of_the_register(commit):
    hook = hooks_of_the_page()["aimsgraph-org-check"]
    (commit.repository / "unrelated.py").write_text("x = 1\n")
    assert "no files to check" in commit(hook).stdout


def test_org_check_looks_at_a_folder_with_blanks_in_its_name(commit):
    folder = copy_example("clean", commit.repository / "my register")
    hook = {"id": "aimsgraph-org-check", "args": ["my register"]}
    sound = commit(hook)
    assert sound.returncode == 0, sound.stdout
    assert "0 violations" in sound.stdout
    (folder / "soa.csv").unlink()
    (folder / "evidence" / "unlisted.txt").write_text("x\n")
    (folder / "systems" / "visitor-chatbot.yaml").write_text("id: [\n")
    assert commit(hook).returncode == 1


def test_the_register_may_be_the_repository_itself(commit):
    copy_example("clean", commit.repository / "new")
    for path in sorted((commit.repository / "new").iterdir()):
        path.rename(commit.repository / path.name)
    (commit.repository / "new").rmdir()
    done = commit({"id": "aimsgraph-org-check"})
    assert done.returncode == 0, done.stdout


def test_cite_reads_the_changed_texts(commit):
    hook = hooks_of_the_page()["aimsgraph-cite"]
    text = commit.repository / "a policy.md"
    text.write_text("We follow Article 26(6) of the AI Act.\n")
    sound = commit(hook)
    assert sound.returncode == 0, sound.stdout
    assert "1 files, 1 citations, 0 findings" in sound.stdout
    text.write_text("We follow Article 260 of the AI Act.\n")
    wrong = commit(hook)
    assert wrong.returncode == 1
    assert "a policy.md:1:" in wrong.stdout
