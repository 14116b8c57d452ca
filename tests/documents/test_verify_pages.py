"""核验文书 without a script: by number, and the questions that the page's script asks the server."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from workflows.documents.keys import read_key_set
from workflows.documents.statement import canonical, decode, encode, verify
from workflows.selectors.documents import printed_number
from workflows.services.papers import change_validity

from .conftest import NAME
from .papers_on_record import put_on_record, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.urls"), pytest.mark.usefixtures("keys_dir")]
VERDICTS = {"valid": "genuine", "superseded": "replaced", "cancelled": "cancelled", "void": "void"}
WORDS = {"valid": "真实有效", "superseded": "已变更，请看新回执", "cancelled": "已注销", "void": "已作废"}


def by_number(client: Client, number: str) -> Any:
    return client.get("/v/number", {"number": number})


@pytest.mark.parametrize("validity", VERDICTS)
def test_each_standing_by_number_by_id_and_by_token(client: Client, validity: str) -> None:
    document = put_on_record()
    if validity != "valid":
        change_validity(document, to=validity)
    page = by_number(client, document.number).content.decode()
    assert f"<span>{WORDS[validity]}</span></h1>" in page
    assert client.get(f"/v/status/{document.pk}").json()["verdict"] == VERDICTS[validity]
    answer = client.post("/v/check", {"token": token_of(document)}).json()
    assert answer["verdict"] == VERDICTS[validity]
    assert answer["statement"]["number"] == document.number
    assert answer["how"] == "您的浏览器不能验证签名，已由服务器验证签名，并查询了最新状态。"


def test_by_number_the_lines_are_there_to_compare(client: Client) -> None:
    put_on_record()
    page = by_number(client, "集卫托备〔2026〕17号").content.decode()
    for line in (NAME, "35人", "2026年11月19日", "集贤县卫生健康局", "没有验证签名"):
        assert line in page
    assert "内容未被改动，现在有效。" not in page.split('id="verify-how"')[0]


@pytest.mark.parametrize(
    "typed",
    [
        "集卫托备〔2026〕17号",
        "集卫托备[2026]17号",
        " 集卫托备（2026）17 号",
        "集卫托备(2026)第017号",
        "集卫托备【２０２６】１７",
    ],
)
def test_a_number_may_be_typed_as_keyboards_allow(client: Client, typed: str) -> None:
    put_on_record()
    assert "真实有效</span></h1>" in by_number(client, typed).content.decode()


@pytest.mark.parametrize("typed", ["17", "集卫托备2026-17", "〔2026〕17号", "集卫托备〔26〕17号", "' OR 1=1 --", "x" * 5000])
def test_what_is_no_number_is_not_found(client: Client, typed: str) -> None:
    put_on_record()
    assert printed_number(typed) == ""
    page = by_number(client, typed)
    assert page.status_code == 200
    assert "查无此号</span></h1>" in page.content.decode()


def test_an_empty_number_is_asked_for_at_the_field(client: Client) -> None:
    page = by_number(client, " ")
    assert page.status_code == 400
    assert "请输入文书编号" in page.content.decode()


def test_a_paper_that_is_not_public_is_found_by_its_holder_only(client: Client) -> None:
    document = put_on_record(
        kind="correction_notice", title="一次性告知书", number="集卫托告〔2026〕3号", sequence=3, public=False
    )
    assert "查无此号</span></h1>" in by_number(client, document.number).content.decode()
    assert client.post("/v/check", {"token": token_of(document)}).json()["verdict"] == "genuine"


def test_a_replaced_receipt_names_the_new_one(client: Client) -> None:
    old = put_on_record(17)
    put_on_record(18, replaces=old)
    change_validity(old, to="superseded")
    assert client.get(f"/v/status/{old.pk}").json()["replaced_by"] == "集卫托备〔2026〕18号"
    assert "集卫托备〔2026〕18号" in by_number(client, old.number).content.decode()


def test_a_signed_paper_that_is_not_on_record_is_not_genuine(client: Client) -> None:
    document = put_on_record()
    document.id = uuid4()
    token = token_of(document)
    assert client.post("/v/check", {"token": token}).json()["verdict"] == "not_found"
    assert client.get(f"/v/status/{uuid4()}").json()["verdict"] == "not_found"


def test_a_forged_number_is_tampered_even_if_the_number_exists(client: Client) -> None:
    document = put_on_record()
    head, tail = token_of(document).split(".")
    forged = decode(head).replace("35人".encode(), "95人".encode())
    answer = client.post("/v/check", {"token": f"{encode(forged)}.{tail}"}).json()
    assert answer["verdict"] == "tampered"
    assert "statement" not in answer


@pytest.mark.parametrize("token", ["", "abc", "a.b", "." * 9000])
def test_a_cut_code_is_said_to_be_cut(client: Client, token: str) -> None:
    answer = client.post("/v/check", {"token": token})
    assert answer.status_code == 400
    assert "请擦净重拍" in answer.json()["error"]


def test_the_published_keys_verify_a_paper(client: Client) -> None:
    document = put_on_record()
    keys = read_key_set(client.get("/v/keys.json").json())
    assert verify(token_of(document), keys).number == document.number
    assert canonical(client.get("/v/keys.json").json()).find(b'"d"') == -1


def test_the_program_for_checking_offline_can_be_downloaded(client: Client) -> None:
    assert "核验程序（offline.py）" in client.get("/v/offline").content.decode()
    answer = client.get("/v/offline.py")
    assert b"python offline.py --key key.json" in answer.content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="offline.py"'


@pytest.mark.parametrize("path", ["/v", "/v/number?number=x", "/v/status/6f1c2f0e-6b1e-4a57-9a53-0d5cf1c7a001"])
def test_questions_are_not_posted(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert client.get("/v/check").status_code == 405
