"""A register as a workbook: the same values on every way round, the same bytes every time, laid out for people."""

import io
import shutil
import string
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from workbook_samples import CLEAN, EXAMPLES, LAW, read, values_of, with_shared_strings, without_places, written

from aimsgraph.compliance.register import load_register
from aimsgraph.content.organisation import check_organisation
from aimsgraph.content.organisation_files import read_files
from aimsgraph.content.organisation_models import OrganisationFile, SystemFile, field_names
from aimsgraph.content.register_models import AuditsFile, ImpactFile, PolicyFile
from aimsgraph.content.register_tables import TABLES, columns_of
from aimsgraph.domain.report import Severity
from aimsgraph.errors import CheckFailed, InputError
from aimsgraph.exchange import sentences
from aimsgraph.exchange.register_folder import write_folder
from aimsgraph.exchange.register_sheets import SHEETS, Shape, sheets_of
from aimsgraph.exchange.register_write import write_register

MODELS = {
    "organisation.yaml": OrganisationFile,
    "systems": SystemFile,
    "impacts": ImpactFile,
    "policies": PolicyFile,
    "audits.yaml": AuditsFile,
}


@pytest.mark.parametrize("name", ["acme", "clean"])
def test_folder_to_workbook_to_folder_gives_an_equal_register(name, tmp_path):
    source = read_files(EXAMPLES / name, name)
    data, losses = write_register(source, LAW, "v1")
    shutil.copytree(EXAMPLES / name / "evidence", tmp_path / "evidence")
    files = read(data, tmp_path)
    assert files.findings == ()
    write_folder(files, tmp_path / "again")
    shutil.copytree(EXAMPLES / name / "evidence", tmp_path / "again" / "evidence")

    there = load_register(EXAMPLES / name)
    book, back = check_organisation(files, LAW), read_files(tmp_path / "again", name)
    assert book.register is not None
    assert not [f for f in book.findings if f.severity is Severity.VIOLATION]
    assert without_places(book.register) == without_places(there.register)
    assert without_places(check_organisation(back, LAW).register) == without_places(there.register)
    assert values_of(files) == values_of(back) == values_of(source)
    assert book.compile().triples == there.compile().triples
    assert "comments" in losses.render()


@pytest.mark.parametrize("name", ["acme", "clean"])
def test_workbook_to_folder_to_workbook_gives_the_same_bytes(name, tmp_path):
    data = written(EXAMPLES / name)
    assert data == written(EXAMPLES / name)
    write_folder(read(data, tmp_path), tmp_path / "again")
    assert written(tmp_path / "again") == data
    for table in TABLES:
        assert (tmp_path / "again" / table).exists() == (EXAMPLES / name / table).exists()
        if (EXAMPLES / name / table).exists():
            assert (tmp_path / "again" / table).read_bytes() == (EXAMPLES / name / table).read_bytes()


def test_a_workbook_as_spreadsheet_programs_save_it_says_the_same(tmp_path):
    data = written(EXAMPLES / "acme")
    shared, plain = read(with_shared_strings(data), tmp_path), read(data, tmp_path)
    assert shared.findings == ()
    assert values_of(shared) == values_of(plain)


def test_every_field_of_the_folder_has_a_column():
    for file, model in MODELS.items():
        covered = set()
        for sheet in sheets_of(file):
            if sheet.shape in (Shape.TEXTS, Shape.ANSWERS):
                covered.add(sheet.at)
            covered |= {(*sheet.at, *field.path) for field in sheet.fields if field.path}
        missing = [path for path in leaves(model) if path not in covered]
        assert not missing, (file, missing)
    for table in TABLES:
        (sheet,) = sheets_of(table)
        assert sheet.columns == columns_of(table)


def leaves(model: type[BaseModel], at: tuple[str, ...] = ()):
    """Yield the path of every field that holds no further mapping with fields of its own."""
    for name, field in zip(field_names(model), model.model_fields.values(), strict=True):
        inner = model_in(field.annotation)
        if inner:
            yield from leaves(inner, (*at, name))
        else:
            yield (*at, name)


def model_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := model_in(part))), None)


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(CLEAN))


class TestLayout:
    def test_sheets(self, book):
        assert book.sheetnames == ["README", *(sheet.name for sheet in SHEETS), "lists"]
        readme = {row[0].value: row[1].value for row in book["README"].iter_rows(min_row=2)}
        assert readme["graph version"] == "v1"
        assert "org import" in readme["how to send it back"]
        assert all(f"sheet {sheet.name}" in readme for sheet in SHEETS)

    def test_header_is_frozen_bold_and_says_what_it_means(self, book):
        for of in SHEETS:
            sheet = book[of.name]
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref
            for cell, field in zip(sheet[1], of.fields, strict=True):
                assert cell.font.bold
                assert cell.comment.text[1:].startswith(field.meaning[1:])

    def test_coded_columns_and_references_have_lists(self, book):
        found = {
            (sheet.title, str(rule.sqref).partition(":")[0].rstrip("0123456789")): rule.formula1
            for sheet in book
            for rule in sheet.data_validations.dataValidation
        }
        assert found["risks", "F"] == '"low,medium,high"'
        assert found["risks", "J"].startswith("people!$A$2:$A$")
        assert found["roles", "A"].startswith("systems!$A$2:")
        assert found["facts", "A"].startswith("lists!$B$2:")
        assert found["soa", "A"].startswith("lists!$C$2:")
        for of in SHEETS:
            names = [column.name for column in of.columns]
            for column in of.columns:
                if column.choices and column.kind == "choice":
                    letter = string.ascii_uppercase[names.index(column.name)]
                    assert (of.name, letter) in found, (of.name, column.name)

    def test_days_are_days_numbers_numbers_and_text_stays_text(self, book):
        row = dict(zip((c.value for c in book["evidence"][1]), book["evidence"][2], strict=True))
        assert row["collected_on"].is_date
        assert isinstance(row["max_age_days"].value, int)
        assert row["id"].number_format == "@"
        assert book["evidence"].column_dimensions["A"].number_format == "@"
        assert book["organisation"]["H2"].value == "1.0"

    def test_nothing_in_it_is_a_formula_or_a_link(self, book):
        assert not [c.coordinate for sheet in book for row in sheet for c in row if c.data_type == "f" or c.hyperlink]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'=1",
        "#N/A",
        "1.2",
        "2026-01-01",
        "TRUE",
        "007",
        "_x0041_",
        "a\tb",
        "two\nlines",
        "a\rb",
        "\x01",
        " edge ",
        "x005F_",
        "_x005F_x0041_",
        "😀",
        "￾",
    ],
)
def test_awkward_text_comes_back_as_it_was(text, tmp_path):
    folder = minimal(tmp_path / "folder", name=text)
    data = written(folder)
    cell = openpyxl.load_workbook(io.BytesIO(data))["organisation"]["B2"]
    assert cell.data_type == "s"
    assert read(data, tmp_path).header.model.name == text
    shared = with_shared_strings(data)
    assert b't="s"' in zipfile.ZipFile(io.BytesIO(shared)).read("xl/worksheets/sheet2.xml")
    assert read(shared, tmp_path).header.model.name == text


def minimal(folder: Path, **fields) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    header = {"slug": "firm", "name": "Firm", "base": "https://firm.example/", "jurisdiction": "DE", **fields}
    (folder / "organisation.yaml").write_text(yaml.safe_dump(header, allow_unicode=True), encoding="utf-8")
    return folder


def test_lists_of_sentences_hold_any_text():
    for texts in (["a", "b"], ["two\nlines", "back\\slash", "\\n"], ["\n"], ["a; b"], ["\\"]):
        assert sentences.split(sentences.join(texts)) == texts
    assert sentences.split("C:\\temp\n\nend\\") == ["C:\\temp", "end\\"]


def test_what_a_workbook_cannot_hold_is_refused_with_its_place(tmp_path):
    with pytest.raises(InputError, match="longer than a cell") as caught:
        written(minimal(tmp_path / "long", name="x" * 40_000))
    assert str(caught.value.location) == "organisation:2:2"
    folder = minimal(tmp_path / "list")
    (folder / "policies").mkdir()
    policy = {"id": "p", "kind": "other", "title": "P", "documents": ["a;b"]}
    (folder / "policies" / "p.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    with pytest.raises(InputError, match="'documents': 'a;b'"):
        written(folder)
    (folder / "policies" / "p.yaml").write_text("id: P\n", encoding="utf-8")
    with pytest.raises(CheckFailed, match="'P' is not well-formed"):
        written(folder)


def test_losses_are_said(tmp_path):
    folder = minimal(tmp_path / "folder")
    text = (folder / "organisation.yaml").read_text(encoding="utf-8")
    (folder / "organisation.yaml").write_text(
        f"# one\n{text}agents: []  # two\nfacts: {{}}\n# three\n", encoding="utf-8"
    )
    (folder / "soa.csv").write_text("control,applicable\n", encoding="utf-8")
    (folder / "README.md").write_text("Hello\n", encoding="utf-8")
    (folder / "evidence").mkdir()
    (folder / "evidence" / "a.txt").write_text("a", encoding="utf-8")
    losses = write_register(read_files(folder, "folder"), LAW, "v1")[1]
    found = {loss.what: (loss.count, str(loss.first or "")) for loss in losses.losses}
    assert found == {
        "comments": (3, "organisation.yaml:1"),
        "README.md": (1, ""),
        "soa.csv": (1, ""),
        "evidence/": (1, ""),
    }


# --- generated registers ---------------------------------------------------------------------------------------------

slugs = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True) | st.sampled_from(
    ["007", "2026-01-01", "1"]
)
days = st.dates().map(lambda day: day.isoformat())
codepoints = st.characters(exclude_categories=("Cs",))
awkward = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        '"',
        "''",
        "1.2",
        "2026-01-01",
        "no",
        "~",
        "007",
        "_x000D_",
        "a: b # c",
        "- x",
        "\n",
        "a\nb",
        " ",
        "\\n",
        "TRUE",
        "{}",
        "[a]",
        "<<",
        "|",
        "é",
        "\u2028",
        "\x85",
        "\ufeff",
    ]
)
texts = (awkward | st.text(codepoints, min_size=1, max_size=12)).filter(bool)


def entry(needed, optional=None):
    return st.fixed_dictionaries(needed, optional=optional or {})


def unique(entries, key="id"):
    return st.lists(entries, max_size=3, unique_by=lambda e: e[key])


def facts(words):
    return st.dictionaries(texts, st.sampled_from(words), max_size=3)


HEADERS = entry(
    {"slug": slugs, "name": texts, "base": st.just("https://firm.example/"), "jurisdiction": texts},
    {
        "agents": unique(entry({"id": slugs, "name": texts})),
        "facts": facts(["yes", "no"]),
        "management_system": entry({}, {"scope": texts, "top_management": texts}),
        "soa": entry({"version": st.sampled_from(["1.2", "1.10", "2026-01-01", "007"])}, {"approved_on": days}),
        "context": entry(
            {},
            {
                "issues": st.lists(texts, max_size=3),
                "parties": st.lists(entry({"name": texts, "requirement": texts}), max_size=2),
            },
        ),
        "objectives": unique(entry({"id": slugs, "title": texts}, {"due": days, "target": texts})),
        "measurements": unique(entry({"id": slugs, "what": texts}, {"every_days": st.integers(1, 36500).map(str)})),
    },
)
SYSTEMS = entry(
    {
        "id": slugs,
        "name": texts,
        "purpose": texts,
        "planned": st.sampled_from(["yes", "no"]),
        "routes": st.lists(st.sampled_from(["gpai", "annex-iii"]), unique=True),
        "art_2_exclusions": facts(["yes", "no", "undetermined"]),
        "roles": st.lists(
            entry({"agent": texts, "role": texts, "from": days}, {"until": days, "ground": texts}), max_size=2
        ),
        "classification": entry(
            {"status": st.just("undetermined")}, {"rationale": texts, "grounded_on": st.lists(slugs)}
        ),
    },
    {
        "facts": facts(["yes", "no"]),
        "models": unique(entry({"id": slugs, "name": texts}, {"datasets": st.lists(slugs, max_size=2)})),
        "datasets": unique(entry({"id": slugs, "name": texts}, {"personal_data": st.sampled_from(["yes", "no"])})),
        "deployments": unique(entry({"id": slugs, "name": texts, "by": texts, "from": days})),
    },
)
IMPACTS = entry(
    {"id": slugs, "kind": st.just("dpia"), "system": texts},
    {
        "affected_groups": st.lists(
            entry({"name": texts}, {"harms": st.lists(texts, max_size=3), "safeguards": st.lists(texts)}), max_size=2
        )
    },
)
AUDITS = entry(
    {},
    {
        "reviews": unique(entry({"id": slugs, "on": days}, {"inputs": st.lists(texts, max_size=3), "minutes": texts})),
        "programme": unique(
            entry({"id": slugs, "kind": st.just("internal"), "on": days, "auditor": texts}, {"scope": st.lists(slugs)})
        ),
    },
)
normal = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")), max_size=8)
CELLS = st.sampled_from(["", "=1", "-1", "1.2", "2026-01-01", 'a "b"', "a,b", "two\nlines", "007", "a;b"]) | normal
RISKS = st.lists(
    st.fixed_dictionaries({"id": slugs, "title": CELLS, "source": CELLS, "assessed_on": st.just("") | days}), max_size=3
)


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(header=HEADERS, systems=unique(SYSTEMS), impacts=unique(IMPACTS), audits=AUDITS, risks=RISKS)
def test_generated_registers_come_back_equal(header, systems, impacts, audits, risks, tmp_path_factory):
    import csv
    import unicodedata

    folder = tmp_path_factory.mktemp("generated") / "firm"
    minimal(folder, **header)
    for name, documents in (("systems", systems), ("impacts", impacts)):
        (folder / name).mkdir()
        for document in documents:
            path = folder / name / f"{document['id']}.yaml"
            path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    (folder / "audits.yaml").write_text(yaml.safe_dump(audits, allow_unicode=True), encoding="utf-8")
    with (folder / "risks.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [c.name for c in columns_of("risks.csv")], restval="x", lineterminator="\n")
        writer.writeheader()
        for risk in risks:
            plain = {k: unicodedata.normalize("NFC", v).strip() or "x" for k, v in risk.items() if k != "assessed_on"}
            coded = {"affects": "safety", "inherent": "low", "treatment": "avoid", "residual": "low"}
            writer.writerow(
                {
                    **plain,
                    **coded,
                    **dict.fromkeys(("next_review", "accepted_on", "accepted_until"), ""),
                    "assessed_on": risk["assessed_on"],
                }
            )
    source = read_files(folder, "firm")
    assert source.findings == ()
    data = write_register(source, LAW, "v1")[0]
    book = read(data, folder.parent)
    assert book.findings == ()
    write_folder(book, folder.parent / "again")
    back = read_files(folder.parent / "again", "firm")
    assert back.findings == ()
    expected = values_of(source)
    if not any(expected["audits"].model_dump().values()):
        expected["audits"] = None
    assert values_of(book) == expected
    assert values_of(back) == expected
    assert write_register(back, LAW, "v1")[0] == data
