"""`map import` and `map export`: sets go out and come in through the command line, whole or not at all."""

import json
from pathlib import Path

import pytest

FILES = Path(__file__).parents[1] / "exchange" / "files"
NIST = "nist-ai-rmf--iso-42001"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store directory with the shipped content; each test imports into a copy."""
    from aimsgraph.app import fill_directory
    from aimsgraph.settings import Settings

    store = tmp_path_factory.mktemp("map") / "store"
    fill_directory(Settings(store=str(store)))
    return store


@pytest.fixture
def store(filled, tmp_path):
    import shutil

    return shutil.copytree(filled, tmp_path / "store")


@pytest.mark.parametrize("format_", ["sssom", "oscal", "csv", "turtle"])
def test_an_exported_set_is_the_same_twice_and_says_what_it_lost(cli, format_, tmp_path):
    first, second = (tmp_path / name for name in ("a", "b"))
    for path in (first, second):
        result = cli("map", "export", NIST, "--format", format_, "--output", path)
        assert result.code == 0, result.err
    assert first.read_bytes() == second.read_bytes()
    assert "171 rows" in result.err
    assert ("weakened" in result.err) == (format_ in ("sssom", "oscal"))


def test_which_sets_there_are_is_said(cli):
    result = cli("map", "export", "nothing")
    assert (result.code, result.out) == (4, "")
    assert f"known: iso-42001--eu-ai-act, nist-ai-rmf--eu-ai-act, {NIST}" in result.err


@pytest.mark.slow
def test_others_rows_answer_questions_after_the_import(cli, store):
    arguments = ("map", "import", FILES / "ciso-library.yaml", "--ours", "iso42001-2023=iso-42001")
    result = cli("--store", store, *arguments)
    assert result.code == 0, result.err
    assert "skipped row: iso-42001 has no item 'a.77'" in result.err
    assert "assumed confidence" in result.err
    ask = ("--store", store, "crosswalk", "garden:g.1", "--to", "iso-42001", "--format", "json")
    answer = json.loads(cli(*ask).out)
    assert "garden: how current it is nobody says" in answer["warnings"]
    assert answer["data_current_to"] == "2026-10-09"  # that of ISO/IEC 42001
    assert (answer["answers"], answer["below_status"], answer["not_looked_at"]) == ([], ["garden:g.1"], [])
    answer = json.loads(cli(*ask, "--min-status", "candidate").out)
    assert [(one["object"], one["status"]) for one in answer["answers"]] == [("iso-42001:A.6.2.8", "candidate")]


@pytest.mark.slow
def test_importing_again_changes_nothing(cli, store):
    arguments = ("--store", store, "map", "import", FILES / "other.sssom.tsv")
    assert cli(*arguments).code == 0
    before = cli("--store", store, "export", "--format", "nquads").out
    assert cli(*arguments).code == 0
    assert cli("--store", store, "export", "--format", "nquads").out == before


def test_a_set_that_stands_in_source_files_is_not_imported_over(cli, store, tmp_path):
    file = tmp_path / "n.sssom.tsv"
    cli("map", "export", NIST, "--output", file)
    before = cli("--store", store, "export", "--format", "nquads").out
    result = cli("--store", store, "map", "import", file)
    assert result.code == 5
    assert "is there already" in result.err
    assert cli("--store", store, "export", "--format", "nquads").out == before


def test_source_files_are_written_and_pass_the_check(cli, tmp_path):
    file, folder = tmp_path / "n.json", tmp_path / "data"
    cli("map", "export", NIST, "--format", "oscal", "--output", file)
    result = cli("map", "import", file, "--id", "mine", "--into", folder)
    assert result.code == 0, result.err
    written = {path.name for path in (folder / "mappings" / "mine").rglob("*") if path.is_file()}
    assert {"set.yaml", "nomatch.tsv", "reviews.tsv"} <= written
    again = cli("map", "import", file, "--id", "mine", "--into", folder)
    assert again.code == 5
    assert "is there already" in again.err


def test_a_framework_of_others_does_not_become_source_files(cli, tmp_path):
    result = cli("map", "import", FILES / "olir.csv", "--into", tmp_path / "data")
    assert result.code == 5
    assert "mappings between frameworks of ours alone" in result.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "the store in memory is gone"),
        (("--into", "x", "--ours", "iso-42001"), "is no NAME=SLUG"),
        (("--into", "x", "--read-as", "xml"), "xml"),
    ],
)
def test_wrong_use_is_told(cli, arguments, message):
    result = cli("map", "import", FILES / "olir.csv", *arguments)
    assert result.code == 2
    assert message in result.err


def test_files_are_linted_beside_the_store(cli, tmp_path):
    library = ("map", "lint", FILES / "ciso-library.yaml", "--ours", "iso42001-2023=iso-42001")
    assert cli(*library).code == 0
    file = tmp_path / "mine.csv"
    cli("map", "export", NIST, "--format", "csv", "--output", file)
    text = file.read_text(encoding="utf-8").replace(NIST, "mine")
    first = next(line for line in text.splitlines() if line.startswith("row,"))
    assert "intersects-with" in first
    file.write_text(text.replace(first, first.replace("intersects-with", "no-relationship")), encoding="utf-8")
    result = cli("map", "lint", file, "--format", "json", "--fail-level", "info")
    assert result.code == 1
    found = json.loads(result.out)["findings"]
    assert {finding["file"] for finding in found} == {str(file)}
    assert any(finding["line"] == text.splitlines().index(first) + 1 for finding in found)
