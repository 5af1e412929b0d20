"""The pages on pipelines: what they show to copy is read, and names inputs, outputs and files that exist."""

import re

import pytest
import yaml
from pipeline_parts import ACTION, HOW_TO, TEMPLATE, snippets

from aimsgraph.compliance.validate import load_waivers
from aimsgraph.validation.shapes import load_shapes


def steps_of(page):
    for shown in snippets(page):
        if isinstance(shown, list):
            yield from shown
        elif "jobs" in shown:
            yield from shown["jobs"]["validate"]["steps"]


def test_the_workflow_gives_inputs_that_the_action_has():
    steps = list(steps_of("github-actions.md"))
    (ours,) = [step for step in steps if "/aimsgraph@" in step["uses"]]
    assert ours["with"].keys() <= ACTION["inputs"].keys()
    text = (HOW_TO / "github-actions.md").read_text(encoding="utf-8")
    used = set(re.findall(rf"steps\.{ours['id']}\.outputs\.([\w-]+)", text))
    assert used
    assert used <= ACTION["outputs"].keys()


def test_the_workflow_is_one_github_reads():
    workflow = snippets("github-actions.md")[0]
    assert set(workflow) == {"name", True, "permissions", "jobs"}  # YAML 1.1 reads the key `on` as a truth value
    assert set(workflow[True]) == {"push", "pull_request", "schedule"}
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["jobs"]["validate"]) == {"runs-on", "steps"}


def test_the_waivers_shown_are_waivers(tmp_path):
    (shown,) = [page for page in snippets("github-actions.md") if isinstance(page, dict) and "waivers" in page]
    file = tmp_path / "waivers.yaml"
    file.write_text(yaml.safe_dump(shown))
    (waiver,) = load_waivers(file)
    assert waiver.rule in {shape.name for shape in load_shapes().for_organisation(["all"]).shapes}


@pytest.mark.parametrize("page", ["github-actions.md", "gitlab.md", "pre-commit.md"])
def test_links_lead_somewhere(page):
    text = (HOW_TO / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        headings = re.findall(r"^#+ (.+)$", (HOW_TO / path).read_text(encoding="utf-8"), re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_every_input_and_output_is_explained():
    page = (HOW_TO / "github-actions.md").read_text(encoding="utf-8")
    assert [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{name}`" not in page] == []
    spec = next(yaml.safe_load_all(TEMPLATE))["spec"]
    page = (HOW_TO / "gitlab.md").read_text(encoding="utf-8")
    assert [name for name in spec["inputs"] if f"`{name}`" not in page] == []
