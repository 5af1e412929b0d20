"""What ships is what is tested: the wheel, with the source out of reach."""

import json
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN_TOOL_TABLES = {"hatch", "ruff", "mypy", "importlinter", "pytest"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, and the dependencies borrowed from this one by path."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=True)
    program = home / "bin" / "python"
    command = [str(program), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    site = next(home.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return program


def run(python: Path, *arguments: str, cwd: Path) -> str:
    done = subprocess.run([str(python), *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_every_asset_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("ontology", "shapes", "queries", "data", "docs/problems"):
        shipped = {name.removeprefix("aimsgraph/_assets/") for name in names if f"_assets/{folder}/" in name}
        tracked = set(subprocess.check_output(["git", "-C", str(ROOT), "ls-files", folder], text=True).splitlines())
        tracked = {name for name in tracked if not name.startswith("data/examples/faulty/")}
        assert shipped >= tracked, f"missing: {sorted(tracked - shipped)[:5]}"
    assert not [name for name in names if "examples/faulty" in name]
    assert not [name for name in names if "tests/" in name or name.endswith(".pyc")]


def test_the_installed_wheel_answers_away_from_the_source(python: Path, tmp_path: Path) -> None:
    where = run(
        python,
        "-c",
        "import aimsgraph, aimsgraph.assets as a; print(aimsgraph.__file__); print(a.root())",
        cwd=tmp_path,
    )
    assert str(ROOT) not in where
    answer = json.loads(
        run(python, "-m", "aimsgraph", "-q", "resolve", "AI Act Art. 6(2)", "--format", "json", cwd=tmp_path)
    )
    assert answer["ref"] == "eu-ai-act:Art.6(2)"


def test_the_tour_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    assert "CV ranker (legacy)" in run(python, "-m", "aimsgraph", "demo", cwd=tmp_path)


def test_no_tool_table_is_misspelt() -> None:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert set(tables) == KNOWN_TOOL_TABLES


def test_lock_files_name_no_address_and_hash_everything() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text, path
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)
