"""Every clause that a rule cites has a row, and says how well it was read."""

from datetime import date
from pathlib import Path

import pytest

from workflows.rules.childcare_duties import DUTIES
from workflows.rules.childcare_materials import MATERIALS
from workflows.rules.childcare_standards import STANDARDS
from workflows.rules.clause_table import ClauseFileError, Verified, read_clause_files
from workflows.rules.clauses import ClauseRef, ClauseRefError, chinese_number

from .filing import TODAY, facts

FOLDER = Path(__file__).resolve().parents[2] / "registry" / "data" / "clauses"
TABLE = read_clause_files(FOLDER)
CITED = tuple(dict.fromkeys((*MATERIALS.clauses(), *STANDARDS.clauses(), *(duty.ref for duty in DUTIES))))


@pytest.mark.parametrize("ref", CITED, ids=str)
def test_a_cited_clause_has_a_row(ref):
    assert str(ref) in TABLE.on(TODAY), f"条款表里没有 {ref}：请在 registry/data/clauses/ 里加一行。"


@pytest.mark.parametrize("check", STANDARDS.checks, ids=lambda check: check.key)
def test_rule_and_row_name_the_same_fact(check):
    row = TABLE.on(TODAY)[str(STANDARDS.clause_of(check))]
    assert row.fact == check.fact


@pytest.mark.parametrize(
    ("cited", "verified"),
    [
        ("国卫办人口发〔2019〕25号 §8(四)", "primary"),
        ("国卫办人口发〔2019〕25号 §9", "primary"),
        ("国卫办人口发〔2019〕25号 §11", "no"),
        ("国卫人口发〔2019〕58号·设置标准 §19", "secondary"),
        ("国卫人口发〔2019〕58号·设置标准 §22", "no"),
        ("未成年人保护法 §62", "primary"),
        ("人口与计划生育法 §41(整改期限·参数)", "no"),
    ],
)
def test_how_well_a_clause_was_read(cited, verified):
    assert TABLE.verified(TODAY)[cited] == verified


def test_rows_fit_the_table_of_the_register():
    for row in TABLE.rows:
        assert len(row.ref.article) <= 40
        assert len(row.ref.instrument) <= 60
        assert len(row.paraphrase) <= 400
        assert len(row.source) <= 200
        assert row.fact


def test_a_number_this_system_sets_itself_is_never_law():
    for row in TABLE.rows:
        assert "参数" not in row.ref.article or row.verified is Verified.NO


def test_a_clause_is_not_in_force_before_its_day():
    assert "WS/T 821-2023 §待核(一键式报警)" not in TABLE.on(date(2024, 3, 31))
    assert "WS/T 821-2023 §待核(一键式报警)" in TABLE.on(date(2024, 4, 1))


def test_lines_carry_how_well_their_clause_was_read(example_lines):
    assert {line.key: line.verified for line in example_lines}["lease_term"] == "secondary"
    assert {line.verified for line in example_lines} <= {each.value for each in Verified}


@pytest.fixture
def example_lines():
    return STANDARDS.evaluate(facts(), on=TODAY, verified=TABLE.verified(TODAY))


@pytest.mark.parametrize(
    ("cited", "words"),
    [
        ("国卫办人口发〔2019〕25号 §8(二)", "第八条第二项"),
        ("人口与计划生育法 §28¶3", "第二十八条第三款"),
        ("行政许可法 §32(四)", "第三十二条第四项"),
        ("某法 §110", "第一百一十条"),
        ("国卫人口发〔2019〕58号·设置标准 §18(负责人)", "第十八条（负责人）"),
        ("JGJ 39-2016 §4.1.3", "第4.1.3条"),
        ("WS/T 821-2023 §待核(一键式报警)", "条号待核（一键式报警）"),
        ("双鸭山市“一老一小”整体解决方案 §附件1(二)4", "附件1(二)4"),
    ],
)
def test_a_citation_in_words(cited, words):
    ref = ClauseRef.parse(cited)
    assert ref.in_words == words
    assert str(ref) == cited


@pytest.mark.parametrize("text", ["", "§", "第八条", "国卫办人口发〔2019〕25号", "25号 §8 二"])
def test_a_wrong_citation_is_refused(text):
    with pytest.raises(ClauseRefError, match="条款写法不对"):
        ClauseRef.parse(text)


def test_a_bare_article_takes_the_instrument_of_its_checklist():
    assert ClauseRef.parse("§9", instrument="行政许可法") == ClauseRef("行政许可法", "§9")


@pytest.mark.parametrize(
    ("number", "text"), [(8, "八"), (10, "十"), (19, "十九"), (20, "二十"), (101, "一百零一"), (201, "二百零一")]
)
def test_chinese_numbers(number, text):
    assert chinese_number(number) == text


def test_a_clause_written_twice_is_refused(tmp_path):
    row = "- {article: '§1', fact: X, verified: primary, source: s, paraphrase: p}"
    head = "- number: 某办法\n  title: t\n  short_title: s\n  issuer: i\n  in_force_from: 2020-01-01\n  clauses:\n"
    (tmp_path / "a.yaml").write_text(f"{head}    {row}\n    {row}\n", encoding="utf-8")
    with pytest.raises(ClauseFileError, match="条款重复"):
        read_clause_files(tmp_path)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "broken.yaml").write_text("- number: 某办法\n", encoding="utf-8")
    with pytest.raises(ClauseFileError, match=r"broken\.yaml"):
        read_clause_files(tmp_path)
