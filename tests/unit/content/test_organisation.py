"""An organisation's folder: the example is sound, every mistake is named at its place, triples are traced."""

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsgraph import assets
from aimsgraph.content.organisation import (
    LawIndex,
    OrganisationSource,
    law_from_content,
    read_organisation,
)
from aimsgraph.content.read import read_content
from aimsgraph.domain.organisation import EXCLUSIONS, AISystem
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import AimsgraphError, CheckFailed, InputError
from aimsgraph.graph.vocabulary import RDF_TYPE, aims

ACME = assets.path("data", "examples", "acme")
BASE = "https://acme.example/aims/"
ACT = "https://w3id.org/aimsgraph/id/eu/reg/2024/1689/"


@pytest.fixture(scope="module")
def law() -> LawIndex:
    return law_from_content(read_content([assets.path("data")]))


@pytest.fixture(scope="module")
def acme(law: LawIndex) -> OrganisationSource:
    return read_organisation(ACME, law)


def system(source: OrganisationSource, id_: str) -> AISystem:
    return next(system for system in source.systems if system.id == id_)


# ----- The example -----


def test_the_example_has_no_findings(acme: OrganisationSource) -> None:
    assert [str(finding) for finding in acme.findings] == []
    assert [s.id for s in acme.systems] == [
        "cv-ranker",
        "cv-ranker-legacy",
        "support-chatbot",
        "wound-imaging",
    ]
    assert acme.register is not None


def test_the_example_tells_its_story(acme: OrganisationSource) -> None:
    ranker, legacy = system(acme, "cv-ranker"), system(acme, "cv-ranker-legacy")
    assert (ranker.placed_on_market, ranker.planned) == (dt.date(2027, 12, 10), True)
    assert ranker.routes == ("annex-iii", "all-ai")
    assert legacy.placed_on_market == dt.date(2025, 3, 1)
    assert {event.kind for event in legacy.events} == {
        "substantial-modification",
        "significant-design-change",
    }
    assert {event.on for event in legacy.events} == {dt.date(2028, 3, 1)}
    assert system(acme, "wound-imaging").placed_on_market == dt.date(2028, 8, 2)
    assert system(acme, "support-chatbot").routes == ("transparency", "all-ai")


def test_the_provider_of_the_legacy_system_changes_on_one_day(acme: OrganisationSource) -> None:
    legacy = system(acme, "cv-ranker-legacy")

    def providers(day: dt.date) -> list[str]:
        return [role.agent_label for role in legacy.roles_on(day) if role.role == "provider"]

    assert providers(dt.date(2025, 2, 28)) == []
    assert providers(dt.date(2025, 3, 1)) == ["Talentry B.V."]
    assert providers(dt.date(2028, 2, 29)) == ["Talentry B.V."]
    assert providers(dt.date(2028, 3, 1)) == ["Acme Hiring GmbH"]
    assert [r.ground for r in legacy.roles_on(dt.date(2028, 3, 1), "acme")] == ["", "eu-ai-act:Art.25(1)(b)"]
    assert legacy.roles_on(dt.date(2028, 3, 1), "talentry") == ()


def test_facts_are_merged_and_what_is_open_stays_unknown(acme: OrganisationSource, law: LawIndex) -> None:
    ranker = system(acme, "cv-ranker")
    assert ranker.facts["is-public-authority"] is False
    assert ranker.facts["profiles-persons"] is True
    assert "harmonised-standards-applied" not in ranker.facts
    assert all(set(s.facts) < set(law.conditions) for s in acme.systems)
    assert set(ranker.exclusions) == set(EXCLUSIONS)
    assert ranker.organisation.label == "Acme Hiring GmbH"


# ----- Triples -----


def objects(triples: frozenset[ox.Triple], subject: str, predicate: str) -> set[str]:
    node = ox.NamedNode(BASE + subject)
    return {t.object.value for t in triples if t.subject == node and t.predicate == aims(predicate)}


def test_compiles_what_the_folder_says(acme: OrganisationSource) -> None:
    graph, triples, _ = acme.compile()
    assert graph == "https://w3id.org/aimsgraph/graph/org/acme"
    assert objects(triples, "system/cv-ranker", "placedOnMarketOn") == {"2027-12-10"}
    assert objects(triples, "system/cv-ranker", "isPlanned") == {"true"}
    assert objects(triples, "system/cv-ranker", "onRoute") == {
        aims("RouteAnnexIII").value,
        aims("RouteAllAI").value,
    }
    role = "role/system/cv-ranker-legacy/acme/provider/2028-03-01"
    assert objects(triples, role, "assignedTo") == {BASE + "organisation/acme"}
    assert objects(triples, role, "assignedRole") == {ACT + "role/provider"}
    assert objects(triples, role, "inRespectOf") == {BASE + "system/cv-ranker-legacy"}
    assert objects(triples, role, "heldFrom") == {"2028-03-01"}
    assert objects(triples, role, "heldUntil") == set()
    assert objects(triples, role, "assumedUnder") == {ACT + "art_25/par_1/pnt_b"}
    assert objects(triples, role, "triggeredBy") == {BASE + "event/cv-ranker-legacy/retraining-2028"}
    assert objects(triples, "event/cv-ranker-legacy/retraining-2028", "happenedOn") == {"2028-03-01"}
    decision = "classification/cv-ranker"
    assert objects(triples, decision, "outcome") == {aims("RouteAnnexIII").value}
    assert objects(triples, decision, "groundedOn") == {ACT + "art_6/par_2", ACT + "anx_III/pnt_4/pnt_a"}
    assert objects(triples, decision, "decidedBy") == {BASE + "person/dana"}
    answer = "answer/system/cv-ranker/profiles-persons"
    assert objects(triples, answer, "answersCondition") == {ACT + "cond/profiles-persons"}
    assert objects(triples, answer, "conditionHolds") == {"true"}
    assert objects(triples, "answer/organisation/is-public-authority", "decisionAbout") == {BASE + "organisation/acme"}
    exclusion = "exclusion/cv-ranker/personal-use"
    assert objects(triples, exclusion, "groundedOn") == {ACT + "art_2/par_10"}
    assert objects(triples, exclusion, "exclusionApplies") == {"false"}
    datasets = {BASE + "dataset/hires-2019-2025", BASE + "dataset/vacancy-texts"}
    assert objects(triples, "model/ranker-4", "trainedOn") == datasets
    assert objects(triples, "dataset/hires-2019-2025", "containsPersonalData") == {"true"}
    assert objects(triples, "deployment/cv-ranker/own-recruiting", "deployedBy") == {BASE + "organisation/acme"}
    assert objects(triples, "competence/otto", "competenceOf") == set()


def test_every_node_is_named_below_the_base_typed_and_traced(acme: OrganisationSource) -> None:
    _, triples, sources = acme.compile()
    subjects = {triple.subject for triple in triples}
    assert all(isinstance(term, ox.NamedNode) for term in subjects)
    assert not any(isinstance(triple.object, ox.BlankNode) for triple in triples)
    assert all(subject.value.startswith(BASE) for subject in subjects)
    assert subjects == {triple.subject for triple in triples if triple.predicate == RDF_TYPE}
    assert set(sources) == {subject.value for subject in subjects}
    own = {t.object for t in triples if isinstance(t.object, ox.NamedNode) and t.object.value.startswith(BASE)}
    assert own <= subjects


def test_positions_point_at_what_was_written(acme: OrganisationSource) -> None:
    _, _, sources = acme.compile()
    for iri, where in sources.items():
        line = (ACME.parent / where.file).read_text("utf-8").splitlines()[where.line - 1]
        kind, *path = iri.removeprefix(BASE).split("/")
        word = line[where.column - 1 :].split()[0]
        match kind:
            case "system" | "event" | "model" | "dataset" | "deployment":
                assert (line.lstrip(" -").split(":")[0], word) == ("id", path[-1])
            case "answer" | "exclusion":
                assert (line.split(":")[0].strip(), word in ("yes", "no")) == (path[-1], True)
            case "person":
                assert line.startswith(path[-1] + ",")
                assert where.column == 1
            case "role" if path[0] == "system":
                assert (word, line.split()[-1]) == ("agent:", path[2])
            case "classification":
                assert word == "status:"
    assert sources[BASE + "competence/dana"].column == 5


def test_compiling_is_deterministic(acme: OrganisationSource, law: LawIndex) -> None:
    first, second = acme.compile(), read_organisation(ACME, law).compile()
    assert first == second
    assert list(first.sources) == list(second.sources)


def test_an_undetermined_exclusion_has_no_answer_and_an_undetermined_class_says_so(
    tmp_path: Path, law: LawIndex
) -> None:
    folder = write(tmp_path, ("military: no", "military: undetermined"), (DECIDED, "status: undetermined"))
    source = read_organisation(folder, law)
    assert source.systems[0].exclusions["military"] is None
    triples = source.compile().triples
    assert objects(triples, "exclusion/ranker/military", "decisionAbout") == {BASE + "system/ranker"}
    assert objects(triples, "exclusion/ranker/military", "exclusionApplies") == set()
    assert objects(triples, "classification/ranker", "outcome") == {aims("Undetermined").value}


def test_a_system_answers_before_the_organisation(tmp_path: Path, law: LawIndex) -> None:
    source = read_organisation(write(tmp_path, ("profiles-persons: yes", "is-employer: no")), law)
    assert source.organisation is not None
    assert source.files.header is not None
    assert source.files.header.model.facts == {"is-employer": True}
    assert source.systems[0].facts == {"is-employer": False}


def test_a_model_may_be_described_in_another_file(tmp_path: Path, law: LawIndex) -> None:
    folder = write(tmp_path)
    other = SYSTEM.replace("id: ranker\n", "id: other\n")
    other = other.split("models:")[0] + "models:\n  - id: net\n" + other[other.index("events:") :]
    (folder / "systems" / "other.yaml").write_text(other, "utf-8")
    source = read_organisation(folder, law)
    assert source.findings == ()
    assert objects(source.compile().triples, "system/other", "usesModel") == {BASE + "model/net"}


# ----- Mistakes: one folder a rule; ‸ stands where the finding must point -----

HEADER = """\
slug: acme
name: Acme
base: https://acme.example/aims/
jurisdiction: DE
agents:
  - id: vendor
    name: Vendor
facts:
  is-employer: yes
"""
PEOPLE = """\
id,name,role,since,competence
dana,Dana Quillfeather,governance-lead,2025-01-15,"Law, and
engineering"
ben,Ben Harrowgate,engineer,,
"""
DECIDED = """\
status: decided
  outcome: annex-iii
  grounded_on: [eu-ai-act:Art.6(2)]
  decided_by: dana
  decided_on: 2026-10-20
  rationale: Listed."""
SYSTEM = f"""\
id: ranker
name: Ranker
purpose: Rank applications.
owner: ben
routes: [annex-iii]
planned: no
placed_on_market: 2025-03-01
art_2_exclusions:
  military: no
  third-country-authority: no
  scientific-research: no
  research-and-development-before-market: no
  personal-use: no
  open-source: no
roles:
  - agent: vendor
    role: provider
    from: 2025-03-01
    until: 2028-03-01
  - agent: acme
    role: provider
    from: 2028-03-01
    ground: eu-ai-act:Art.25(1)(b)
    triggered_by: retraining
classification:
  {DECIDED}
facts:
  profiles-persons: yes
models:
  - id: net
    name: Net
    datasets: [hires]
datasets:
  - id: hires
    name: Hires
    personal_data: yes
deployments:
  - id: hiring
    name: Hiring
    by: acme
    from: 2025-03-01
    until: 2029-01-01
events:
  - id: retraining
    kind: substantial-modification
    on: 2028-03-01
    description: New model.
"""
FILES = {"organisation.yaml": HEADER, "people.csv": PEOPLE, "systems/ranker.yaml": SYSTEM}
MARK = "‸"


def write(tmp_path: Path, *edits: tuple[str, str]) -> Path:
    """Write the small folder with some texts replaced; each must stand in exactly one of the files."""
    folder = tmp_path / "org"
    (folder / "systems").mkdir(parents=True)
    texts = dict(FILES)
    for old, new in edits:
        holders = [name for name, text in texts.items() if text.count(old) == 1]
        assert len(holders) == 1, f"{old!r} must stand in exactly one place"
        texts[holders[0]] = texts[holders[0]].replace(old, new)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def take_mark(folder: Path) -> tuple[str, int, int]:
    """Return where the mark stands, and take it out of the file."""
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text("utf-8")
        if MARK in text:
            before = text.split(MARK)[0]
            path.write_text(text.replace(MARK, ""), "utf-8")
            name = f"org/{path.relative_to(folder).as_posix()}"
            return name, before.count("\n") + 1, len(before) - before.rfind("\n")
    raise AssertionError("the case has no mark")


def test_the_small_folder_is_sound(tmp_path: Path, law: LawIndex) -> None:
    source = read_organisation(write(tmp_path), law)
    assert source.findings == ()
    assert len(source.compile().triples) > 50


MISTAKES = """
unknown field of the organisation | UNKNOWN_FIELD | 'jurisdiction'
    jurisdiction: DE => jurisdiction: DE⏎jurisdicton: ‸DE
unknown field of a system | UNKNOWN_FIELD | 'owner'
    owner: ben => ownr: ‸ben
unknown field of a role | UNKNOWN_FIELD | 'until'
        until: 2028-03-01 =>     untill: ‸2028-03-01
unknown field of a classification | UNKNOWN_FIELD | 'decided_by'
    decided_by: dana => decided_by: dana⏎  decided_bye: ‸dana
unknown field that is empty | UNKNOWN_FIELD | 'owner'
    owner: ben => ownr:‸
missing field | MISSING_FIELD | add it
    id: ranker⏎name: Ranker⏎ => ‸id: ranker⏎
missing field of a role | MISSING_FIELD | add it
    agent: vendor⏎    role: provider => ‸agent: vendor
empty field | MISSING_VALUE | fill it in
    purpose: Rank applications. => purpose:‸
empty answer | MISSING_VALUE | delete the line
    profiles-persons: yes => profiles-persons:‸
unknown route | BAD_VALUE | 'annex-i'
    [annex-iii]⏎planned => [‸annex-3]⏎planned
no list | BAD_VALUE | acme
    routes: [annex-iii] => routes: ‸annex-iii
neither yes nor no | BAD_VALUE | yes, no
    planned: no => planned: ‸maybe
answer to an exclusion | BAD_VALUE | 'undetermined'
    military: no => military: ‸undetermind
a list for an answer | BAD_VALUE | one word
    military: no => military: ‸[no]
unknown kind of event | BAD_VALUE | 'substantial-modification'
    kind: substantial-modification => kind: ‸substantial-modifcation
unknown outcome | BAD_VALUE | 'not-high-risk'
    outcome: annex-iii => outcome: ‸not-high-rsk
unknown status | BAD_VALUE | 'decided'
    status: decided => status: ‸decidd
no calendar day | BAD_VALUE | YYYY-MM-DD
    on: 2028-03-01 => on: ‸2028-02-30
a number for a day | BAD_VALUE | YYYY-MM-DD
    decided_on: 2026-10-20 => decided_on: ‸1792454400
id that is no slug | BAD_ID | hyphens
    id: net => id: ‸Net 1
base that is no address | BAD_ID | web address
    https://acme.example/aims/ => ‸acme.example
base of ours | BAD_ID | your own
    https://acme.example/aims/ => ‸https://w3id.org/aimsgraph/id/acme/
nameless model with datasets | BAD_VALUE | acme
      - id: net⏎    name: Net =>   - ‸id: net
id unlike the file | ID_NOT_FILE_NAME | after the system
    id: ranker⏎ => id: ‸rankr⏎
route twice | DUPLICATE_ID | keep one
    [annex-iii]⏎planned => [annex-iii, ‸annex-iii]⏎planned
unknown condition | UNKNOWN_REFERENCE | 'profiles-persons'
    profiles-persons: yes => profile-persons: ‸yes
unknown condition of the organisation | UNKNOWN_REFERENCE | 'is-employer'
    is-employer: yes => is-employr: ‸yes
unknown exclusion | UNKNOWN_REFERENCE | 'open-source'
      open-source: no =>   open-source: no⏎  open-sourced: ‸no
exclusion left out | MISSING_FIELD | undetermined
      military: no⏎  third =>   ‸third
unknown owner | UNKNOWN_REFERENCE | 'ben'
    owner: ben => owner: ‸bem
unknown agent | UNKNOWN_REFERENCE | 'vendor'
    agent: vendor => agent: ‸vendr
    acme⏎    role: provider => acme⏎    role: deployer
unknown agent of a deployment | UNKNOWN_REFERENCE | 'acme'
    by: acme⏎ => by: ‸acmee⏎
unknown role | UNKNOWN_REFERENCE | 'provider'
    vendor⏎    role: provider => vendor⏎    role: ‸provder
unknown event | UNKNOWN_REFERENCE | 'retraining'
    triggered_by: retraining => triggered_by: ‸retrainin
unknown ground | UNKNOWN_REFERENCE | eu-ai-act:Art.25(1)(
    eu-ai-act:Art.25(1)(b) => ‸eu-ai-act:Art.25(1)(x)
ground without colon | UNKNOWN_REFERENCE | 'eu-ai-act:Art.25(1)(b)'
    eu-ai-act:Art.25(1)(b) => ‸Art.25(1)(b)
unknown ground of a class | UNKNOWN_REFERENCE | 'eu-ai-act:Art.6(2)'
    eu-ai-act:Art.6(2) => ‸eu-ai-act:Art.6(22)
decided by nobody known | UNKNOWN_REFERENCE | 'dana'
    decided_by: dana => decided_by: ‸danna
decided by an organisation | UNKNOWN_REFERENCE | dana
    decided_by: dana => decided_by: ‸vendor
unknown dataset | UNKNOWN_REFERENCE | 'hires'
    datasets: [hires] => datasets: [‸hired]
model described nowhere | UNKNOWN_REFERENCE | 'net'
    datasets: [hires] => datasets: [hires]⏎  - id: ‸nett
same model twice | DUPLICATE_ID | own id
    datasets: [hires] => datasets: [hires]⏎  - id: ‸net⏎    name: Net
same event twice | DUPLICATE_ID | own id
    description: New model. => description: New.⏎  - id: ‸retraining⏎    kind: significant-design-change⏎    on: 2028-03-01⏎    description: A
agent named like a person | DUPLICATE_ID | people.csv:4:1
    id: vendor => id: ‸ben
    agent: vendor => agent: ben
until before from | DATES_ORDER | first day
        until: 2028-03-01 =>     until: ‸2025-03-01
deployment that ends before it begins | DATES_ORDER | both days
    until: 2029-01-01 => until: ‸2024-01-01
role before its event | DATES_ORDER | both days
        from: 2028-03-01⏎    ground =>     from: ‸2028-02-01⏎    ground
event before the market | DATES_ORDER | already on the market
    placed_on_market: 2025-03-01 => placed_on_market: 2028-06-01
    on: 2028-03-01 => on: ‸2028-03-01
undetermined with an outcome | OUTCOME_UNDECIDED | decide
    status: decided⏎  outcome: annex-iii => status: undetermined⏎  outcome: ‸annex-iii
decided without reasons | MISSING_FIELD | undetermined
    classification:⏎  status: decided => classification:⏎  ‸status: decided
      rationale: Listed.⏎facts: => facts:
outcome on no route | OUTCOME_OFF_ROUTE | annex-iii
    outcome: annex-iii => outcome: ‸annex-i
"""  # noqa: E501
"""What is wrong, the rule that says so, what the remedy names; below, the edits to make (⏎ ends a line)."""


def iter_cases() -> Iterator[object]:
    """Yield the cases for parametrisation."""
    for block in re.split(r"\n(?! )", MISTAKES.strip("\n")):
        head, *lines = block.split("\n")
        name, rule, remedy = head.split(" | ")
        edits = [line[4:].replace("⏎", "\n").split(" => ") for line in lines]
        yield pytest.param(rule, remedy, [(old, new) for old, new in edits], id=name)


@pytest.mark.parametrize(("rule", "remedy", "edits"), list(iter_cases()))
def test_a_mistake_is_named_at_its_place(
    rule: str, remedy: str, edits: list[tuple[str, str]], tmp_path: Path, law: LawIndex
) -> None:
    folder = write(tmp_path, *edits)
    place = take_mark(folder)
    source = read_organisation(folder, law, "org")
    assert [f.rule for f in source.findings] == [rule], [str(f) for f in source.findings]
    finding = source.findings[0]
    assert (finding.location.file, finding.location.line, finding.location.column) == place
    assert remedy in finding.remedy
    assert finding.severity is Severity.VIOLATION
    assert not [s for s in source.systems if finding.location.file.endswith(f"/{s.id}.yaml")]
    with pytest.raises(CheckFailed) as failure:
        source.compile()
    assert failure.value.location == finding.location


def test_the_same_role_twice(tmp_path: Path, law: LawIndex) -> None:
    again = "events:", "  \nevents:"
    twice = (
        "classification:\n",
        "  - agent: acme\n    role: provider\n    from: 2028-03-01\nclassification:\n",
    )
    finding = only(read_organisation(write(tmp_path, again, twice), law))
    assert (finding.rule, finding.location.line, finding.location.column) == ("DUPLICATE_ID", 25, 5)
    assert "org/systems/ranker.yaml:20:5" in finding.remedy


def only(source: OrganisationSource) -> Finding:
    assert len(source.findings) == 1, [str(f) for f in source.findings]
    return source.findings[0]


CELLS = [
    pytest.param(
        "id,name,role,since,competence",
        "id,name,role,sinc,competence",
        "UNKNOWN_COLUMN",
        1,
        4,
        "'since'",
        id="unknown column",
    ),
    pytest.param(
        "id,name,role,since,competence",
        "id,name,sinces,since,competence",
        "MISSING_COLUMN",
        1,
        0,
        "add it",
        id="missing column",
    ),
    pytest.param("ben,Ben Harrowgate", "ben,", "MISSING_VALUE", 4, 2, "fill it in", id="empty name"),
    pytest.param("2025-01-15", "15.1.2025", "BAD_VALUE", 2, 4, "YYYY-MM-DD", id="bad day"),
    pytest.param("ben,Ben", "Ben H.,Ben", "BAD_ID", 4, 1, "hyphens", id="id that is no slug"),
    pytest.param("engineer,", "The engineer,", "BAD_ID", 4, 3, "hyphens", id="role that is no slug"),
    pytest.param("ben,Ben", "dana,Ben", "DUPLICATE_ID", 4, 1, "people.csv:2:1", id="same person twice"),
    pytest.param("engineer,,", "engineer,,,", "CELL_COUNT", 4, 0, "double quotes", id="too many cells"),
    pytest.param("ben,Ben", "\nben,Ben", "BLANK_LINE", 4, 0, "delete", id="blank line"),
    pytest.param("engineer,,", "engineer,, x", "NOT_NORMAL", 4, 5, "spaces", id="space around"),
]


@pytest.mark.parametrize(("old", "new", "rule", "line", "column", "remedy"), CELLS)
def test_a_mistake_in_a_table_is_named_at_its_cell(
    old: str, new: str, rule: str, line: int, column: int, remedy: str, tmp_path: Path, law: LawIndex
) -> None:
    folder = write(tmp_path, ("owner: ben\n", ""), (old, new))
    findings = [f for f in read_organisation(folder, law).findings if f.rule == rule]
    assert [(f.location.file, f.location.line, f.location.column) for f in findings] == [
        ("org/people.csv", line, column)
    ]
    assert remedy in findings[0].remedy


def test_a_quoted_cell_may_run_over_lines_and_lines_may_end_as_in_a_spreadsheet(tmp_path: Path, law: LawIndex) -> None:
    folder = write(tmp_path)
    assert [row.line for row in read_organisation(folder, law).files.people] == [2, 4]
    (folder / "people.csv").write_bytes(PEOPLE.replace("\n", "\r\n").encode())
    source = read_organisation(folder, law)
    assert source.findings == ()
    assert [row["id"] for row in source.files.people] == ["dana", "ben"]


def test_a_reference_near_to_none_does_not_list_thousands(tmp_path: Path, law: LawIndex) -> None:
    finding = only(read_organisation(write(tmp_path, ("eu-ai-act:Art.25(1)(b)", "???")), law))
    assert finding.rule == "UNKNOWN_REFERENCE"
    assert finding.remedy == f"none of the {len(law.references)} known ones is near."


GROUND_DAYS = [
    ("2027-12-01", ["GROUND_TOO_EARLY"]),
    ("2027-12-02", []),
]


@pytest.mark.parametrize(("day", "rules"), GROUND_DAYS)
def test_a_legal_ground_must_apply_on_the_day_it_is_used(
    day: str, rules: list[str], tmp_path: Path, law: LawIndex
) -> None:
    edits = (
        ("    from: 2028-03-01\n    ground: ", f"    from: {day}\n    ground: ‸"),
        ("on: 2028-03-01", f"on: {day}"),
    )
    folder = write(tmp_path, *edits)
    place = take_mark(folder)
    findings = read_organisation(folder, law).findings
    assert [f.rule for f in findings] == rules
    for finding in findings:
        assert (finding.location.file, finding.location.line, finding.location.column) == place
        assert "2027-12-02" in finding.message
        assert "2027-12-02" in finding.remedy


def test_a_ground_without_a_known_day_is_a_warning(tmp_path: Path, law: LawIndex) -> None:
    edits = (
        ("[annex-iii]\nplanned", "[transparency]\nplanned"),
        ("outcome: annex-iii", "outcome: transparency"),
        ("ground: ", "ground: ‸"),
    )
    folder = write(tmp_path, *edits)
    place = take_mark(folder)
    source = read_organisation(folder, law)
    finding = only(source)
    assert (finding.rule, finding.severity) == ("GROUND_UNDATED", Severity.WARNING)
    assert (finding.location.file, finding.location.line, finding.location.column) == place
    assert len(source.systems) == 1
    assert source.compile().triples


# ----- Files -----


def test_other_files_of_the_format_are_known(tmp_path: Path, law: LawIndex) -> None:
    folder = write(tmp_path)
    for name in ("audits.yaml", "README.md", ".gitignore", "evidence/any.thing"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("", "utf-8")
    source = read_organisation(folder, law)
    assert source.findings == ()
    assert source.register is not None
    assert source.register.controls == ()
    assert source.register.soa.decisions == ()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("peple.csv", "'people.csv'"),
        ("organization.yaml", "'organisation.yaml'"),
        ("system/x.yaml", "'systems'"),
        ("systems/other.yml", "'other.yaml'"),
    ],
)
def test_an_unknown_file_is_named_with_the_nearest_known_one(
    name: str, nearest: str, tmp_path: Path, law: LawIndex
) -> None:
    folder = write(tmp_path)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("", "utf-8")
    finding = only(read_organisation(folder, law))
    assert finding.rule == "UNKNOWN_FILE"
    assert finding.location.file in (f"org/{name}", f"org/{Path(name).parts[0]}")
    assert nearest in finding.remedy


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("organisation.yaml", "slug: [", 2),
        ("systems/ranker.yaml", "id: a\nid: b", 2),
        ("people.csv", "", 1),
        ("people.csv", 'id,name\na,"b', 2),
        ("people.csv", 'id,name\na,b\nc,"d"e\n', 3),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_line(
    name: str, content: str, line: int, tmp_path: Path, law: LawIndex
) -> None:
    folder = write(tmp_path)
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(InputError) as error:
        read_organisation(folder, law)
    assert error.value.location is not None
    assert (error.value.location.file, error.value.location.line) == (f"org/{name}", line)
    assert error.value.remedy


def test_a_folder_without_organisation_yaml_is_an_error(tmp_path: Path, law: LawIndex) -> None:
    folder = write(tmp_path)
    (folder / "organisation.yaml").unlink()
    with pytest.raises(InputError, match=r"organisation\.yaml"):
        read_organisation(folder, law)
    with pytest.raises(InputError, match="no such organisation folder"):
        read_organisation(tmp_path / "nowhere", law)


def test_a_broken_organisation_yaml_leaves_no_systems(tmp_path: Path, law: LawIndex) -> None:
    source = read_organisation(write(tmp_path, ("name: Acme\n", "")), law)
    assert [f.rule for f in source.findings] == ["MISSING_FIELD"]
    assert (source.organisation, source.systems) == (None, ())


def test_a_broken_system_file_does_not_blame_the_others(tmp_path: Path, law: LawIndex) -> None:
    folder = write(tmp_path, ("name: Ranker\n", ""))
    other = SYSTEM.replace("id: ranker\n", "id: other\n").replace(
        "  - id: net\n    name: Net", "  - id: two\n    name: Two"
    )
    other = other.replace("datasets:\n  - id: hires\n    name: Hires\n    personal_data: yes\n", "")
    (folder / "systems" / "other.yaml").write_text(other, "utf-8")
    source = read_organisation(folder, law)
    assert [f.location.file for f in source.findings] == ["org/systems/ranker.yaml"]
    assert [s.id for s in source.systems] == ["other"]


# ----- The index of the law -----


def test_the_law_index_answers_from_the_content(law: LawIndex) -> None:
    assert law.resolve("eu-ai-act:Art.25(1)(b)") == ACT + "art_25/par_1/pnt_b"
    assert law.resolve("eu-ai-act@2024:Art.25(1)(b)") == ACT + "art_25/par_1/pnt_b"
    assert law.resolve("eu-ai-act@1999:Art.25(1)(b)") is None
    assert law.resolve("eu-ai-act:art9-1") is None
    assert law.find("eu-ai-act:art9-1") == ACT + "stmt/art9-1"
    assert law.find("eu-ai-act@2024:art9-1") == ACT + "stmt/art9-1"
    assert law.find("eu-ai-act@1999:art9-1") is None
    assert law.find("eu-ai-act:Art.9") == ACT + "art_9"
    assert law.statement("eu-ai-act@2024:art9-1") == "eu-ai-act:art9-1"
    assert law.statement("eu-ai-act:Art.9(1)") == "eu-ai-act:art9-1"
    assert law.statement("eu-ai-act:Art.9") is None
    assert law.statement("nothing") is None
    assert law.control("iso-42001@2023:A.2.2") == "iso-42001:A.2.2"
    assert law.control("iso-42001:5.2") is None
    assert law.resolve("no-such:Art.1") is None
    assert law.resolve("nothing") is None
    assert law.applies_from("eu-ai-act:Art.25(1)(b)", "annex-iii") == dt.date(2027, 12, 2)
    assert law.applies_from("eu-ai-act:Art.25(1)(b)", "annex-i") == dt.date(2028, 8, 2)
    assert law.applies_from("eu-ai-act:Art.25(1)(b)", "transparency") is None
    assert law.applies_from("eu-ai-act:Art.50(1)", "transparency") == dt.date(2026, 8, 2)
    assert law.applies_from("gdpr:Art.35", "annex-iii") is None
    assert law.applies_from("nothing", "annex-iii") is None


# ----- Anything else people may write -----

_scalars = st.none() | st.booleans() | st.integers() | st.dates() | st.text(max_size=20)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
_places = st.sampled_from(
    [(), ("roles", 0), ("classification",), ("facts",), ("models", 0), ("events", 0), ("art_2_exclusions",)]
)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_unknown_keys_and_odd_values_are_findings_never_a_crash(data: st.DataObject, law: LawIndex) -> None:
    document = yaml.load(SYSTEM, Loader=yaml.BaseLoader)
    for _ in range(data.draw(st.integers(1, 3))):
        entry = document
        for step in data.draw(_places):
            if not isinstance(entry, dict | list) or (isinstance(entry, dict) and step not in entry) or not entry:
                break
            entry = entry[step]
        if isinstance(entry, dict):
            key = data.draw(st.text(max_size=8) | st.sampled_from(sorted(entry) or ["x"]))
            entry[key] = data.draw(_values)
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place))
        (folder / "systems" / "ranker.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        try:
            source = read_organisation(folder, law)
            if all(f.severity is not Severity.VIOLATION for f in source.findings):
                assert source.compile().triples
            else:
                assert all(f.location.line and f.location.file.startswith("org/") for f in source.findings)
        except AimsgraphError as error:
            assert error.message


@settings(deadline=None, max_examples=100)
@given(content=st.text(max_size=200))
def test_any_text_in_any_file_is_a_finding_or_our_error(content: str, law: LawIndex) -> None:
    for name in FILES:
        with tempfile.TemporaryDirectory() as place:
            folder = write(Path(place))
            (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
            try:
                assert read_organisation(folder, law).findings or name == "people.csv"
            except AimsgraphError as error:
                assert error.message


def test_the_example_can_be_copied_anywhere(tmp_path: Path, law: LawIndex) -> None:
    copy = shutil.copytree(ACME, tmp_path / "elsewhere")
    source = read_organisation(copy, law, "acme")
    assert source.findings == ()
    assert source.compile().sources == read_organisation(ACME, law).compile().sources
