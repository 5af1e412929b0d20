"""The JSON of a duty is a contract."""

import datetime as dt

from aimsgraph.domain.duty import Applies, ConditionState, Duty, Reading

READING = Reading(dt.date(2027, 12, 2), "formal date", "eu-ai-act:Art.113(2)", "contested")
DUTY = Duty(
    statement="eu-ai-act:art9-1",
    provision="eu-ai-act:Art.9(1)",
    label="Run it",
    role="provider",
    route="annex-iii",
    modality="must",
    umbrella=False,
    applies=Applies.CONTESTED,
    applies_from=None,
    readings=(READING,),
    legal_basis="eu-ai-act:Art.113(2)",
    conditions=(ConditionState("is-employer", "Is it?", None),),
    because=("because",),
)


def test_the_answers_are_four_words():
    assert [answer.value for answer in Applies] == ["yes", "no", "unknown", "contested"]


def test_the_json_has_the_keys_of_the_contract():
    view = DUTY.to_dict()
    assert set(view) >= {
        "statement",
        "provision",
        "label",
        "role",
        "route",
        "applies",
        "applies_from",
        "readings",
        "legal_basis",
        "conditions",
        "because",
    }
    assert view["applies"] == "contested"
    assert view["applies_from"] is None
    assert view["readings"][0]["applies_from"] == "2027-12-02"
    assert view["readings"][0]["legal_basis"] == "eu-ai-act:Art.113(2)"
    assert "system" not in view


def test_an_answer_to_a_condition_is_a_word():
    answers = [ConditionState("c", "q", answer).to_dict()["answer"] for answer in (True, False, None)]
    assert answers == ["yes", "no", "unknown"]
