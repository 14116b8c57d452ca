"""Papers in the database, signed as the worker signs them, for the tests of the public check."""

from datetime import date
from typing import Any

from registry.clock import now
from registry.models import Bureau, Person
from workflows.documents.keys import signing_key
from workflows.documents.statement import sign
from workflows.models import Case, Document
from workflows.services.papers import statement_of

from .conftest import ISSUER, NAME

SUBJECT = [["机构名称", NAME], ["收托规模", "35人"]]


def put_on_record(sequence: int = 17, **changes: Any) -> Document:
    """An issued receipt of 集贤县. Its number is 集卫托备〔2026〕``sequence``号."""
    issuer = Bureau.objects.get(name=ISSUER)
    author, _ = Person.objects.get_or_create(username="verify-test", defaults={"name": "测试申请人"})
    case = Case.objects.create(procedure="childcare.filing.v2019", created_by=author, created_at=now(), updated_at=now())
    values = {
        "case": case,
        "kind": "filing_receipt",
        "title": "托育机构备案回执",
        "issuer": issuer,
        "number": f"集卫托备〔2026〕{sequence}号",
        "year": 2026,
        "sequence": sequence,
        "issued_on": date(2026, 11, 19),
        "issued_at": now(),
        "template": "documents/childcare.filing/receipt.html",
        "context": {},
        "statement": SUBJECT,
        "public": True,
    }
    return Document.objects.create(**(values | changes))


def token_of(document: Document) -> str:
    return sign(statement_of(document), signing_key())
