"""How far a form is: 未填, 填了一半, 已填, per topic; and everything that was answered, to be read back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from workflows.forms.questions import ProcedureForm, Question, Topic, name_of, take
from workflows.forms.sheets import Choices, in_words
from workflows.rules.border import FieldError


class Filled(Enum):
    """(state of the look, words)."""

    NOTHING = ("open", "未填")
    PARTLY = ("soon", "填了一半")
    WRONG = ("late", "有错误")
    ALL = ("ok", "已填")

    @property
    def state(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Answer:
    """One line of the read-back. ``value`` is empty when nothing was answered; ``control`` is the id to go to."""

    label: str
    value: str
    control: str
    group: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Block:
    """The answers of one topic, or of one row of it."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class TopicState:
    topic: Topic
    filled: Filled
    missing: int
    faults: int


def topic_states(form: ProcedureForm, draft: Mapping[str, Any], faults: Iterable[FieldError]) -> tuple[TopicState, ...]:
    """Each topic with how far it is."""
    faults = tuple(faults)
    return tuple(_state(topic, draft, faults) for topic in form.topics)


def read_back(
    form: ProcedureForm, topic: Topic, draft: Mapping[str, Any], titles: Sequence[str], faults: Iterable[FieldError],
    divisions: Choices,
) -> tuple[Block, ...]:  # fmt: skip
    """What was answered on one topic, in its order."""
    wrong = {fault.path: fault.message for fault in faults}
    blocks = []
    if topic.questions:
        answers = tuple(
            _answer(form.facts, each, each.path, take(draft, each.path), each.path, wrong, divisions)
            for each in asked_now(topic.questions, draft)
            if not each.copies
        )
        blocks.append(Block("", answers))
    rows = topic.rows
    for n, row in enumerate(take(draft, rows.path) or [] if rows else []):
        assert rows is not None
        answers = tuple(
            _answer(rows.kind, each, each.path, take(row, each.path), f"{rows.path}.{n}.{each.path}", wrong, divisions)
            for each in rows.asked(row)
        )
        blocks.append(Block(titles[n] if n < len(titles) else f"第{n + 1}行", answers))
    return tuple(blocks)


def asked_now(questions: Iterable[Question], draft: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions that the answers so far leave to be asked."""
    return tuple(each for each in questions if each.when is None or str(take(draft, each.when.path)) in each.when.values)


def _answer(
    kind: type, question: Question, path: str, value: Any, control: str, wrong: Mapping[str, str], divisions: Choices
) -> Answer:  # fmt: skip
    words = in_words(kind, question, path, value, divisions)
    return Answer(question.label or name_of(kind, path), words, f"id_{control}", question.group, wrong.get(control, ""))


def _state(topic: Topic, draft: Mapping[str, Any], faults: tuple[FieldError, ...]) -> TopicState:
    values = [(take(draft, each.path), each.optional) for each in asked_now(topic.questions, draft) if not each.copies]
    if topic.rows:
        rows = [row for row in (take(draft, topic.rows.path) or []) if isinstance(row, Mapping)]
        values += [(take(row, each.path), each.optional) for row in rows for each in topic.rows.asked(row)] or [(None, False)]
    missing = sum(value in (None, "", []) for value, optional in values if not optional)
    given = sum(value not in (None, "", []) for value, _ in values)
    wrong = sum(any(fault.path == path or fault.path.startswith(f"{path}.") for path in topic.paths()) for fault in faults)
    if wrong:
        filled = Filled.WRONG
    elif not given:
        filled = Filled.NOTHING
    else:
        filled = Filled.PARTLY if missing else Filled.ALL
    return TopicState(topic, filled, missing, wrong)
