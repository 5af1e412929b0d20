"""Other people's readers accept what we write: sssom-py and compliance-trestle, in an environment of their own."""

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mapping_samples import FOREIGN, NAMES, TINY

from aimsgraph import assets
from aimsgraph.content.read import read_content
from aimsgraph.exchange.into_folder import table_of_source
from aimsgraph.exchange.mapping_files import write_mapping
from aimsgraph.exchange.names import Names

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "oracles.txt"
JUDGE = Path(__file__).with_name("judge_mappings.py")


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The python of the oracles' environment; made anew when its lock file changed."""
    folder = ROOT / ".venv" / "oracles"
    folder.parent.mkdir(exist_ok=True)
    python, stamp = folder / "bin" / "python", folder / "made-of"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != digest:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            install = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                str(LOCK),
            ]
            subprocess.run([str(python), *install], check=True)
            stamp.write_text(digest)
    return python


def judge(oracles: Path, files: dict[str, bytes], folder: Path) -> dict[str, dict]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    run = subprocess.run(
        [str(oracles), str(JUDGE), *(str(folder / name) for name in files)], check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return {Path(name).name: verdict for name, verdict in json.loads(run.stdout).items()}


@pytest.fixture(scope="session")
def verdicts(oracles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    content = read_content([assets.root() / "data"])
    names = Names.of_content(content)
    files = {}
    for stem, table, known in (
        ("tiny", TINY, NAMES),
        ("foreign", FOREIGN, NAMES),
        *((source.header.id, table_of_source(source, names), names) for source in content.mappings),
    ):
        for format_, ending in (("sssom", "sssom.tsv"), ("oscal", "json")):
            files[f"{stem}.{ending}"] = write_mapping(table, known, format_)[0]
    return judge(oracles, files, tmp_path_factory.mktemp("judged"))


def test_nobody_finds_a_fault(verdicts: dict[str, dict]) -> None:
    assert len(verdicts) >= 8
    assert {name: verdict["problems"][:3] for name, verdict in verdicts.items() if verdict["problems"]} == {}


def test_sssom_py_reads_the_same_lines(verdicts: dict[str, dict]) -> None:
    lines = verdicts["tiny.sssom.tsv"]["rows"]
    assert len(lines) == 9
    said = {(line["subject_id"], line["predicate_id"], line["object_id"]) for line in lines}
    assert ("iso-42001:A.6.2.8", "aims:intersects", "eu-ai-act:stmt/art12-1") in said
    assert ("iso-42001:A.2.4", "aims:overlaps", "sssom:NoTermFound") in said
    assert {line["predicate_modifier"] for line in lines} == {"", "Not"}


def test_trestle_reads_the_same_maps(verdicts: dict[str, dict]) -> None:
    said = [one["relationship"] for one in verdicts["tiny.json"]["rows"]]
    assert said == ["intersects-with", "superset-of", "overlaps", "no-relationship"]
    assert verdicts["tiny.json"]["rows"][1]["sources"] == ["6.1.2", "9.1"]


def test_the_oracles_can_say_no(oracles: Path, tmp_path: Path) -> None:
    data = write_mapping(TINY, NAMES, "sssom")[0].replace(b"semapv:ManualMappingCuration", b"semapv:Guesswork")
    assert judge(oracles, {"bad.sssom.tsv": data}, tmp_path)["bad.sssom.tsv"]["problems"]
    (tmp_path / "bad.json").write_bytes(
        write_mapping(TINY, NAMES, "oscal")[0].replace(b'"relationship"', b'"relation"')
    )
    run = subprocess.run([str(oracles), str(JUDGE), str(tmp_path / "bad.json")], check=False, capture_output=True)
    assert run.returncode != 0
