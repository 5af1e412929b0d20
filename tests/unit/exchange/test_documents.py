"""Reading documents: segments, their places, and files that mean harm."""

import io
import time
import zipfile

import pytest

from aimsgraph.domain.segments import HEADING, ROW
from aimsgraph.errors import InputError
from aimsgraph.exchange import docx_text
from aimsgraph.exchange.documents import MAX_BYTES, MAX_SEGMENT, read_document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, *, part: str = "word/document.xml", head: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
    return buffer.getvalue()


def paragraph(text: str, style: str = "") -> str:
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{mark}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_markdown_has_headings_rows_and_paragraphs() -> None:
    text = "# One\n\nA line\nand more.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTwo\n---\n- x\n- y\n```\ncode\n```\n"
    found = [(s.kind, s.level, s.text, s.anchors[0][1]) for s in read_document(text.encode(), "a.md").segments]
    assert found == [
        (HEADING, 1, "# One", 1),
        ("text", 0, "A line\nand more.", 3),
        (ROW, 0, "| a | b |", 6),
        (ROW, 0, "| 1 | 2 |", 8),
        (HEADING, 2, "Two", 10),
        ("text", 0, "- x", 12),
        ("text", 0, "- y", 13),
        ("text", 0, "code", 15),
    ]


def test_html_joins_inline_text_and_keeps_places() -> None:
    text = "<h2>Law</h2>\n<script>no</script><!-- no --><p>Article\n <b>9</b> &amp; more</p>"
    heading, body = read_document(text.encode(), "a.html").segments
    assert (heading.kind, heading.level, heading.text) == (HEADING, 2, "Law")
    assert body.text == "Article\n 9 & more"
    assert body.position(body.text.index("9")) == (3, 5)


def test_docx_counts_paragraphs_and_reads_headings_and_rows() -> None:
    cell = "<w:tc>{}</w:tc>"
    table = f"<w:tbl><w:tr>{cell.format(paragraph('Art'))}{cell.format(paragraph('Title'))}</w:tr></w:tbl>"
    found = read_document(docx(paragraph("Top", "Heading1") + paragraph("Body") + table), "a.docx").segments
    assert [(s.kind, s.text, s.anchors[0][1]) for s in found] == [
        (HEADING, "Top", 1),
        ("text", "Body", 2),
        (ROW, "Art | Title", 3),
    ]


def test_json_tells_the_title_of_the_same_object() -> None:
    text = '[\n {"id": "A.2.2", "title": "AI \\"policy\\""},\n {"id": "A.2.3"}]'
    found = read_document(text.encode(), "a.json").segments
    assert [(s.text, s.position(0), s.beside, s.context) for s in found] == [
        ("A.2.2", (2, 10), 'AI \\"policy\\"', "id"),
        ('AI "policy"', (2, 28), "", "title"),
        ("A.2.3", (3, 10), "", "id"),
    ]


def test_a_file_in_another_encoding_is_read() -> None:
    assert read_document("Für".encode("cp1252"), "a.txt").segments[0].text == "Für"
    assert read_document("\ufeffFür".encode("utf-16"), "a.txt").segments[0].text.endswith("Für")
    assert read_document(b"\xef\xbb\xbfa", "a.txt").segments[0].text == "a"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"a\0b", "binary"),
        ("a.txt", b"a" * (MAX_BYTES + 1), "more than"),
        ("a.docx", b"no zip", "no readable Word document"),
        ("a.docx", docx("", part="other.xml"), "lacks word/document.xml"),
        ("a.docx", docx("", head='<!DOCTYPE d [<!ENTITY a "b">]>'), "document type"),
        ("a.docx", docx("<w:p>" * 3000 + "</w:p>" * 3000), "nested too deeply"),
        ("a.docx", docx("<w:p>"), "broken"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_document(data, name)
    assert caught.value.location is not None
    assert caught.value.location.file == name


def test_a_docx_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_text, "MAX_PART", 1000)
    with pytest.raises(InputError, match="unpacks to more"):
        read_document(docx(" " * 100_000), "a.docx")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"x" * 1_000_000),
        ("a.json", b"[" * 1_000_000),
        ("b.json", b'"\\' * 200_000),
        ("a.yaml", b"- " * 200_000),
        ("a.csv", b"," * 200_000),
        ("b.csv", b'"' * 200_001),
        ("a.html", b"<!--" * 100_000),
        ("b.html", b"<a " + b"x=" * 100_000),
        ("c.html", b"<" * 200_000),
        ("d.html", b"<div>" * 40_000),
    ],
)
def test_hostile_files_are_read_within_bounds(name: str, data: bytes) -> None:
    started = time.perf_counter()
    segments = read_document(data, name).segments
    assert time.perf_counter() - started < 30
    assert all(len(segment.text) <= MAX_SEGMENT for segment in segments)
