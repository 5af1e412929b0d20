"""The same sources give the same bytes, whatever the hash seed, locale, folder and order of directory entries."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aimsgraph import assets
from aimsgraph.content.build import build
from aimsgraph.content.format import format_content
from aimsgraph.content.read import table_columns

ORDERED = ("provisions.tsv", "reviews.tsv")  # the order of these rows is what they say; reviews are numbered by it
SCRIPT = """
import sys
from pathlib import Path
from aimsgraph.content.build import build
build(Path(sys.argv[1]))
"""


def locales() -> list[str]:
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
    unicode = [name for name in known if name.lower() in ("c.utf8", "c.utf-8", "en_us.utf8")]
    return ["C", *unicode[:1], *[name for name in known if name.lower().startswith("tr_tr")][:1]]


def copy_to(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("compiled", "released-ids.txt", "examples", "README.md")
    shutil.copytree(assets.path("data"), folder, ignore=ignored)
    return folder


def outcome(data: Path) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in (data / "compiled").iterdir()}
    return files | {"released-ids.txt": (data / "released-ids.txt").read_bytes()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> dict[str, bytes]:
    """What a build of an untouched copy gives."""
    data = copy_to(tmp_path_factory.mktemp("plain") / "data")
    build(data)
    return outcome(data)


@pytest.mark.parametrize("seed, locale", list(zip(["0", "1", "4242"], [*locales(), "C"], strict=False)))
def test_hash_seed_locale_and_folder_do_not_matter(tmp_path: Path, plain, seed: str, locale: str):
    data = copy_to(tmp_path / "another-name")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = os.environ | {
        "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", SCRIPT, str(data)], env=environment, cwd=elsewhere, check=True, timeout=120)
    assert outcome(data) == plain


def test_the_order_of_directory_entries_does_not_matter(tmp_path: Path, plain, monkeypatch):
    glob = Path.glob

    def shuffled(self: Path, pattern: str):
        found = list(glob(self, pattern))
        random.Random(pattern).shuffle(found)
        return iter(found[::-1])

    monkeypatch.setattr(Path, "glob", shuffled)
    data = copy_to(tmp_path / "data")
    build(data)
    assert outcome(data) == plain


def shuffle_rows(path: Path, seed: int) -> bool:
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    before = list(rows)
    random.Random(seed).shuffle(rows)
    path.write_text("".join([header, *rows]), encoding="utf-8")
    return rows != before


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_matters_only_where_it_says_something(tmp_path: Path, plain, seed: int):
    data = copy_to(tmp_path / "data")
    tables = [path for path in data.rglob("*.tsv") if table_columns(path) and path.name not in ORDERED]
    assert sum(shuffle_rows(path, seed) for path in tables) > 15
    build(data)
    found = outcome(data)
    assert found.keys() == plain.keys()
    differing = {name for name in plain if found[name] != plain[name]}
    assert differing == {"sources.tsv", "MANIFEST.json"}  # they say in which line a row stands
    assert sorted(line.split(b"\t")[0] for line in found["sources.tsv"].splitlines()) == sorted(
        line.split(b"\t")[0] for line in plain["sources.tsv"].splitlines()
    )


def test_formatting_undoes_a_shuffle_of_codes(tmp_path: Path, plain):
    data = copy_to(tmp_path / "data")
    shuffled = [path for name in ("roles", "conditions") for path in data.rglob(f"{name}.tsv")]
    assert sum(shuffle_rows(path, 3) for path in shuffled) > 0
    assert format_content(data).changed
    build(data)
    assert outcome(data) == plain


def test_the_order_of_provisions_does_matter(tmp_path: Path, plain):
    data = copy_to(tmp_path / "data")
    path = data / "frameworks/nist-ai-600-1/2024/provisions.tsv"
    assert shuffle_rows(path, 1)
    build(data)
    assert outcome(data)["nist-ai-600-1--2024.ttl"] != plain["nist-ai-600-1--2024.ttl"]


def test_what_is_shipped_is_what_the_sources_give(plain):
    shipped = outcome(assets.path("data"))
    register = shipped.pop("released-ids.txt").splitlines()
    assert set(plain["released-ids.txt"].splitlines()) <= set(register)
    assert shipped == {name: content for name, content in plain.items() if name != "released-ids.txt"}
    assert build(assets.path("data"), check=True).changed == ()
    assert format_content(assets.path("data"), check=True).changed == ()
