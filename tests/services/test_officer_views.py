"""The staff pages through HTTP: who sees what, what is refused and how, what a reading leaves behind."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from registry.clock import today
from registry.models import Membership, Person, Role
from tests.builders.journey import Journey
from tests.builders.office import CITY, JIANSHAN, SINCE, Office, a_bureau, an_office, an_officer
from tests.services.officer_pages import act, at, signed_in, verdicts, words
from workflows.models import AuditEntry, Finding

pytestmark = pytest.mark.django_db(transaction=True)

# Who may open what

PAGES = ("todo", "cases", "supervision", "audit", "audit_anchors", "audit_readings")
OPENS = {
    "clerk": {"todo", "cases"},
    "supervisor": {"todo", "cases", "supervision"},
    "auditor": {"audit", "audit_anchors", "audit_readings"},
    "applicant": set(),
}


@pytest.mark.parametrize("who", OPENS)
@pytest.mark.parametrize("room", PAGES)
def test_each_page_opens_for_its_posts_only(
    who: str, room: str, office: Office, supervisor: Person, auditor: Person, journey: Journey
) -> None:
    people = {"clerk": office.clerk, "supervisor": supervisor, "auditor": auditor, "applicant": journey.applicant}
    response = signed_in(people[who]).get(at(room))
    assert response.status_code == (200 if room in OPENS[who] else 403)
    if response.status_code == 403:
        assert "岗位" in words(response) or "市级监督" in words(response)


def test_strangers_are_sent_to_sign_in(journey: Journey) -> None:
    for address in (at("todo"), at("case", journey.case_id), at("audit_case", journey.case_id)):
        assert Client().get(address).url.startswith(reverse("sign_in"))


def test_another_bureaus_case_is_not_there(journey: Journey) -> None:
    """engine_traps P1: by id, on every route of a case."""
    other = signed_in(an_office(JIANSHAN).clerk)
    assert other.get(at("case", journey.case_id)).status_code == 404
    assert other.post(at("case", journey.case_id), {"task": journey.task("receive"), "act": "save"}).status_code == 404
    assert other.post(at("reveal", journey.case_id), {"path": "x"}).status_code == 404
    assert other.post(at("release", journey.case_id), {"task": journey.task("receive")}).status_code == 404
    other.post(at("claim"), {"one": f"{journey.case_id}:{journey.task('receive')}"})
    assert journey.route("receive").assignee_id is None
    assert words(other.get(at("cases"), {"q": journey.case.number})).count(journey.case.title) == 0


def test_a_draft_is_nobodys_business(office: Office) -> None:
    draft = Journey(office)
    assert signed_in(office.clerk).get(at("case", draft.case_id)).status_code == 404


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.CLERK, "/office/todo/"),
        (Role.VERIFIER, "/office/todo/"),
        (Role.HEAD, "/office/todo/"),
        (Role.SUPERVISOR, "/office/supervision/"),
        (Role.AUDITOR, "/office/audit/"),
    ],
)
def test_everybody_lands_on_the_page_of_his_post(role: Role, home: str, office: Office) -> None:
    person = an_officer("某人", a_bureau(CITY), role)
    assert signed_in(person).get(reverse("landing")).url == home


def test_an_applicant_lands_on_his_own_page(journey: Journey) -> None:
    assert signed_in(journey.applicant).get(reverse("landing")).url == reverse("applicant:home")


# 待办事项


def test_claiming_several_names_what_failed(office: Office) -> None:
    journeys = [Journey.at("receive", office, changes={"institution.name": f"第{n}托育园"}) for n in range(3)]
    journeys[0].claim("receive", by=office.other_clerk)
    client = signed_in(office.clerk)
    tasks = [f"{each.case_id}:{each.task('receive')}" for each in journeys]
    page = words(client.post(at("claim"), {"task": tasks, "back": at("todo") + "?tab=pool"}, follow=True))
    assert "有1件已被他人领办：第0托育园" in page
    assert office.other_clerk.name in page
    assert "其余2件已归您" in page
    assert [each.route("receive").assignee for each in journeys] == [office.other_clerk, office.clerk, office.clerk]


def test_claiming_nothing_says_what_to_do(office: Office) -> None:
    assert "没有选择办件" in words(signed_in(office.clerk).post(at("claim"), follow=True))


def test_a_claim_leads_back_to_this_site_only(office: Office) -> None:
    response = signed_in(office.clerk).post(at("claim"), {"back": "https://elsewhere.example/"})
    assert response.url == at("todo")


def test_an_empty_list_points_to_the_pool(office: Office, journey: Journey) -> None:
    client = signed_in(office.clerk)
    assert "今天没有待办。待领办还有1件" in words(client.get(at("todo"), {"tab": "mine"}))
    assert journey.case.title in words(client.get(at("todo")))  # without a tab the pool opens at once


def test_release(office: Office, journey: Journey) -> None:
    journey.claim("receive", by=office.clerk)
    page = signed_in(office.clerk).post(at("release", journey.case_id), {"task": journey.task("receive")}, follow=True)
    assert "已退回待领办" in words(page)
    assert journey.route("receive").assignee_id is None


def test_links_in_mails_change_nothing(office: Office, journey: Journey) -> None:
    """engine_traps C2: a scanner that follows links does not act."""
    client = signed_in(office.clerk)
    for address in (at("claim"), at("release", journey.case_id), at("reveal", journey.case_id)):
        assert client.get(address).status_code == 405
    before = AuditEntry.objects.count()
    client.get(at("case", journey.case_id), {"act": "outcome:receive", "task": journey.task("receive")})
    assert AuditEntry.objects.count() == before


# The case page: judgments and outcomes


def test_saving_judgments_finishes_nothing(office: Office, journey: Journey) -> None:
    given = {
        "verdict.registration_certificate": "met",
        "verdict.hygiene_report": "unmet",
        "reason.hygiene_report": "没有结论页。",
    }
    page = act(signed_in(office.clerk), journey, "receive", "save", **given)
    assert "已保存2项判断" in words(page)
    assert journey.state == "submitted"
    found = {f.key: (f.verdict, f.reason) for f in Finding.objects.filter(case=journey.case_id)}
    assert found == {"registration_certificate": ("met", ""), "hygiene_report": ("unmet", "没有结论页。")}
    assert "没有结论页。" in page.content.decode()


def test_what_was_measured_is_filled_in_for_the_undecided_only(office: Office, journey: Journey) -> None:
    given = {"verdict.scope": "unmet", "reason.scope": "我看过了。"}
    page = act(signed_in(office.clerk), journey, "receive", "fill", **given)
    assert "按系统测算填入的，请逐项核对" in words(page)
    found = {f.key: f for f in Finding.objects.filter(case=journey.case_id)}
    assert (found["scope"].verdict, found["scope"].reason) == ("unmet", "我看过了。")
    assert found["filing_promise"].verdict == "met"
    assert found["hygiene_report"].verdict == "unmet"
    assert "未上传" in found["hygiene_report"].reason
    assert "hygiene_passed" not in found, "what only a person can tell is not filled in"


def test_the_outcome_waits_for_every_line_and_says_so(office: Office, journey: Journey) -> None:
    client = signed_in(office.clerk)
    page = client.get(at("case", journey.case_id)).content.decode()
    button = re.search(r'<button[^>]*value="outcome:receive"[^>]*>', page)
    assert button
    assert "disabled" in button[0]
    assert re.search(r"还有\d+项没有核对", page)
    refused = act(client, journey, "receive", "outcome:receive")
    assert refused.status_code == 422
    assert "项没有核对" in words(refused)
    assert journey.state == "submitted"


def test_receiving_in_one_click_after_the_checklist(office: Office, journey: Journey) -> None:
    """ux test 3: the judgments come with the outcome; nothing is asked twice."""
    page = act(signed_in(office.clerk), journey, "receive", "outcome:receive", **verdicts(journey, "receive"))
    assert journey.state == "received"
    assert "已收件。下一步：出具备案回执和告知书" in words(page)


def test_a_correction_asks_for_exactly_what_failed(office: Office, journey: Journey) -> None:
    client = signed_in(office.clerk)
    given = verdicts(journey, "receive", hygiene_report="没有结论页，请补上。")
    preview = act(client, journey, "receive", "letter", **given)
    assert "没有结论页，请补上。" in words(preview)
    assert "有以下1项不符合" in words(preview)
    page = act(client, journey, "receive", "outcome:correct", **given)
    assert journey.state == "correcting"
    assert "一次性告知书" in words(page)
    assert "待申请人补正" in words(page)


def test_a_failed_line_without_a_reason_is_not_told(office: Office, journey: Journey) -> None:
    given = verdicts(journey, "receive", hygiene_report=" ")
    refused = act(signed_in(office.clerk), journey, "receive", "outcome:correct", **given)
    assert refused.status_code == 422
    assert "原因" in words(refused)
    assert journey.state == "submitted"


def test_after_a_correction_only_the_changed_is_undecided(office: Office, journey: Journey) -> None:
    """Nothing is typed twice: judgments of the round before are carried over, those about new papers are not."""
    client = signed_in(office.clerk)
    act(client, journey, "receive", "outcome:correct", **verdicts(journey, "receive", hygiene_report="没有结论页。"))
    journey.upload("hygiene_report")
    journey.answer()
    page = client.get(at("case", journey.case_id)).content.decode()
    checked = dict(re.findall(r'name="verdict\.([\w.]+)" value="(\w+)" checked', page))
    assert "hygiene_report" not in checked
    assert "hygiene_passed" not in checked, "it is judged on the new paper"
    assert checked["registration_certificate"] == "met"
    assert "上一轮不符合" in page
    assert "没有结论页。" in page


def test_verification_keeps_what_was_typed_when_it_is_refused(office: Office) -> None:
    journey = Journey.at("verify", office)
    client = signed_in(office.verifier)
    given = verdicts(journey, "verify")
    refused = act(client, journey, "verify", "outcome:done", **given, visited_on="20260901", remark="现场看过。")
    assert refused.status_code == 422
    assert "请至少选择一名同行核实人" in words(refused)
    assert 'value="20260901"' in refused.content.decode()
    assert "现场看过。" in refused.content.decode()
    odd = act(client, journey, "verify", "outcome:done", visited_on="昨天", companions=office.companion.pk)
    assert odd.status_code == 422
    page = act(client, journey, "verify", "outcome:done", visited_on="20260901", companions=[office.companion.pk], remark="好")
    assert page.status_code == 200
    assert journey.open_steps == {"sign"}
    assert journey.opinions("verify")[0].visited_on == today()


def test_who_verified_sees_why_he_may_not_sign(office: Office) -> None:
    journey = Journey.at("sign", office)
    Membership.objects.create(person=office.verifier, bureau=office.bureau, role=Role.HEAD, valid_from=SINCE)
    client = signed_in(office.verifier)
    page = client.get(at("case", journey.case_id))
    assert "核实人和签发人须不同" in words(page)
    assert 'value="outcome:sign"' not in page.content.decode()
    assert act(client, journey, "sign", "outcome:sign").status_code == 403
    assert journey.open_steps == {"sign"}


def test_sending_back_needs_a_remark(office: Office) -> None:
    journey = Journey.at("sign", office)
    client = signed_in(office.head)
    assert act(client, journey, "sign", "outcome:return").status_code == 422
    page = act(client, journey, "sign", "outcome:return", remark="照片不清楚。")
    assert page.status_code == 200
    assert journey.open_steps == {"verify"}
    opinions = words(client.get(at("case", journey.case_id), {"show": "opinions"}))
    assert "照片不清楚。" in opinions
    assert "已被后一轮取代" in opinions


def test_a_stale_page_names_who_was_faster(office: Office, journey: Journey) -> None:
    """engine_traps R1."""
    given = verdicts(journey, "receive")
    stale = journey.task("receive")
    act(signed_in(office.clerk), journey, "receive", "outcome:receive", **given)
    late = signed_in(office.other_clerk).post(at("case", journey.case_id), {"task": stale, "act": "outcome:receive", **given})
    assert late.status_code == 409
    assert office.clerk.name in words(late)


def test_a_colleagues_task_is_read_only(office: Office, journey: Journey) -> None:
    journey.claim("receive", by=office.clerk)
    other = signed_in(office.other_clerk)
    page = other.get(at("case", journey.case_id))
    assert "仅查看" in words(page)
    assert 'id="work"' not in page.content.decode()
    assert act(other, journey, "receive", "save", **{"verdict.scope": "met"}).status_code == 409


def test_a_supervisor_looks_and_cannot_act(supervisor: Person, journey: Journey) -> None:
    client = signed_in(supervisor)
    page = client.get(at("case", journey.case_id))
    assert page.status_code == 200
    assert "仅查看" in words(page)
    assert act(client, journey, "receive", "save", **{"verdict.scope": "met"}).status_code == 403
    assert AuditEntry.objects.filter(case=journey.case_id, action="refused", actor=supervisor).exists()


def test_an_ended_post_acts_no_more(office: Office, journey: Journey) -> None:
    """engine_traps C1: the form is open, the post ends, the click is refused."""
    client = signed_in(office.clerk)
    given = verdicts(journey, "receive")
    Membership.objects.filter(person=office.clerk).update(valid_to=today() - timedelta(days=1))
    assert act(client, journey, "receive", "outcome:receive", **given).status_code == 403
    assert journey.state == "submitted"
