"""What the site has beyond this folder: pages of the repository, and the reference, made from their sources.

A link to a file that is no page becomes its path; a link to nothing fails the build.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import reference  # noqa: E402
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from mkdocs.exceptions import PluginError  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402
from mkdocs.structure.pages import Page  # noqa: E402

REPOSITORY_PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "about/contributing.md",
    "CHANGELOG.md": "about/changelog.md",
    "SECURITY.md": "about/security.md",
    "THREAT_MODEL.md": "about/threat-model.md",
    "data/README.md": "reference/content.md",
}
"""Pages kept elsewhere in the repository, and where the site has them."""
MADE = {
    "reference/index.md": reference.write_index,
    "reference/command-line.md": reference.write_command_line,
    "reference/python.md": reference.write_python,
    "reference/ontology.md": reference.write_ontology,
    "reference/shapes.md": reference.write_shapes,
    "reference/questions.md": reference.write_questions,
}
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+(?:\([^()\s]*\))?)\)")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


SEARCH_FROM_DISK = "https://unpkg.com/iframe-worker/shim"
"""What lets the search work on pages opened from the disk; the theme would fetch it from elsewhere."""
SHIM = "assets/iframe-worker.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Let a folder in the navigation stand for the pages in it."""
    config.nav = _expanded(config.nav)
    return config


def _expanded(nav: Any) -> Any:  # noqa: ANN401  # YAML
    if isinstance(nav, list):
        return [_expanded(each) for each in nav]
    if isinstance(nav, dict):
        return {title: _expanded(each) for title, each in nav.items()}
    if isinstance(nav, str) and nav.endswith("/"):
        names = sorted(path.name for path in (ROOT / "docs" / nav).glob("*.md"))
        return [f"{nav}{name}" for name in sorted(names, key=lambda name: (name != "README.md", name))]
    return nav


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are kept elsewhere, and those that are made."""
    for source, page in REPOSITORY_PAGES.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    for page, write in MADE.items():
        files.append(File.generated(config, page, content=write()))
    shim = ROOT / "browser/node_modules/iframe-worker/shim/index.js"
    if not shim.is_file():
        raise PluginError("the libraries for the browser are not there; `make docs` installs them")
    files.append(File.generated(config, SHIM, content=shim.read_text(encoding="utf-8")))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Let a page take nothing from elsewhere."""
    return output.replace(SEARCH_FROM_DISK, posixpath.relpath(SHIM, posixpath.dirname(page.file.dest_uri) or "."))


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Let the page for what is not there take nothing from elsewhere either."""
    return output.replace(SEARCH_FROM_DISK, f"/{SHIM}")


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Make the links of a page lead to pages of the site."""
    at = next((source for source, name in REPOSITORY_PAGES.items() if name == page.file.src_uri), None)
    here = at or f"docs/{page.file.src_uri}"

    def follow(found: re.Match[str]) -> str:
        text, target = found[1], found[2]
        if re.match(r"[a-z][a-z0-9+.-]*:|#|/", target):
            return found[0]
        path, mark, fragment = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
        name = REPOSITORY_PAGES.get(wanted) or wanted.removeprefix("docs/")
        known: Any = files.get_file_from_path(name)
        if known is not None and (wanted in REPOSITORY_PAGES or wanted.startswith("docs/")):
            base = PurePosixPath(page.file.src_uri).parent
            return f"[{text}]({posixpath.relpath(name, str(base))}{mark}{fragment})"
        folder = next((each for each in ("index.md", "README.md") if files.get_file_from_path(f"{name}/{each}")), None)
        if folder and wanted.startswith("docs/"):
            return f"[{text}]({posixpath.relpath(f'{name}/{folder}', str(PurePosixPath(page.file.src_uri).parent))})"
        if not (ROOT / wanted).exists():
            raise PluginError(f"{here} links to {target}, which is not there")
        return f"{text} (`{wanted}`)" if wanted not in text else text

    parts = FENCE.split(markdown)
    return "".join(part if i % 2 else LINK.sub(follow, part) for i, part in enumerate(parts))
