"""What the pipeline tests share: the files under test, a clean environment, registers to judge."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TEMPLATE = (ROOT / "templates/validate.yml").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOW_TO = ROOT / "docs/how-to"
TODAY = "2026-11-23"
HOSTILE = ("x$(touch pwned); touch pwned", "'; touch pwned; '")
"""What a shell would act on, were it read as a command, bare or between quotes."""


@dataclass
class Run:
    code: int
    log: str
    outputs: dict[str, str]
    summary: str = ""


def environment(**more: str) -> dict[str, str]:
    """Return the environment without settings of ours, on the day the examples are made for."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIMSGRAPH_", "REGISTER_", "GITHUB_", "CI_"))}
    return kept | {"AIMSGRAPH_TODAY": TODAY} | more


def start(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as pipelines do: bash that stops at the first failure, in the folder of the checkout."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=300, check=False
    )


def copy_example(name: str, to: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data/examples" / name, to))


def snippets(page: str) -> list[object]:
    """Return the YAML that a how-to page shows, read."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


PYTHON = sys.executable
