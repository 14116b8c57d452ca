"""Reference data: repeatable, whole or not at all, never over a bureau's own entries; clauses append-only."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from registry.models import Act, Authority, Bureau, CalendarDay, Clause, Division, NumberFormat, PromisedTime
from registry.selectors.clauses import verification_of
from registry.services.reference import DATA, ReferenceDataError, load_reference

pytestmark = pytest.mark.django_db

FILING_ACT, FILING_CLAUSE = "childcare.filing", "国卫办人口发〔2019〕25号 §7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real files, to be changed by a test."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(path: Path, edit: Callable[[dict], None]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert load_reference() == []
    call_command("load_reference")
    assert capsys.readouterr().out == "基础数据：没有变化\n"


def test_divisions_are_those_of_the_national_code() -> None:
    codes = dict(Division.objects.filter(parent__code="230500").values_list("name", "code"))
    assert codes == {
        "尖山区": "230502", "岭东区": "230503", "四方台区": "230505", "宝山区": "230506",
        "集贤县": "230521", "友谊县": "230522", "宝清县": "230523", "饶河县": "230524",
    }  # fmt: skip


def test_every_division_has_the_bureaus_a_filing_needs() -> None:
    kinds = ("health", "health_supervision", "maternal_child", "civil_affairs", "market", "establishment", "housing")
    for kind in kinds:
        assert Bureau.objects.filter(kind__code=kind).exclude(division__code="230500").count() == 8, kind
    # Districts have no market supervision bureau of their own but a branch of the city's (practice.md P4).
    assert Bureau.objects.get(kind__code="market", division__code="230502").name == "双鸭山市市场监督管理局尖山分局"
    assert Bureau.objects.get(kind__code="market", division__code="230521").name == "集贤县市场监督管理局"


def test_a_name_that_changed_since_the_plan_keeps_both() -> None:
    bureau = Bureau.objects.get(kind__code="financial_regulation")
    assert (bureau.name, bureau.name_printed) == ("国家金融监督管理总局双鸭山监管分局", "双鸭山市银保监分局")


def test_what_a_bureau_edited_is_not_overwritten(folder: Path) -> None:
    bureau = Bureau.objects.get(kind__code="health", division__code="230521")
    Bureau.objects.filter(pk=bureau.pk).update(phone="0469-1", address="县政府路1号", section="人口家庭股")
    NumberFormat.objects.filter(bureau=bureau, kind="filing_receipt").update(prefix="集卫健备", confirmed=True)
    PromisedTime.objects.filter(duty="childcare.filing:receipt").update(days=1, source="集贤县承诺")
    CalendarDay.objects.filter(date=date(2026, 10, 10)).update(is_workday=False)
    Authority.objects.filter(act__code=FILING_ACT).update(mode=Act.Mode.LINKED)
    assert load_reference(folder=folder) == []


def test_what_the_file_owns_is_brought_back() -> None:
    Bureau.objects.filter(kind__code="health", division__code="230521").update(name="别的名称", phone="0469-1")
    [changed] = load_reference()
    assert str(changed) == "更新 部门：集贤县卫生健康局（name）"
    assert Bureau.objects.get(name="集贤县卫生健康局").phone == "0469-1"


@pytest.mark.parametrize(
    ("file", "edit", "message"),
    [
        ("divisions.yaml", lambda data: data["divisions"][1].pop("name"), r"divisions\.yaml：divisions 第2行.*缺少 name"),
        ("divisions.yaml", lambda data: data["divisions"][1].update(level="省"), r"divisions 第2行.*省"),
        ("divisions.yaml", lambda data: data["divisions"][2].update(abbreviation="尖"), r"divisions 第3行.*尖"),
        ("divisions.yaml", lambda data: data["divisions"].append(data["divisions"][1]), r"divisions 第10行.*重复"),
        ("divisions.yaml", lambda data: data.update(regions=[]), r"divisions\.yaml：不认识的节：regions"),
        ("authorities.yaml", lambda data: data["authorities"][0].update(act="没有的"), r"authorities 第1行"),
        ("authorities.yaml", lambda data: data["authorities"][0].update(kind="没有的"), r"authorities 第1行.*没有种类"),
        ("authorities.yaml", lambda data: data["authorities"][0].update(valid_from=date(2020, 1, 1)), r"authorities 第1行"),
        ("number_formats.yaml", lambda data: data["number_formats"][0].update(prefx="x"), r"第1行.*不认识的字段：prefx"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_loaded(folder: Path, file: str, edit: Callable, message: str) -> None:
    before = (Bureau.objects.count(), Division.objects.count(), Authority.objects.count())
    change(folder / file, edit)
    with pytest.raises(ReferenceDataError, match=message), transaction.atomic():
        load_reference(folder=folder)
    assert (Bureau.objects.count(), Division.objects.count(), Authority.objects.count()) == before


def test_a_file_that_is_no_yaml_is_named(folder: Path) -> None:
    (folder / "acts.yaml").write_text("acts: [", encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"acts\.yaml：无法读取"):
        load_reference(folder=folder)


def test_the_terminal_reports_an_error_in_chinese() -> None:
    Division.objects.filter(code="230502").update(abbreviation="旧")
    Division.objects.create(code="230599", name="别处", level=Division.Level.COUNTY, abbreviation="尖")
    with pytest.raises(CommandError, match=r"基础数据未载入。divisions\.yaml：divisions 第2行"), transaction.atomic():
        call_command("load_reference")


class TestClauses:
    FILE = "clauses/childcare.yaml"

    def edited(self, folder: Path, **columns: object) -> Path:
        path = folder / self.FILE
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        row = next(row for row in content[0]["clauses"] if row["article"] == "§7")
        row.update(columns)
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return folder

    @pytest.mark.parametrize("columns", [{"paraphrase": "换了说法"}, {"verified": "secondary"}, {"source": "别处"}])
    def test_a_changed_wording_needs_a_row_of_its_own(self, folder: Path, columns: dict[str, str]) -> None:
        with pytest.raises(ReferenceDataError, match=r"childcare\.yaml：clauses 第\d+行.*§7.*另加一行"), transaction.atomic():
            load_reference(folder=self.edited(folder, **columns))

    def test_a_later_wording_counts_from_its_day(self, folder: Path) -> None:
        path = folder / self.FILE
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        row = next(row for row in content[0]["clauses"] if row["article"] == "§7")
        content[0]["clauses"].append({**row, "paraphrase": "改为向主管部门申请许可", "in_force_from": date(2027, 6, 1)})
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        assert len(load_reference(folder=folder)) == 1
        assert verification_of([FILING_CLAUSE], date(2027, 5, 31))[FILING_CLAUSE].paraphrase == row["paraphrase"]
        assert verification_of([FILING_CLAUSE], date(2027, 6, 1))[FILING_CLAUSE].paraphrase == "改为向主管部门申请许可"

    def test_a_better_check_of_the_same_wording_is_a_higher_version(self, folder: Path) -> None:
        cited = "国卫办人口发〔2019〕25号 §11"
        path = folder / self.FILE
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        row = next(row for row in content[0]["clauses"] if row["article"] == "§11")
        content[0]["clauses"].append({**row, "verified": "primary", "source": "政府公报原文", "version": 2})
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        day = date(2026, 11, 24)
        assert verification_of([cited], day)[cited].verified == Clause.Verified.NO
        load_reference(folder=folder)
        assert verification_of([cited], day)[cited].verified == Clause.Verified.PRIMARY

    @pytest.mark.parametrize("day", [date(2019, 12, 18), date(2019, 12, 19)])
    def test_a_clause_counts_from_the_day_it_is_in_force(self, day: date) -> None:
        assert (FILING_CLAUSE in verification_of([FILING_CLAUSE, "没有 §1"], day)) == (day == date(2019, 12, 19))

    def test_what_the_authorities_cite_is_on_record(self) -> None:
        cited = set(Authority.objects.values_list("clause", flat=True))
        assert cited == set(verification_of(cited, date(2026, 11, 24)))

    @pytest.mark.parametrize("statement", ["UPDATE registry_clause SET paraphrase = 'x'", "DELETE FROM registry_clause"])
    def test_the_runtime_role_may_not_change_one(self, statement: str) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE registry_clause SET fact = 'x'", "DELETE FROM registry_clause", "TRUNCATE registry_clause"]
)
def test_even_the_owner_may_not_change_a_clause(statement: str) -> None:
    database = connection.settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_URLS["owner"], dbname=database, options="-c lock_timeout=2s") as owner:
        with pytest.raises(psycopg.errors.RestrictViolation, match="只可追加"):
            owner.execute(statement)
        owner.rollback()
