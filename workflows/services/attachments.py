"""Files that applicants hand in: checked by content, re-opened, stored under a random name, never overwritten."""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

import filetype
import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from pikepdf.settings import set_qpdf_limits
from PIL import Image, ImageFile, UnidentifiedImageError

from registry.models import Person
from workflows.models import Attachment, Case, Round
from workflows.selectors.asked import asking_round, opened, points_of
from workflows.selectors.facts import facts_of
from workflows.services.drafts import require_writable
from workflows.services.errors import NotPermitted, Unmet
from workflows.services.step import Step, step_on

KINDS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
MEGABYTE = 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PAGES = 300
PER_CASE = 300
PDF_END, PDF_TAIL = b"%%EOF", 2048
INFLATED = 64 * MEGABYTE
"""What one table of a PDF may unpack to. A megabyte can hold a gigabyte; pictures on its pages are not unpacked here."""
set_qpdf_limits(
    flate_max_memory=INFLATED, run_length_max_memory=INFLATED, png_max_memory=INFLATED, tiff_max_memory=INFLATED,
    max_stream_filters=4,
)  # fmt: skip
UNREADABLE = (
    pikepdf.PikepdfError, UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A file that was read to its end: what it is, how many pages."""

    content: bytes
    content_type: str
    pages: int


def attach(
    *, case_id: int, person: Person, slot: str, upload: UploadedFile, option: str = "", subject: str = "",
    valid_until: date | None = None, beside: bool = False,
) -> Attachment:  # fmt: skip
    """Hand in a file for a material slot. The paper it replaces stays, marked superseded; ``beside`` adds a further page
    (a photo each) and replaces nothing. ``subject`` is the key of the person a paper per person belongs to.

    Raises ``Unmet`` with the reason and what to do, ``NotPermitted`` when this slot is not open now.
    """
    name = clean_name(upload.name or "")
    opened = open_file(upload, name)
    with step_on(case_id, person=person, action="attach") as step:
        require_writable(step)
        _require_slot(step, slot, option, subject)
        if Attachment.objects.filter(case=step.case).count() >= PER_CASE:
            raise Unmet(f"一个办件最多存{PER_CASE}个文件，请先删除不需要的。")
        if not beside:
            old = Attachment.objects.filter(case=step.case, slot=slot, subject=subject, superseded_at=None)
            old.update(superseded_at=step.at)
        paper = Attachment(
            case=step.case, slot=slot, option=option, subject=subject, round=step.case.round, name=name,
            content_type=opened.content_type, size=len(opened.content), pages=opened.pages,
            sha256=hashlib.sha256(opened.content).hexdigest(), valid_until=valid_until, uploaded_by=person,
            uploaded_at=step.at,
        )  # fmt: skip
        paper.file.save(name, ContentFile(opened.content), save=False)
        paper.save(force_insert=True)
        if step.case.state != Case.State.DRAFT:
            step.note("attached", slot=slot, attachment=str(paper.pk), sha256=paper.sha256)
    return paper


def detach(*, case_id: int, person: Person, attachment_id: Any) -> None:
    """Take a file back that was not submitted yet; the paper it had replaced counts again."""
    with step_on(case_id, person=person, action="detach") as step:
        require_writable(step)
        paper = Attachment.objects.get(pk=attachment_id, case=step.case)
        if paper.round != step.case.round or paper.superseded_at is not None:
            raise NotPermitted("已经提交过的材料不能删除，可以上传新的替换。")
        if any(item["id"] == str(paper.pk) for item in _submitted(step.case)):
            raise NotPermitted("已经提交过的材料不能删除，可以上传新的替换。")
        # A paper and what it superseded carry the moment of the same step.
        replaced = Attachment.objects.filter(case=step.case, slot=paper.slot, subject=paper.subject)
        replaced.filter(superseded_at=paper.uploaded_at).update(superseded_at=None)
        file = paper.file
        paper.delete()
        transaction.on_commit(lambda: file.delete(save=False))
        if step.case.state != Case.State.DRAFT:
            step.note("detached", slot=paper.slot, sha256=paper.sha256)


def open_file(upload: UploadedFile, name: str) -> Opened:
    """Read a file whole and re-open it as what it is by content. Raises ``Unmet``."""
    limit = settings.UPLOAD_MAX_BYTES
    size = upload.size or 0
    if size > limit:
        raise Unmet(f"“{name}”有{size / MEGABYTE:.0f}MB，每个文件不超过{limit // MEGABYTE}MB。可拆成几个，或直接拍照。")
    content = upload.read()
    if not content:
        raise Unmet(f"“{name}”是空的，请重新扫描或拍照。")
    kind = filetype.guess(content)
    mime = kind.mime if kind else ""
    if mime not in KINDS:
        raise Unmet(f"“{name}”不是PDF或图片，请选择PDF、JPEG或PNG文件。")
    try:
        pages = _pages(content, mime)
    except UNREADABLE as error:
        raise Unmet(f"“{name}”打不开，可能已损坏或加了密码，请重新扫描。") from error
    return Opened(content, mime, pages)


def _pages(content: bytes, mime: str) -> int:
    if mime == "application/pdf":
        if PDF_END not in content[-PDF_TAIL:]:
            # The library would mend what is there; the rest of the paper would be missing unseen.
            raise ValueError("the end is missing")
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            if not 0 < pages <= MOST_PAGES:
                raise ValueError(pages)
            return pages
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(image.size)
        # WeasyPrint, where it was imported, has told Pillow to pass over what is missing of a picture.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        image.load()
    return 1


def clean_name(name: str) -> str:
    """The name as people know it: no folders, no control characters, at most 120 characters, ending kept."""
    base = PurePath(name.replace("\\", "/")).name.strip(".")
    base = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C").strip() or "文件"
    stem, dot, ending = base.rpartition(".")
    return base if len(base) <= 120 else f"{stem[:110]}{dot}{ending[:9]}"


def _require_slot(step: Step, slot: str, option: str, subject: str) -> None:
    """The slot exists, the person is on the list; during a correction only what it opened takes papers."""
    found = next((each for each in step.procedure.materials.slots if each.key == slot), None)
    if found is None:
        raise Unmet("没有这一项材料，请刷新页面。")
    if option not in ({each.key for each in found.any_of} if found.any_of else {""}):
        raise Unmet(f"请先选择“{found.title}”是哪一种。" if found.any_of else "这一项材料没有可选的种类，请刷新页面。")
    people = {each.key for each in found.people(facts_of(step.case, draft=True))} if found.people else {""}
    if subject not in people:
        raise Unmet(f"“{found.title}”按人上传，请先在“人员”页填写这个人。" if found.people else "没有这一项材料，请刷新页面。")
    if step.case.state == Case.State.DRAFT:
        return
    if not opened(step.case, points_of(asking_round(step.case)), step.on).takes(slot):
        raise NotPermitted("这一项已核对，无需再交。")


def _submitted(case: Case) -> list[dict[str, Any]]:
    return [item for round_ in Round.objects.filter(case=case) for item in round_.materials]
