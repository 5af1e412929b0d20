"""The site: every page, what is made of commands, shapes and questions, and nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.cli.main import cli
from aimsgraph.validation.shapes import load_shapes

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def test_every_page_of_the_folder_is_there(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs") for path in ROOT.glob("docs/**/*.md")]
    assert len(pages) > 50
    for page in pages:
        name = "index.html" if page.name == "README.md" else f"{page.stem}.html"
        assert (site / page.parent / name).is_file(), page


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        found = re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(https?://[^"]+)"', text)
        assert [address for address in found if "canonical" not in address] == [], page


def test_the_reference_is_whole(site: Path, graph: AimsGraph) -> None:
    def said(name: str) -> str:
        return (site / "reference" / f"{name}.html").read_text(encoding="utf-8")

    commands, shapes, questions = said("command-line"), said("shapes"), said("questions")
    for name in cli.commands:
        assert f"aimsgraph {name}" in commands
    for shape in load_shapes().shapes.shapes:
        assert f">{shape.name}<" in shapes
    for question in graph.questions():
        assert question.id in questions
    assert "aims:Obligation" in said("ontology")
    assert "open_graph" in said("python")
