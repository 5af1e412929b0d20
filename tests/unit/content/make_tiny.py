"""A tiny valid data folder: an act, the act that amends it, a standard and a catalogue. Tests spoil a copy of it."""

import shutil
from pathlib import Path

from aimsgraph import assets

ACT = "frameworks/tiny-act/2020"
AMENDING = "frameworks/tiny-amendment/2021"
STANDARD = "frameworks/tiny-standard/2022"

_HEADER = """\
slug: {slug}
edition: "{edition}"
title: {title}
short_title: {title}
kind: {kind}
publisher: Somebody
jurisdiction: EU
iri_path: {iri}
version_key: {key}
issued: {issued}
published: {published}
in_force_from: {start}
url: https://example.org/{slug}
rights: free to use
text_policy: {policy}
checked_on: 2024-01-01
checked_against: the source
current_to: 2024-01-01
style: {style}
names: [{name}]
"""

_FILES = {
    f"{ACT}/framework.yaml": _HEADER.format(
        slug="tiny-act", edition="2020", title="Tiny Act", kind="regulation", iri="eu/reg/2020/1", key="oj",
        issued="2020-01-01", published="2020-01-10", start="2020-02-01", policy="short-title", style="eu-law",
        name="Tiny Act",
    )
    + """\
expect:
  chapter: 1
  article: 3
  paragraph: 4
  statement: 2
  superseded: 1
  assessable: 2
  amendment: 3
  amendment-elsewhere: 1
  definition: 1
  clock: 1
  penalty: 1
  event: 1
decoys:
  Art.1a: Never adopted.
""",
    f"{ACT}/provisions.tsv": """\
id|parent|kind|path|title|label|text|in_force_from|in_force_until|note
Cpt.I||chapter|cpt_I|Everything|||||
Art.1|Cpt.I|article|art_1|Duties|||||
Art.1(1)|Art.1|paragraph|art_1/par_1||Say who you are||||
Art.1(2)|Art.1|paragraph|art_1/par_2||Do no harm||2021-03-01||
Art.2|Cpt.I|article|art_2|Application|||||
Art.2(1)|Art.2|paragraph|art_2/par_1||General date||||
Art.2(2)|Art.2|paragraph|art_2/par_2||Date of the ban||2021-03-01||
Art.3|Cpt.I|article|art_3|Old ban||||2021-03-01|
""",
    f"{ACT}/amendments.tsv": """\
id|provisions|unit|kind|effect|applies|instrument|instruction|moved_to|new_title|other_act|note
am-1|Art.1(2)||inserted|A ban is added.|2021-08-01|tiny-amendment|Art.1(1)||||
am-2|Art.2(2)||inserted|It gets a date.|2021-03-01|tiny-amendment|Art.1(2)||||
am-3|Art.3||deleted|The old ban goes.|2021-03-01|tiny-amendment|Art.1(3)|Art.1(2)|||
am-4|||modified|Another act is adapted.|2021-03-01|tiny-amendment|Art.2|||Other Act|
""",
    f"{ACT}/statements.tsv": """\
id|provision|roles|label|routes|stage|modality|condition|umbrella|in_force_from|in_force_until|replaced_by|moved
art1-1|Art.1(1)|provider|Say who you are|all-ai||must||no||||
art1-2|Art.1(2)|deployer;provider|Do no harm|all-ai||must-not|is-employer AND NOT is-small|no||||
art3-1@2020|Art.3|provider|Do no great harm|all-ai||must-not||no||2021-03-01|art1-2|yes
""",
    f"{ACT}/application.tsv": """\
id|governs|routes|law|legal_basis|applies_from|interpretation|reading|note
general|Cpt.I||oj;2021-03-01|Art.2(1)|2020-08-01|settled||
ban|Art.1(2)||2021-03-01|Art.2(2)|2021-08-01|settled||
""",
    f"{ACT}/transitions.tsv": """\
id|provision|law|spares|placed_before|comply_by|ends_on|condition|interpretation|note
legacy|Art.2(1)|oj;2021-03-01|all-ai|2020-08-01|2022-08-01||is-employer|settled|
""",
    f"{ACT}/conditions.tsv": "code|question\nis-employer|Do you employ people?\nis-small|Are you small?\n",
    f"{ACT}/roles.tsv": "slug|label\ndeployer|deployer\nprovider|provider\n",
    f"{ACT}/definitions.tsv": "provision|term\nArt.1(1)|AI system\n",
    f"{ACT}/gaps.tsv": "provision|missing\nArt.2(1)|the second sentence\n",
    f"{ACT}/clocks.tsv": """\
id|provision|case|roles|duty|duration|exact|starts|effective|note
clock-1|Art.1(1)||provider|Answer|P15D|yes|the question|2020-08-01|
""",
    f"{ACT}/penalties.tsv": """\
id|provision|infringement|maximum_eur|maximum_turnover_percent|small_enterprises|roles|effective|note
penalty-1|Art.1(1)|Silence|1000|1.5||provider|2020-08-01|
""",
    f"{ACT}/timeline.tsv": """\
id|date|event|legal_basis|kind|status
event-1|2020-02-01|In force|Art. 2|entry-into-force|
""",
    f"{AMENDING}/framework.yaml": _HEADER.format(
        slug="tiny-amendment", edition="2021", title="Tiny Amendment", kind="amending-regulation",
        iri="eu/reg/2021/2", key="oj", issued="2021-01-01", published="2021-02-10", start="2021-03-01",
        policy="short-title", style="eu-law", name="Tiny Amendment",
    ),
    f"{STANDARD}/framework.yaml": _HEADER.format(
        slug="tiny-standard", edition="2022", title="Tiny Standard", kind="standard", iri="iso/1/2022",
        key='"2022"', issued="2022-01-01", published="2022-01-01", start="2022-01-01", policy="identifiers",
        style="iso", name="ISO 1",
    )
    + "expect: {clause: 2, objective: 1, control: 1, assessable: 2}\ndecoys:\n  A.2.1: Controls start at .2.\n",
    f"{STANDARD}/provisions.tsv": """\
id|parent|kind|title|assessable|phase|document
4||clause|Context|no|plan|
4.1|4|clause|Issues|yes|plan|A list of issues
A.2||objective|Policies|no||
A.2.2|A.2|control|Policy|yes||
""",
    "catalogue/catalogue.yaml": """\
slug: catalogue
title: Standards
short_title: Standards
current_to: 2024-01-01
checked_on: 2024-01-01
checked_against: grades
rights: free
expect: {entry: 2}
""",
    "catalogue/entries.tsv": """\
id|designation|title|publisher|year|status|topic|concerns|grade|note
en-1|EN 1|First|CEN|2022|published|duties|tiny-act:Art.1(1);tiny-standard@2022:A.2.2|A|
en-2|EN 2|Second|CEN||draft|duties||K|
""",
}  # fmt: skip


def make_tiny(folder: Path) -> Path:
    """Write the data folder, with the product's own vocabularies, and return it."""
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("|", "\t") if name.endswith(".tsv") else text, encoding="utf-8")
    shutil.copytree(assets.path("data", "vocabularies"), folder / "vocabularies")
    return folder


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one piece of text in a file; `|` stands for a tab in tables. The old text must be there once."""
    path = folder / file
    if file.endswith(".tsv"):
        old, new = old.replace("|", "\t"), new.replace("|", "\t")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
