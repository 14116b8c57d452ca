"""``manage.py explain`` and ``manage.py unverified_rules``."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.rules.filing import EXAMPLE, complete

ROOT = Path(__file__).resolve().parents[2]
PROCEDURE = "childcare.filing.v2019"


def explain(path: Path, procedure: str = PROCEDURE, on: str = "2026-11-24") -> dict:
    out = StringIO()
    call_command("explain", procedure, facts=str(path), on=on, stdout=out)
    return json.loads(out.getvalue())


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def explained() -> dict:
    return explain(EXAMPLE)


def test_each_requirement_says_clause_needed_met_verified_and_why(explained):
    assert (explained["procedure"], explained["on"]) == (PROCEDURE, "2026-11-24")
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
    lines = {each["key"]: each for each in explain(path)["requirements"]}
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
        ("[" * 200_000, 2, "太深的嵌套"),
        (b"\xff\xfe", 2, "UTF-8"),
        (None, 2, "打不开文件"),
    ],
    ids=["fields", "no schema", "no object", "no json", "long number", "deep", "no text", "no file"],
)
def test_a_bad_file_is_told_in_chinese(tmp_path, content, code, says):
    path = tmp_path / "facts.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError, match=says) as told:
        explain(path)
    assert told.value.returncode == code


def test_an_unknown_procedure_or_day_is_told():
    with pytest.raises(CommandError, match="没有事项") as told:
        explain(EXAMPLE, procedure="childcare.permit.v1")
    assert told.value.returncode == 2
    with pytest.raises(CommandError, match="没有“2026-02-30”这一天") as told:
        explain(EXAMPLE, on="2026-02-30")
    assert told.value.returncode == 2


def test_the_shell_gets_json_or_an_exit_code(tmp_path):
    good = manage("explain", PROCEDURE, "--facts", str(EXAMPLE))
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["procedure"] == PROCEDURE
    bad = manage("explain", PROCEDURE, "--facts", str(tmp_path / "none.json"))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "Traceback" not in bad.stderr


def test_rules_whose_clause_was_not_read_are_listed():
    out = StringIO()
    call_command("unverified_rules", stdout=out)
    assert "国卫人口发〔2019〕58号·设置标准 §22" in out.getvalue()
    assert "国卫办人口发〔2019〕25号 §9  " not in out.getvalue()
    with pytest.raises(CommandError, match="没有事项"):
        call_command("unverified_rules", "nothing")
