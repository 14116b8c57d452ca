"""Posts, their days and substitutes (授权代签); accounts; demo people (engine_traps C1, C7)."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.models import Bureau, Membership, Person, Role
from registry.selectors.people import holders_of, memberships_of, posts_of
from registry.services.demo import PASSWORD, PEOPLE
from registry.services.people import PeopleError, add_person, appoint, end_membership, set_active
from tests.registry.records import health

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 11, 24)


def person(username: str, name: str = "试验人") -> Person:
    return Person.objects.create(username=username, name=name)


@pytest.fixture
def head() -> Person:
    head = person("head", "张三")
    appoint(person=head, bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST)
    return head


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-11-24", True), ("2026-11-25", False)],
)
def test_a_post_counts_on_both_its_days(head: Person, day: str, holds: bool) -> None:
    on = date.fromisoformat(day)
    assert memberships_of(head, on).exists() is holds
    assert holders_of(health(), Role.HEAD, on).filter(person=head).exists() is holds


def test_a_substitute_holds_the_post_for_his_days_only(head: Person) -> None:
    deputy = person("deputy", "李四")
    appoint(
        person=deputy,
        bureau=health(),
        role=Role.HEAD,
        valid_from=date(2026, 11, 2),
        valid_to=date(2026, 11, 6),
        acting_for=head,
    )
    [post] = memberships_of(deputy, date(2026, 11, 6))
    assert (post.role, post.acting_for) == (Role.HEAD, head)
    assert not memberships_of(deputy, date(2026, 11, 7)).exists()
    holders = holders_of(health(), Role.HEAD, date(2026, 11, 4))
    assert {(row.person, row.acting_for) for row in holders} == {(head, None), (deputy, head)}


@pytest.mark.parametrize("how", ["post ended", "account off"])
def test_a_substitution_ends_with_the_post_it_stands_for(head: Person, how: str) -> None:
    deputy = person("deputy")
    appoint(person=deputy, bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST, acting_for=head)
    if how == "post ended":
        end_membership(membership=head.memberships.get(), last_day=date(2026, 6, 30), today=date(2026, 6, 1))
    else:
        set_active(person=head, active=False)
    assert not memberships_of(deputy, date(2026, 7, 1)).exists()


def test_an_account_switched_off_holds_nothing(head: Person) -> None:
    set_active(person=head, active=False)
    assert not memberships_of(head, FIRST).exists()
    assert not holders_of(health(), Role.HEAD, FIRST).exists()


def test_the_posts_of_a_person_cost_one_query(head: Person) -> None:
    appoint(person=head, bureau=health("230502"), role=Role.CLERK, valid_from=FIRST)
    with CaptureQueriesContext(connection) as queries:
        held = [(post.bureau.kind.code, post.bureau.division.name, post.person.name) for post in memberships_of(head, FIRST)]
    assert len(queries) == 1
    assert set(held) == {("health", "尖山区", "张三"), ("health", "集贤县", "张三")}


@pytest.mark.parametrize("change", ["nothing", "principal's post ended", "principal's account off", "own account off"])
@pytest.mark.parametrize("day", ["2026-02-28", "2026-03-01", "2026-07-01", "2026-11-24", "2026-11-25"])
def test_the_short_form_of_ones_posts_says_the_same(head: Person, day: str, change: str) -> None:
    deputy = person("deputy")
    appoint(person=deputy, bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST, acting_for=head)
    appoint(person=deputy, bureau=health(), role=Role.CLERK, valid_from=FIRST)
    if change == "principal's post ended":
        end_membership(membership=head.memberships.get(), last_day=date(2026, 6, 30), today=date(2026, 6, 1))
    elif change != "nothing":
        set_active(person=head if change == "principal's account off" else deputy, active=False)
    on = date.fromisoformat(day)
    assert posts_of(deputy, on) == list(memberships_of(deputy, on))


class TestAppointing:
    def test_a_substitution_needs_an_end(self, head: Person) -> None:
        with pytest.raises(PeopleError, match="必须写明结束日期"):
            appoint(person=person("x"), bureau=health(), role=Role.HEAD, valid_from=FIRST, acting_for=head)

    def test_nobody_stands_for_himself(self, head: Person) -> None:
        with pytest.raises(PeopleError, match="不能代自己签"):
            appoint(person=head, bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST, acting_for=head)

    def test_nobody_stands_for_one_without_the_post(self, head: Person) -> None:
        with pytest.raises(PeopleError, match="张三在2026-03-01不是集贤县卫生健康局的核实人"):
            appoint(person=person("x"), bureau=health(), role=Role.VERIFIER, valid_from=FIRST, valid_to=LAST, acting_for=head)

    def test_a_substitute_has_no_substitute(self, head: Person) -> None:
        deputy = person("deputy", "李四")
        appoint(person=deputy, bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST, acting_for=head)
        with pytest.raises(PeopleError, match=r"李四.*不能被代签"):
            appoint(person=person("x"), bureau=health(), role=Role.HEAD, valid_from=FIRST, valid_to=LAST, acting_for=deputy)

    def test_it_ends_after_it_begins(self) -> None:
        with pytest.raises(PeopleError, match="结束日期不能早于开始日期"):
            appoint(person=person("x"), bureau=health(), role=Role.HEAD, valid_from=LAST, valid_to=FIRST)

    @pytest.mark.parametrize(("first", "refused"), [(LAST, True), (date(2026, 11, 25), False)])
    def test_not_twice_at_a_time(self, head: Person, first: date, refused: bool) -> None:
        if refused:
            with pytest.raises(PeopleError, match="这段时间已是"):
                appoint(person=head, bureau=health(), role=Role.HEAD, valid_from=first)
        else:
            appoint(person=head, bureau=health(), role=Role.HEAD, valid_from=first)

    def test_it_does_not_end_before_it_began(self, head: Person) -> None:
        with pytest.raises(PeopleError, match="不能更早"):
            end_membership(membership=head.memberships.get(), last_day=date(2026, 2, 28), today=date(2026, 2, 1))


@pytest.mark.parametrize(
    "columns",
    [
        {"valid_to": date(2026, 2, 28)},
        {"acting_for": "self", "valid_to": LAST},
        {"acting_for": "other", "valid_to": None},
        {"role": "king"},
    ],
)
def test_the_database_refuses_an_impossible_post(columns: dict) -> None:
    holder = person("holder")
    named = {"self": holder, "other": person("other")}
    if "acting_for" in columns:
        columns = {**columns, "acting_for": named[columns["acting_for"]]}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**{"person": holder, "bureau": health(), "role": Role.HEAD, "valid_from": FIRST, **columns})


@pytest.mark.parametrize(
    ("username", "password", "message"),
    [
        ("", "kai-men-2026", "不能为空|必填"),
        ("head", "kai-men-2026", "已有人使用"),
        ("new", "123", "密码"),
        ("a b", "kai-men-2026", "."),
    ],
)
def test_a_wrong_account_is_refused_in_chinese(head: Person, username: str, password: str, message: str) -> None:
    with pytest.raises(PeopleError, match=message):
        add_person(username=username, name="新人", password=password)


def test_createsuperuser_asks_for_the_name() -> None:
    call_command("createsuperuser", "--noinput", username="root1", name="王五")
    assert Person.objects.get(username="root1").name == "王五"


class TestDemo:
    def test_every_demo_person_can_sign_in_and_holds_his_post(self, settings: Any) -> None:
        settings.DEMO = True
        call_command("load_demo")
        call_command("load_demo")
        assert Person.objects.count() == len(PEOPLE)
        for each in PEOPLE:
            someone = Person.objects.get(username=each.username)
            assert someone.check_password(PASSWORD)
            assert [post.role for post in memberships_of(someone, LAST)] == ([each.role] if each.role else [])

    def test_every_step_of_a_filing_has_its_people(self, settings: Any) -> None:
        settings.DEMO = True
        call_command("load_demo")
        counts = {role: holders_of(health(), role, LAST).count() for role in (Role.CLERK, Role.VERIFIER, Role.HEAD)}
        assert counts == {Role.CLERK: 1, Role.VERIFIER: 2, Role.HEAD: 1}
        assert {each.role for each in PEOPLE} == {"", *Role.values}

    def test_the_table_names_account_and_password(self, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
        settings.DEMO = True
        call_command("load_demo", "--print")
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["账号", "密码", "姓名", "部门", "岗位", "做什么"]
        assert [line.split()[0] for line in lines[1:]] == [each.username for each in PEOPLE]
        assert all(PASSWORD in line for line in lines[1:])

    def test_a_system_in_use_refuses_them(self, settings: Any) -> None:
        settings.DEMO = False
        with pytest.raises(CommandError, match="不是演示环境"):
            call_command("load_demo")
        assert not Person.objects.exists()


class TestFirstRegistrar:
    def test_he_can_sign_in_and_appoint(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REGISTRAR_PASSWORD", "kai-men-2026")
        call_command("create_registrar", "minglu", "赵六")
        someone = Person.objects.get(username="minglu")
        assert someone.check_password("kai-men-2026")
        post = someone.memberships.get()
        assert (post.role, post.bureau) == (Role.REGISTRAR, Bureau.objects.get(name="双鸭山市卫生健康委员会"))

    def test_a_weak_password_makes_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REGISTRAR_PASSWORD", "123")
        with pytest.raises(CommandError, match="密码"):
            call_command("create_registrar", "minglu", "赵六")
        assert not Person.objects.exists()
