"""A new framework starts with a header that explains itself and an empty table; nothing is overwritten."""

from pathlib import Path

import pytest

from aimsgraph.content.format import format_content
from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.new import new_framework
from aimsgraph.content.read import read_content
from aimsgraph.content.schemas import PROVISIONS
from aimsgraph.errors import BackendError, InputError, Refused, UsageError


def test_what_is_written(tiny: Path):
    files = new_framework(tiny, "iso-99999", "2027")
    folder = tiny / "frameworks/iso-99999/2027"
    assert files == (folder / "framework.yaml", folder / "provisions.tsv")
    assert files[1].read_text(encoding="utf-8") == "\t".join(column.name for column in PROVISIONS) + "\n"
    header = files[0].read_text(encoding="utf-8")
    assert 'edition: "2027"' in header
    assert format_content(tiny).changed == ()


def test_the_header_names_every_field(tiny: Path):
    header = new_framework(tiny, "iso-99999", "2027")[0].read_text(encoding="utf-8")
    named = {line.removeprefix("# ").partition(":")[0] for line in header.splitlines()}
    assert set(FrameworkHeader.model_fields) <= named


def test_reading_it_asks_for_the_first_empty_field(tiny: Path):
    new_framework(tiny, "iso-99999", "2027")
    with pytest.raises(InputError, match="title") as caught:
        read_content([tiny])
    assert str(caught.value.location).startswith("data/frameworks/iso-99999/2027/framework.yaml:6")


def test_an_existing_framework_is_not_overwritten(tiny: Path):
    path = tiny / "frameworks/tiny-act/2020/framework.yaml"
    before = path.read_bytes()
    with pytest.raises(Refused, match="tiny-act/2020 is there already") as caught:
        new_framework(tiny, "tiny-act", "2020")
    assert caught.value.exit_code == 5
    assert "another slug or edition" in caught.value.remedy
    assert path.read_bytes() == before


def test_a_file_in_the_way(tiny: Path):
    (tiny / "frameworks/iso-99999").write_text("", encoding="utf-8")
    with pytest.raises(BackendError):
        new_framework(tiny, "iso-99999", "2027")


def test_an_empty_folder_is_no_obstacle(tiny: Path):
    (tiny / "frameworks/iso-99999/2027").mkdir(parents=True)
    assert all(path.is_file() for path in new_framework(tiny, "iso-99999", "2027"))


@pytest.mark.parametrize("slug, edition", [
    ("ISO 42001", "2027"), ("../up", "2027"), ("iso--1", "2027"), ("", "2027"), ("iso-1", "v2"), ("iso-1", "../1"),
    ("iso-1", ""), ("iso-1\n", "2027"),
])  # fmt: skip
def test_names_of_the_wrong_form(tiny: Path, slug: str, edition: str):
    before = sorted(tiny.rglob("*"))
    with pytest.raises(UsageError) as caught:
        new_framework(tiny, slug, edition)
    assert caught.value.exit_code == 2
    assert "use " in caught.value.remedy
    assert sorted(tiny.rglob("*")) == before


def test_no_data_folder(tmp_path: Path):
    with pytest.raises(InputError, match="no such data folder"):
        new_framework(tmp_path / "nowhere", "iso-1", "2027")
    assert not (tmp_path / "nowhere").exists()
