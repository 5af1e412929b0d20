"""`validate --also`: one judgement, written in several formats."""

import pytest
from expected_output import FORMATS, golden_path, mask


def test_each_copy_is_what_the_format_alone_gives(validate, tmp_path):
    copies = [part for name in FORMATS for part in ("--also", f"{name}={tmp_path / f'copy of a report.{name}'}")]
    result = validate("register", *copies)
    assert result.code == 1
    assert mask(result.out) == golden_path("text").read_text(encoding="utf-8")
    for name in FORMATS:
        copy = (tmp_path / f"copy of a report.{name}").read_text(encoding="utf-8")
        assert mask(copy) == golden_path(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", ["junit", "junit=", "=report.xml", "pdf=report.pdf", ""])
def test_what_names_no_format_and_file_is_refused_before_anything_is_judged(validate, wrong):
    result = validate("nowhere", "--also", wrong)
    assert (result.code, result.out) == (2, "")
    assert "FORMAT=FILE" in result.err


def test_a_file_that_cannot_be_written_is_told(validate, tmp_path):
    result = validate("register", "--also", f"json={tmp_path / 'none' / 'report.json'}")
    assert result.code == 2
    assert "cannot write" in result.err
