"""Files as a browser sends them."""

from io import BytesIO

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def a_picture(name: str = "执照.png", kind: str = "PNG", size: tuple[int, int] = (12, 8)) -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", size, "white").save(content, kind)
    return SimpleUploadedFile(name, content.getvalue())


def a_pdf(name: str = "材料.pdf", pages: int = 1, password: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf_bytes(pages, password))


def pdf_bytes(pages: int = 1, password: str = "") -> bytes:
    content = BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        locked = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(content, encryption=locked)
    return content.getvalue()
