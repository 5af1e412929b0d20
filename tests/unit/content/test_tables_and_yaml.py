"""What cannot be read gives an InputError with its place and what to do, whatever the bytes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_tiny import ACT, STANDARD, spoil

from aimsgraph.content.models import CatalogueHeader, FrameworkHeader, parse_model
from aimsgraph.content.read import read_content, table_columns
from aimsgraph.content.schemas import FRAMEWORK_TABLES, PROVISIONS
from aimsgraph.content.tables import Column, nearest, read_lines, read_table
from aimsgraph.content.yaml_source import read_yaml
from aimsgraph.errors import InputError

HEADER = f"{ACT}/framework.yaml"
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


def refused(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_content([folder])
    assert caught.value.exit_code == 3
    return caught.value


def test_no_data_folder(tmp_path: Path):
    error = refused(tmp_path / "nowhere")
    assert "no such data folder" in error.message
    assert str(error.location) == str(tmp_path / "nowhere")
    assert error.remedy == "give an existing folder"


def test_a_folder_in_place_of_a_table(tiny: Path):
    (tiny / ACT / "gaps.tsv").unlink()
    (tiny / ACT / "gaps.tsv").mkdir()
    error = refused(tiny)
    assert "cannot read the file" in error.message
    assert str(error.location) == f"data/{ACT}/gaps.tsv"


def test_a_missing_table_of_entries(tiny: Path):
    (tiny / "catalogue/entries.tsv").unlink()
    assert str(refused(tiny).location) == "data/catalogue/entries.tsv"


@pytest.mark.parametrize("data, line, what", [
    (b"slug\tlabel\nprovid\xe9r\tx\n", 2, "not UTF-8 at byte 17"),
    (b"\xef\xbb\xbfslug\tlabel\n", 1, "byte order mark"),
    (b"", 1, "the table is empty"),
    (b"\n\n", 1, "the table is empty"),
])  # fmt: skip
def test_bytes_that_are_no_table(tiny: Path, data: bytes, line: int, what: str):
    (tiny / ACT / "roles.tsv").write_bytes(data)
    error = refused(tiny)
    assert what in error.message
    assert str(error.location) == f"data/{ACT}/roles.tsv:{line}"
    assert error.remedy


def test_an_unknown_table_names_the_nearest(tiny: Path):
    (tiny / ACT / "provision.tsv").write_text("id\n", encoding="utf-8")
    error = refused(tiny)
    assert error.remedy == "did you mean provisions.tsv?"
    assert str(error.location) == f"data/{ACT}/provision.tsv"


def test_an_unknown_table_far_from_all_names_them_all(tiny: Path):
    (tiny / ACT / "qqq.tsv").write_text("id\n", encoding="utf-8")
    assert all(table in refused(tiny).remedy for table in FRAMEWORK_TABLES)


def test_the_folder_says_another_edition(tiny: Path):
    spoil(tiny, HEADER, 'edition: "2020"', 'edition: "2021"')
    error = refused(tiny)
    assert "tiny-act@2021, the folder says tiny-act@2020" in error.message
    assert str(error.location) == f"data/{HEADER}:1:7"


def test_the_same_edition_in_two_folders(tiny: Path):
    with pytest.raises(InputError, match="tiny-act@2020 is defined twice") as caught:
        read_content([tiny, tiny])
    assert f"data/{HEADER}" in caught.value.remedy


@pytest.mark.parametrize("old, new, line, column, what, remedy", [
    ("names: [Tiny Act]", "nmes: [Tiny Act]", 20, 7, "nmes", "did you mean 'names'?"),
    ("kind: regulation", "kind: law", 5, 7, "kind", "data/README.md"),
    ("issued: 2020-01-01", "issued: 2020-13-01", 10, 9, "issued", "data/README.md"),
    ("slug: tiny-act", "slug: Tiny Act", 1, 7, "slug", "data/README.md"),
    ("  chapter: 1", "  chapter: one", 22, 12, "expect.chapter", "data/README.md"),
    ("style: eu-law\n", "", 1, 1, "style", "data/README.md"),
])  # fmt: skip
def test_a_wrong_field_is_named_with_its_place(tiny, old, new, line, column, what, remedy):
    spoil(tiny, HEADER, old, new)
    error = refused(tiny)
    assert error.message.startswith(f"{what}: ")
    assert str(error.location) == f"data/{HEADER}:{line}:{column}"
    assert remedy in error.remedy


def test_an_unknown_field_of_a_catalogue(tiny: Path):
    spoil(tiny, "catalogue/catalogue.yaml", "rights:", "right:")
    assert refused(tiny).message.startswith("right")


@pytest.mark.parametrize("text, line, column, what", [
    ("a: [1", 2, 1, "not YAML"),
    ("a: b: c", 1, 5, "not YAML"),
    ("a: 1\na: 2", 2, 1, "'a' stands twice"),
    ("a: 1\n---\nb: 2", 2, 1, "another document"),
    ("a: \x07", 0, 0, "not YAML"),
    ("a: &x [*x]", 1, 4, "anchors"),
    ("a: &x 1\nb: *x", 1, 4, "anchors"),
    ("a: !!python/object:os.system x", 1, 4, "tags"),
    ("[" * 3000, 1, 21, "levels"),
    ("- " * 3000 + "a", 1, 41, "levels"),
    ('a: "\\UFFFFFFFF"', 0, 0, "no character"),
    ('a: "\\ud800"', 1, 4, "half a character"),
])  # fmt: skip
def test_yaml_we_do_not_take(tmp_path: Path, text: str, line: int, column: int, what: str):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(path, "x.yaml")
    assert what in caught.value.message
    assert caught.value.location is not None
    assert (caught.value.location.line, caught.value.location.column) == (line, column)
    assert caught.value.remedy


def test_yaml_guesses_nothing_and_knows_places(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text("a: no\nb: 2023\nc:\n  - 1.0\n  - 2024-01-01\nd:\n", encoding="utf-8")
    source = read_yaml(path, "x.yaml")
    assert source.data == {"a": "no", "b": "2023", "c": ["1.0", "2024-01-01"], "d": None}
    assert str(source.where("c", 1)) == "x.yaml:5:5"
    assert str(source.where("c", 7)) == "x.yaml:4:3"
    assert str(source.where("nothing")) == "x.yaml:1:1"


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(InputError, match="cannot read the file"):
        read_lines(tmp_path / "no.tsv", "no.tsv")


def test_cells_know_their_place(tiny: Path):
    table = read_table(tiny / ACT / "provisions.tsv", "p.tsv", PROVISIONS)
    row = table.rows[2]
    assert row["id"] == "Art.1(1)"
    assert str(row.where("path")) == "p.tsv:4:4"
    assert str(row.where()) == "p.tsv:4"
    assert row["guidance"] == ""
    assert row.date("in_force_from") is None


def test_nearest_is_silent_when_nothing_is_near():
    assert nearest("provison", ["provision", "article"]) == "provision"
    assert nearest("qqq", ["provision"]) == ""
    assert nearest("x", []) == ""


def test_which_table_a_file_is(tiny: Path):
    assert table_columns(tiny / ACT / "roles.tsv") == FRAMEWORK_TABLES["roles"]
    assert table_columns(tiny / "catalogue/entries.tsv")
    assert table_columns(tiny / "vocabularies/route.tsv")
    assert table_columns(tiny / STANDARD / "other.tsv") is None
    assert table_columns(tiny / "loose.tsv") is None


@anything
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_random_bytes_are_a_table_or_an_input_error(tmp_path: Path, data: bytes):
    path = tmp_path / "x.tsv"
    path.write_bytes(data)
    columns = [Column(kind, kind, choices=("a",)) for kind in ("text", "date", "list", "integer", "decimal", "choice")]
    try:
        table = read_table(path, "x.tsv", columns)
    except InputError as error:
        assert error.location is not None
    else:
        assert len(table.rows) + len(table.findings) >= 1 or data.count(b"\n") <= 1


cell = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=12)


@anything
@given(cells=st.lists(cell, min_size=6, max_size=6))
def test_random_cells_are_values_or_findings(tmp_path: Path, cells: list[str]):
    kinds = ("text", "date", "list", "integer", "decimal", "yes-no")
    path = tmp_path / "x.tsv"
    path.write_text("\t".join(kinds) + "\n" + "\t".join(cells) + "\n", encoding="utf-8", newline="")
    table = read_table(path, "x.tsv", [Column(kind, kind) for kind in kinds])
    if not table.findings:
        row = table.rows[0]
        row.date("date")
        assert row["integer"] == "" or int(row["integer"]) >= 0
        assert row["decimal"] == "" or float(row["decimal"]) >= 0
        assert row.items("list") == tuple(part for part in row["list"].split(";") if part)


yaml_like = st.text(st.sampled_from("abc:-[]{}#&*!|>'\"%@`\\u0129 \n\t"), max_size=80)


@anything
@given(data=st.binary(max_size=300) | yaml_like.map(str.encode))
def test_random_bytes_are_yaml_or_an_input_error(tmp_path: Path, data: bytes):
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    for model in (FrameworkHeader, CatalogueHeader):
        with pytest.raises(InputError) as caught:
            parse_model(model, read_yaml(path, "x.yaml"))
        assert caught.value.location is not None
