"""A page reads nothing but our own files (engine_traps D2), says nothing by accident, and comes out the same each time."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from workflows.documents.render import (
    FontsMissingError,
    ForbiddenFetchError,
    MissingFactError,
    UnprintableCharactersError,
    has_cjk_font,
    html_to_pdf,
    render,
    to_html,
)

from .conftest import PAPERS, make_statement, page_image, text_of, words_of

FANG = '<html lang="zh-CN"><head><link rel="stylesheet" href="own:paper.css">{head}</head><body>{body}</body></html>'


@pytest.fixture
def intranet() -> Iterator[tuple[str, list[str]]]:
    """A server that counts who calls: (address, paths asked for). It redirects everything to a file."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<img src="{there}/image.png">'),
        ("", '<img src="file:///etc/passwd">'),
        ("", '<img src="data:image/png;base64,iVBORw0KGgo=">'),
        ("", '<img src="own:../../config/settings.py">'),
        ("", '<img src="own:missing.png">'),
        ("", '<object data="{there}/object"></object>'),
        ("", '<svg xmlns="http://www.w3.org/2000/svg"><image href="{there}/inside.svg" width="9" height="9"/></svg>'),
        ("", '<p style="background:url({there}/background)">字</p>'),
        ("", '<a rel="attachment" href="file:///etc/passwd">附件</a>'),
        ('<link rel="attachment" href="file:///etc/passwd">', "<p>字</p>"),
        ('<link rel="stylesheet" href="{there}/sheet.css">', "<p>字</p>"),
        ("<style>@import url({there}/import.css);</style>", "<p>字</p>"),
        ("<style>@font-face{{font-family:x;src:url({there}/font)}} p{{font-family:x}}</style>", "<p>字</p>"),
    ],
)
def test_nothing_is_fetched_and_no_paper_is_made(intranet: tuple[str, list[str]], head: str, body: str) -> None:
    there, asked = intranet
    with pytest.raises(ForbiddenFetchError):
        html_to_pdf(FANG.format(head=head.format(there=there), body=body.format(there=there)))
    assert asked == []


def test_a_name_that_is_markup_is_printed_as_it_is(print_sample: Any) -> None:
    name = '<img src="http://169.254.169.254/"><link rel="attachment" href="file:///etc/passwd">{{ body.secret }}'
    pdf = print_sample("receipt", addressee=name).pdf
    assert "169.254.169.254" in words_of(pdf)
    with pikepdf.open(BytesIO(pdf)) as file:
        assert "/EmbeddedFiles" not in file.Root.get("/Names", {})


@pytest.mark.parametrize("name", PAPERS)
def test_a_fact_that_is_missing_stops_the_paper(print_sample: Any, name: str) -> None:
    body = PAPERS[name][1]
    for fact in body:
        with pytest.raises(MissingFactError, match=fact):
            render_without(name, fact)


def render_without(name: str, fact: str) -> str:
    kind, body = PAPERS[name]
    context = {"statement": make_statement(kind), "verify_url": "https://x/v#t", "verify_page": "x/v"}
    return to_html(f"documents/childcare.filing/{name}.html", context | {"body": {k: v for k, v in body.items() if k != fact}})


def test_the_same_facts_give_the_same_bytes_in_another_process(print_sample: Any, settings: Any, tmp_path: Path) -> None:
    first = print_sample("receipt")
    program = f"""
import sys
from django.conf import settings
from pathlib import Path
settings.configure(BASE_DIR=Path({str(settings.BASE_DIR)!r}), FONTCONFIG_FILE={str(settings.FONTCONFIG_FILE)!r},
                   PUBLIC_BASE_URL={settings.PUBLIC_BASE_URL!r}, USE_TZ=True)
import django; django.setup()
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.documents.conftest import PAPERS, make_statement
from workflows.documents.paper import print_paper
kind, body = PAPERS["receipt"]
paper = print_paper("documents/childcare.filing/receipt.html", statement=make_statement(kind), body=body,
                    private_key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
print(paper.sha256)
"""
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=True,
    )
    assert print_sample("receipt").pdf == first.pdf
    assert done.stdout.split()[-1] == first.sha256


def test_two_papers_rendered_in_turn_keep_their_own_facts(print_sample: Any) -> None:
    one, other = print_sample("receipt", head="甲某"), print_sample("receipt", head="乙某")
    assert "甲某" in words_of(one.pdf)
    assert "甲某" not in words_of(other.pdf)


def test_a_rare_name_is_printed_from_the_second_font(print_sample: Any) -> None:
    assert "赵堃玥昇赟璟犇燚" in words_of(print_sample("receipt", legal_representative="赵堃玥昇赟璟犇燚").pdf)


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(UnprintableCharactersError, match="\U00013000"):
        html_to_pdf(FANG.format(head="", body="<p>姓名：\U00013000</p>"))


def test_without_a_chinese_font_there_is_no_paper(settings: Any, tmp_path: Path) -> None:
    settings.FONTCONFIG_FILE = tmp_path / "fonts.conf"
    with pytest.raises(FontsMissingError, match="找不到字体配置"):
        html_to_pdf("<p>字</p>")
    (tmp_path / "empty").mkdir()
    settings.FONTCONFIG_FILE.write_text(f"<fontconfig><dir>{tmp_path / 'empty'}</dir></fontconfig>")
    with pytest.raises(FontsMissingError, match="make setup"):
        html_to_pdf("<p>字</p>")


def test_a_page_without_chinese_is_not_taken_for_one() -> None:
    assert not has_cjk_font(blank())
    assert has_cjk_font(html_to_pdf(FANG.format(head="", body="<p>字</p>")))


def blank() -> bytes:
    file, out = pikepdf.new(), BytesIO()
    file.add_blank_page()
    file.save(out)
    return out.getvalue()


def test_the_page_holds_22_lines_of_28_characters() -> None:
    pdf = html_to_pdf(FANG.format(head="", body=f"<p>{'备' * 28 * 23}</p>"))
    first = [line for line in text_of(pdf, "-f", "1", "-l", "1", "-layout").splitlines() if "备" in line]
    assert [len(line.strip()) for line in first] == [28] * 22
    assert "—1—" in words_of(pdf)


def test_the_margins_are_those_of_gb_t_9704() -> None:
    pdf = html_to_pdf(FANG.format(head="", body='<div style="background:#000;height:225mm"></div>'))
    image = page_image(pdf, 1, 254).convert("L").point(lambda value: 255 if value < 128 else 0)
    left, top, right, bottom = (round(edge / 10) for edge in image.crop((0, 0, image.width, 2650)).getbbox())
    assert (left, top, right, bottom) == (28, 37, 210 - 26, 297 - 35)


def test_render_reads_a_template_by_name(print_sample: Any) -> None:
    kind, body = PAPERS["receipt"]
    context = {"statement": make_statement(kind), "body": body, "verify_url": "https://x/v#t", "verify_page": "x/v"}
    assert render("documents/childcare.filing/receipt.html", context).startswith(b"%PDF-1.7")
