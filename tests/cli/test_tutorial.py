"""The tutorial, done by the letter: its blocks run in order in one shell, and what they print is what it shows."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/tutorials/first-statement-of-applicability.md"
BLOCK = re.compile(r"^(<!-- leaves with (\d+) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = "git clone"
pytestmark = pytest.mark.slow


@dataclass
class Step:
    script: str
    code: int
    shown: list[str] = field(default_factory=list)
    output: str = ""
    left_with: int | None = None


def read_steps():
    steps = []
    for _, code, language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            steps.append(Step(text, int(code or 0)))
        else:
            assert language == "text"
            steps[-1].shown += text.splitlines()
    return steps


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder that the tutorial is done in."""
    return tmp_path_factory.mktemp("tutorial")


@pytest.fixture(scope="module")
def steps(written):
    """The steps after the installation, run; a stand-in for `.venv` puts this environment's programs on the path."""
    checkout = written / "aimsgraph"
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/activate").write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    chosen = [step for step in read_steps() if not step.script.startswith(INSTALL)]
    script = "".join(f"{step.script}printf '\\n=== %s %s ===\\n' {number} $?\n" for number, step in enumerate(chosen))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AIMSGRAPH_")}
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\ntrap 'echo !!! failed' ERR\n{script}"],
        cwd=checkout, env=environment, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    parts = re.split(r"\n=== (\d+) (\d+) ===\n", done.stdout)
    assert [int(number) for number in parts[1::3]] == list(range(len(chosen)))
    for step, output, code in zip(chosen, parts[0::3], parts[2::3], strict=False):
        step.output, step.left_with = output, int(code)
    return chosen


def show(line):
    """Return the pattern of a line as shown: an ellipsis at its end stands for the rest."""
    start = line.removesuffix("…")
    return re.escape(start) + (".*" if start != line else r"\s*")


def test_each_step_leaves_as_the_page_says(steps):
    assert len(steps) >= 8
    for step in steps:
        assert step.left_with == step.code, f"{step.script}\n{step.output}"
        assert step.output.count("!!! failed") == (step.code != 0), f"a command before the last failed\n{step.output}"


def test_what_is_shown_is_what_is_printed_and_in_that_order(steps):
    assert sum(len(step.shown) for step in steps) >= 20
    for step in steps:
        at = 0
        for line in step.shown:
            found = re.compile(f"^{show(line)}$", re.MULTILINE).search(step.output, at)
            assert found, f"not printed (any more, or in this place): {line}\n{step.output[at:]}"
            at = found.end()


def test_the_findings_named_in_the_text_are_found_as_often_as_it_says(steps):
    (judged,) = [step for step in steps if step.script.startswith("aimsgraph validate")]
    rules = re.findall(r"^- `(\w+)`(?:, (\d+) times)?", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rules) == 5
    for rule, times in rules:
        found = len(re.findall(rf" {rule} ", judged.output))
        assert found == int(times) if times else found, rule
    printed = set(re.findall(r": (?:violation|warning|info) (\w+) ", judged.output))
    assert printed == {rule for rule, _ in rules}


def test_a_mended_finding_is_gone(steps):
    judged, mended = [step for step in steps if "aimsgraph validate" in step.script]
    finding = "SoaImplementedBacked control/ai-course"
    assert finding in judged.output
    assert finding not in mended.output


def test_the_workbook_has_the_columns_and_controls_the_page_says(steps, written):
    book = openpyxl.load_workbook(written / "statement.xlsx", read_only=True)
    text = PAGE.read_text(encoding="utf-8")
    assert "the twenty columns" in text
    header, *rows = next(
        list(sheet.iter_rows(values_only=True)) for sheet in book if sheet.title.lower().startswith("soa")
    )
    assert len(header) == 20
    assert sum(str(row[0]).startswith("iso-42001:A.") for row in rows) == 38


def test_installing_is_what_the_readme_says_and_the_gate_runs(steps):
    (install,) = [step for step in read_steps() if step.script.startswith(INSTALL)]
    assert install.script in (ROOT / "README.md").read_text(encoding="utf-8")


def test_links_and_examples_exist():
    text = PAGE.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert len(links) >= 4
    for link in links:
        assert (PAGE.parent / link).is_file(), link
    for name in ("clean", "acme"):
        assert (ROOT / "data/examples" / name).is_dir()


def test_ids_of_the_law_in_the_text_resolve(cli):
    for reference in set(re.findall(r"iso-42001:A\.[\d.]*\d", PAGE.read_text(encoding="utf-8"))):
        assert cli("resolve", reference).code == 0, reference
