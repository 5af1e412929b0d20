"""Every finding code fires on one fault in an otherwise valid folder, and names where it stands and what to do."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from make_tiny import ACT, AMENDING, STANDARD, spoil

from aimsgraph import content as content_package
from aimsgraph.content.check import ContentCheckFailed, check_content, require_sound
from aimsgraph.content.read import read_content

Edit = tuple[str, str, str]
PIN = f"{ACT}/framework.yaml"


@dataclass(frozen=True)
class Fault:
    """One fault: the edits that make it, the code it must give, and where (file, line, column) with which remedy."""

    name: str
    code: str
    edits: tuple[Edit, ...]
    where: tuple[str, int, int]
    remedy: str
    extra: Callable[[Path], object] | None = None


def fault(name: str, code: str, *edits: Edit, where: tuple[str, int, int], remedy: str, extra=None):
    return pytest.param(Fault(name, code, edits, where, remedy, extra), id=f"{code}-{name}")


def second_edition(folder: Path) -> None:
    shutil.copytree(folder / STANDARD, folder / "frameworks/tiny-standard/2025")
    header = "frameworks/tiny-standard/2025/framework.yaml"
    spoil(folder, header, 'edition: "2022"', 'edition: "2025"')
    spoil(folder, header, "iso/1/2022", "iso/1/2025")
    spoil(folder, header, "names: [ISO 1]", "names: [ISO 1 new]")


def second_catalogue(folder: Path) -> None:
    shutil.copytree(folder / "catalogue", folder / "more")


P, A, S = f"{ACT}/provisions.tsv", f"{ACT}/amendments.tsv", f"{ACT}/statements.tsv"
R, T, C = f"{ACT}/application.tsv", f"{ACT}/transitions.tsv", f"{ACT}/conditions.tsv"
PARAGRAPHS = (PIN, "paragraph: 4", "paragraph: 5")
FAULTS = [
    # cells and headers
    fault("header", "UNKNOWN_COLUMN", (f"{ACT}/roles.tsv", "slug|label", "slug|label|labl"),
          (f"{ACT}/roles.tsv", "deployer|deployer", "deployer|deployer|"),
          (f"{ACT}/roles.tsv", "provider|provider", "provider|provider|"),
          where=(f"{ACT}/roles.tsv", 1, 3), remedy="did you mean 'label'?"),
    fault("far-off", "UNKNOWN_COLUMN", (f"{ACT}/roles.tsv", "slug|label", "slug|label|zzz"),
          (f"{ACT}/roles.tsv", "deployer|deployer", "deployer|deployer|"),
          (f"{ACT}/roles.tsv", "provider|provider", "provider|provider|"),
          where=(f"{ACT}/roles.tsv", 1, 3), remedy="known columns: slug, label"),
    fault("header", "DOUBLE_COLUMN", (f"{ACT}/roles.tsv", "slug|label", "slug|label|label"),
          (f"{ACT}/roles.tsv", "deployer|deployer", "deployer|deployer|x"),
          (f"{ACT}/roles.tsv", "provider|provider", "provider|provider|x"),
          where=(f"{ACT}/roles.tsv", 1, 3), remedy="keep one"),
    fault("header", "MISSING_COLUMN", (C, "code|question", "code"),
          (C, "is-employer|Do you employ people?", "is-employer"), (C, "is-small|Are you small?", "is-small"),
          where=(C, 1, 0), remedy="add it"),
    fault("line", "BLANK_LINE", (C, "is-small|", "\nis-small|"), where=(C, 3, 0), remedy="delete it"),
    fault("short", "CELL_COUNT", (C, "is-small|Are you small?", "is-small"), where=(C, 3, 0), remedy="one tab"),
    fault("long", "CELL_COUNT", (C, "Are you small?", "Are you small?|Yes"), where=(C, 3, 0), remedy="one tab"),
    fault("blank", "NOT_NORMAL", (C, "Are you small?", "Are you small? "), where=(C, 3, 2), remedy="data fmt"),
    fault("decomposed", "NOT_NORMAL", (C, "Are you small?", "Are you sma\u0308ll?"), where=(C, 3, 2),
          remedy="data fmt"),
    fault("name", "NOT_NORMAL", (C, "code|question", "code|question "), where=(C, 1, 2), remedy="data fmt"),
    fault("zero-width", "BAD_CHARACTER", (C, "Are you small?", "Are you\u200b small?"), where=(C, 3, 2),
          remedy="delete it"),
    fault("no-break", "BAD_CHARACTER", (C, "Are you small?", "Are you\u00a0small?"), where=(C, 3, 2),
          remedy="write a space"),
    fault("required", "MISSING_VALUE", (C, "Are you small?", ""), where=(C, 3, 2), remedy="fill it in"),
    fault("date", "BAD_VALUE", (R, "2020-08-01", "1.8.2020"), where=(R, 2, 6), remedy="YYYY-MM-DD"),
    fault("no-day", "BAD_VALUE", (R, "2020-08-01", "2020-02-30"), where=(R, 2, 6), remedy="YYYY-MM-DD"),
    fault("choice", "BAD_VALUE", (R, "2020-08-01|settled", "2020-08-01|setled"), where=(R, 2, 7),
          remedy="did you mean 'settled'? Allowed: settled, inferred, contested"),
    fault("list-choice", "BAD_VALUE", (S, "Say who you are|all-ai", "Say who you are|all-a"), where=(S, 2, 5),
          remedy="did you mean 'all-ai'?"),
    fault("list", "BAD_VALUE", (S, "deployer;provider", "deployer; provider"), where=(S, 3, 3), remedy="by ; alone"),
    fault("list-empty", "BAD_VALUE", (S, "deployer;provider", "deployer;"), where=(S, 3, 3), remedy="by ; alone"),
    fault("yes-no", "BAD_VALUE", (S, "is-small|no", "is-small|No"), where=(S, 3, 9), remedy="write yes or no"),
    fault("integer", "BAD_VALUE", (f"{ACT}/penalties.tsv", "1000|", "1 000|"),
          where=(f"{ACT}/penalties.tsv", 2, 4), remedy="whole number"),
    fault("superscript", "BAD_VALUE", (f"{ACT}/penalties.tsv", "1000|", "10²|"),
          where=(f"{ACT}/penalties.tsv", 2, 4), remedy="whole number"),
    fault("huge", "BAD_VALUE", (f"{ACT}/penalties.tsv", "1000|", "9" * 5000 + "|"),
          where=(f"{ACT}/penalties.tsv", 2, 4), remedy="whole number"),
    fault("decimal", "BAD_VALUE", (f"{ACT}/penalties.tsv", "1.5", "1,5"),
          where=(f"{ACT}/penalties.tsv", 2, 5), remedy="decimal number"),
    # ids
    fault("provision", "DUPLICATE_ID", (P, "Art.3|Cpt.I|article|art_3|", "Art.2|Cpt.I|article|art_3|"),
          (A, "am-3|Art.3|", "am-3|Art.1(2)|"), (S, "art3-1@2020|Art.3|", "art3-1@2020|Art.1(1)|"),
          where=(P, 9, 1), remedy="the first one is in line 6"),
    fault("condition", "DUPLICATE_ID", (C, "is-small|", "is-employer|"), (S, " AND NOT is-small", ""),
          where=(C, 3, 1), remedy="the first one is in line 2"),
    fault("term", "DUPLICATE_ID", (f"{ACT}/definitions.tsv", "AI system\n", "AI system\nArt.2(1)|AI-System\n"),
          (PIN, "definition: 1", "definition: 2"),
          where=(f"{ACT}/definitions.tsv", 3, 2), remedy="line 2 has the other"),
    fault("concept", "DUPLICATE_ID", ("vocabularies/stage.tsv", "StageTesting", "ModalityMust"),
          where=("vocabularies/stage.tsv", 3, 1), remedy="it is also in modality"),
    fault("catalogue", "DUPLICATE_ID", where=("more/catalogue.yaml", 1, 7), remedy="choose a slug",
          extra=second_catalogue),
    fault("provision", "BAD_ID", (P, "Art.1(1)|Art.1|", "Article 1|Art.1|"),
          (S, "art1-1|Art.1(1)|", "art1-1|Art.1|"), (f"{ACT}/definitions.tsv", "Art.1(1)", "Art.1"),
          (f"{ACT}/clocks.tsv", "Art.1(1)", "Art.1"), (f"{ACT}/penalties.tsv", "Art.1(1)", "Art.1"),
          ("catalogue/entries.tsv", "tiny-act:Art.1(1)", "tiny-act:Art.1"),
          where=(P, 4, 1), remedy="docs/identifiers.md"),
    fault("statement", "BAD_ID", (S, "art1-1|", "first|"), where=(S, 2, 1), remedy="docs/identifiers.md"),
    fault("rule", "BAD_ID", (R, "\nban|", "\nThe ban|"), where=(R, 3, 1), remedy="lower case"),
    fault("condition", "BAD_ID", (C, "is-small|", "Is small|"), (S, " AND NOT is-small", ""),
          where=(C, 3, 1), remedy="lower case"),
    fault("term", "BAD_ID", (f"{ACT}/definitions.tsv", "AI system", "¿?"),
          where=(f"{ACT}/definitions.tsv", 2, 2), remedy="letters"),
    fault("concept", "BAD_ID", ("vocabularies/stage.tsv", "StageTesting", "stage testing"),
          where=("vocabularies/stage.tsv", 3, 1), remedy="ModalityMust"),
    fault("entry", "BAD_ID", ("catalogue/entries.tsv", "en-2|", "EN 2|"),
          where=("catalogue/entries.tsv", 3, 1), remedy="lower case"),
    fault("path", "BAD_PATH", (P, "art_1/par_1", "art 1/par 1"), where=(P, 4, 4), remedy="letters"),
    fault("path", "DUPLICATE_PATH", (P, "art_1/par_2", "art_1/par_1"), where=(P, 5, 4),
          remedy="it is also the path of Art.1(1) in line 4"),
    fault("framework", "DUPLICATE_PATH", (f"{STANDARD}/framework.yaml", "iso/1/2022", "eu/reg/2020/1"),
          where=(f"{STANDARD}/framework.yaml", 8, 11), remedy="its own iri_path"),
    fault("name", "DUPLICATE_NAME", (f"{STANDARD}/framework.yaml", "names: [ISO 1]", "names: [tiny act]"),
          where=(f"{STANDARD}/framework.yaml", 20, 8), remedy="could mean both"),
    fault("edition", "SECOND_EDITION", where=("frameworks/tiny-standard/2025/framework.yaml", 1, 7),
          remedy="its own slug", extra=second_edition),
    fault("decoy", "DECOY_ID", (f"{STANDARD}/provisions.tsv", "A.2.2|", "A.2.1|"),
          ("catalogue/entries.tsv", "A.2.2", "A.2.1"),
          where=(f"{STANDARD}/provisions.tsv", 5, 1), remedy="Controls start at .2."),
    # references
    fault("parent", "UNKNOWN_REFERENCE", (P, "Art.1(1)|Art.1|", "Art.1(1)|Art.11|"), where=(P, 4, 2),
          remedy="did you mean 'Art.1'?"),
    fault("amended", "UNKNOWN_REFERENCE", (A, "am-1|Art.1(2)|", "am-1|Art.1(2);Art.1(3)|"), where=(A, 2, 2),
          remedy="did you mean 'Art.1"),
    fault("moved-to", "UNKNOWN_REFERENCE", (A, "Art.1(3)|Art.1(2)|", "Art.1(3)|Art.7(7)|"), where=(A, 4, 9),
          remedy="did you mean"),
    fault("instrument", "UNKNOWN_REFERENCE", (A, "2021-08-01|tiny-amendment", "2021-08-01|tiny-amendmnt"),
          where=(A, 2, 7), remedy="did you mean 'tiny-amendment'?"),
    fault("stated-in", "UNKNOWN_REFERENCE", (S, "art1-1|Art.1(1)|", "art1-1|Art.1(9)|"), where=(S, 2, 2),
          remedy="did you mean 'Art.1"),
    fault("role", "UNKNOWN_REFERENCE", (S, "deployer;provider", "deployer;providr"), where=(S, 3, 3),
          remedy="did you mean 'provider'?"),
    fault("replaced-by", "UNKNOWN_REFERENCE", (S, "2021-03-01|art1-2|", "2021-03-01|art1-3|"), where=(S, 4, 12),
          remedy="did you mean 'art1-"),
    fault("governs", "UNKNOWN_REFERENCE", (R, "ban|Art.1(2)|", "ban|Art.1(2);Art.99|"), where=(R, 3, 2),
          remedy="did you mean"),
    fault("basis", "UNKNOWN_REFERENCE", (R, "|Art.2(2)|", "|Art.2(4)|"), where=(R, 3, 5), remedy="did you mean"),
    fault("transition", "UNKNOWN_REFERENCE", (T, "legacy|Art.2(1)|", "legacy|Art.2(7)|"), where=(T, 2, 2),
          remedy="did you mean"),
    fault("spares", "UNKNOWN_REFERENCE", (T, "|all-ai|", "|all-ia|"), where=(T, 2, 4), remedy="did you mean"),
    fault("statement-condition", "UNKNOWN_REFERENCE", (S, "NOT is-small", "NOT is-smal"), where=(S, 3, 8),
          remedy="did you mean 'is-small'?"),
    fault("transition-condition", "UNKNOWN_REFERENCE", (T, "|is-employer|", "|is-employr|"), where=(T, 2, 8),
          remedy="did you mean 'is-employer'?"),
    *(fault(table, "UNKNOWN_REFERENCE", (f"{ACT}/{table}.tsv", old, "Art.1(8)"),
            where=(f"{ACT}/{table}.tsv", 2, column), remedy="did you mean")
      for table, old, column in (("definitions", "Art.1(1)", 1), ("gaps", "Art.2(1)", 1), ("clocks", "Art.1(1)", 2),
                                 ("penalties", "Art.1(1)", 2))),
    fault("clock-role", "UNKNOWN_REFERENCE", (f"{ACT}/clocks.tsv", "|provider|", "|provder|"),
          where=(f"{ACT}/clocks.tsv", 2, 4), remedy="did you mean 'provider'?"),
    fault("penalty-role", "UNKNOWN_REFERENCE", (f"{ACT}/penalties.tsv", "|provider|", "|provder|"),
          where=(f"{ACT}/penalties.tsv", 2, 7), remedy="did you mean 'provider'?"),
    fault("concerns", "UNKNOWN_REFERENCE", ("catalogue/entries.tsv", "@2022:A.2.2", "@2022:A.2.3"),
          where=("catalogue/entries.tsv", 2, 8), remedy="did you mean 'A.2"),
    fault("concerns-framework", "UNKNOWN_REFERENCE", ("catalogue/entries.tsv", "tiny-act:Art.1(1)", "tiny:Art.1(1)"),
          where=("catalogue/entries.tsv", 2, 8), remedy="frameworks: tiny-act"),
    fault("concerns-form", "UNKNOWN_REFERENCE", ("catalogue/entries.tsv", "tiny-act:Art.1(1)", "Art. 1"),
          where=("catalogue/entries.tsv", 2, 8), remedy="<framework>:<local id>"),
    # tree
    fault("self", "CYCLE", (P, "Art.1|Cpt.I|article|art_1|", "Art.1|Art.1|article|art_1|"), where=(P, 3, 2),
          remedy="the parent it stands in"),
    fault("order", "PART_FIRST", (P, "Cpt.I||chapter|cpt_I|Everything|||||\n", ""),
          (P, "Art.3|Cpt.I|article", "Cpt.I||chapter|cpt_I|Everything|||||\nArt.3|Cpt.I|article"),
          where=(P, 2, 2), remedy="order of the document"),
    # conditions
    fault("expression", "BAD_CONDITION", (S, "is-employer AND NOT is-small", "is-employer AND"), where=(S, 3, 8),
          remedy="AND, OR, NOT"),
    fault("transition", "BAD_CONDITION", (T, "|is-employer|", "|(is-employer|"), where=(T, 2, 8),
          remedy="AND, OR, NOT"),
    # rights
    fault("text", "TEXT_POLICY", (P, "Say who you are||", "Say who you are|Every provider shall say who it is.|"),
          where=(P, 4, 7), remedy="delete the text"),
    fault("title", "TEXT_POLICY", (f"{STANDARD}/provisions.tsv", "Issues", "Issues " * 20 + "and more"),
          where=(f"{STANDARD}/provisions.tsv", 3, 4), remedy="short title"),
    fault("document", "TEXT_POLICY", (f"{STANDARD}/provisions.tsv", "A list of issues", "A list " * 20 + "of all"),
          where=(f"{STANDARD}/provisions.tsv", 3, 7), remedy="our own words"),
    # dates
    fault("in-force", "DATES_ORDER", (P, "art_3|Old ban||||2021-03-01|", "art_3|Old ban|||2021-03-01|2021-03-01|"),
          where=(P, 9, 9), remedy="swap them"),
    fault("transition", "DATES_ORDER", (T, "2022-08-01", "2020-07-31"), where=(T, 2, 6), remedy="check both"),
    fault("header", "DATES_ORDER", (PIN, "issued: 2020-01-01", "issued: 2020-01-11"), where=(PIN, 12, 16),
          remedy="check the three days"),
    fault("start", "DATE_UNEXPLAINED", (P, "Do no harm||2021-03-01", "Do no harm||2021-03-02"),
          (A, "am-1|Art.1(2)|", "am-1|Art.2(2)|"), where=(P, 5, 8), remedy="amendments.tsv"),
    fault("end", "DATE_UNEXPLAINED", (P, "Old ban||||2021-03-01", "Old ban||||2021-03-02"),
          (A, "am-3|Art.3|", "am-3|Art.2(2)|"), where=(P, 9, 9), remedy="amendments.tsv"),
    fault("amendment", "NO_EFFECT", (A, "am-4|||modified|Another", "am-4|Art.2(1)||inserted|Another"),
          (PIN, "amendment: 3", "amendment: 4"), (PIN, "  amendment-elsewhere: 1\n", ""),
          where=(A, 5, 2), remedy="an insertion needs in_force_from"),
    fault("expression", "NO_VERSION", (S, "is-small|no||||", "is-small|no|2030-01-01|||"), where=(S, 3, 1),
          remedy="check in_force_from"),
    # rules
    fault("law", "NO_DATE", (R, "ban|Art.1(2)||2021-03-01|", "ban|Art.1(2)|gpai|2021-03-01|"), where=(S, 3, 5),
          remedy="application.tsv"),
    fault("key", "UNKNOWN_LAW", (T, "oj;2021-03-01", "oj;2021-03-02"), where=(T, 2, 3),
          remedy="versions of Art.2: 2021-03-01, oj"),
    fault("rule", "BASIS_NOT_IN_LAW", (R, "|oj;2021-03-01|Art.2(1)|", "|oj;2021-03-01|Art.2(2)|"), where=(R, 2, 5),
          remedy="the basis it has"),
    fault("transition", "BASIS_NOT_IN_LAW", (T, "legacy|Art.2(1)|", "legacy|Art.2(2)|"), where=(T, 2, 2),
          remedy="the basis it has"),
    fault("insertion", "GOVERNS_NOTHING", (R, "general|Cpt.I|", "general|Cpt.I;Art.2(2)|"), where=(R, 2, 2),
          remedy="split the rule"),
    fault("rule", "RULE_UNEVEN", (R, "ban|Art.1(2)|", "ban|Art.1(2);Art.1(1)|"), where=(R, 2, 4),
          remedy="one row a law"),
    # counts
    fault("missing", "COUNT_UNPINNED", (PIN, "  clock: 1\n", ""), where=(PIN, 22, 3), remedy="to expect"),
    fault("pin", "COUNT_WRONG", (PIN, "paragraph: 4", "paragraph: 5"), where=(PIN, 24, 14), remedy="mend the table"),
    fault("kind", "COUNT_WRONG", (PIN, "  chapter: 1\n", "  chapter: 1\n  recital: 3\n"), where=(PIN, 23, 12),
          remedy="mend the table"),
    fault("row", "COUNT_WRONG", (f"{ACT}/clocks.tsv", "clock-1|", "clock-1|"), (PIN, "clock: 1", "clock: 2"),
          where=(PIN, 31, 10), remedy="mend the table"),
    fault("entries", "COUNT_WRONG", ("catalogue/catalogue.yaml", "entry: 2", "entry: 3"),
          where=("catalogue/catalogue.yaml", 8, 17), remedy="mend the table or the pin"),
    fault("vocabulary", "NO_CONCEPT", ("vocabularies/stage.tsv", "StageTesting|testing|", "StageTesting|tests|"),
          where=("vocabularies/stage.tsv", 0, 0), remedy="add it to stage.tsv"),
]  # fmt: skip


def test_the_tiny_folder_is_valid(tiny: Path):
    assert check_content(read_content([tiny])) == []


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_gives_its_code(tiny: Path, case: Fault):
    for file, old, new in case.edits:
        spoil(tiny, file, old, new)
    if case.extra:
        case.extra(tiny)
    findings = check_content(read_content([tiny]))
    assert {finding.rule for finding in findings} == {case.code}, "\n".join(map(str, findings))
    file, line, column = case.where
    at = [
        f for f in findings if (f.location.file, f.location.line, f.location.column) == (f"data/{file}", line, column)
    ]
    assert at, "\n".join(map(str, findings))
    assert case.remedy in at[0].remedy


def test_every_code_in_the_source_has_a_fault():
    folder = Path(content_package.__file__).parent
    source = "".join((folder / name).read_text(encoding="utf-8") for name in ("check.py", "tables.py"))
    codes = set(re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)*)"', source)) - {"NFC"}
    assert codes == {case.values[0].code for case in FAULTS}


def test_findings_come_in_order_of_place(tiny: Path):
    spoil(tiny, S, "NOT is-small", "NOT is-smal")
    spoil(tiny, P, "Art.1(1)|Art.1|", "Art.1(1)|Art.11|")
    findings = check_content(read_content([tiny]))
    places = [(f.location.file, f.location.line, f.location.column) for f in findings]
    assert len(places) == 2
    assert places == sorted(places)


def test_unsound_content_is_refused_with_all_findings(tiny: Path):
    spoil(tiny, S, "NOT is-small", "NOT is-smal")
    spoil(tiny, P, "Art.1(1)|Art.1|", "Art.1(1)|Art.11|")
    with pytest.raises(ContentCheckFailed) as caught:
        require_sound(read_content([tiny]))
    assert len(caught.value.findings) == 2
    assert caught.value.exit_code == 1
    assert caught.value.location == caught.value.findings[0].location
    shown = str(caught.value)
    assert shown.startswith("2 findings in the content [check-failed]\n")
    assert all(str(finding) in shown for finding in caught.value.findings)
    assert AMENDING  # the amending act stands beside the act it amends
