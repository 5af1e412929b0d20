"""Exit codes, settings, stores, files: whatever goes wrong is told in one place, and nothing is left half done."""

import os
import shutil
from pathlib import Path

import pytest

from aimsgraph.cli import output
from aimsgraph.errors import AimsgraphError


def seed(monkeypatch, error):
    """Make `resolve` fail in a way of our choice."""
    from aimsgraph.norms.index import Index

    def fail(*_):
        raise error

    monkeypatch.setattr(Index, "resolve", fail)


def subclasses(base):
    for each in base.__subclasses__():
        yield each
        yield from subclasses(each)


KINDS = [kind for kind in subclasses(AimsgraphError) if kind.__init__ is AimsgraphError.__init__]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_of_ours_leaves_with_its_exit_code_and_one_message(cli, monkeypatch, kind):
    seed(monkeypatch, kind("what is wrong", remedy="what to do"))
    result = cli("resolve", "x")
    assert (result.code, result.out) == (kind.exit_code, "")
    assert result.err == f"aimsgraph: what is wrong [{kind.code}]\n  remedy: what to do\n"


def test_a_bug_is_exit_70_with_a_traceback(cli, monkeypatch):
    seed(monkeypatch, ZeroDivisionError("seeded"))
    result = cli("resolve", "x")
    assert (result.code, result.out) == (70, "")
    assert "Traceback" in result.err
    assert "aimsgraph: this is a bug: ZeroDivisionError: seeded [internal]" in result.err


def test_an_interrupt_is_exit_130_and_no_bug(cli, monkeypatch):
    seed(monkeypatch, KeyboardInterrupt())
    result = cli("resolve", "x")
    assert (result.code, result.out) == (130, "")
    assert "aimsgraph: stopped" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["resolve", "AI Act Art. 4"], 0),
        (["resolve", ""], 2),
        (["resolve", "A.5.2"], 2),
        (["query", "nowhere.rq"], 3),
        (["resolve", "eu-ai-act:Art.114"], 4),
        (["export", "--graph", "nowhere"], 4),
        (["duties", "--role", "provider", "--route", "gpai", "--on", "2024-07-31"], 2),
        (["duties"], 2),
        (["duties", "nowhere"], 3),
        (["duties", "nowhere", "--role", "provider"], 2),
        (["changes", "--from", "2026-12-03", "--to", "2026-12-02"], 2),
        (["changes", "--from", "yesterday", "--to", "2026-12-02"], 2),
        (["data", "check", "nowhere"], 3),
        (["import", "x.ttl"], 2),
    ],
)
def test_exit_codes_of_single_commands(cli, arguments, code):
    result = cli(*arguments)
    assert result.code == code
    assert (result.err == "") is (code == 0)
    assert (result.out == "") is (code != 0)


# --- settings --------------------------------------------------------------------------------------------------------


def test_flags_go_before_the_environment_and_that_before_the_file(cli, monkeypatch, tmp_path):
    def today(*arguments):
        import json

        return json.loads(cli(*arguments, "resolve", "eu-ai-act", "--format", "json", today=None).out)["on"]

    file = tmp_path / "aimsgraph.toml"
    file.write_text("today = 2026-01-01\nquery_seconds = 5\n", encoding="utf-8")
    assert today("--config", file) == "2026-01-01"
    monkeypatch.setenv("AIMSGRAPH_TODAY", "2026-02-02")
    assert today("--config", file) == "2026-02-02"
    assert today("--config", file, "--today", "2026-03-03") == "2026-03-03"
    monkeypatch.setenv("AIMSGRAPH_TODAY", "")
    assert today("--config", file) == "2026-01-01"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("stor = 'x'", 2, "did you mean 'store'?"),
        ("xyz = 1", 2, "known: store, data, today"),
        ("store = ", 3, "is no TOML"),
        ("store = 5", 2, "'store'"),
        ("store = ''", 2, "'store'"),
        ("today = '2026-13-01'", 2, "no calendar day"),
        ("today = 2026-11-23T10:00:00", 2, "'today'"),
        ("query_seconds = 0", 2, "above 0"),
        ("query_seconds = nan", 2, "above 0"),
        ("query_seconds = true", 2, "above 0"),
        ("query_rows = 0.5", 2, "above 0"),
        ("query_rows = inf", 2, "'query_rows'"),
        ("query_rows = 'many'", 2, "'query_rows'"),
        ("data = 5", 2, "'data'"),
    ],
)
def test_a_configuration_that_is_wrong_says_where(cli, tmp_path, text, code, says):
    file = tmp_path / "aimsgraph.toml"
    file.write_text(text, encoding="utf-8")
    result = cli("--config", file, "frameworks", today=None)
    assert (result.code, result.out) == (code, "")
    assert says in result.err
    assert "aimsgraph.toml" in result.err


def test_a_configuration_that_cannot_be_read(cli, tmp_path):
    assert "No such file" in cli("--config", tmp_path / "none.toml", "frameworks").err
    assert cli("--config", tmp_path, "frameworks").code == 3
    file = tmp_path / "bytes.toml"
    file.write_bytes(b"store = '\xff'")
    assert cli("--config", file, "frameworks").code == 3


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AIMSGRAPH_STOER", "x", "did you mean 'store'?"),
        ("AIMSGRAPH_TODAY", "soon", "'today' (environment)"),
        ("AIMSGRAPH_QUERY_ROWS", "-1", "'query_rows' (environment)"),
    ],
)
def test_a_misspelt_or_wrong_variable_is_wrong_configuration(cli, monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    result = cli("frameworks", today=None)
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_a_wrong_day_taken_as_today(cli):
    assert cli("frameworks", today="23.11.2026").code == 2


# --- output ----------------------------------------------------------------------------------------------------------


def test_output_goes_to_the_file_and_nowhere_else(cli, tmp_path):
    file = tmp_path / "answer.json"
    result = cli("resolve", "AI Act Art. 4", "--format", "json", "--output", file)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert file.read_bytes() == cli("resolve", "AI Act Art. 4", "--format", "json").out.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_a_failure_leaves_the_old_file(cli, tmp_path, monkeypatch):
    file = tmp_path / "answer.json"
    file.write_text("old", encoding="utf-8")
    assert cli("resolve", "eu-ai-act:Art.114", "--output", file).code == 4

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output.Path, "replace", full)
    result = cli("resolve", "AI Act Art. 4", "--output", file)
    assert result.code == 2
    assert "No space left on device" in result.err
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


@pytest.mark.parametrize("target", ["no/such/folder/x", ".", "", "/", "file/x"])
def test_a_file_that_cannot_be_written_is_wrong_usage(cli, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = cli("resolve", "AI Act Art. 4", "--output", target)
    assert (result.code, result.out) == (2, "")
    assert "cannot write" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_pipe_or_device_is_written_to_not_replaced(cli, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert cli("resolve", "AI Act Art. 4", "--output", pipe).code == 0
        assert b"eu-ai-act:Art.4" in os.read(reader, 10_000)
    finally:
        os.close(reader)
    assert pipe.is_fifo()


# --- stores ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(filled_store, tmp_path):
    return shutil.copytree(filled_store, tmp_path / "store")


def test_a_filled_store_answers_like_the_memory(cli, store):
    for command in (["duties", "--role", "provider", "--route", "gpai"], ["show", "eu-ai-act:Art.4"]):
        assert cli("--store", store, *command).out == cli(*command).out
    export = ("export", "--graph", "inferred", "--format", "nquads")
    assert cli("--store", store, *export).out == cli(*export).out


def test_stores_that_are_none(cli, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "other").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name, code in (("missing", 4), ("file", 3), ("folder", 3), ("empty", 3)):
        result = cli("--store", tmp_path / name, "frameworks")
        assert (result.code, result.out) == (code, "")
        assert name in result.err
        assert "remedy: " in result.err
    nobody = cli("--store", "http://127.0.0.1:9/sparql", "frameworks")
    assert (nobody.code, nobody.out) == (6, "")
    assert "is the server running there?" in nobody.err
    assert not (tmp_path / "missing").exists()


def test_a_store_without_norms_says_so(cli, tmp_path):
    file = tmp_path / "a.nt"
    file.write_text('<http://a> <http://b> "c" .\n', encoding="utf-8")
    target = tmp_path / "store"
    assert cli("--store", target, "import", file).code == 0
    for command in (
        ["frameworks"],
        ["resolve", "x"],
        ["duties", "--role", "provider", "--route", "gpai"],
        ["changes", "--from", "2026-01-01", "--to", "2026-01-02"],
    ):
        result = cli("--store", target, *command)
        assert (result.code, result.out) == (4, "")
        assert "the store holds no framework" in result.err
    assert cli("--store", target, "export", "--format", "nquads").out == (
        '<http://a> <http://b> "c" <https://w3id.org/aimsgraph/graph/import/a.nt> .\n'
    )


def test_a_damaged_store_is_a_failed_backend(cli, store):
    victim = max(store.rglob("*.sst"))  # of the present generation
    victim.unlink()  # its content may be shared with an older generation
    victim.write_bytes(b"junk")
    result = cli("--store", store, "frameworks")
    assert (result.code, result.out) == (6, "")
    assert "[store-corrupted]" in result.err
    assert victim.name in result.err


def test_a_store_that_may_not_be_written_is_read_and_refuses_an_import(cli, store, tmp_path, monkeypatch):
    file = tmp_path / "a.ttl"
    file.write_text("<http://a> <http://b> 1 .\n", encoding="utf-8")
    really_open = os.open

    def open_for_reading(path, flags, *rest, **options):
        if str(path).startswith(str(store)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError(13, "Permission denied", str(path))
        return really_open(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", open_for_reading)
    present = (store / "CURRENT").read_bytes()
    assert cli("--store", store, "resolve", "AI Act Art. 4").code == 0
    result = cli("--store", store, "import", file)
    assert (result.code, result.out) == (5, "")
    assert "[refused]" in result.err
    assert (store / "CURRENT").read_bytes() == present


def test_a_store_that_another_is_writing_to_is_read_and_locked_for_writing(cli, store, tmp_path):
    from aimsgraph.graph.directory import open_directory

    file = tmp_path / "a.ttl"
    file.write_text("<http://a> <http://b> 1 .\n", encoding="utf-8")
    with open_directory(store, write=True):
        assert cli("--store", store, "resolve", "AI Act Art. 4").code == 0
        result = cli("--store", store, "import", file)
    assert result.code == 6
    assert "[store-locked]" in result.err
    assert cli("--store", store, "import", file).code == 0


def test_an_overlay_needs_a_store_filled_anew(cli, store, tmp_path):
    result = cli("--store", store, "--data", tmp_path, "frameworks")
    assert result.code == 2
    assert "build" in result.err


# --- import and export -----------------------------------------------------------------------------------------------


def test_importing_what_does_not_parse_leaves_the_store_as_it_was(cli, store, tmp_path):
    file = tmp_path / "data.ttl"
    file.write_text("<http://a> <http://b> 1 .\n", encoding="utf-8")
    assert cli("--store", store, "import", file).code == 0
    export = ("--store", store, "export", "--graph", "import/data.ttl", "--format", "nquads")
    present, filled = (store / "CURRENT").read_bytes(), cli(*export).out
    file.write_text("<http://a> <http://b> 2 .\n<http://a> <http://b> broken .\n", encoding="utf-8")
    result = cli("--store", store, "import", file)
    assert result.code == 3
    assert f"{file}:2:" in result.err
    assert (store / "CURRENT").read_bytes() == present
    assert cli(*export).out == filled
    assert '"1"' in filled


@pytest.mark.slow
def test_importing_replaces_one_graph_and_no_other(cli, store, tmp_path):
    file = tmp_path / "data.ttl"
    for value in ("1", "2"):
        file.write_text(f"<http://a> <http://b> {value} .\n", encoding="utf-8")
        result = cli("--store", store, "import", file, "--graph", "https://acme.example/graph")
        assert result.code == 0
        assert result.out == ""
        assert "1 triples in https://acme.example/graph" in result.err
    exported = cli("--store", store, "export", "--graph", "https://acme.example/graph", "--format", "ntriples").out
    assert exported == '<http://a> <http://b> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert cli("--store", store, "resolve", "AI Act Art. 4").code == 0


@pytest.mark.parametrize("graph", ["eu-ai-act/2024", "inferred", "ontology"])
def test_the_graphs_that_build_fills_cannot_be_imported_over(cli, tmp_path, graph):
    file = tmp_path / "data.ttl"
    file.write_text("<http://a> <http://b> 1 .\n", encoding="utf-8")
    result = cli("--store", tmp_path / "store", "import", file, "--graph", f"https://w3id.org/aimsgraph/graph/{graph}")
    assert (result.code, result.out) == (5, "")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", 3),
        ("a.ttl", b"\xff\xfe", 3),
        ("a.rdf", b"<!DOCTYPE x><x/>", 5),
        ("a.jsonld", b"{", 3),
        ("a.nt", b"<a> <b> <c> .", 3),
    ],
)
def test_what_cannot_be_imported(cli, tmp_path, name, content, code):
    file = tmp_path / name
    file.write_bytes(content)
    assert cli("--store", tmp_path / "store", "import", file).code == code
    assert not (tmp_path / "store").exists()


def test_importing_from_nowhere_or_to_nowhere(cli, tmp_path):
    store = tmp_path / "store"
    assert cli("--store", store, "import", tmp_path / "none.ttl").code == 3
    assert cli("import", tmp_path / "none.ttl").code == 2
    file = tmp_path / "a.ttl"
    file.write_text("<http://a> <http://b> 1 .\n", encoding="utf-8")
    assert cli("--store", store, "import", file, "--graph", "no iri").code == 2


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "trig", "nquads", "jsonld", "rdfxml"])
def test_exports_are_the_same_bytes_every_time(cli, format_):
    first = cli("export", "--graph", "iso-42001/2023", "--format", format_)
    assert first.code == 0
    assert "A.6.2.8" in first.out
    assert (
        first.out
        == cli("export", "--graph", "https://w3id.org/aimsgraph/graph/iso-42001/2023", "--format", format_).out
    )


def test_merging_named_graphs_is_said(cli):
    assert "merged" in cli("export", "--format", "ntriples").err
    assert cli("export", "--graph", "inferred", "--format", "ntriples").err == ""


# --- content ---------------------------------------------------------------------------------------------------------

HEADER = """slug: acme-code
edition: "1.0"
title: Acme's code of conduct
short_title: Acme code
kind: standard
publisher: Acme
jurisdiction: international
iri_path: acme-code/1.0
version_key: "1.0"
issued: 2026-01-01
in_force_from: 2026-01-01
url: https://acme.example/code
rights: Acme's own
text_policy: short-title
checked_on: 2026-11-23
checked_against: the original
current_to: 2026-11-23
style: iso
names: [Acme code]
expect: {control: 1, assessable: 1}
"""


@pytest.fixture
def overlay(tmp_path):
    folder = tmp_path / "ours" / "frameworks" / "acme-code" / "1.0"
    folder.mkdir(parents=True)
    (folder / "framework.yaml").write_text(HEADER, encoding="utf-8")
    (folder / "provisions.tsv").write_text(
        "id\tkind\ttitle\tlabel\tassessable\nA.2\tcontrol\tHonesty\tBe honest\tyes\n", encoding="utf-8"
    )
    return tmp_path / "ours"


def test_an_overlay_is_content_like_any_other(cli, overlay):
    result = cli("--data", overlay, "resolve", "Acme code A.2", "--format", "csv")
    assert result.code == 0, result.err
    assert "acme-code:A.2,provision,A.2 Honesty,https://w3id.org/aimsgraph/id/acme-code/1.0/A.2" in result.out
    assert cli("data", "check", overlay).code == 0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A.3\tcontrol\tToo few cells\n", "provisions.tsv:3"),
        ("A.3\tnonsense\tTitle\tLabel\tyes\n", "provisions.tsv:3"),
        ("b.3\tcontrol\tTitle\tLabel\tyes\n", "provisions.tsv:3"),
        ("A.2\tcontrol\tTwice\tLabel\tyes\n", "provisions.tsv:3"),
    ],
)
def test_an_error_in_an_overlay_names_file_and_line(cli, overlay, row, says):
    table = overlay / "frameworks" / "acme-code" / "1.0" / "provisions.tsv"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    for command in (["--data", overlay, "frameworks"], ["data", "check", overlay]):
        result = cli(*command)
        assert result.code in (1, 3)
        assert says in result.out + result.err
    assert cli("--data", overlay, "frameworks").out == ""


def test_findings_are_data_and_exit_1(cli, overlay):
    table = overlay / "frameworks" / "acme-code" / "1.0" / "provisions.tsv"
    table.write_text(table.read_text(encoding="utf-8") + "A.3\tcontrol\tOne too many\tLabel\tyes\n", encoding="utf-8")
    result = cli("data", "check", overlay)
    assert result.code == 1
    assert "violation" in result.out
    assert "Fix: " in result.out
    assert "findings" in result.err
    assert cli("--data", overlay, "frameworks").code in (1, 3)


def test_the_shipped_data_is_sound(cli):
    result = cli("data", "check")
    assert (result.code, result.out) == (0, "")
    assert "0 findings" in result.err


def test_a_new_framework_starts_from_a_template(cli, tmp_path):
    result = cli("data", "new", "framework", "acme-code", "1.0", "--in", tmp_path)
    assert result.code == 0
    assert len(result.out.split()) == 2
    assert all(Path(path).exists() for path in result.out.split())
    assert cli("data", "new", "framework", "Acme", "1.0", "--in", tmp_path).code == 2
    assert cli("data", "new", "framework", "acme-code", "1.0", "--in", tmp_path).code != 0


def test_a_missing_system_names_the_known_ones(cli):
    from aimsgraph import assets

    result = cli("duties", assets.path("data", "examples", "acme"), "--system", "cv-rankr")
    assert result.code == 4
    assert "cv-ranker" in result.err


@pytest.mark.parametrize(
    ("fact", "says"), [("is-employer=maybe", "yes or no"), ("is-emploier=yes", "did you mean 'is-employer'?")]
)
def test_a_fact_that_is_no_fact(cli, fact, says):
    result = cli("duties", "--role", "deployer", "--route", "annex-iii", "--fact", fact)
    assert result.code == 2
    assert says in result.err
