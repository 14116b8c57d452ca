"""The rows of an upload page: one per material slot, with why, clause, state, what is there, and for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workflows.forms.questions import PaperAsk, take
from workflows.models import Attachment, Case
from workflows.rules.checklist import Line, Outcome, Slot
from workflows.selectors.checks import Evaluated
from workflows.views.applicant_case import Page

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """One of several papers that fill a slot."""

    key: str
    title: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class Paper:
    """A file that is there. ``removable``: it was not submitted yet."""

    paper: Attachment
    detail: str
    removable: bool


@dataclass(frozen=True)
class Subject:
    """For whom (a person of the list), or the slot itself with an empty ``key``. ``wrong``: why the last upload failed."""

    key: str
    title: str
    papers: tuple[Paper, ...]
    state: str
    words: str
    anchor: str
    wrong: str = ""

    @property
    def empty(self) -> bool:
        return not self.papers


@dataclass(frozen=True)
class SlotRow:
    """A slot as the page shows it. ``weight``: 地方附加 or 可以后补; empty for what the law asks for."""

    slot: Slot
    ask: PaperAsk
    why: str
    clause: str
    verified: str
    state: str
    words: str
    weight: str
    kinds: tuple[Kind, ...]
    subjects: tuple[Subject, ...]
    valid_until: str

    @property
    def lacking(self) -> int:
        return sum(subject.state != "ok" for subject in self.subjects)


@dataclass(frozen=True)
class NotNeeded:
    title: str
    why: str


def slot_rows(
    page: Page, found: Evaluated, *, only: Iterable[str] | None = None, wrong: Mapping[tuple[str, str], str] | None = None
) -> tuple[SlotRow, ...]:
    """The slots that the answers need, perhaps need, or already hold a paper for. ``wrong``: (slot, subject) → what was
    the matter with a file just sent. ``only`` these slots, when a notice is answered: then the state tells whether a
    paper came since."""
    chosen = None if only is None else set(only)
    held = {paper.slot for paper in page.papers}
    return tuple(
        _row(page, found, line, wrong or {}) if chosen is None else _since_notice(page, _row(page, found, line, wrong or {}))
        for line in found.materials
        if line.key == line.slot
        and (chosen is None or line.key in chosen)
        and (line.needed is not False or line.key in held or chosen is not None)
    )


def not_needed(page: Page, found: Evaluated) -> tuple[NotNeeded, ...]:
    """What these answers do not ask for, and why."""
    held = {paper.slot for paper in page.papers}
    return tuple(
        NotNeeded(line.title, line.why)
        for line in found.materials
        if line.key == line.slot and line.needed is False and line.key not in held
    )


def anchor_of(slot: str, subject: str = "") -> str:
    """The id of a row on the page."""
    return f"slot-{slot}-{subject}" if subject else f"slot-{slot}"


def _row(page: Page, found: Evaluated, line: Line, wrong: Mapping[tuple[str, str], str]) -> SlotRow:
    slot = page.procedure.materials.slot(line.key)
    ask = page.form.papers.get(slot.key, PaperAsk())
    mine = [paper for paper in page.papers if paper.slot == slot.key]
    subjects = _subjects(page, slot, line, mine, wrong)
    state, words = _state(line, subjects, bool(mine))
    dates = [paper.valid_until for paper in mine if paper.valid_until]
    return SlotRow(
        slot=slot,
        ask=ask,
        why=line.why,
        clause=found.clause_words(line.clause),
        verified=line.verified,
        state=state,
        words=words,
        weight="可以后补" if line.deferrable else ("地方附加" if line.level.value != "mandatory" else ""),
        kinds=_kinds(page, slot, ask, mine),
        subjects=subjects,
        valid_until=max(dates).isoformat() if dates else "",
    )


def _since_notice(page: Page, row: SlotRow) -> SlotRow:
    fresh = [each for subject in row.subjects for each in subject.papers if each.paper.round == page.case.round]
    subjects = tuple(
        replace(subject, state="ok", words="已补交")
        if any(each.paper.round == page.case.round for each in subject.papers)
        else subject
        for subject in row.subjects
    )
    return replace(row, subjects=subjects, state="ok" if fresh else "soon", words="已补交" if fresh else "等您上传新件")


def _subjects(
    page: Page, slot: Slot, line: Line, mine: list[Attachment], wrong: Mapping[tuple[str, str], str]
) -> tuple[Subject, ...]:
    parts = {part.key: part for part in line.parts}
    people = [(person.key, person.named) for person in slot.people(page.facts)] if slot.people else [("", slot.title)]
    found = []
    for key, title in people:
        papers = tuple(_paper(page, paper) for paper in mine if paper.subject == key)
        part = parts.get(key)
        state, words = "open", "未上传"
        if part is not None and part.outcome is Outcome.UNMET:
            state, words = "late", part.measured
        elif part is not None and part.outcome is Outcome.MET:
            state, words = "ok", f"已上传{len(papers)}个文件" if len(papers) > 1 else "已上传"
        elif papers:
            state, words = "soon", part.measured if part else "已上传"
        found.append(Subject(key, title, papers, state, words, anchor_of(slot.key, key), wrong.get((slot.key, key), "")))
    return tuple(found)


def _paper(page: Page, paper: Attachment) -> Paper:
    size = f"{paper.size / MEGABYTE:.1f}MB" if paper.size >= MEGABYTE else f"{max(1, paper.size // 1024)}KB"
    pages = f"{paper.pages}页，" if paper.content_type == "application/pdf" else ""
    fresh = page.case.state == Case.State.DRAFT or paper.round == page.case.round
    return Paper(paper, f"{pages}{size}", fresh)


def _state(line: Line, subjects: tuple[Subject, ...], held: bool) -> tuple[str, str]:
    if line.needed is None:
        return "open", "看情况"
    if line.needed is False:
        return "ended", "不需要"
    if not subjects:
        return "open", "先填写人员"
    lacking = sum(subject.state != "ok" for subject in subjects)
    if not lacking:
        return "ok", "已上传"
    if len(subjects) > 1:
        return "soon", f"缺{lacking}份"
    return subjects[0].state, subjects[0].words if held else "未上传"


def _kinds(page: Page, slot: Slot, ask: PaperAsk, mine: list[Attachment]) -> tuple[Kind, ...]:
    """The kind of the paper that is there; else what the answers point to."""
    given = next((paper.option for paper in mine if paper.option), "")
    answer = take(page.draft, ask.follows) if ask.follows else None
    chosen = given or ask.kinds.get(str(answer), "")
    return tuple(Kind(option.key, option.title, option.hint, option.key == chosen) for option in slot.any_of)
