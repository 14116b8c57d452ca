"""From a template and its facts to the bytes of a PDF.

The same template and facts give the same bytes. WeasyPrint is imported at the first render, so that only a process that
prints loads it and its libraries. Nothing is read but ``static/documents``: no file, no address, no redirect. A paper
with a missing fact or an unprintable character is not made at all.
"""

import gc
import logging
import os
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
from django.conf import settings
from django.template import Context, Engine

OWN_SCHEME = "own:"
CJK_FONTS = ("FandolFang", "FandolSong", "FandolKai", "FandolHei", "Noto-Serif", "Noto-Sans")
_FONT_FILES = (".otf", ".ttf", ".ttc")
_MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
_logger = logging.getLogger(__name__)


class PaperError(Exception):
    """A paper could not be made. Nothing was written; the decision it belongs to stands."""


class FontsMissingError(PaperError):
    """No Chinese font is known to this process: the page would be empty boxes, or the process would die."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"缺少中文字体，文书没有生成：{detail}。请运行 make setup")


class UnprintableCharactersError(PaperError):
    """No font has these characters, e.g. of a rare name."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"字体缺字，文书没有生成：{characters}")
        self.characters = characters


class ForbiddenFetchError(PaperError):
    """The page asked for something that is not ours."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__(f"文书引用了外部内容，没有生成：{'、'.join(addresses)}")
        self.addresses = addresses


class MissingFactError(PaperError):
    """The template names a fact that was not given. A legal paper has no silent gap."""

    def __init__(self, name: str) -> None:
        super().__init__(f"文书缺少内容，没有生成：{name}")
        self.name = name


def render(template: str, context: Mapping[str, Any]) -> bytes:
    """The PDF of ``template`` (a path below ``templates``) with ``context``.

    Raises MissingFactError and what ``html_to_pdf`` raises. Not thread-safe; run it in a worker.
    """
    return html_to_pdf(to_html(template, context))


def to_html(template: str, context: Mapping[str, Any]) -> str:
    """The page before it is set. Everything in ``context`` is escaped. Raises MissingFactError."""
    return _engine().get_template(template).render(Context(dict(context)))


def html_to_pdf(html: str) -> bytes:
    """Set a page. Raises FontsMissingError, UnprintableCharactersError, ForbiddenFetchError."""
    require_fonts()
    weasyprint = _weasyprint()
    fetcher = OwnFilesOnly(weasyprint.urls.URLFetcherResponse)
    try:
        document = weasyprint.HTML(string=html, base_url=OWN_SCHEME, url_fetcher=fetcher).render()
        pdf = document.write_pdf(pdf_variant="pdf/a-3a")
        missing = {chr(point) for font in document.fonts.values() for point in font.missing}
        del document
    finally:
        gc.collect()  # Pango objects lie in reference cycles and would pile up in the worker
    if fetcher.refused:
        raise ForbiddenFetchError(fetcher.refused)
    if missing:
        raise UnprintableCharactersError("".join(sorted(missing)))
    if not has_cjk_font(pdf):
        raise FontsMissingError("生成的文件里没有中文字体")
    return pdf


def require_fonts() -> None:
    """Raise FontsMissingError unless the font configuration lists a folder that holds a font.

    Without any font Pango ends the process instead of raising, so this must be asked first.
    """
    path = Path(settings.FONTCONFIG_FILE)
    if not path.exists():
        raise FontsMissingError(f"找不到字体配置 {path}")
    folders = [Path(entry.text or "") for entry in ET.parse(path).iter("dir")]
    if not any(file.suffix.lower() in _FONT_FILES for folder in folders for file in folder.rglob("*")):
        raise FontsMissingError("字体目录是空的")


def has_cjk_font(pdf: bytes) -> bool:
    """Does a page of this PDF carry one of our Chinese fonts inside the file?"""
    with pikepdf.open(BytesIO(pdf)) as file:
        names = {
            str(font.get("/BaseFont", ""))
            for entry in file.objects
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/Font"
            for font in [entry]
        }
    return any(name.partition("+")[2].startswith(CJK_FONTS) for name in names)


class OwnFilesOnly:
    """The fetcher given to WeasyPrint: ``own:NAME`` is a file of ``static/documents``, everything else is refused."""

    _fail_on_errors = False  # read by weasyprint.urls.fetch; render() fails afterwards, with all addresses named

    def __init__(self, response: type) -> None:
        self._response = response
        self.refused: list[str] = []

    def __call__(self, url: str) -> Any:
        name = url.removeprefix(OWN_SCHEME)
        path = settings.BASE_DIR / "static" / "documents" / name
        if not url.startswith(OWN_SCHEME) or not re.fullmatch(r"[a-z0-9_]+\.[a-z]+", name) or not path.is_file():
            self.refused.append(url)
            raise ForbiddenFetchError([url])
        return self._response(url, path.read_bytes(), {"Content-Type": _MEDIA_TYPES[path.suffix]})


class _Refuse(str):
    """Django prints ``string_if_invalid % name`` for an unknown variable; this one raises instead."""

    def __mod__(self, name: Any) -> str:
        raise MissingFactError(str(name))


def _engine() -> Engine:
    return Engine(
        dirs=[str(settings.BASE_DIR / "templates")],
        libraries={"paper": "workflows.templatetags.paper"},
        string_if_invalid=_Refuse("%s"),
        autoescape=True,
    )


def _weasyprint() -> Any:
    os.environ["FONTCONFIG_FILE"] = str(settings.FONTCONFIG_FILE)
    import weasyprint  # noqa: PLC0415 - heavy, and needs system libraries that a web process may lack

    return weasyprint
