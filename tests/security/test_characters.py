"""What a name may be made of: what a reader sees is what it is, and every paper can be printed."""

import pytest

from registry.models import Filing
from tests.builders.journey import Journey
from tests.builders.office import Office
from workflows.documents.glyphs import unprintable
from workflows.rules.childcare_facts import FilingFacts
from workflows.services.decisions import Decision, decide, judge
from workflows.services.errors import Unmet

DECEIVING = {
    "right to left": "小橡果\u202e司公",
    "isolate": "小橡果\u2066托育",
    "line": "小橡果\u2028托育",
    "paragraph": "小橡果\u2029托育",
    "C1 control": "小橡果\u0085托育",
    "nul": "小\x00橡果",
    "zero width": "小\u200b橡果",
    "byte order": "\ufeff小橡果托育",
    "private": "小\ue000橡果",
    "half a pair": "小\ud800橡果",
    "nobody's": "小\uffff橡果",
    "piled marks": "小橡果" + "\u0336" * 9,
}
UNPRINTABLE = {"emoji": "小橡果😀托育", "Arabic": "小橡果سلام", "Thai": "ไทยไทย"}


@pytest.mark.parametrize("name", DECEIVING.values(), ids=DECEIVING)
def test_a_character_that_hides_is_refused_at_the_border(name: str) -> None:
    _facts, errors = FilingFacts.parse_draft({"schema": 1, "institution": {"name": name, "business_scope": name}})
    assert [error.path for error in errors] == ["institution.name", "institution.business_scope"]
    assert all("无法打印的字符（U+" in error.message for error in errors)


def test_one_spelling_per_name() -> None:
    facts, errors = FilingFacts.parse_draft({"schema": 1, "institution": {"name": "Cafe\u0301托育"}})
    assert (facts.institution.name, errors) == ("Café托育", ())


@pytest.mark.parametrize("text", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_what_no_paper_can_show(text: str) -> None:
    assert unprintable(text)


@pytest.mark.parametrize("text", ["集贤县小橡果托育服务有限公司（福利镇）", "堃喆䶮𠮷", "A-Z 09 ％＃ ㎡℃①·—", "Ünïcode", ""])
def test_what_papers_show(text: str) -> None:
    assert unprintable(text) == ""


@pytest.mark.parametrize("name", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_a_name_that_no_paper_can_show_is_not_handed_in(name: str, office: Office) -> None:
    journey = Journey(office, changes={"institution.name": name, "institution.contact": "张😀"})
    with pytest.raises(Unmet) as refusal:
        journey.submit(incomplete=True)
    assert set(refusal.value.fields) == {"institution.name", "institution.contact"}
    assert "印不到文书上" in refusal.value.fields["institution.name"]
    assert not Filing.objects.exists()


def test_reasons_and_remarks_of_officers_too(office: Office) -> None:
    journey = Journey.at("receive", office)
    route = journey.route("receive")
    for reason in ("缺页\u202e", "缺页😀"):
        with pytest.raises(Unmet) as refusal:
            judge(case_id=journey.case_id, task_id=route.task_id, person=office.clerk,
                  verdicts={"site_proof": ("unmet", reason)})  # fmt: skip
        assert "reason.site_proof" in refusal.value.fields
    found = judge(case_id=journey.case_id, task_id=route.task_id, person=office.clerk,
                  verdicts={"site_proof": ("unmet", "缺页\r\n第3页")})  # fmt: skip
    assert found[0].reason == "缺页\n第3页"
    with pytest.raises(Unmet) as refusal:
        decide(case_id=journey.case_id, task_id=route.task_id, person=office.clerk,
               decision=Decision("receive", remark="好😀"))  # fmt: skip
    assert "remark" in refusal.value.fields


def test_words_of_an_answer_too(office: Office) -> None:
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    with pytest.raises(Unmet, match="印不到"):
        journey.answer(site_proof="见附件😀")
    journey.answer(site_proof="见附件")
