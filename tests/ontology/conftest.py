"""What the tests of the ontology share: its files, parsed once, and a copy that may be broken."""

import shutil
from pathlib import Path

import pytest
from rdflib import Graph

from aimsgraph import assets
from aimsgraph.reasoning.ontology_files import OntologyFiles, find_ontology_files, merge_turtle
from aimsgraph.reasoning.ontology_lint import ParsedFile, parse_ontology

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def files() -> OntologyFiles:
    return find_ontology_files(assets.root())


@pytest.fixture(scope="session")
def parsed(files: OntologyFiles) -> tuple[ParsedFile, ...]:
    return parse_ontology(files)


@pytest.fixture(scope="session")
def vocabulary(files: OntologyFiles) -> Graph:
    return merge_turtle((*files.rl, files.dl))


@pytest.fixture
def copied_root(tmp_path: Path) -> Path:
    shutil.copytree(assets.root() / "ontology", tmp_path / "ontology")
    return tmp_path


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return HERE / "fixtures"
