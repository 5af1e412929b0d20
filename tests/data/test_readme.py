"""The curator's guide: complete, and its worked example runs as it is printed."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from aimsgraph import assets
from aimsgraph import content as content_package
from aimsgraph.cli.main import run
from aimsgraph.content import schemas
from aimsgraph.content.models import CatalogueHeader, FrameworkHeader

TEXT = assets.path("data", "README.md").read_text(encoding="utf-8")
CODED = set(re.findall(r"`([^`\n]+)`", TEXT))


def section(heading: str) -> str:
    return TEXT.split(f"\n{heading}", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


@pytest.mark.parametrize("table", sorted(schemas.FRAMEWORK_TABLES))
def test_every_column_of_every_table_is_explained(table: str):
    own = f"### `{table}.tsv`"
    if own in TEXT:
        text = section(own)
    else:
        text = section("### The smaller tables").split(f"| `{table}.tsv` |", 1)[1]
        text = re.split(r"\n\| `", text, maxsplit=1)[0]
    explained = set(re.findall(r"`([^`]+)`", "\n".join(line.rsplit("|", 2)[0] for line in text.split("\n"))))
    assert {column.name for column in schemas.FRAMEWORK_TABLES[table]} <= explained


@pytest.mark.parametrize("name, columns", [
    ("`vocabularies/*.tsv`", schemas.VOCABULARY), ("`catalogue/entries.tsv`", schemas.CATALOGUE),
])  # fmt: skip
def test_the_other_tables_are_explained(name: str, columns):
    text = re.split(r"\n\| `", section("### The smaller tables").split(f"| {name} |", 1)[1], maxsplit=1)[0]
    assert {column.name for column in columns} <= set(re.findall(r"`([^`]+)`", text))


def test_every_field_of_a_header_is_explained():
    text = section("### `framework.yaml`")
    fields = {name for line in text.split("\n| ") for name in re.findall(r"`([^`]+)`", line.split(" | ")[0])}
    assert fields == set(FrameworkHeader.model_fields)
    assert set(CatalogueHeader.model_fields) <= fields


def test_every_code_is_explained():
    folder = Path(content_package.__file__).parent
    files = ("check.py", "tables.py", "format.py", "build.py")
    source = "".join((folder / name).read_text(encoding="utf-8") for name in files)
    codes = set(re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)*)"', source)) - {"NFC", "MANIFEST"}
    explained = {code for code in CODED if re.fullmatch(r"[A-Z]{2,}(?:_[A-Z]+)*", code)}
    assert explained == codes


def test_named_things_exist():
    data = assets.path("data")
    for name in CODED:
        if re.fullmatch(r"(vocabularies|catalogue)/[a-z-]+\.(tsv|yaml)", name):
            assert (data / name).is_file(), name
    rules = (data / "frameworks/eu-ai-act/2024/application.tsv").read_text(encoding="utf-8")
    for rule in ("formal-date-annex-iii", "presupposes-annex-iii"):
        assert f"`{rule}`" in TEXT
        assert f"\n{rule}\t" in rules


@pytest.mark.slow
def test_the_worked_example_runs_as_printed(tmp_path: Path, monkeypatch, capsys):
    root = tmp_path
    for name in ("ontology", "shapes", "queries"):
        (root / name).symlink_to(assets.path(name))
    shutil.copytree(assets.path("data"), root / "data")
    monkeypatch.setattr(assets, "root", lambda: root)
    monkeypatch.chdir(tmp_path)
    said = ""
    example = section("## Worked example")
    blocks = re.findall(r"(?:`(frameworks/[^`]+)`[^`]*)?```([a-z]+)\n(.*?)```", example, re.DOTALL)
    assert [kind for _, kind, _ in blocks] == ["sh", "yaml", "tsv", "sh", "sh"]
    for file, kind, body in blocks:
        if kind != "sh":
            assert (root / "data" / file).is_file()
            (root / "data" / file).write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            program, *arguments = shlex.split(line)
            assert program == "aimsgraph"
            code = run(arguments)
            output = capsys.readouterr()
            assert code == 0, f"{line}\n{output.err}"
            said += output.out
    assert "Example Code" in said
    assert "Say who answers" in said
    assert (root / "data/compiled/example-code--2027.ttl").is_file()
    assert "id/example-code/2027/1.2\n" in (root / "data/released-ids.txt").read_text(encoding="utf-8")
