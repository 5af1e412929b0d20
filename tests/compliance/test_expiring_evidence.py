"""One record of evidence expires: exactly the duties, items and controls change that rest on it and on nothing else.

What should change is worked out by a walk of its own over the CSV files: from the record to what it names, to what
that carries out or addresses, to what overlaps with that. Only what overlaps is asked of the crosswalk, whose answers
have tests of their own; no code of the register or the coverage takes part in the walk.

Two days are looked at: the day of the examples, and, with every record made to count for ten years, a day on which the
duties on the CV ranker bind.
"""

import csv
import datetime as dt
import functools
import shutil

import pytest

from aimsgraph import assets

DAY, LATER = "2026-11-23", "2027-12-15"
LONG = "3650"
RANK = {"covered": 3, "partly": 2}


def read(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def folder(name):
    return assets.path("data", "examples", name)


def split(cell):
    return [each for each in cell.split(";") if each]


NAMES = ("acme", "clean")
ROWS = [(name, DAY, row["id"]) for name in NAMES for row in read(folder(name) / "evidence.csv")]
ROWS += [pytest.param(name, LATER, id_, marks=pytest.mark.slow) for name, _, id_ in ROWS if name == "acme"]


# --- the walk of its own ----------------------------------------------------------------------------------------------


def is_live(row, day):
    if day == LATER:
        return True
    start = min(dt.date.fromisoformat(day) for day in (row["collected_on"], row["period_to"]) if day)
    age = dt.timedelta(days=int(row["max_age_days"]))
    return row["collected_on"] <= day <= (start + age).isoformat()


def operates(control, day):
    since, until = control["since"], control["until"]
    return control["status"] in ("operating", "planned") and "" < since <= day and (not until or until > day)


def serves(systems, system):
    return not systems or systems == ["all"] or system in systems


class Walk:
    """A register's tables, with some evidence left out."""

    def __init__(self, name, day, without=""):
        rows = read(folder(name) / "evidence.csv")
        self.controls = [row for row in read(folder(name) / "controls.csv") if operates(row, day)]
        self.evidence = [row for row in rows if row["id"] != without and is_live(row, day)]
        self.soa = {row["control"]: row for row in read(folder(name) / "soa.csv")}
        self.systems = [path.stem for path in sorted((folder(name) / "systems").glob("*.yaml"))]

    def carried_out(self, control):
        """References of the controls of Annex A that an implementation carries out."""
        named = [ref for ref, row in self.soa.items() if control["id"] in split(row["implemented_by"])]
        return {control["control"], *named} - {"own"}

    def shown(self, names, system):
        """Whether live evidence of doing names one of these on a system, and none of later days speaks against it."""
        about = [e for e in self.evidence if set(split(e["supports"])) & names and serves(split(e["system"]), system)]
        against = max((e["collected_on"] for e in about if e["refutes"] == "yes"), default="")
        good = [e["collected_on"] for e in about if e["refutes"] != "yes" and e["type"] != "document"]
        return bool(good) and against < max(good)

    def working(self, system, also=()):
        """The implementations that operate on a system with live evidence; `also` names count as naming them."""
        return [
            control
            for control in self.controls
            if serves(split(control["systems"]), system)
            and self.shown({control["id"], control["control"], *also}, system)
        ]

    def level(self, item, system, overlaps):
        """How far an item is reached: 3 as a whole, 2 in part, 0 not known to be."""
        for control in self.controls:
            if not serves(split(control["systems"]), system):
                continue
            claimed = control["reviewed_by"] and item in split(control["addresses"])
            carries = item in self.carried_out(control)
            if (claimed or carries) and self.shown({control["id"], control["control"], item}, system):
                return 3
        if item.startswith("iso-42001:") and item[10].isdigit():
            return 2 if self.shown({item}, system) else 0
        reached = {ref for control in self.working(system) for ref in self.carried_out(control)}
        return 2 if any(item in overlaps.get(control, ()) for control in reached) else 0

    def soa_row(self, control):
        """Whether the row of a control is shown to operate, anywhere."""
        ours = [c for c in self.controls if control in self.carried_out(c) or control == c["id"]]
        return any(
            serves(split(c["systems"]), system) and self.shown({c["id"], c["control"]}, system)
            for c in ours
            for system in self.systems
        )


@pytest.fixture(scope="module")
def overlaps(graph):
    """Control → items that overlap with it by the crosswalk, whoever they bind."""
    found = {}
    for control in (f"iso-42001:{row['id']}" for row in annex_a()):
        answers = [
            answer
            for target in graph.index.frameworks
            if target != "iso-42001"
            for answer in graph.crosswalk(control, target, explain=False, on=DAY)["answers"]
        ]
        found[control] = {answer["object"] for answer in answers if answer["overlaps"] == "yes"}
        assert not any(answer["covers"] == "yes" for answer in answers)
    return found


def annex_a():
    path = assets.path("data", "frameworks", "iso-42001", "2023", "provisions.tsv")
    return [row for row in read(path, "\t") if row["id"].startswith("A.")]


# --- what the program says --------------------------------------------------------------------------------------------


def copy(name, day, target, expired=""):
    """Copy an example; the expired record is left as it is but for its age: it counts for a day only."""
    shutil.copytree(folder(name), target)
    rows = read(target / "evidence.csv")
    for row in rows:
        row["max_age_days"] = "1" if row["id"] == expired else LONG if day == LATER else row["max_age_days"]
    with (target / "evidence.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return target


def standing(graph, posture):
    rows = list(posture.coverage)
    for slug in graph.index.frameworks:
        if slug != "eu-ai-act":
            rows += posture.item_coverage(slug)
    soa = {row.control: (row.status, row.evidence_state) for row in posture.soa().rows}
    return {row.key: row.status.value for row in rows}, soa


@pytest.fixture(scope="module")
def look(graph, tmp_path_factory):
    """Return an example on a day with nothing expired: its posture, and how its rows stand."""

    @functools.cache
    def open_(name, day):
        posture = graph.posture(copy(name, day, tmp_path_factory.mktemp("examples") / name), on=day)
        return posture, *standing(graph, posture)

    return open_


def changed(one, other):
    return {key: (one[key], other[key]) for key in one if one[key] != other[key]}


@pytest.mark.parametrize(("name", "day", "evidence"), ROWS)
def test_expiry_changes_what_rests_on_the_record_alone(graph, look, overlaps, tmp_path, name, day, evidence):
    posture, rows, soa = look(name, day)
    rows_after, soa_after = standing(graph, graph.posture(copy(name, day, tmp_path / name, evidence), on=day))
    assert rows.keys() == rows_after.keys()

    full, lacking = Walk(name, day), Walk(name, day, without=evidence)
    binding = {key for key, status in rows.items() if status != "not-applicable"}
    predicted = set()
    for item, system, role in binding:
        levels = [walk.level(item, system, overlaps) for walk in (full, lacking)]
        if levels[0] != levels[1]:
            predicted.add((item, system, role))
    found = changed(rows, rows_after)
    # a duty that may bind stays unknown, however far it is reached
    assert set(found) == {key for key in predicted if rows[key] in RANK}
    assert all(RANK.get(now, 0) < RANK[was] for was, now in found.values())

    controls = {control for control in soa if full.soa_row(control) and not lacking.soa_row(control)}
    assert set(changed(soa, soa_after)) == controls
    assert all(now == ("operating", "missing") for _, now in changed(soa, soa_after).values())

    record = next(each for each in posture.register.evidence if each.id == evidence)
    impact = posture.impact(record.iri)
    told = {(f.statement, f.system, f.role): (f.before.value, f.after) for f in (*impact.falls, *impact.items)}
    assert told == found
    assert {fall.control for fall in impact.soa} == controls


@pytest.mark.parametrize(("name", "day"), [("acme", DAY), ("clean", DAY), ("acme", LATER)])
def test_the_walk_finds_what_the_program_finds(look, overlaps, name, day):
    """For every row that binds: reached as a whole, in part, or not."""
    walk, (_, rows, soa) = Walk(name, day), look(name, day)
    found = {key: status for key, status in rows.items() if status in ("covered", "partly", "not-covered")}
    assert {RANK.get(status, 0) for status in found.values()} == {0, 2, 3}
    for (item, system, _), status in found.items():
        assert RANK.get(status, 0) == walk.level(item, system, overlaps), (item, system)
    assert {control for control, row in soa.items() if row[1] == "live"} == set(filter(walk.soa_row, soa))


@pytest.mark.parametrize(
    ("evidence", "frameworks", "controls"),
    [
        ("chatbot-notice-log", [], []),  # the screenshot shows the same
        ("ranker-accuracy", [], []),  # the fairness test shows that testing operates too
        ("literacy-2025", [], []),  # it has expired already
        ("concerns-page", [], []),  # a document shows no operation
        ("legacy-fairness", [], []),  # what it refutes was shown to be right later
        ("policy-acknowledgements", ["iso-42001", "nist-ai-rmf"], ["A.2.2", "A.2.3", "A.2.4"]),
        ("management-review-2026", ["iso-42001"], []),  # a clause
    ],
)
def test_what_some_records_carry(look, evidence, frameworks, controls):
    impact = look("acme", DAY)[0].impact(f"evidence:{evidence}")
    assert impact.falls == ()  # what these show binds nobody yet
    assert {fall.statement.partition(":")[0] for fall in impact.items} == set(frameworks)
    assert [fall.control.partition(":")[2] for fall in impact.soa] == controls


def test_a_record_that_carries_a_duty(look):
    """The course of the clean organisation alone shows Article 4 being met, on each of its systems."""
    falls = look("clean", DAY)[0].impact("evidence:course-2026").falls
    assert {fall.statement for fall in falls} == {"eu-ai-act:art4-1"}
    assert {(fall.before.value, fall.after) for fall in falls} == {("covered", "not-covered")}
    assert len({fall.system for fall in falls}) == 2
