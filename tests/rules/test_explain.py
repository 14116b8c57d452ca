"""``manage.py explain`` and ``manage.py unverified_rules`` as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .filing import EXAMPLE, complete

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def explain(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return manage("explain", "childcare.filing.v2019", "--facts", str(path), "--on", "2026-11-24", *more)


@pytest.fixture(scope="module")
def explained() -> dict:
    return json.loads(explain(EXAMPLE).stdout)


def test_each_requirement_says_clause_needed_met_verified_and_why(explained):
    assert (explained["procedure"], explained["on"]) == ("childcare.filing.v2019", "2026-11-24")
    for each in explained["requirements"]:
        assert "§" in each["clause"]
        assert each["needed"] in (True, False, None)
        assert each["met"] in (True, False, None)
        assert each["verified"] in ("primary", "secondary", "no")
        assert each["why"]


def test_the_summary_counts_every_requirement_once(explained):
    assert sum(explained["summary"].values()) == len(explained["requirements"])
    assert explained["summary"]["unmet"] == 0


def test_the_sealed_number_is_not_printed(explained):
    assert "sealed:" not in json.dumps(explained)


def test_a_fault_is_named(tmp_path):
    path = tmp_path / "short.json"
    path.write_text(json.dumps(complete({"premises.lease_end": "2028-09-30"})), encoding="utf-8")
    lines = {each["key"]: each for each in json.loads(explain(path).stdout)["requirements"]}
    assert lines["lease_term"]["met"] is False
    assert lines["lease_term"]["measured"] == "2026年10月1日至2028年9月30日，2年"
    assert lines["lease_term"]["clause"] == "国卫人口发〔2019〕58号·设置标准 §11"


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ('{"schema": 1, "meals": "x", "classes": [{"kind": 5}]}', 1, "有2处要改"),
        ("{}", 1, "数据格式版本"),
        ("[]", 1, "应为一组"),
        ('{"schema": 1,', 2, "不是正确的 JSON：第1行"),
        ('{"schema": ' + "9" * 5000 + "}", 2, "太长的数字"),
        (b"\xff\xfe", 2, "UTF-8"),
        (None, 2, "打不开文件"),
    ],
)
def test_a_bad_file_is_told_in_chinese(tmp_path, content, code, says):
    path = tmp_path / "facts.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = explain(path)
    assert ended.returncode == code
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_an_unknown_procedure_or_day_is_told():
    assert manage("explain", "childcare.permit.v1", "--facts", str(EXAMPLE)).returncode == 2
    ended = manage("explain", "childcare.filing.v2019", "--facts", str(EXAMPLE), "--on", "2026-02-30")
    assert (ended.returncode, "没有“2026-02-30”这一天" in ended.stderr) == (2, True)


def test_rules_whose_clause_was_not_read_are_listed():
    ended = manage("unverified_rules")
    assert ended.returncode == 0
    assert "国卫人口发〔2019〕58号·设置标准 §22" in ended.stdout
    assert "国卫办人口发〔2019〕25号 §9  " not in ended.stdout
    assert manage("unverified_rules", "nothing").returncode == 2
