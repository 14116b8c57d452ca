"""What the applicant's pages share: the case one may see, the answers as they stand, the words for whose turn it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from registry.clock import today
from registry.selectors.divisions import districts_and_counties
from workflows import catalogue
from workflows.forms.book import form_of
from workflows.forms.questions import ProcedureForm, Topic
from workflows.forms.sheets import Choices
from workflows.models import Attachment, Case, Round
from workflows.rules.border import FieldError
from workflows.selectors.asked import Opened, Point, asking_round, opened, points_of
from workflows.selectors.checks import Evaluated, evaluate
from workflows.selectors.facts import papers_on_hand, with_papers
from workflows.selectors.progress import Turn, Whose
from workflows.selectors.visibility import may_edit, visible_cases
from workflows.services.drafts import WRITABLE, written
from workflows.services.errors import NotPermitted
from workflows.templatetags.wording import short_date
from workflows.views.access import SignedInRequest

STEPS = ("填写信息", "上传材料", "核对承诺", "提交")
BUSY = "材料正在办理中，现在不能修改。需要修改时，会一次性告知您。"


@dataclass(frozen=True)
class Page:
    """A case with what its applicant wrote, read once. ``faults``: what the border could not read of it."""

    case: Case
    procedure: catalogue.Procedure
    form: ProcedureForm
    draft: dict[str, Any]
    papers: list[Attachment]
    facts: Any
    faults: tuple[FieldError, ...]
    on: date

    def with_draft(self, draft: dict[str, Any]) -> "Page":
        """The same case with other answers, not saved."""
        facts, faults = self.procedure.facts.parse_draft(with_papers(draft, self.papers))
        return Page(self.case, self.procedure, self.form, draft, self.papers, facts, faults, self.on)

    def checked(self) -> Evaluated:
        """Both checklists on these answers. One query."""
        return evaluate(self.procedure, self.facts, self.on)

    def titles(self, topic: Topic) -> tuple[str, ...]:
        """How each row of the topic is called."""
        return tuple(topic.rows.titles(self.facts)) if topic.rows else ()


@dataclass(frozen=True)
class Answering:
    """The applicant's part while it is open: the notice's round (None for a draft), its points, what they opened."""

    round: Round | None
    points: tuple[Point, ...]
    opened: Opened


def case_of(request: SignedInRequest, pk: int) -> Case:
    """The case, if this person may see it; 404 else, also for a draft that was thrown away."""
    mine = visible_cases(request.user, request.memberships, today())
    case = get_object_or_404(mine.select_related("bureau", "division", "created_by"), pk=pk)
    if case.state == Case.State.DRAFT and case.draft is None:
        raise Http404("这份草稿已经删除")
    return case


def page_of(case: Case) -> Page:
    """The answers of a case."""
    procedure = catalogue.get(case.procedure)
    papers, draft = papers_on_hand(case), written(case)
    facts, faults = procedure.facts.parse_draft(with_papers(draft, papers))
    return Page(case, procedure, form_of(procedure), draft, papers, facts, faults, today())


def answering(request: SignedInRequest, page: Page) -> Answering:
    """What may be changed now. Raises ``NotPermitted`` with the reason when nothing may."""
    if not may_edit(request.user, page.case, page.on):
        raise NotPermitted("您可以查看这个办件，但不能代申请人填写。")
    if page.case.state == Case.State.DRAFT:
        return Answering(None, (), opened(page.case, (), page.on))
    round_ = asking_round(page.case) if page.case.state in WRITABLE else None
    if round_ is None or not round_.asked:
        raise NotPermitted(BUSY)
    points = points_of(round_)
    return Answering(round_, points, opened(page.case, points, page.on, papers=page.papers))


def divisions() -> Choices:
    """The eight places that file, for a choice."""
    return [(division.code, division.name) for division in districts_and_counties()]


def turn_state(turn: Turn) -> str:
    """The state of the look for whose turn it is; of an ended case the caller knows better."""
    if turn.whose is Whose.NOBODY:
        return "ended"
    if turn.late:
        return "late"
    return "soon" if turn.whose is Whose.YOURS else "active"


def turn_sentence(turn: Turn) -> str:
    """The one sentence of the page: whose turn, by when."""
    if turn.whose is Whose.NOBODY:
        return f"{turn.doing}。"
    if turn.late and turn.whose is Whose.BUREAU:
        return f"办理超过规定时限{-(turn.remaining or 0)}个工作日，我们很抱歉。当前环节：{turn.step}（{turn.who}）。"
    head = f"{turn.doing}" if turn.whose is Whose.YOURS else f"轮到{turn.who}：{turn.doing}"
    return f"{head}{_by_when(turn)}。"


def turn_more(turn: Turn, phone: str) -> str:
    """What the reader should do now."""
    if turn.whose is Whose.YOURS:
        return "逐项改好后重新提交。等待您的这段时间不计入我们的办理时限。"
    if turn.late:
        return f"您可以拨打{phone}询问，或拨打12345反映。" if phone else "您可以拨打12345反映。"
    return "您现在不用做什么。" if turn.whose is Whose.BUREAU else ""


def _by_when(turn: Turn) -> str:
    if turn.due is None:
        return ""
    act = "提交" if turn.whose is Whose.YOURS else "办完"
    if turn.late:
        return f"，应于{short_date(turn.due)}前{act}，已超过{-(turn.remaining or 0)}个工作日"
    if turn.estimated:
        return f"，预计{short_date(turn.due)}前{act}（{turn.due.year}年放假安排未公布，日期为预估）"
    return f"，最晚{short_date(turn.due)}{act}"
