"""补正 and 整改: only the failed points, each with its reason, clause, remedy, and the place to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registry.selectors.clauses import verification_of
from workflows.forms.questions import Question, Rows, Topic, hint_of, put, take
from workflows.forms.reading import Read, read_questions, value_of
from workflows.forms.sheets import Sheet, control, sheet_of, shown_in_control
from workflows.models import Document, TaskRoute
from workflows.rules.border import FieldError
from workflows.rules.clauses import ClauseRef
from workflows.selectors.asked import Point
from workflows.selectors.checks import Evaluated
from workflows.services.drafts import save_draft, section_mark
from workflows.services.errors import Conflict, NotPermitted, Unmet
from workflows.services.grants import owns
from workflows.services.submission import answer as hand_in_again
from workflows.views.access import SignedInRequest, seen_by
from workflows.views.applicant_case import Answering, Page, answering, case_of, divisions, page_of
from workflows.views.applicant_papers import take_files
from workflows.views.applicant_slots import SlotRow, slot_rows
from workflows.views.outcomes import UNPROCESSABLE, tells_refusals

CONFLICT = 409


@dataclass(frozen=True)
class PointRow:
    """One point of the notice.

    ``sheet``: its fields; ``also``: what else a new paper may say; ``slot``: its papers; ``topics``: pages where whole
    lists, or the whole form, can be changed; ``said``: the explanation typed so far.
    """

    number: int
    point: Point
    remedy: str
    clause: str
    verified: str
    sheet: Sheet | None
    also: Sheet | None
    slot: SlotRow | None
    topics: tuple[Topic, ...]
    said: str
    unanswered: bool


@seen_by("applicant")
@require_http_methods(["GET", "POST"])
@tells_refusals
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the points; save what was changed and uploaded; hand in again."""
    page = page_of(case_of(request, pk))
    open_now = answering(request, page)
    if open_now.round is None:
        return redirect("applicant:overview", pk)
    if request.method == "POST":
        return _act(request, page, open_now)
    return _render(request, page, open_now, said=_said(request, open_now))


def _act(request: SignedInRequest, page: Page, open_now: Answering) -> HttpResponse:
    """Fields first, then files, then, when asked for, the submission. What went well stays."""
    said = {point.key: request.POST.get(f"said.{point.key}", "") for point in open_now.points}
    _keep_said(request, open_now, said)
    questions = _questions(page, open_now)
    read = _read(request, page, questions)
    keys = {path.split(".")[0] for path in questions}
    faults: list[FieldError] = list(read.faults)
    try:
        if keys:
            section = {key: read.draft.get(key) for key in keys}
            seen = request.POST.get("seen", "")
            _case, found = save_draft(case_id=page.case.pk, person=request.user, section=section, seen=seen)
            faults += [fault for fault in found if fault.path in questions]
        _take_all_files(request, page_of(case_of(request, page.case.pk)), open_now)
        if faults:
            raise Unmet(f"有{len(faults)}处需要更正。")
        if request.POST.get("submit"):
            if not owns(page.case, request.user, page.on):
                raise NotPermitted("内容已保存。提交由填写人本人办理。")
            hand_in_again(case_id=page.case.pk, person=request.user, answers=said)
            messages.success(request, "已重新提交，新旧材料都已保存。")
            request.session.pop(_session_key(open_now), None)
            return redirect("applicant:case", page.case.pk)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return _render(request, page.with_draft(read.draft), open_now, said=said, status=CONFLICT)
    except Unmet as refusal:
        fresh = page_of(case_of(request, page.case.pk)).with_draft(read.draft)
        return _render(request, fresh, open_now, said=said, faults=faults, typed=read, refusal=refusal, status=UNPROCESSABLE)
    messages.success(request, f"已保存 {timezone.localtime():%H:%M}，还没有提交。")
    return redirect("applicant:answer", page.case.pk)


def _take_all_files(request: SignedInRequest, page: Page, open_now: Answering) -> None:
    for slot in sorted(open_now.opened.slots):
        people = page.procedure.materials.slot(slot).people
        for subject in [person.key for person in people(page.facts)] if people else [""]:
            take_files(request, page, slot, subject, prefix=f"{slot}.{subject}.")


def _questions(page: Page, open_now: Answering) -> dict[str, Question]:
    """The single fields that are open, by path, each with how it is asked. Whole lists are changed on their own page."""
    found: dict[str, Question] = {}
    for topic in page.form.topics:
        for question in topic.questions:
            if not question.copies and open_now.opened.names(question.path):
                found[question.path] = question
        rows = topic.rows
        if rows and not open_now.opened.names(rows.path):
            found |= _row_questions(rows, page, open_now)
    return found


def _row_questions(rows: Rows, page: Page, open_now: Answering) -> dict[str, Question]:
    found = {}
    for n, row in enumerate(take(page.draft, rows.path) or []):
        for question in rows.asked(row):
            path = f"{rows.path}.{n}.{question.path}"
            if open_now.opened.names(path):
                found[path] = question
    return found


def _read(request: SignedInRequest, page: Page, questions: dict[str, Question]) -> Read:
    single = tuple(question for path, question in questions.items() if question.path == path)
    read = read_questions(page.draft, single, request.POST, page.form.facts, on=page.on)
    draft = read.draft
    for path, question in questions.items():
        if question.path != path and path in request.POST:
            kind = _row_kind(page, path)
            draft = put(draft, path, value_of(request.POST, path, hint_of(kind, question.path)))
    return Read(draft, read.faults, read.typed)


def _row_kind(page: Page, path: str) -> type:
    return next(topic.rows.kind for topic in page.form.topics if topic.rows and path.startswith(f"{topic.rows.path}."))


def _sheet(
    page: Page, questions: dict[str, Question], paths: list[str], faults: list[FieldError], typed: Read | None
) -> Sheet | None:
    """The controls of some open fields; those of rows carry the name of their row."""
    single = [questions[path] for path in paths if questions[path].path == path]
    places = divisions() if any(question.divisions for question in single) else []
    sheet = sheet_of(page.form.facts, single, page.draft, faults, typed=typed.typed if typed else None, divisions=places)
    for path in paths:
        question = questions[path]
        if question.path != path:
            topic = page.form.topic_of(path)
            titles = page.titles(topic) if topic else ()
            n = int(path.split(".")[1])
            made = control(_row_kind(page, path), question, question.path)
            made.label = f"{titles[n] if n < len(titles) else f'第{n + 1}行'}：{made.label}"
            sheet.add(path, made, shown_in_control(take(page.draft, path)))
    return sheet if sheet.fields else None


def _point_rows(
    page: Page, open_now: Answering, found: Evaluated, *, said: dict[str, str], faults: list[FieldError], typed: Read | None,
    unanswered: tuple[str, ...],
) -> tuple[tuple[PointRow, ...], dict[str, Question]]:  # fmt: skip
    """Each field and slot is asked once: at the first point that names it, what goes with a paper at that paper's point."""
    questions = _questions(page, open_now)
    left = set(questions)
    slots = {row.slot.key: row for row in slot_rows(page, found, only=open_now.opened.slots)}
    clauses = verification_of([point.clause for point in open_now.points], page.on)
    named = [path for point in open_now.points for path in point.fields]
    rows = []
    for n, point in enumerate(open_now.points, start=1):
        slot = _proof(slots.pop(point.slot or point.key, None), point)
        beside = [line for line in (*found.materials, *found.standards) if slot and line.slot == slot.slot.key]
        mine = [path for path in questions if path in left and _belongs(path, point.fields)]
        left -= set(mine)
        of_paper = [path for line in beside for path in line.fields]
        also = [path for path in questions if path in left and _belongs(path, of_paper) and not _belongs(path, named)]
        left -= set(also)
        ref = ClauseRef.parse(point.clause)
        row = clauses.get(point.clause)
        rows.append(
            PointRow(
                n,
                point,
                _remedy(point, slot),
                f"{row.instrument.short_title if row else ref.instrument}{ref.in_words}",
                str(row.verified) if row else "no",
                _sheet(page, questions, mine, faults, typed),
                _sheet(page, questions, also, faults, typed),
                slot,
                _topics(page, open_now, point),
                said.get(point.key, ""),
                point.title in unanswered,
            )
        )
    return tuple(rows), {path: questions[path] for path in left}


def _proof(slot: SlotRow | None, point: Point) -> SlotRow | None:
    """The paper beside a point about something else need not be a new one."""
    if slot is None or slot.slot.key == point.key or slot.state == "ok":
        return slot
    return replace(slot, state="open", words="需要时更换")


def _remedy(point: Point, slot: SlotRow | None) -> str:
    """What to do, in one sentence."""
    if slot is not None and slot.slot.key == point.key:
        return "重新上传这份材料" + ("，任一种即可。" if slot.kinds else "。")
    return point.need


def _belongs(path: str, wanted: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in wanted)


def _topics(page: Page, open_now: Answering, point: Point) -> tuple[Topic, ...]:
    """Pages on which this point is mended: lists that are open as a whole; all of them when nothing was named."""
    if open_now.opened.whole and not point.fields and not open_now.opened.takes(point.slot or point.key):
        return page.form.topics
    return tuple(topic for topic in page.form.topics if topic.rows and topic.rows.path in point.fields)


def _render(
    request: SignedInRequest, page: Page, open_now: Answering, *, said: dict[str, str], faults: list[FieldError] | None = None,
    typed: Read | None = None, refusal: Unmet | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = page.checked()
    shown_faults = [*(faults if faults is not None else page.faults)]
    rows, rest = _point_rows(
        page, open_now, found, said=said, faults=shown_faults, typed=typed, unanswered=refusal.items if refusal else ()
    )
    further = slot_rows(page, found, only=open_now.opened.slots - {row.slot.slot.key for row in rows if row.slot})
    sheets = [sheet for row in rows for sheet in (row.sheet, row.also) if sheet]
    errors = [target for sheet in sheets for target in sheet.targets()]
    errors += [(f"point-{row.number}", f"{row.point.title}：还没有补正") for row in rows if row.unanswered]
    keys = {path.split(".")[0] for path in _questions(page, open_now)}
    context: dict[str, Any] = {
        "page": page,
        "round": open_now.round,
        "rows": rows,
        "rest": _sheet(page, rest, list(rest), shown_faults, typed) if rest else None,
        "further": further,
        "errors": errors,
        "refusal": refusal if refusal and not errors else None,
        "seen": section_mark(page_of(page.case).draft, keys) if status == CONFLICT else section_mark(page.draft, keys),
        "notice": Document.objects.filter(case=page.case, issued_at=open_now.round.opened_at).first()
        if open_now.round
        else None,
        "route": TaskRoute.objects.filter(case=page.case, open=True, party=TaskRoute.Party.APPLICANT).first(),
        "owner": owns(page.case, request.user, page.on),
    }
    return render(request, "applicant/answer.html", context, status=status)


def _session_key(open_now: Answering) -> str:
    return f"said:{open_now.round.pk if open_now.round else 0}"


def _said(request: SignedInRequest, open_now: Answering) -> dict[str, str]:
    """Explanations typed but not handed in yet live in the session: the round takes them only with the submission."""
    return dict(request.session.get(_session_key(open_now), {}))


def _keep_said(request: SignedInRequest, open_now: Answering, said: dict[str, str]) -> None:
    request.session[_session_key(open_now)] = said
