"""The program as people start it: a process, a pipe, a full disk, another seed, another user."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AIMSGRAPH = [sys.executable, "-m", "aimsgraph", "--today", "2026-11-23"]


def start(*arguments, seed="0", **options):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AIMSGRAPH_")} | {
        "PYTHONHASHSEED": seed
    }
    return subprocess.run(
        [*AIMSGRAPH, *map(str, arguments)], capture_output=True, env=environment, timeout=60, check=False, **options
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["duties", "--role", "provider", "--route", "gpai-systemic", "--format", "json"],
        ["resolve", "Art.6(2)(z)"],
        ["export", "--graph", "inferred", "--format", "nquads"],
    ],
    ids=["duties", "nearest", "export"],
)
def test_the_same_question_gives_the_same_bytes_in_every_process(arguments):
    one, other = (start(*arguments, seed=seed) for seed in ("1", "2"))
    assert one.stdout or one.stderr
    assert (one.stdout, one.stderr, one.returncode) == (other.stdout, other.stderr, other.returncode)


def test_exit_codes_reach_the_shell(tmp_path):
    assert start("--version").returncode == 0
    assert start("nonsense").returncode == 2
    assert start("query", tmp_path / "none.rq").returncode == 3
    assert start("--store", tmp_path / "none", "frameworks").returncode == 4
    (tmp_path / "data").mkdir()
    assert start("data", "fmt", tmp_path / "data").returncode in (0, 3)


def test_the_answer_is_utf_8_whatever_the_locale():
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*AIMSGRAPH, "resolve", "AI Act Art. 4", "--format", "json"], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))["label"] == "Article 4 – AI literacy"


@pytest.mark.parametrize("arguments", [["export", "--format", "nquads"], ["--help"]])
def test_a_reader_that_has_seen_enough_is_no_failure(arguments):
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run([*AIMSGRAPH, *arguments], stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_told_without_a_traceback():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*AIMSGRAPH, "resolve", "AI Act Art. 4"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"aimsgraph: cannot write to standard output: No space left on device")


def test_the_tour_runs():
    done = start("demo")
    assert (done.returncode, done.stderr) == (0, b"")
    for words in ("2027-12-02", "eu-ai-act:Art.4a", "legal advice"):
        assert words.encode() in done.stdout


def test_help_and_import_load_nothing_heavy():
    code = (
        "import sys, aimsgraph, aimsgraph.cli.main as m; code = m.run(['--help']); "
        "heavy = {'pyoxigraph', 'rdflib', 'pydantic', 'yaml', 'rapidfuzz', 'sqlite3'}; "
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert done.stderr == b"0 []\n"
