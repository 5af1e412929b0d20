"""The pages are the same in every run, load nothing from elsewhere and lead to each other."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aimsgraph.errors import EngineMissing
from aimsgraph.reasoning import documentation
from aimsgraph.reasoning.documentation import find_remote_parts, write_documentation
from aimsgraph.reasoning.ontology_files import OntologyFiles

WRITE = """
import sys
from pathlib import Path
from aimsgraph.reasoning.documentation import write_documentation
write_documentation(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def write_pages(root: Path, target: Path, seed: str) -> dict[str, str]:
    """Write the pages in a process with a given hash seed and return them by name."""
    command = [sys.executable, "-c", WRITE, str(root), str(target)]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
    return {path.name: path.read_bytes().decode("utf-8") for path in target.iterdir()}


@pytest.mark.slow
def test_pages_are_stable_local_and_linked(files: OntologyFiles, tmp_path: Path) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        first = pool.submit(write_pages, files.root, tmp_path / "first", "1")
        second = pool.submit(write_pages, files.root, tmp_path / "deep" / "second", "2")
        pages, again = first.result(), second.result()
    assert pages == again
    assert set(pages) == {"index.html", *(f"{path.stem}.html" for path in files.modules)}
    check_locality(pages)
    check_links(pages)
    assert 'title="role assignment">RoleAssignment</a>' in pages["index.html"]
    assert "cq-007, cq-008" in pages["index.html"]


def check_locality(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        assert find_remote_parts(text) == (), name
        assert not re.search(r"<(script|img|iframe|link)\b[^>]*https?:", text), name


def check_links(pages: dict[str, str]) -> None:
    anchors = {name: set(re.findall(r'id="([^"]+)"', text)) for name, text in pages.items()}
    links = [link for text in pages.values() for link in re.findall(r'href="([\w-]+\.html)(?:#([^"]+))?"', text)]
    assert len(links) > 400
    assert [link for link in links if link[1] and link[1] not in anchors[link[0]]] == []


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/a.css">',
        "<img alt='' src='http://example.org/a.png'>",
        "<style>@font-face { src: url(https://fonts.example/a.woff2) }</style>",
        "<style>@import 'a.css';</style>",
    ],
)
def test_remote_parts_are_seen(page: str) -> None:
    assert find_remote_parts(page)


def test_plain_links_and_inline_images_are_allowed() -> None:
    assert find_remote_parts('<a href="https://www.w3.org/TR/prov-o/">PROV</a>') == ()
    assert find_remote_parts('<link rel="icon" href="data:image/png;base64,AAAA">') == ()


def test_missing_pylode_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, files: OntologyFiles, tmp_path: Path
) -> None:
    monkeypatch.setattr(documentation.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EngineMissing) as caught:
        write_documentation(files.root, tmp_path / "pages")
    assert "aimsgraph[docs]" in caught.value.remedy
    assert not (tmp_path / "pages").exists()
