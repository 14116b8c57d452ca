"""核验文书, open to everyone: the page a paper's QR code leads to, and the questions that page asks."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from registry.clock import now
from workflows.documents import verdict as verdicts
from workflows.documents.keys import key_set, published_keys
from workflows.documents.statement import IncompleteStatementError, Statement, StatementError, verify
from workflows.documents.verdict import Signature, Standing, Verdict
from workflows.selectors.documents import PaperOnRecord, paper_by_id, paper_by_number
from workflows.templatetags.wording import long_date

from .access import seen_by

LONGEST_TOKEN = 4000
_BY_SERVER = "您的浏览器不能验证签名，已由服务器验证签名，并查询了最新状态。"
_BY_NUMBER = "已按编号查询最新状态，没有验证签名。"


@require_GET
@seen_by("public")
def page(request: HttpRequest) -> HttpResponse:
    """The empty page; its script reads the signed statement from the fragment, which never reaches us."""
    return render(request, "public/verify.html", _page_context())


@require_GET
@never_cache
@seen_by("public")
def by_number(request: HttpRequest) -> HttpResponse:
    """The same page with the answer for ``?number=``: an ordinary form, so that it works without a script."""
    typed = request.GET.get("number", "").strip()
    if not typed:
        return render(request, "public/verify.html", _page_context() | {"wrong": _("请输入文书编号")}, status=400)
    paper = paper_by_number(typed)
    result = {
        "verdict": verdicts.verdict(Signature.ABSENT, _standing(paper)),
        "lines": _lines(paper) if paper else [],
        "paper": paper,
        "register_url": _register_url(paper),
        "checked_at": now(),
        "how": _(_BY_NUMBER),
    }
    return render(request, "public/verify.html", _page_context() | {"typed": typed, "result": result})


@csrf_exempt  # changes nothing; a POST only so that the statement stays out of every log
@require_POST
@never_cache
@seen_by("public")
def check(request: HttpRequest) -> JsonResponse:
    """POST ``token`` → the verdict, for browsers that can't verify a signature.

    400 {"error"} for a token that is cut or smudged. Else {"verdict", "how", "checked_at", "statement" unless tampered,
    "replaced_by", "register_url"}.
    """
    token = request.POST.get("token", "")[: LONGEST_TOKEN + 1]
    try:
        statement = verify(token, published_keys())
    except IncompleteStatementError as error:
        return JsonResponse({"error": str(error)}, status=400)
    except StatementError:
        return JsonResponse(_answer(verdicts.verdict(Signature.BAD, Standing.UNASKED), None) | {"how": _(_BY_SERVER)})
    paper = paper_by_id(statement.id)
    answer = _answer(verdicts.verdict(Signature.GOOD, _standing(paper)), paper)
    return JsonResponse(answer | {"how": _(_BY_SERVER), "statement": _statement(statement)})


@require_GET
@never_cache
@seen_by("public")
def status(request: HttpRequest, document_id: UUID) -> JsonResponse:
    """The verdict for a paper whose signature the browser found good; shaped as ``check``, without "how" and "statement"."""
    paper = paper_by_id(document_id)
    return JsonResponse(_answer(verdicts.verdict(Signature.GOOD, _standing(paper)), paper))


@require_GET
@seen_by("public")
def published_key(request: HttpRequest) -> JsonResponse:
    """The public keys (JWK set), for anyone who checks papers without us."""
    return JsonResponse(key_set())


@require_GET
@seen_by("public")
def offline(request: HttpRequest) -> HttpResponse:
    """How to check a paper without us, with the downloads for it."""
    return render(request, "public/verify_offline.html")


@require_GET
@seen_by("public")
def offline_program(request: HttpRequest) -> HttpResponse:
    """The stand-alone checking program, as source."""
    source = (settings.BASE_DIR / "workflows" / "documents" / "offline.py").read_bytes()
    name = {"Content-Disposition": 'attachment; filename="offline.py"'}
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=name)


routes = [
    path("v", page, name="verify"),
    path("v/number", by_number, name="verify_number"),
    path("v/check", check, name="verify_check"),
    path("v/status/<uuid:document_id>", status, name="verify_status"),
    path("v/keys.json", published_key, name="verify_keys"),
    path("v/offline", offline, name="verify_offline"),
    path("v/offline.py", offline_program, name="verify_program"),
]


def _page_context() -> dict[str, Any]:
    return {"legend": verdicts.LEGEND, "verdicts": verdicts.ALL, "key_set": key_set()}


def _standing(paper: PaperOnRecord | None) -> Standing:
    return Standing(paper.validity) if paper else Standing.UNKNOWN


def _answer(verdict: Verdict, paper: PaperOnRecord | None) -> dict[str, str]:
    return {
        "verdict": verdict.code,
        "checked_at": now().isoformat(),
        "replaced_by": paper.replaced_by if paper else "",
        "register_url": _register_url(paper),
    }


def _register_url(paper: PaperOnRecord | None) -> str:
    return reverse("public:register_detail", args=[paper.filing_id]) if paper and paper.filing_id else ""


def _lines(paper: PaperOnRecord | Statement) -> list[tuple[str, str]]:
    """The paper line by line, in the order a reader compares."""
    return [
        (_("编号"), paper.number),
        *paper.subject,
        (_("出具日期"), long_date(paper.issued_on)),
        (_("出具机关"), paper.issuer),
    ]


def _statement(statement: Statement) -> dict[str, Any]:
    """The statement in the shape the script reads from a token it verified itself."""
    return {
        "number": statement.number,
        "kind": statement.kind,
        "issuer": statement.issuer,
        "issued_on": statement.issued_on.isoformat(),
        "subject": statement.subject,
    }
