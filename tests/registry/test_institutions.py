"""Institutions, sites, and the 统一社会信用代码 (GB 32100-2015, regulation H.7)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from registry.models import Applicant, Division, Institution, Site, validate_uscc
from registry.services.institutions import SiteElsewhereError, record_site
from tests.registry.records import AT, USCC, filing_in_force, submitted_filing


@pytest.mark.parametrize("code", ["91110000600037341L", "91230500MA0000001D", "52230502MJ0000001U", "12230500000000001F"])
def test_a_right_code_passes(code: str) -> None:
    validate_uscc(code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("91230500MA0000001E", "校验位不符"),
        ("91230500MA0000010D", "校验位不符"),  # two characters exchanged
        ("91230500MA000000ID", "有误"),  # I is not of the alphabet
        ("91230500MA0000001", "应为18位，现在是17位"),
        ("91230500MA0000001D0", "应为18位，现在是19位"),
        ("", "应为18位，现在是0位"),
    ],
)
def test_a_wrong_code_is_refused_with_what_to_do(code: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        validate_uscc(code)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["91230500ma0000001d", "91230500MA000000I", "X" * 18 + "1"])
def test_the_database_keeps_the_shape(code: str) -> None:
    with pytest.raises(DatabaseError, match=r"applicant_uscc_shape|too long"), transaction.atomic():
        Applicant.objects.create(name="试", uscc=code, created_at=AT)


def put_on_record(name: str = "小树苗托育中心", code: str = "230521", address: str = "胜利路1号") -> Site:
    return record_site(
        name=name,
        uscc=USCC,
        nature=Institution.Nature.FOR_PROFIT,
        registered_by="集贤县市场监督管理局",
        registered_on=None,
        division=Division.objects.get(code=code),
        address=address,
        at=AT,
    )


@pytest.mark.django_db
def test_the_same_site_is_put_on_record_once() -> None:
    assert put_on_record() == put_on_record(address=" 胜利路1号 ")
    assert put_on_record(address="胜利路2号") != put_on_record()
    assert Institution.objects.count() == 1


@pytest.mark.django_db
def test_who_knows_a_code_can_not_rename_an_institution_that_is_filed() -> None:
    filing_in_force(address="胜利路1号")
    assert put_on_record(name="冒名托育").institution.name == "小树苗托育中心"
    assert put_on_record(name="冒名托育", address="胜利路9号").institution.name == "小树苗托育中心"


@pytest.mark.django_db
def test_a_submission_without_receipt_binds_nobody() -> None:
    """A wrong or hostile submission, withdrawn or not, must not hold up the true one."""
    submitted_filing(name="冒名托育", code="230503", address="胜利路1号")
    site = put_on_record()
    assert (site.institution.name, site.division.code) == ("小树苗托育中心", "230521")


@pytest.mark.django_db
def test_one_filed_address_lies_in_one_division() -> None:
    filing_in_force(address="胜利路1号")
    with pytest.raises(SiteElsewhereError, match="已在集贤县备案"):
        put_on_record(code="230502")


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_get_the_same_site() -> None:
    together = Barrier(8)

    def submit() -> int:
        try:
            together.wait(30)
            with transaction.atomic():
                return put_on_record().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        sites = {each.result(30) for each in [pool.submit(submit) for _ in range(8)]}
    assert len(sites) == 1
    assert (Institution.objects.count(), Site.objects.count()) == (1, 1)
