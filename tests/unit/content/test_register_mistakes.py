"""Every mistake in the files of a register is named once, at its place, with what was meant."""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsgraph import assets
from aimsgraph.content.organisation import LawIndex, law_from_content, read_organisation
from aimsgraph.content.read import read_content
from aimsgraph.domain.report import Severity
from aimsgraph.errors import AimsgraphError, CheckFailed

MARK = "‸"
PROOF = "It works.\n"
DIGEST = hashlib.sha256(PROOF.encode()).hexdigest()
FILES = {
    "organisation.yaml": """\
slug: acme
name: Acme
base: https://acme.example/aims/
jurisdiction: DE
agents:
  - id: vendor
    name: Vendor
management_system:
  scope: aims-scope
  top_management: carla
soa:
  version: "1.0"
  approved_by: carla
  approved_on: 2026-03-01
context:
  issues: [Law]
  parties:
    - name: Staff
      requirement: Fairness
objectives:
  - id: fair
    title: Be fair
    owner: ben
    status: open
measurements:
  - id: complaints
    what: Complaints
    every_days: 31
changes:
  - id: move
    title: Move
    purpose: Room
    owner: dana
""",
    "people.csv": """\
id,name,role,since,competence,trained_on
dana,Dana,lead,2025-01-15,Law,2025-02-01
ben,Ben,engineer,2025-01-15,Code,
carla,Carla,top-management,2025-01-15,Board,
""",
    "systems/ranker.yaml": """\
id: ranker
name: Ranker
purpose: Rank.
routes: [annex-iii]
planned: no
art_2_exclusions:
  military: no
  third-country-authority: no
  scientific-research: no
  research-and-development-before-market: no
  personal-use: no
  open-source: no
roles: []
classification:
  status: undetermined
models:
  - id: net
    name: Net
    datasets: [hires]
datasets:
  - id: hires
    name: Hires
""",
    "controls.csv": """\
id,control,title,systems,status,owner,since,until,addresses,reviewed_by,reviewed_on,procedure
tests,iso-42001:A.6.2.4,Tests,ranker,operating,ben,2026-01-02,2028-01-01,eu-ai-act:art9-6,dana,2026-02-01,testing
logs,own,Logs,all,planned,ben,,,,,,
""",
    "soa.csv": "",
    "risks.csv": """\
id,title,system,affects,inherent,treatment,controls,residual,owner,assessed_on,next_review,accepted_by,accepted_on,accepted_until
bias,Bias,ranker,fundamental-rights,high,modify,tests,medium,ben,2026-01-02,2027-01-02,carla,2026-02-02,2027-02-02
law,Law,aims,organisation,low,retain,,low,dana,,,,,
""",
    "evidence.csv": f"""\
id,title,type,supports,system,collected_on,period_from,period_to,collected_by,location,sha256,max_age_days,metric,dataset
run,Run,test-report,tests;eu-ai-act:art9-6,ranker,2026-02-02,2026-01-05,2026-01-06,dana,evidence/run.txt,{DIGEST},365,hits,hires
page,Page,record,iso-42001:7.2,,2026-02-02,,,dana,https://acme.example/page,,,,
""",
    "suppliers.csv": """\
id,name,supplies,role,contract_covers,since,until
vendor,Vendor,ranker;net;hires,provider,eu-ai-act:art13-1;iso-42001:A.10.2,2025-01-01,2028-01-01
""",
    "incidents.csv": """\
id,system,title,kind,aware_on,reported_on,reported_to,corrective
wrong,ranker,Wrong,serious,2026-05-01,2026-05-05,vendor,nc
""",
    "impacts/effects.yaml": """\
id: effects
kind: ai-system
system: ranker
done_on: 2026-01-10
by: dana
next_review: 2027-01-10
reuses: [privacy]
document: testing
""",
    "impacts/privacy.yaml": """\
id: privacy
kind: dpia
system: ranker
done_on: 2026-01-09
notified_on: 2026-01-12
""",
    "policies/aims-scope.yaml": """\
id: aims-scope
kind: aims-scope
title: Scope
documents: [iso-42001:4.3]
""",
    "policies/ai-policy.yaml": """\
id: ai-policy
kind: ai-policy
title: Policy
owner: dana
approved_by: carla
approved_on: 2026-01-15
next_review: 2027-01-15
communicated_on: 2026-01-20
""",
    "policies/testing.yaml": """\
id: testing
kind: procedure
title: How we test
systems: [ranker]
""",
    "audits.yaml": """\
programme:
  - id: ia
    kind: internal
    on: 2026-04-01
    auditor: dana
    scope: [iso-42001:9, iso-42001:A.6.2.4]
    report: page
findings:
  - id: nc
    audit: ia
    against: eu-ai-act:art9-6
    grade: minor
    text: Amiss
    action: Mend
    action_owner: ben
    due: 2026-06-01
    closed_on: 2026-05-20
reviews:
  - id: mr
    on: 2026-05-04
    minutes: page
certificates:
  - id: cert
    of: aims
    by: vendor
    valid_from: 2026-06-01
    valid_until: 2029-05-31
""",
}

MISTAKES = """
control that is none | UNKNOWN_REFERENCE | 'iso-42001:A.6.2.4'
    tests,iso-42001:A.6.2.4 => tests,‸iso-42001:A.6.2.44
clause for a control | UNKNOWN_REFERENCE | did you mean
    tests,iso-42001:A.6.2.4 => tests,‸iso-42001:6.2
unknown system of a control | UNKNOWN_REFERENCE | 'ranker'
    Tests,ranker,operating => Tests,‸rankr,operating
all beside a system | BAD_VALUE | keep one
    Tests,ranker,operating => Tests,‸all;ranker,operating
unknown status | BAD_VALUE | 'operating'
    ranker,operating => ranker,‸operatng
unknown owner | UNKNOWN_REFERENCE | 'ben'
    operating,ben => operating,‸bem
an organisation as owner | UNKNOWN_REFERENCE | carla
    operating,ben => operating,‸vendor
unknown reviewer | UNKNOWN_REFERENCE | 'dana'
    art9-6,dana,2026-02-01 => art9-6,‸dona,2026-02-01
reviewer without day | INCOMPLETE | 'reviewed_on'
    art9-6,dana,2026-02-01 => art9-6,‸dana,
operating without start | MISSING_VALUE | another status
    operating,ben,2026-01-02 => operating,ben,‸
until before since | DATES_ORDER | both days
    2026-01-02,2028-01-01 => 2026-01-02,‸2025-01-01
unknown statement | UNKNOWN_REFERENCE | 'eu-ai-act:art9-6'
    2028-01-01,eu-ai-act:art9-6 => 2028-01-01,‸eu-ai-act:art9-66
provision with several statements | MANY_STATEMENTS | eu-ai-act:art26-5-s2
    2028-01-01,eu-ai-act:art9-6 => 2028-01-01,‸eu-ai-act:Art.26(5).s1
unknown procedure | UNKNOWN_REFERENCE | 'testing'
    2026-02-01,testing => 2026-02-01,‸testin
procedure that is no file | FILE_MISSING | mend the path
    2026-02-01,testing => 2026-02-01,‸docs/testing.txt
procedure outside | FILE_OUTSIDE | below this folder
    2026-02-01,testing => 2026-02-01,‸../testing.txt
implementation twice | DUPLICATE_ID | own id
    logs,own,Logs => ‸tests,own,Logs
id that is no slug | BAD_ID | hyphens
    logs,own,Logs => ‸The logs,own,Logs
decision on no control | UNKNOWN_REFERENCE | 'iso-42001:A.10.3'
    iso-42001:A.10.4,undetermined,,, => iso-42001:A.10.4,undetermined,,,⏎‸iso-42001:A.10.33,undetermined,,,
decision twice | DUPLICATE_ID | own id
    iso-42001:A.10.4,undetermined,,, => iso-42001:A.10.4,undetermined,,,⏎‸iso-42001@2023:A.10.4,undetermined,,,
unknown driver | UNKNOWN_REFERENCE | 'bias'
    yes,Because,bias;eu-ai-act:art9-6;policy => yes,Because,‸bais
driver that is no statement | UNKNOWN_REFERENCE | 'eu-ai-act:art9-6'
    yes,Because,bias;eu-ai-act:art9-6;policy => yes,Because,‸eu-ai-act:art9-666
unknown implementation | UNKNOWN_REFERENCE | 'tests'
    policy,tests => policy,‸test
unknown answer | BAD_VALUE | 'undetermined'
    iso-42001:A.10.4,undetermined => iso-42001:A.10.4,‸undetermind
approver without day | INCOMPLETE | 'approved_on'
    approved_by: carla⏎  approved_on: 2026-03-01 => approved_by: ‸carla
unknown approver | UNKNOWN_REFERENCE | 'carla'
    approved_by: carla⏎  approved => approved_by: ‸karla⏎  approved
version that is none | BAD_ID | letters, digits, dots
    version: "1.0" => version: ‸"1/0"
unknown system of a risk | UNKNOWN_REFERENCE | 'ranker'
    Bias,ranker,fundamental => Bias,‸rankr,fundamental
unknown good | BAD_VALUE | 'safety'
    ranker,fundamental-rights => ranker,‸safty
unknown control of a risk | UNKNOWN_REFERENCE | 'tests'
    modify,tests => modify,‸tets
unknown acceptor | UNKNOWN_REFERENCE | 'carla'
    2027-01-02,carla => 2027-01-02,‸carl
acceptor without day | INCOMPLETE | 'accepted_on'
    carla,2026-02-02,2027-02-02 => ‸carla,,2027-02-02
end without acceptor | INCOMPLETE | who accepted
    carla,2026-02-02,2027-02-02 => ,,‸2027-02-02
acceptance that ends before it begins | DATES_ORDER | both days
    2026-02-02,2027-02-02 => 2026-02-02,‸2026-01-01
review before the assessment | DATES_ORDER | both days
    2026-01-02,2027-01-02 => 2026-01-02,‸2025-01-02
risk named like an assessment | DUPLICATE_ID | privacy.yaml
    law,Law => ‸privacy,Law
evidence of nothing known | UNKNOWN_REFERENCE | 'tests'
    test-report,tests;eu => test-report,‸tets;eu
evidence for an unknown clause | UNKNOWN_REFERENCE | 'iso-42001:7.2'
    record,iso-42001:7.2 => record,‸iso-42001:7.22
evidence about no system | UNKNOWN_REFERENCE | 'ranker'
    art9-6,ranker,2026-02-02 => art9-6,‸rankr,2026-02-02
collected by nobody known | UNKNOWN_REFERENCE | 'dana'
    2026-01-06,dana => 2026-01-06,‸dan
unknown dataset of a test | UNKNOWN_REFERENCE | 'hires'
    hits,hires => hits,‸hired
period that ends before it begins | DATES_ORDER | both days
    2026-01-05,2026-01-06 => 2026-01-05,‸2026-01-04
collected before the period | DATES_ORDER | both days
    ranker,2026-02-02,2026-01-05,2026-01-06 => ranker,‸2026-01-04,2026-01-05,2026-01-06
file that is not there | FILE_MISSING | mend the path
    evidence/run.txt => ‸evidence/ran.txt
file outside | FILE_OUTSIDE | web address
    evidence/run.txt => ‸/etc/hostname
digest of another file | FILE_CHANGED | new digest
    evidence/run.txt,DIGEST => evidence/run.txt,‸0000000000000000000000000000000000000000000000000000000000000000
digest that is none | BAD_VALUE | 64 digits
    evidence/run.txt,DIGEST => evidence/run.txt,‸abc
age that is no number | BAD_VALUE | whole number
    365,hits => ‸a year,hits
evidence named like a document | DUPLICATE_ID | testing.yaml
    page,Page => ‸testing,Page
    report: page => report: testing
    minutes: page => minutes: testing
supplier of nothing known | UNKNOWN_REFERENCE | 'hires'
    Vendor,ranker;net;hires => Vendor,‸ranker;net;hire
unknown role of a supplier | UNKNOWN_REFERENCE | 'provider'
    hires,provider => hires,‸provder
contract covers nothing known | UNKNOWN_REFERENCE | 'eu-ai-act:art13-1'
    eu-ai-act:art13-1;iso => ‸eu-ai-act:art13-111;iso
contract that ends before it begins | DATES_ORDER | both days
    2025-01-01,2028-01-01 => 2025-01-01,‸2024-01-01
supplier named like a person | DUPLICATE_ID | own id
    vendor,Vendor,ranker => ‸ben,Vendor,ranker
incident of no system | UNKNOWN_REFERENCE | 'ranker'
    wrong,ranker => wrong,‸rankr
unknown kind of incident | BAD_VALUE | 'serious'
    Wrong,serious => Wrong,‸serios
reported to a person | UNKNOWN_REFERENCE | vendor
    2026-05-05,vendor => 2026-05-05,‸dana
reported to nobody | INCOMPLETE | 'reported_to'
    2026-05-05,vendor => ‸2026-05-05,
reported before it was known | DATES_ORDER | both days
    2026-05-01,2026-05-05 => 2026-05-01,‸2026-04-05
unknown correction | UNKNOWN_REFERENCE | 'nc'
    vendor,nc => vendor,‸nnc
assessment unlike its file | ID_NOT_FILE_NAME | after the id
    id: effects => id: ‸effect
unknown kind of assessment | BAD_VALUE | 'dpia'
    kind: dpia => kind: ‸dpi
assessment of no system | UNKNOWN_REFERENCE | 'ranker'
    system: ranker⏎done_on: 2026-01-10 => system: ‸rankr⏎done_on: 2026-01-10
assessed by nobody known | UNKNOWN_REFERENCE | 'dana'
    by: dana => by: ‸dna
reuses nothing known | UNKNOWN_REFERENCE | 'privacy'
    [privacy] => [‸privaci]
reuses itself | REUSES_ITSELF | delete
    [privacy] => [‸effects]
review of an assessment before it | DATES_ORDER | both days
    next_review: 2027-01-10 => next_review: ‸2026-01-09
notified before it was done | DATES_ORDER | both days
    notified_on: 2026-01-12 => notified_on: ‸2026-01-01
notified without being done | INCOMPLETE | finished
    done_on: 2026-01-09⏎notified_on: 2026-01-12 => notified_on: ‸2026-01-12
unknown document of an assessment | UNKNOWN_REFERENCE | 'testing'
    document: testing => document: ‸tesing
document unlike its file | ID_NOT_FILE_NAME | after the id
    id: aims-scope => id: ‸aims-scop
    scope: aims-scope => scope: aims-scop
unknown kind of document | BAD_VALUE | 'procedure'
    kind: procedure => kind: ‸procedur
unknown owner of a document | UNKNOWN_REFERENCE | 'dana'
    owner: dana⏎approved => owner: ‸dna⏎approved
approval without day | INCOMPLETE | 'approved_on'
    approved_by: carla⏎approved_on: 2026-01-15⏎ => approved_by: ‸carla⏎
review of a document before its approval | DATES_ORDER | both days
    next_review: 2027-01-15 => next_review: ‸2026-01-14
communicated before its approval | DATES_ORDER | both days
    communicated_on: 2026-01-20 => communicated_on: ‸2026-01-14
document on an unknown clause | UNKNOWN_REFERENCE | 'iso-42001:4.3'
    [iso-42001:4.3] => [‸iso-42001:4.33]
document on no system | UNKNOWN_REFERENCE | 'ranker'
    systems: [ranker] => systems: [‸rankr]
unknown kind of audit | BAD_VALUE | 'internal'
    kind: internal => kind: ‸intern
unknown auditor | UNKNOWN_REFERENCE | 'dana'
    auditor: dana => auditor: ‸dna
unknown scope | UNKNOWN_REFERENCE | 'iso-42001:9'
    [iso-42001:9, => [‸iso-42001:99,
unknown report | UNKNOWN_REFERENCE | 'page'
    report: page => report: ‸pge
unknown minutes | UNKNOWN_REFERENCE | 'page'
    minutes: page => minutes: ‸pge
finding of no audit | UNKNOWN_REFERENCE | 'ia'
    audit: ia => audit: ‸iaa
finding against nothing | UNKNOWN_REFERENCE | 'eu-ai-act:art9-6'
    against: eu-ai-act:art9-6 => against: ‸eu-ai-act:art9-666
unknown grade | BAD_VALUE | 'minor'
    grade: minor => grade: ‸minr
action by nobody known | UNKNOWN_REFERENCE | 'ben'
    action_owner: ben => action_owner: ‸bn
owner of no action | INCOMPLETE | what is done
    action: Mend⏎    action_owner: ben => action_owner: ‸ben
due before the audit | DATES_ORDER | both days
    due: 2026-06-01 => due: ‸2026-03-01
closed before the audit | DATES_ORDER | both days
    closed_on: 2026-05-20 => closed_on: ‸2026-03-20
finding twice | DUPLICATE_ID | own id
    due: 2026-06-01⏎    closed_on: 2026-05-20 => due: 2026-06-01⏎  - id: ‸nc⏎    audit: ia⏎    against: iso-42001:9⏎    grade: minor⏎    text: A
certificate of no system | UNKNOWN_REFERENCE | 'aims'
    of: aims => of: ‸aim
certificate by a person | UNKNOWN_REFERENCE | vendor
    by: vendor => by: ‸dana
certificate that ends before it begins | DATES_ORDER | both days
    valid_until: 2029-05-31 => valid_until: ‸2025-05-31
unknown scope document | UNKNOWN_REFERENCE | 'aims-scope'
    scope: aims-scope => scope: ‸aims-scop
unknown top management | UNKNOWN_REFERENCE | 'carla'
    top_management: carla => top_management: ‸karla
unknown owner of an objective | UNKNOWN_REFERENCE | 'ben'
    owner: ben⏎    status => owner: ‸bn⏎    status
unknown status of an objective | BAD_VALUE | 'open'
    status: open => status: ‸opn
objective twice | DUPLICATE_ID | own id
    status: open => status: open⏎  - id: ‸fair⏎    title: Again
interval that is no number | BAD_VALUE | acme
    every_days: 31 => every_days: ‸monthly
unknown owner of a change | UNKNOWN_REFERENCE | 'dana'
    purpose: Room⏎    owner: dana => purpose: Room⏎    owner: ‸dna
unknown field of a context | UNKNOWN_FIELD | 'issues'
    issues: [Law] => issus: ‸[Law]
unknown field of an audit | UNKNOWN_FIELD | 'auditor'
    auditor: dana => auditor: dana⏎    auditr: ‸ben
no statement of applicability without a version | MISSING_FIELD | organisation.yaml
    soa:⏎  version: "1.0"⏎  approved_by: carla⏎  approved_on: 2026-03-01⏎ =>
    control,applicable => ‸control,applicable
policy that is not there | UNKNOWN_REFERENCE | kind: ai-policy
    kind: ai-policy => kind: other
    bias;eu-ai-act:art9-6;policy => ‸bias;eu-ai-act:art9-6;policy
"""  # noqa: E501
"""What is wrong, the rule that says so, what the remedy names; below, the edits to make (⏎ ends a line)."""

WARNINGS = """
nobody has accepted what it addresses | NOT_REVIEWED | other than the owner
    eu-ai-act:art9-6,dana,2026-02-01 => ‸eu-ai-act:art9-6,,
a control without a row | CONTROL_WITHOUT_ROW | undetermined
    iso-42001:A.10.4,undetermined,,,⏎ =>
    control,applicable => ‸control,applicable
left out and carried out | LEFT_OUT_YET_DONE | why it is needed
    yes,Because,bias;eu-ai-act:art9-6;policy,tests => no,Because,,‸tests
larger after treatment | RESIDUAL_ABOVE | check both
    high,modify,tests,medium => low,modify,tests,‸medium
a metric of no test | NOT_A_TEST | test-report
    Run,test-report,tests;eu-ai-act:art9-6 => Run,record,tests;eu-ai-act:art9-6
    hits,hires => ‸hits,
"""


def iter_cases(text: str) -> Iterator[object]:
    """Yield the cases for parametrisation."""
    for block in re.split(r"\n(?! )", text.strip("\n")):
        head, *lines = block.split("\n")
        name, rule, remedy = head.split(" | ")
        edits = [line[4:].replace("⏎", "\n").replace("DIGEST", DIGEST).split(" =>") for line in lines]
        yield pytest.param(rule, remedy, [(old, new.removeprefix(" ")) for old, new in edits], id=name)


@pytest.fixture(scope="module")
def law() -> LawIndex:
    return law_from_content(read_content([assets.path("data")]))


@pytest.fixture(scope="module")
def texts(law: LawIndex) -> dict[str, str]:
    """Return the files of a sound folder, with a row for each of the controls."""
    rows = [f"{control},undetermined,,," for control in law.controls if control.startswith("iso-42001:")]
    soa = "\n".join(["control,applicable,reason,driven_by,implemented_by", *rows]) + "\n"
    used = "iso-42001:A.6.2.4,yes,Because,bias;eu-ai-act:art9-6;policy,tests"
    return FILES | {"soa.csv": soa.replace("iso-42001:A.6.2.4,undetermined,,,", used)}


def write(folder: Path, texts: dict[str, str], *edits: tuple[str, str]) -> Path:
    """Write the folder with some texts replaced; each must stand in exactly one of the files."""
    texts = dict(texts)
    for old, new in edits:
        holders = [name for name, text in texts.items() if text.count(old) == 1]
        assert len(holders) == 1, f"{old!r} must stand in exactly one place, not in {holders}"
        texts[holders[0]] = texts[holders[0]].replace(old, new)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "evidence").mkdir()
    (folder / "evidence" / "run.txt").write_text(PROOF, "utf-8")
    return folder


def take_mark(folder: Path) -> tuple[str, int, int]:
    """Return where the mark stands, and take it out; in a table the column is the number of the cell."""
    for path in sorted(folder.rglob("*.*")):
        text = path.read_text("utf-8")
        if MARK in text:
            before = text.split(MARK)[0]
            path.write_text(text.replace(MARK, ""), "utf-8")
            line = before[before.rfind("\n") + 1 :]
            column = line.count(",") + 1 if path.suffix == ".csv" else len(line) + 1
            return f"org/{path.relative_to(folder).as_posix()}", before.count("\n") + 1, column
    raise AssertionError("the case has no mark")


def test_the_folder_is_sound(tmp_path: Path, texts: dict[str, str], law: LawIndex) -> None:
    source = read_organisation(write(tmp_path / "org", texts), law)
    assert [str(finding) for finding in source.findings] == []
    assert source.register is not None
    assert source.compile().triples


@pytest.mark.parametrize(("rule", "remedy", "edits"), list(iter_cases(MISTAKES)))
def test_a_mistake_is_named_once_at_its_place(
    rule: str, remedy: str, edits: list[tuple[str, str]], tmp_path: Path, texts: dict[str, str], law: LawIndex
) -> None:
    folder = write(tmp_path / "org", texts, *edits)
    file, line, column = take_mark(folder)
    source = read_organisation(folder, law, "org")
    assert [f.rule for f in source.findings] == [rule], [str(f) for f in source.findings]
    finding = source.findings[0]
    assert (finding.location.file, finding.location.line) == (file, line)
    assert finding.location.column == column or (line == 1 and finding.location.column == 0)
    assert remedy in finding.remedy
    assert finding.severity is Severity.VIOLATION
    assert source.register is None
    with pytest.raises(CheckFailed):
        source.compile()


@pytest.mark.parametrize(("rule", "remedy", "edits"), list(iter_cases(WARNINGS)))
def test_a_warning_keeps_nothing_from_being_used(
    rule: str, remedy: str, edits: list[tuple[str, str]], tmp_path: Path, texts: dict[str, str], law: LawIndex
) -> None:
    folder = write(tmp_path / "org", texts, *edits)
    file, line, _ = take_mark(folder)
    source = read_organisation(folder, law, "org")
    assert [(f.rule, f.severity) for f in source.findings] == [(rule, Severity.WARNING)]
    assert (source.findings[0].location.file, source.findings[0].location.line) == (file, line)
    assert remedy in source.findings[0].remedy
    assert source.compile().triples


def test_a_broken_file_does_not_blame_those_that_name_its_records(
    tmp_path: Path, texts: dict[str, str], law: LawIndex
) -> None:
    broken = "logs,own,Logs,all,planned,ben,,,,,,", "logs,own,Logs,all,planned,ben"
    edits = broken, ("policy,tests", "policy,logs"), ("modify,tests", "modify,logs")
    findings = read_organisation(write(tmp_path / "org", texts, *edits), law).findings
    assert [finding.rule for finding in findings] == ["CELL_COUNT"]


def test_a_broken_assessment_does_not_blame_the_one_that_reuses_it(
    tmp_path: Path, texts: dict[str, str], law: LawIndex
) -> None:
    findings = read_organisation(write(tmp_path / "org", texts, ("kind: dpia", "kind: x")), law).findings
    assert [finding.rule for finding in findings] == ["BAD_VALUE"]


def test_a_provision_with_one_statement_stands_for_it(tmp_path: Path, texts: dict[str, str], law: LawIndex) -> None:
    edit = "2028-01-01,eu-ai-act:art9-6", "2028-01-01,eu-ai-act:Art.9(6)"
    register = read_organisation(write(tmp_path / "org", texts, edit), law).register
    assert register is not None
    assert register.controls[0].addresses == ("eu-ai-act:art9-6",)


def test_a_path_that_goes_round_in_circles_or_is_too_long_is_missing(
    tmp_path: Path, texts: dict[str, str], law: LawIndex
) -> None:
    folder = write(tmp_path / "org", texts, ("evidence/run.txt", "evidence/loop.txt"))
    (folder / "evidence" / "loop.txt").symlink_to("loop.txt")
    assert [f.rule for f in read_organisation(folder, law).findings] == ["FILE_MISSING"]
    longer = write(tmp_path / "two", texts, ("evidence/run.txt", "a/" + "b" * 5000))
    assert [f.rule for f in read_organisation(longer, law).findings] == ["FILE_MISSING"]


def test_a_link_out_of_the_folder_is_outside(tmp_path: Path, texts: dict[str, str], law: LawIndex) -> None:
    (tmp_path / "secret.txt").write_text(PROOF, "utf-8")
    folder = write(tmp_path / "org", texts, ("evidence/run.txt", "evidence/link.txt"))
    (folder / "evidence" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert [f.rule for f in read_organisation(folder, law).findings] == ["FILE_OUTSIDE"]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_odd_cells_are_findings_never_a_crash(data: st.DataObject, texts: dict[str, str], law: LawIndex) -> None:
    name = data.draw(st.sampled_from([name for name in texts if name.endswith(".csv")]))
    lines = texts[name].splitlines()
    number = data.draw(st.integers(1, len(lines) - 1))
    cells = lines[number].split(",")
    cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(
        st.text(max_size=12)
        | st.sampled_from(["9999-12-31", "999999999999", "all", "policy", "aims", "eu-ai-act:art9-1", ";"])
    )
    lines[number] = ",".join(cells)
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place) / "org", texts)
        (folder / name).write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
        try:
            source = read_organisation(folder, law)
            assert (source.register is None) == any(f.severity is Severity.VIOLATION for f in source.findings)
            if source.register is not None:
                assert source.compile().triples
        except AimsgraphError as error:
            assert error.message


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(content=st.text(max_size=120))
def test_any_text_in_any_file_is_a_finding_or_our_error(content: str, texts: dict[str, str], law: LawIndex) -> None:
    for name in texts:
        with tempfile.TemporaryDirectory() as place:
            folder = write(Path(place) / "org", texts)
            (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
            try:
                source = read_organisation(folder, law)
                assert source.findings or source.compile().triples
            except AimsgraphError as error:
                assert error.message
