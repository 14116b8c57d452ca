"""The registry administrator's pages: who may, on whom, and that each change is a link of the audit chain."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from registry.clock import today
from registry.models import Bureau, CalendarDay, Membership, NumberFormat, Person, PromisedTime, Role
from registry.selectors.people import memberships_of
from registry.selectors.promised import promised_days
from registry.services.people import PeopleError, appoint
from tests.registry.records import health
from workflows.models import AuditEntry, Outbox
from workflows.services import administration as acts
from workflows.services.audit import digest_of
from workflows.services.errors import NotPermitted
from workflows.services.outbox import drain

pytestmark = pytest.mark.django_db

SINCE = date(2020, 1, 1)
PASSWORD_PAGE = "administration/password.html"


def official(username: str, role: Role, code: str = "230521", **more: Any) -> Person:
    person = Person.objects.create(username=username, name=f"{username}·试")
    appoint(person=person, bureau=health(code), role=role, valid_from=SINCE, **more)
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def city() -> Client:
    """The city's registry administrator, at his desk."""
    return signed_in(official("city-registrar", Role.REGISTRAR, "230500"))


@pytest.fixture
def county() -> Client:
    return signed_in(official("county-registrar", Role.REGISTRAR, "230521"))


def chain() -> list[str]:
    return list(AuditEntry.objects.filter(chain="registry").order_by("sequence").values_list("action", flat=True))


PAGES = ("people", "official_new", "bureaus", "calendar")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [None, *(role for role in Role if role != Role.REGISTRAR)])
def test_others_stay_outside(page: str, role: Role | None) -> None:
    somebody = official("somebody", role, "230500") if role else Person.objects.create(username="applicant", name="申请人")
    assert signed_in(somebody).get(reverse(f"administration:{page}")).status_code == 403
    assert Client().get(reverse(f"administration:{page}")).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_the_administrator_sees_his_pages(city: Client, page: str) -> None:
    response = city.get(reverse(f"administration:{page}"))
    assert response.status_code == 200
    assert "<h1>" in response.content.decode()


def new_official(**entered: Any) -> dict[str, Any]:
    return {
        "name": "新来人",
        "username": "newcomer",
        "phone": "",
        "bureau": health().pk,
        "role": Role.CLERK,
        "valid_from": today().isoformat(),
        **entered,
    }


def test_an_official_is_added_with_a_post_and_a_password_told_once(city: Client) -> None:
    response = city.post(reverse("administration:official_new"), new_official())
    person = Person.objects.get(username="newcomer")
    assert person.check_password(response.context["password"])
    assert response.context["password"] in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert [post.role for post in memberships_of(person, today())] == [Role.CLERK]
    assert chain() == ["official_added", "post_given"]
    assert response.context["password"] not in str(list(AuditEntry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"username": "city-registrar"}, "已有人使用"),
        ({"name": ""}, "姓名"),
        ({"role": "king"}, "岗位"),
        ({"username": "有 空格"}, "用户名"),
    ],
)
def test_a_wrong_entry_is_told_and_adds_nobody(city: Client, entered: dict[str, str], words: str) -> None:
    response = city.post(reverse("administration:official_new"), new_official(**entered))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Person.objects.count() == 1
    assert chain() == []


class TestReach:
    """A county's administrator looks after his county, the city's after all."""

    def test_people(self, county: Client, city: Client) -> None:
        here, there = official("here", Role.CLERK), official("there", Role.CLERK, "230502")
        applicant = Person.objects.create(username="applicant", name="申请人")
        for client, person, status in [
            (county, here, 200), (county, there, 404), (county, applicant, 404), (city, there, 200), (city, applicant, 404),
        ]:  # fmt: skip
            assert client.get(reverse("administration:official", args=[person.pk])).status_code == status
        assert "there·试" not in county.get(reverse("administration:people")).content.decode()

    @pytest.mark.parametrize("page", ["account_switch", "password_renew"])
    def test_accounts(self, county: Client, page: str) -> None:
        there = official("there", Role.CLERK, "230502")
        assert county.post(reverse(f"administration:{page}", args=[there.pk]), {"active": "0"}).status_code == 404
        there.refresh_from_db()
        assert there.is_active

    def test_an_account_with_a_post_elsewhere_belongs_to_the_city(self, county: Client, city: Client) -> None:
        person = official("both", Role.CLERK)
        appoint(person=person, bureau=health("230500"), role=Role.SUPERVISOR, valid_from=SINCE)
        address = reverse("administration:password_renew", args=[person.pk])
        refused = county.post(address)
        assert refused.status_code == 403
        assert "管理范围以外的岗位" in refused.content.decode()
        assert city.post(address).status_code == 200

    def test_posts_and_bureaus(self, county: Client) -> None:
        there = official("there", Role.CLERK, "230502")
        post = there.memberships.get()
        assert county.post(reverse("administration:post_end", args=[post.pk]), {"last_day": "2026-01-01"}).status_code == 404
        assert county.get(reverse("administration:bureau", args=[health("230502").pk])).status_code == 404
        here = official("here", Role.CLERK)
        response = county.post(reverse("administration:official", args=[here.pk]), new_official(bureau=health("230502").pk))
        assert response.status_code == 422
        assert here.memberships.count() == 1

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.REGISTRAR])
    def test_no_page_makes_an_administrator_or_an_auditor(self, city: Client, role: Role) -> None:
        """Else one administrator made a second one and was given by it what nobody may give himself."""
        assert city.post(reverse("administration:official_new"), new_official(role=role)).status_code == 422
        assert not Person.objects.filter(username="newcomer").exists()
        me, other = Person.objects.get(username="city-registrar"), official("other", Role.CLERK)
        with pytest.raises(NotPermitted, match="服务器上任命"):
            acts.give_post(by=me, on=today(), person=other, bureau=health("230500"), role=role, valid_from=today())

    def test_a_former_official_is_a_private_person(self, city: Client) -> None:
        former = Person.objects.create(username="former", name="离任者")
        appoint(person=former, bureau=health(), role=Role.CLERK, valid_from=SINCE, valid_to=date(2020, 6, 30))
        refused = city.post(reverse("administration:password_renew", args=[former.pk]))
        assert (refused.status_code, "账号归本人使用" in refused.content.decode()) == (403, True)

    def test_the_calendar_is_the_citys(self, county: Client) -> None:
        assert county.post(reverse("administration:calendar"), notice("2040-03-05,否".encode())).status_code == 403
        assert not CalendarDay.objects.filter(date=date(2040, 3, 5)).exists()


def test_a_password_that_somebody_knows_serves_once(city: Client) -> None:
    """The first password, and a renewed one, lead nowhere but to the page where one sets one's own."""
    told = city.post(reverse("administration:official_new"), new_official()).context["password"]
    person = Person.objects.get(username="newcomer")
    newcomer = signed_in(person)
    assert newcomer.get(reverse("officer:todo")).headers["Location"] == reverse("change_password")
    own = {"old_password": told, "new_password1": "wo-zi-ji-de-2026", "new_password2": "wo-zi-ji-de-2026"}
    same = newcomer.post(reverse("change_password"), own | {"new_password1": told, "new_password2": told})
    assert (same.status_code, "不能与原密码相同" in same.content.decode()) == (422, True)
    assert newcomer.post(reverse("change_password"), own).headers["Location"] == reverse("officer:todo")
    assert newcomer.get(reverse("officer:todo")).status_code == 200, "the session goes on"
    city.post(reverse("administration:password_renew", args=[person.pk]))
    person.refresh_from_db()
    assert person.must_change_password


def test_an_end_is_never_put_off_nor_laid_into_the_past(city: Client) -> None:
    post = official("leaving", Role.CLERK).memberships.get()
    address = reverse("administration:post_end", args=[post.pk])
    assert city.post(address, {"last_day": "2021-01-01"}).status_code == 422
    assert city.post(address, {"last_day": today().isoformat()}).status_code == 302
    assert city.post(address, {"last_day": "2099-01-01"}).status_code == 422
    post.refresh_from_db()
    assert post.valid_to == today()


def test_a_post_begins_today_at_the_earliest(city: Client) -> None:
    assert city.post(reverse("administration:official_new"), new_official(valid_from="2020-01-01")).status_code == 422
    assert not Person.objects.filter(username="newcomer").exists()


def test_who_keeps_the_posts_holds_no_other() -> None:
    clerk = official("clerk", Role.CLERK)
    with pytest.raises(PeopleError, match="不能兼任"):
        appoint(person=clerk, bureau=health("230500"), role=Role.AUDITOR, valid_from=SINCE)


def test_nobody_changes_his_own_posts(city: Client) -> None:
    me = Person.objects.get(username="city-registrar")
    post = me.memberships.get()
    own = {
        reverse("administration:official", args=[me.pk]): new_official(bureau=health("230500").pk, role=Role.HEAD),
        reverse("administration:post_end", args=[post.pk]): {"last_day": today().isoformat()},
        reverse("administration:account_switch", args=[me.pk]): {"active": "0"},
        reverse("administration:password_renew", args=[me.pk]): {},
    }
    for address, entered in own.items():
        response = city.post(address, entered)
        assert response.status_code == 403, address
        assert "由另一名名录管理员办理" in response.content.decode()
    assert me.memberships.get() == post
    assert chain() == []


def test_a_substitution_is_given_and_ended(city: Client) -> None:
    head, deputy = official("head", Role.HEAD), official("deputy", Role.CLERK)
    address = reverse("administration:official", args=[deputy.pk])
    entered = new_official(role=Role.HEAD, acting_for=head.pk)
    refused = city.post(address, entered)
    assert "授权代签必须写明结束日期" in refused.content.decode()
    assert city.post(address, {**entered, "valid_to": today().isoformat()}).status_code == 302
    substitution = Membership.objects.get(acting_for=head)
    assert "代head·试签" in city.get(address).content.decode()
    end = reverse("administration:post_end", args=[substitution.pk])
    assert city.get(end).status_code == 200
    assert city.post(end, {"last_day": "2019-12-31"}).status_code == 422
    assert city.post(end, {"last_day": today().isoformat()}).status_code == 302
    assert chain() == ["post_given", "post_ended"]


def test_an_account_is_switched_off_and_its_session_ends(city: Client) -> None:
    clerk = official("clerk", Role.CLERK)
    desk = signed_in(clerk)
    assert desk.get(reverse("administration:people")).status_code == 403
    city.post(reverse("administration:account_switch", args=[clerk.pk]), {"active": "0"})
    assert desk.get(reverse("administration:people")).status_code == 302
    assert not memberships_of(clerk, today()).exists()
    city.post(reverse("administration:account_switch", args=[clerk.pk]), {"active": "1"})
    assert memberships_of(clerk, today()).exists()
    assert chain() == ["account_off", "account_on"]


class TestBureau:
    def address(self) -> str:
        return reverse("administration:bureau", args=[health().pk])

    def test_its_contact_is_kept_over_the_next_load(self, city: Client) -> None:
        entered = {"part": "contact", "section": "人口家庭股", "phone": "0469-4660001", "address": "福利镇1号"}
        assert city.post(self.address(), entered).status_code == 302
        assert Bureau.objects.get(pk=health().pk).phone == "0469-4660001"
        assert "0469-4660001" in city.get(self.address()).content.decode()
        assert chain() == ["contact_set"]

    def test_its_issuer_code_is_confirmed(self, city: Client) -> None:
        row = NumberFormat.objects.get(bureau=health(), kind="filing_receipt")
        assert row.title == "备案回执"
        entered = {"part": "code", "number_format": row.pk, "issuer_code": "集卫健托备"}
        assert city.post(self.address(), entered).status_code == 302
        row.refresh_from_db()
        assert (row.prefix, row.confirmed) == ("集卫健托备", True)

    def test_an_issuer_code_in_use_is_refused(self, city: Client) -> None:
        row = NumberFormat.objects.get(bureau=health(), kind="filing_receipt")
        response = city.post(self.address(), {"part": "code", "number_format": row.pk, "issuer_code": "尖卫托备"})
        assert response.status_code == 422
        page = response.content.decode()
        assert "“尖卫托备”已由尖山区卫生健康局使用" in page
        assert f'href="#code-{row.pk}"' in page

    def test_another_bureaus_code_is_not_reached_through_it(self, county: Client) -> None:
        row = NumberFormat.objects.get(bureau=health("230502"), kind="filing_receipt")
        response = county.post(self.address(), {"part": "code", "number_format": row.pk, "issuer_code": "夺"})
        assert response.status_code == 422
        assert NumberFormat.objects.get(pk=row.pk).prefix == "尖卫托备"

    def test_its_promise_stands_beside_the_citys_and_can_be_taken_back(self, city: Client) -> None:
        duty = "childcare.filing:receipt"
        promised = {"part": "promise", "duty": duty, "days": "2", "source": "集贤县承诺公告"}
        assert city.post(self.address(), {**promised, "source": ""}).status_code == 422
        assert city.post(self.address(), promised).status_code == 302
        assert promised_days(duty, health()) == 2
        assert city.post(self.address(), {"part": "promise", "duty": duty, "days": "", "source": ""}).status_code == 302
        assert promised_days(duty, health()) == 3
        assert not PromisedTime.objects.filter(bureau=health()).exists()

    def test_an_unknown_part_changes_nothing(self, city: Client) -> None:
        assert city.post(self.address(), {"part": "name", "name": "夺"}).status_code == 422


def notice(content: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("2027.csv", content, "text/csv"), "source": "示例通知"}


def test_the_yearly_notice_is_imported(city: Client) -> None:
    response = city.post(reverse("administration:calendar"), notice("2027-01-04,否\n2027-01-09,是".encode()), follow=True)
    page = response.content.decode()
    assert "已写入2日" in page
    assert "2027年只写入所列日期" in page
    assert CalendarDay.objects.get(date=date(2027, 1, 9)).is_workday
    assert chain() == ["notice_taken"]


def test_a_new_calendar_has_running_clocks_recomputed(city: Client) -> None:
    """The administrator need not know a command: the worker finds it in the outbox, once."""
    city.post(reverse("administration:calendar"), notice("2027-01-09,是".encode()))
    row = Outbox.objects.get(topic="recompute_clocks")
    assert drain(key=row.key) == 1
    assert drain(key=row.key) == 0


@pytest.mark.parametrize(
    ("content", "words"), [("没有日期的文件".encode(), "第1行"), (b"\xff" * 300_000, "太大"), (b"", "文件")]
)
def test_a_wrong_notice_changes_nothing(city: Client, content: bytes, words: str) -> None:
    response = city.post(reverse("administration:calendar"), notice(content))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert chain() == []


def test_the_chain_of_the_registry_holds_together(city: Client) -> None:
    official("clerk", Role.CLERK)
    for days in ("1", "2"):
        city.post(
            reverse("administration:bureau", args=[health().pk]),
            {"part": "promise", "duty": "childcare.filing:receipt", "days": days, "source": "公告"},
        )
    first, second = AuditEntry.objects.filter(chain="registry").order_by("sequence")
    assert (first.digest, second.previous) == (digest_of(first), first.digest)
