"""Who decides what, where, from when (practice.md P4): one bureau at a time, kept by the database."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange

from registry.models import Act, Authority, Bureau, Division, PromisedTime
from registry.selectors.bureaus import AuthorityError, authority_for
from registry.selectors.promised import promised_by_duty, promised_days

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)


def division(code: str) -> Division:
    return Division.objects.get(code=code)


@pytest.mark.parametrize("code", ["230502", "230503", "230505", "230506", "230521", "230522", "230523", "230524"])
def test_a_filing_belongs_to_the_health_bureau_of_its_place(code: str) -> None:
    authority = authority_for("childcare.filing", division(code), DAY, size=450)
    assert (authority.bureau.kind.code, authority.bureau.division.code) == ("health", code)
    assert (authority.mode, authority.clause) == (Act.Mode.OWN, "国卫办人口发〔2019〕25号 §7")


def test_the_city_commission_does_not_file() -> None:
    with pytest.raises(AuthorityError, match=r"双鸭山市在2026-11-24没有“childcare\.filing”的主管部门"):
        authority_for("childcare.filing", division("230500"), DAY)


@pytest.mark.parametrize(
    ("act", "code", "bureau"),
    [
        ("registration.for_profit", "230502", "双鸭山市市场监督管理局尖山分局"),
        ("registration.for_profit", "230521", "集贤县市场监督管理局"),
        ("registration.social_service", "230521", "集贤县民政局"),
        ("registration.public_institution", "230521", "中共集贤县委机构编制委员会办公室"),
        ("childcare.supervision", "230521", "集贤县卫生监督所"),
    ],
)
def test_the_router_by_nature(act: str, code: str, bureau: str) -> None:
    """regulation A0.1; decided in other systems, so linked (P1)."""
    authority = authority_for(act, division(code), DAY)
    assert authority.bureau.name == bureau
    assert authority.mode == (Act.Mode.OWN if act == "childcare.supervision" else Act.Mode.LINKED)


@pytest.mark.parametrize(("day", "found"), [(date(2019, 12, 18), False), (date(2019, 12, 19), True)])
def test_an_authority_counts_from_its_first_day(day: date, found: bool) -> None:
    if found:
        assert authority_for("childcare.filing", division("230521"), day)
    else:
        with pytest.raises(AuthorityError):
            authority_for("childcare.filing", division("230521"), day)


def row(bureau: str, size: tuple[int, int | None], valid: tuple[date, date | None], act: str = "fire.filing") -> Authority:
    return Authority.objects.create(
        act=Act.objects.get_or_create(code=act, defaults={"name": act})[0],
        division=division("230521"),
        bureau=Bureau.objects.get(name=bureau),
        size=NumericRange(*size, "[)"),
        valid=DateRange(*valid, "[)"),
        clause="试 §1",
    )


CITY, COUNTY = "双鸭山市住房和城乡建设局", "集贤县住房和城乡建设局"
EVER = (date(2020, 1, 1), None)


@pytest.mark.parametrize(("size", "bureau"), [(4999, COUNTY), (5000, CITY), (9000, CITY)])
def test_an_act_may_be_split_by_area(size: int, bureau: str) -> None:
    row(COUNTY, (0, 5000), EVER)
    row(CITY, (5000, None), EVER)
    assert authority_for("fire.filing", division("230521"), DAY, size=size).bureau.name == bureau
    with pytest.raises(AuthorityError, match="请先填写建筑面积"):
        authority_for("fire.filing", division("230521"), DAY)


def test_an_act_may_move_to_another_bureau_on_a_day() -> None:
    row(COUNTY, (0, None), (date(2020, 1, 1), date(2027, 1, 1)))
    row(CITY, (0, None), (date(2027, 1, 1), None))
    assert authority_for("fire.filing", division("230521"), date(2026, 12, 31)).bureau.name == COUNTY
    assert authority_for("fire.filing", division("230521"), date(2027, 1, 1)).bureau.name == CITY


@pytest.mark.parametrize(
    ("size", "valid", "refused"),
    [
        ((4000, None), (date(2026, 1, 1), None), True),
        ((0, 10), (date(2030, 1, 1), None), True),
        ((5000, None), EVER, False),
        ((0, 5000), (date(2019, 1, 1), date(2020, 1, 1)), False),
    ],
)
def test_two_bureaus_never_answer_for_the_same(size: tuple, valid: tuple, refused: bool) -> None:
    row(COUNTY, (0, 5000), EVER)
    if refused:
        with pytest.raises(IntegrityError, match="one_authority_at_a_time"), transaction.atomic():
            row(CITY, size, valid)
    else:
        row(CITY, size, valid)


def test_the_promise_of_a_bureau_wins_over_the_citys() -> None:
    jixian, jianshan = (Bureau.objects.get(kind__code="health", division__code=code) for code in ("230521", "230502"))
    PromisedTime.objects.create(duty="childcare.filing:receipt", bureau=jixian, days=1, source="集贤县承诺")
    assert promised_days("childcare.filing:receipt", jixian) == 1
    assert promised_days("childcare.filing:receipt", jianshan) == 3
    assert promised_days("childcare.filing:publication", jixian) is None
    both = promised_by_duty(["childcare.filing:receipt", "childcare.filing:verification"], jixian)
    assert both == {"childcare.filing:receipt": 1, "childcare.filing:verification": 10}


@pytest.mark.parametrize("bureau", [None, "集贤县卫生健康局"])
def test_one_promise_for_each(bureau: str | None) -> None:
    whose = Bureau.objects.get(name=bureau) if bureau else None
    PromisedTime.objects.create(duty="x:y", bureau=whose, days=1, source="试")
    with pytest.raises(IntegrityError), transaction.atomic():
        PromisedTime.objects.create(duty="x:y", bureau=whose, days=2, source="试")
