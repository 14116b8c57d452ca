"""docs/coverage.md and docs/explain.md keep up with the rules."""

import json
import re
from pathlib import Path

import pytest

from workflows.rules.childcare_materials import MATERIALS
from workflows.rules.childcare_standards import STANDARDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
COVERAGE = (DOCS / "coverage.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([BC]\.\d+) \| .*? \| (.*) \|$", COVERAGE, flags=re.MULTILINE))
NUMBERS = [f"B.{n}" for n in range(1, 13)] + [f"C.{n}" for n in range(1, 37)]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_number_says_decided_attested_or_not_covered(number):
    assert re.match(r"规则判定|由人核实|未覆盖|由流程保证|由编号服务保证", ROWS[number])


@pytest.mark.parametrize("check", [*MATERIALS.checks, *STANDARDS.checks], ids=lambda check: check.key)
def test_each_rule_stands_in_the_table(check):
    assert f"`{check.key}`" in COVERAGE


def test_each_key_of_the_table_is_a_rule_or_a_duty():
    known = {item.key for item in (*MATERIALS.slots, *MATERIALS.checks, *STANDARDS.checks)}
    known |= {"receipt", "verification", "correction", "rectification", "reverification", "publication", "key"}
    cited = set(re.findall(r"`([a-z_]+)`", COVERAGE))
    assert cited <= known


def test_the_example_of_explain_is_json():
    example = re.search(r"```json\n(.*?)```", (DOCS / "explain.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert example
    requirement = json.loads(example[1])["requirements"][0]
    assert {"clause", "needed", "met", "verified", "why"} <= set(requirement)
