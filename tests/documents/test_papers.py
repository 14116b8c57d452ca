"""The papers of a childcare filing, as the person who holds them reads them."""

import re
from typing import Any

import pytest
import yaml

from workflows.documents.seal import seal_svg
from workflows.documents.statement import key_id, verify

from .conftest import ISSUER, NAME, PAPERS, make_statement, qr_codes, text_of, words_of


@pytest.mark.parametrize("name", PAPERS)
def test_it_carries_number_name_issuer_title_and_date(print_sample: Any, name: str) -> None:
    words = words_of(print_sample(name).pdf)
    for expected in ("集卫托备〔2026〕17号", NAME, ISSUER, PAPERS[name][0], "2026年11月19日", "样章"):
        assert expected in words


@pytest.mark.parametrize("name", PAPERS)
def test_the_code_on_the_printed_page_is_the_address_with_the_signed_statement(print_sample: Any, key: Any, name: str) -> None:
    paper = print_sample(name)
    pages = text_of(paper.pdf).count("\f")
    assert qr_codes(paper.pdf, pages) == [paper.url]
    origin, token = paper.url.split("#")
    assert origin == "https://yilaoyixiao.example.cn/v"
    assert verify(token, {key_id(key.public_key()): key.public_key()}) == make_statement(PAPERS[name][0])


def test_an_ordinary_receipt_is_one_page_with_a_code_that_a_fax_would_keep(print_sample: Any) -> None:
    paper = print_sample("receipt")
    assert text_of(paper.pdf).count("\f") == 1
    assert qr_codes(paper.pdf, 1, dpi=110) == [paper.url]


def test_every_signed_line_is_printed(print_sample: Any) -> None:
    words = words_of(print_sample("receipt").pdf)
    for label, value in make_statement("").subject:
        assert label in words
        assert value in words


def test_the_receipt_says_what_it_is_and_is_not(print_sample: Any) -> None:
    words = words_of(print_sample("receipt").pdf)
    assert "不是行政许可" in words
    assert "已备案（核实中）" in words


def test_forms_whose_wording_was_not_read_say_so(print_sample: Any) -> None:
    assert "样式待核" in words_of(print_sample("receipt").pdf)
    assert "样式待核" in words_of(print_sample("notice_of_conditions").pdf)
    assert "样式待核" not in words_of(print_sample("correction_notice").pdf)


@pytest.mark.parametrize("name", ["correction_notice", "nonconformity_notice"])
def test_each_failed_line_has_fact_clause_and_remedy(print_sample: Any, name: str) -> None:
    words = words_of(print_sample(name).pdf)
    assert "一、每班人数现状：托大班一班22人。依据：《托育机构设置标准（试行）》的有关规定。" in words
    assert "二、从业人员入职查询现状：赵堃玥没有查询记录。" in words
    assert "《中华人民共和国未成年人保护法》第六十二条：招聘时和每年应当查询。" in words
    assert "查询后上传结果。" in words


@pytest.mark.parametrize("name", ["correction_notice", "nonconformity_notice"])
def test_a_clause_that_was_not_read_is_named_without_article_and_wording(print_sample: Any, name: str) -> None:
    words = words_of(print_sample(name).pdf)
    assert "第十九条" not in words
    assert "不超过20人" not in words


def test_the_nonconformity_notice_tells_publication_and_the_way_out(print_sample: Any) -> None:
    words = words_of(print_sample("nonconformity_notice").pdf)
    assert "三、公开核实结果和理由向社会公开" in words
    assert "四、整改和重新核实请逐项整改，完成后申请重新核实" in words


def test_the_notice_of_conditions_prints_only_clauses_that_were_read(settings: Any) -> None:
    rows = {}
    for path in (settings.BASE_DIR / "registry" / "data" / "clauses").glob("*.yaml"):
        for instrument in yaml.safe_load(path.read_text(encoding="utf-8")):
            for clause in instrument["clauses"]:
                rows[f"{instrument['number']} {clause['article']}"] = clause
    source = (settings.BASE_DIR / "templates/documents/childcare.filing/notice_of_conditions.html").read_text(encoding="utf-8")
    printed = re.findall(r'<q data-clause="([^"]+)">([^<]+)</q>', source)
    assert len(printed) == source.count("data-clause=") >= 6
    for citation, wording in printed:
        assert rows[citation]["verified"] == "primary"
        assert rows[citation]["paraphrase"] == wording


def test_a_long_name_takes_a_second_page_and_the_seal_never_stands_alone(print_sample: Any) -> None:
    paper = print_sample("receipt", addressee="双鸭山市宝山区七星镇向阳花婴幼儿照护托育服务有限责任公司第一分公司" * 6)
    last = text_of(paper.pdf).split("\f")[-2]
    assert ISSUER in last
    assert "不是行政许可" in last
    assert qr_codes(paper.pdf, 2) == [paper.url]


@pytest.mark.parametrize(
    "name", ["集贤县卫生健康局", "双鸭山市宝山区卫生健康局", "双鸭山市经济技术开发区卫生健康和社会事业管理局"]
)
def test_the_seal_places_each_glyph_and_is_marked_as_a_specimen(name: str) -> None:
    drawn = seal_svg(name, "备案专用章")
    assert re.findall(r"scale\([\d.]+ 1\)\">(.)</text>", drawn) == list(name)
    assert ">样章<" in drawn
    assert ">备案专用章<" in drawn


def test_the_seal_is_no_way_in_for_markup() -> None:
    assert "<script" not in seal_svg("<script>", "<b>")
