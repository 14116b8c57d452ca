"""Files that people hand in: what they are by content, bounded before and after unpacking, stored under no name of theirs."""

import io
import os
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from tests.builders.journey import Journey
from tests.builders.office import Office
from tests.builders.uploads import a_pdf, a_picture, pdf_bytes
from workflows.models import Attachment
from workflows.services.errors import Unmet

MEGABYTE = 1024 * 1024


@pytest.fixture
def journey(office: Office) -> Journey:
    return Journey(office)


def hand_in(journey: Journey, name: str, content: bytes) -> Attachment:
    return journey.upload("hygiene_report", file=SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system.pdf", "system.pdf"),
        ("/绝对/路径/证.pdf", "证.pdf"),
        ("..", "文件"),
        ("证\u202e\x00\n照.pdf", "证照.pdf"),
        ("长" * 300 + ".pdf", "长" * 110 + ".pdf"),
    ],
)
def test_d4_a_name_is_a_label_and_no_path(name: str, kept: str, journey: Journey) -> None:
    """D4: ../x: nothing of the name reaches the disk; people read it without folders and control characters."""
    file = a_pdf()
    file._name = name
    paper = journey.upload("hygiene_report", file=file)
    assert paper.name == kept
    stored = Path(paper.file.path)
    assert stored.name == paper.pk.hex
    assert Path(settings.MEDIA_ROOT).resolve() in stored.resolve().parents
    assert oct(stored.stat().st_mode & 0o777) == "0o600"


def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def html() -> bytes:
    return b"<!doctype html><script>alert(1)</script>"


def truncated_pdf() -> bytes:
    whole = pdf_bytes(pages=5)
    return whole[: len(whole) * 2 // 3]


def truncated_jpeg() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(content, "JPEG")
    return content.getvalue()[:9000]


def huge_picture() -> bytes:
    """A few kilobytes that would unpack to two hundred million pixels."""
    content = io.BytesIO()
    Image.new("1", (14_000, 14_000)).save(content, "PNG")
    return content.getvalue()


@cache
def bomb_pdf() -> bytes:
    """A few hundred kilobytes whose cross-reference stream unpacks to 400 MB."""
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(400)) + packer.flush()
    head = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    stream = b"3 0 obj<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + stream + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def many_pages() -> bytes:
    return pdf_bytes(pages=301)


def cut_to_its_head() -> bytes:
    return b"%PDF-1.7\n"


def office_document() -> bytes:
    return b"PK\x03\x04" + b"\x00" * 200


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "是空的"),
        (svg, "不是PDF或图片"),
        (html, "不是PDF或图片"),
        (office_document, "不是PDF或图片"),
        (truncated_pdf, "打不开"),
        (cut_to_its_head, "打不开"),
        (truncated_jpeg, "打不开"),
        (lambda: pdf_bytes(password="秘密".encode().hex()), "打不开"),
        (many_pages, "打不开"),
        (huge_picture, "打不开"),
        (bomb_pdf, "打不开"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_d4_what_is_no_readable_paper_is_refused_in_words(make: Callable[[], bytes], words: str, journey: Journey) -> None:
    """D4: by content, re-opened to its end, never by the ending of its name; and nothing is kept of it."""
    with pytest.raises(Unmet, match=words) as refusal:
        hand_in(journey, "证.pdf", make())
    assert "“证.pdf”" in refusal.value.message
    assert not Attachment.objects.filter(case=journey.case_id).exists()


def test_d4_a_picture_is_read_to_its_end_also_where_papers_are_printed(journey: Journey, monkeypatch) -> None:
    """D4: WeasyPrint switches Pillow's check off for its whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(Unmet, match="打不开"):
        hand_in(journey, "证.jpg", truncated_jpeg())


def test_d4_a_bomb_does_not_fill_the_memory(journey: Journey) -> None:
    """D4: refusing it takes nothing near what it would unpack to."""
    content = bomb_pdf()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _resident()
    with pytest.raises(Unmet):
        hand_in(journey, "证.pdf", content)
    assert _resident() - before < 150 * MEGABYTE


def _resident() -> int:
    """Peak memory of this process so far, in bytes."""
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_d4_twenty_megabytes_and_one_byte(journey: Journey) -> None:
    """D4: the limit on both sides; the message says how much it is and what to do."""
    whole = pdf_bytes()
    filler = b"%" + b"x" * (20 * MEGABYTE - len(whole) - 2) + b"\n"
    exact = whole.replace(b"%PDF-", b"%PDF-", 1)
    marker = exact.rindex(b"startxref")
    limit = exact[:marker] + filler + exact[marker:]
    assert len(limit) == 20 * MEGABYTE
    assert hand_in(journey, "大.pdf", limit).size == 20 * MEGABYTE
    with pytest.raises(Unmet, match="不超过20MB"):
        hand_in(journey, "大.pdf", limit + b"\n")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_d4_the_type_is_what_it_contains(kind: str, journey: Journey) -> None:
    """D4: a photo called .pdf is kept as the photo it is."""
    paper = journey.upload("hygiene_report", file=a_picture("证.pdf", kind))
    assert (paper.content_type, paper.pages) == (f"image/{kind.lower()}", 1)


def test_d4_a_slot_and_a_person_that_do_not_exist(journey: Journey) -> None:
    """D4: the labels of a file are those of the checklist, not free text."""
    for slot, option, subject in (("no_such", "", ""), ("fire_proof", "no_such", ""), ("staff_health_pass", "", "nobody")):
        with pytest.raises(Unmet):
            journey.upload(slot, option=option, subject=subject)
    with pytest.raises(Unmet):
        journey.upload("hygiene_report", option="x" * 61)


def test_n3_a_replaced_paper_stays_readable(journey: Journey) -> None:
    """N3: the same name again supersedes, never overwrites: both files, both hashes."""
    first = journey.upload("hygiene_report", file=a_pdf("报告.pdf", pages=1))
    second = journey.upload("hygiene_report", file=a_pdf("报告.pdf", pages=2))
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert first.sha256 != second.sha256
    assert first.file.read() != second.file.read()
