"""Papers we issue: numbered in the deciding transaction, rendered once by the worker, delivered when they are there."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from registry.services.numbers import take_number
from workflows.documents.keys import signing_key
from workflows.documents.paper import print_paper
from workflows.documents.render import PaperError
from workflows.documents.statement import Statement
from workflows.models import Delivery, Document
from workflows.services.errors import Refused
from workflows.services.step import Step, step_on


def issue(
    step: Step, *, kind: str, title: str, template: str, body: Mapping[str, Any], subject: list[tuple[str, str]],
    event: str = "", public: bool = False, replaces: Document | None = None,
) -> Document:  # fmt: skip
    """Issue a paper of the case's bureau: take its number now, have it rendered after commit.

    ``event`` is the legal event that happens when it is delivered. ``subject`` are the facts that are signed and printed;
    they carry no personal name or number. ``body`` is JSON; its keys that end in ``_on`` are dates.
    """
    number = take_number(bureau=step.case.authority, kind=kind, year=step.on.year)
    document = Document.objects.create(
        case=step.case, kind=kind, title=title, issuer=step.case.bureau, number=number.text, year=number.year,
        sequence=number.sequence, issued_on=step.on, issued_at=step.at, template=template, context=dict(body),
        statement=[list(pair) for pair in subject], event=event, public=public, replaces=replaces,
    )  # fmt: skip
    step.note("issued", document=str(document.pk), kind=kind, number=number.text)
    step.later("render", key=f"render:{document.pk}", document=str(document.pk))
    return document


def statement_of(document: Document) -> Statement:
    """What is printed and signed."""
    return Statement(
        id=document.pk,
        kind=document.title,
        number=document.number,
        issuer=document.issuer.name,
        issued_on=document.issued_on,
        subject=tuple((label, value) for label, value in document.statement or []),
    )


def render_document(document_id: str) -> None:
    """Render a paper once and deliver it. Called by the outbox; a second call finds it ready and does nothing.

    A paper that can't be made is marked failed and raised, so that the outbox tries again; the decision stands.
    """
    document = Document.objects.select_related("issuer").get(pk=UUID(document_id))
    if document.rendering == Document.Rendering.READY:
        return
    try:
        paper = print_paper(
            document.template, statement=statement_of(document), body=_with_dates(document.context),
            private_key=signing_key(),
        )  # fmt: skip
    except PaperError:
        Document.objects.filter(pk=document.pk).exclude(rendering=Document.Rendering.READY).update(
            rendering=Document.Rendering.FAILED
        )
        raise
    name = default_storage.save(f"documents/{document.pk}.pdf", ContentFile(paper.pdf))
    kept = _deliver(document, name=name, token=paper.token, sha256=paper.sha256, size=len(paper.pdf))
    if not kept:
        default_storage.delete(name)


def _deliver(document: Document, *, name: str, token: str, sha256: str, size: int) -> bool:
    """Attach the file and record the electronic delivery; the duty ends here. False if another worker was first."""
    with step_on(document.case_id, action="deliver") as step:
        row = Document.objects.select_for_update().get(pk=document.pk)
        if row.rendering == Document.Rendering.READY:
            step.leave()
            return False
        row.file.name, row.token, row.sha256, row.size = name, token, sha256, size
        row.rendering, row.rendered_at = Document.Rendering.READY, step.at
        row.save(update_fields=["file", "token", "sha256", "size", "rendering", "rendered_at"])
        Delivery.objects.create(
            document=row, method=Delivery.Method.ELECTRONIC, delivered_at=step.at,
            evidence="申请人在本系统的办件页可下载（提交时已同意电子送达）",
        )  # fmt: skip
        if row.event:
            step.clocks.happened(row.event, on=step.on, basis=f"{row.title}{row.number}送达")
        step.note("delivered", document=str(row.pk), kind=row.kind, number=row.number, sha256=sha256)
    return True


def overtaken(step: Step, event: str) -> None:
    """The addressee acted on a paper before it was there to be delivered: he knows it. Its event happens now.

    When the paper comes it ends nothing: a duty that began with the answer is another run.
    """
    waiting = Document.objects.filter(case=step.case, event=event).exclude(rendering=Document.Rendering.READY)
    if waiting.update(event=""):
        step.clocks.happened(event, on=step.on, basis="申请人已知悉并答复")


def _with_dates(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: date.fromisoformat(value) if key.endswith("_on") and isinstance(value, str) else value
        for key, value in body.items()
    }


@transaction.atomic
def change_validity(document: Document, *, to: str) -> None:
    """Supersede, cancel or void a paper. Its number stays taken; the public check says so at once."""
    row = Document.objects.select_for_update().get(pk=document.pk)
    verbs = {
        Document.Validity.SUPERSEDED: row.supersede,
        Document.Validity.CANCELLED: row.cancel,
        Document.Validity.VOID: row.void,
    }
    if to not in verbs:
        raise Refused("没有这种文书效力。")
    verbs[Document.Validity(to)]()
    row.save(update_fields=["validity"])
