"""Normal form: reached in one step, loses nothing, and is a gate."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_tiny import ACT, spoil

from aimsgraph import content as content_package
from aimsgraph.content import format as format_module
from aimsgraph.content.check import ContentCheckFailed
from aimsgraph.content.format import format_content, format_file, format_table, format_yaml, natural_key
from aimsgraph.content.tables import Column
from aimsgraph.errors import InputError

COLUMNS = [Column("id"), Column("name"), Column("tags", "list"), Column("note")]
quiet = settings(deadline=None)

cell = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=8)
line_end = st.sampled_from(["\n", "\r\n"])


@st.composite
def tables(draw) -> tuple[str, list[list[str]]]:
    names = draw(st.permutations(["id", "name", "tags", "note", "mine"]))
    header = names[: draw(st.integers(1, 5))]
    rows = draw(st.lists(st.lists(cell, min_size=len(header), max_size=len(header)), max_size=6))
    end = draw(line_end)
    text = "".join("\t".join(cells) + end for cells in (header, *rows))
    return text, [header, *rows]


def cells_of(text: str) -> list[dict[str, str]]:
    header, *rows = [line.split("\t") for line in text.removesuffix("\n").split("\n")]
    return [dict(zip(header, row, strict=True)) for row in rows]


def clean(value: str, name: str) -> str:
    value = unicodedata.normalize("NFC", value).strip()
    return ";".join(part.strip() for part in value.split(";")) if name == "tags" else value


@quiet
@given(table=tables())
def test_formatting_a_table_is_idempotent(table):
    once = format_table(table[0], COLUMNS, "x.tsv")
    assert format_table(once, COLUMNS, "x.tsv") == once


@quiet
@given(table=tables())
def test_formatting_a_table_loses_no_cell(table):
    text, (header, *rows) = table
    formatted = cells_of(format_table(text, COLUMNS, "x.tsv"))
    wanted = [{name: clean(value, name) for name, value in zip(header, row, strict=True)} for row in rows
              if "\t".join(row).strip()]  # fmt: skip
    assert formatted == wanted


@quiet
@given(table=tables())
def test_sorting_keeps_the_rows(table):
    plain = cells_of(format_table(table[0], COLUMNS, "x.tsv"))
    ordered = format_table(table[0], COLUMNS, "x.tsv", "id")
    assert sorted(cells_of(ordered), key=str) == sorted(plain, key=str)
    assert format_table(ordered, COLUMNS, "x.tsv", "id") == ordered


def test_columns_come_in_the_order_of_the_schema_and_unknown_ones_last():
    text = format_table("mine\tnote\tid\n1\t2\t3\n", COLUMNS, "x.tsv")
    assert text == "id\tnote\tmine\n3\t2\t1\n"


def test_an_empty_column_stays():
    assert format_table("note\tid\n\tx\n", COLUMNS, "x.tsv") == "id\tnote\nx\t\n"


@pytest.mark.parametrize("text", [
    "id\tname\r\na\tb\r\n", "id\tname\ra\tb", "id\tname\n\na \t b\n\n", "\ufeffid\tname\na\tb", "id\tname\na\tb",
])  # fmt: skip
def test_line_ends_blanks_and_marks(tmp_path: Path, text: str):
    path = tmp_path / "vocabularies/x.tsv"
    path.parent.mkdir()
    assert format_file(path, text.encode(), "x.tsv") == b"id\tname\na\tb\n"


def test_numbers_sort_by_value():
    assert sorted(["a-10", "a-9", "a", "b-1", "a-9b", "10", "9"], key=natural_key) == [
        "9", "10", "a", "a-9", "a-9b", "a-10", "b-1",
    ]  # fmt: skip
    assert natural_key("9" * 5000) > natural_key("8" * 5000)


def test_a_row_that_cannot_be_told_into_cells_is_refused(tiny: Path):
    spoil(tiny, f"{ACT}/roles.tsv", "provider|provider", "provider")
    before = (tiny / ACT / "roles.tsv").read_bytes()
    with pytest.raises(InputError) as caught:
        format_content(tiny)
    assert str(caught.value.location) == f"data/{ACT}/roles.tsv:3"
    assert "one tab" in caught.value.remedy
    assert (tiny / ACT / "roles.tsv").read_bytes() == before


@pytest.mark.parametrize("data, what", [(b"", "empty"), (b"\n", "empty"), (b"slug\xff\tlabel\n", "not UTF-8")])
def test_what_is_no_table_is_refused(tiny: Path, data: bytes, what: str):
    (tiny / ACT / "roles.tsv").write_bytes(data)
    with pytest.raises(InputError, match=what) as caught:
        format_content(tiny)
    assert str(caught.value.location) == f"data/{ACT}/roles.tsv:1"


def test_no_folder(tmp_path: Path):
    with pytest.raises(InputError, match="no such data folder"):
        format_content(tmp_path / "nowhere")


# YAML

yaml_text = st.text(st.sampled_from("ab:-[]#|>'\"\\ \n\r\t\u0301e\u2028"), max_size=60)


@quiet
@given(text=yaml_text)
def test_formatting_yaml_is_idempotent(text: str):
    once = format_yaml(text)
    assert format_yaml(once) == once


@quiet
@given(text=yaml_text)
def test_formatting_yaml_keeps_what_it_says(text: str):
    import yaml

    def data(source: str) -> object:
        return [(type(e).__name__, getattr(e, "value", "")) for e in yaml.parse(source, Loader=yaml.SafeLoader)]

    normal = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text)).rstrip("\n") + "\n"
    try:
        wanted = data(normal)
    except yaml.YAMLError:
        return
    assert data(format_yaml(text)) == wanted


def test_comments_and_layout_of_yaml_stay():
    text = "# why \na: 1   # because\r\n\r\nb:\n  - x\n\n"
    assert format_yaml(text) == "# why\na: 1   # because\n\nb:\n  - x\n"


def test_blanks_that_belong_to_a_value_stay():
    text = "a: |\n  verse  \n  next\n"
    assert format_yaml(text) == text


# folders


def test_a_folder_in_normal_form_is_left_alone(tiny: Path):
    before = {path: path.stat().st_mtime_ns for path in tiny.rglob("*.*")}
    report = format_content(tiny)
    assert report.changed == ()
    sources = [path for path in before if path.suffix in (".tsv", ".yaml") and "compiled" not in path.parts]
    assert report.files == len(sources) > 20
    assert {path: path.stat().st_mtime_ns for path in tiny.rglob("*.*")} == before


def test_check_names_the_files_and_writes_nothing(tiny: Path):
    spoil(tiny, f"{ACT}/roles.tsv", "provider|provider", "provider|provider ")
    spoil(tiny, f"{ACT}/framework.yaml", "slug: tiny-act", "slug: tiny-act  ")
    before = {path: path.read_bytes() for path in tiny.rglob("*.*")}
    with pytest.raises(ContentCheckFailed) as caught:
        format_content(tiny, check=True)
    assert [(f.rule, f.location.file) for f in caught.value.findings] == [
        ("NOT_FORMATTED", f"data/{ACT}/framework.yaml"),
        ("NOT_FORMATTED", f"data/{ACT}/roles.tsv"),
    ]
    assert caught.value.remedy == "run `aimsgraph data fmt`"
    assert {path: path.read_bytes() for path in tiny.rglob("*.*")} == before
    assert format_content(tiny).changed == (f"data/{ACT}/framework.yaml", f"data/{ACT}/roles.tsv")
    assert format_content(tiny, check=True).changed == ()


def test_codes_are_sorted_and_provisions_are_not(tiny: Path):
    spoil(tiny, f"{ACT}/conditions.tsv", "is-employer|Do you employ people?\nis-small|Are you small?\n",
          "is-small|Are you small?\nis-employer|Do you employ people?\n")  # fmt: skip
    provisions = (tiny / ACT / "provisions.tsv").read_bytes()
    assert format_content(tiny).changed == (f"data/{ACT}/conditions.tsv",)
    lines = (tiny / ACT / "conditions.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["code", "is-employer", "is-small"]
    assert (tiny / ACT / "provisions.tsv").read_bytes() == provisions


def test_an_unreadable_file_stops_before_anything_is_written(tiny: Path):
    spoil(tiny, f"{ACT}/gaps.tsv", "sentence", "sentence ")
    (tiny / ACT / "timeline.tsv").write_bytes(b"\xff")
    before = (tiny / ACT / "gaps.tsv").read_bytes()
    with pytest.raises(InputError):
        format_content(tiny)
    assert (tiny / ACT / "gaps.tsv").read_bytes() == before


def test_a_file_of_no_known_table_is_left_alone(tiny: Path):
    path = tiny / ACT / "notes.tsv"
    path.write_bytes(b"anything \xc3\xa9 \r\n")
    assert format_content(tiny).changed == ()
    assert path.read_bytes() == b"anything \xc3\xa9 \r\n"


def test_every_code_of_formatting_is_tested():
    source = Path(format_module.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'Finding\(\s*"([A-Z_]+)"', source)) == {"NOT_FORMATTED"}
    assert Path(content_package.__file__).parent == Path(format_module.__file__).parent
