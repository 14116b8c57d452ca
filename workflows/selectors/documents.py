"""Papers as the public may check them: by the id inside the signed code, or by the printed number."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from registry.models import Filing
from workflows.models import Document

_NUMBER = re.compile(r"^(?P<prefix>[^〔〕\d]+)〔(?P<year>\d{4})〕第?0*(?P<sequence>\d+)号?$")
_BRACKETS = str.maketrans(dict.fromkeys("([{【<《", "〔") | dict.fromkeys(")]}】>》", "〕"))


@dataclass(frozen=True, slots=True)
class PaperOnRecord:
    """A paper as its issuer holds it. ``validity`` is a value of Document.Validity; ``subject`` pairs as printed.

    ``replaced_by`` is the number of the newer paper, empty when there is none; ``filing_id`` the public filing of its case.
    """

    id: UUID
    kind: str
    number: str
    issuer: str
    issued_on: date
    subject: tuple[tuple[str, str], ...]
    validity: str
    replaced_by: str
    filing_id: int | None


def paper_by_id(document_id: UUID) -> PaperOnRecord | None:
    """Any issued paper: whoever knows its id holds the paper."""
    return _on_record(_issued().filter(pk=document_id).first())


def paper_by_number(typed: str) -> PaperOnRecord | None:
    """A paper that may be checked by number. Numbers can be guessed, so papers that are not public are not found."""
    number = printed_number(typed)
    if not number:
        return None
    return _on_record(_issued().filter(number=number, public=True).first())


def printed_number(typed: str) -> str:
    """A number as printed (集卫托备〔2026〕17号) from one typed with other brackets, spaces, 第 or zeros; "" if it is none."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed)).translate(_BRACKETS)
    match = _NUMBER.match(text)
    return f"{match['prefix']}〔{match['year']}〕{match['sequence']}号" if match else ""


def _issued() -> QuerySet[Document]:
    return Document.objects.select_related("issuer", "case").prefetch_related("replaced_by")


def _public_filing(case_number: str | None) -> int | None:
    return Filing.objects.filter(case_number=case_number, status=Filing.Status.IN_FORCE).values_list("pk", flat=True).first()


def _on_record(document: Document | None) -> PaperOnRecord | None:
    if document is None:
        return None
    newer = [paper.number for paper in document.replaced_by.all()]
    return PaperOnRecord(
        id=document.pk,
        kind=document.title,
        number=document.number,
        issuer=document.issuer.name,
        issued_on=document.issued_on,
        subject=tuple((label, value) for label, value in document.statement or []),
        validity=document.validity,
        replaced_by=newer[-1] if newer else "",
        filing_id=_public_filing(document.case.number),
    )
