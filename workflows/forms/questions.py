"""How a procedure's form is listed: questions by path into its facts, grouped into topics, one topic a page.

A path such as ``premises.lease_end`` gives type and name of the field; a question only adds how it is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from workflows.rules.border import label_of


class Width(StrEnum):
    """How wide a control is: it tells how much is asked for (classes of controls.css)."""

    SHORT = "width-short"
    CODE = "width-code"
    TEXT = "width-text"


class Keypad(StrEnum):
    """What a phone shows to type with (the attribute inputmode)."""

    TEXT = ""
    WHOLE = "numeric"
    DECIMAL = "decimal"
    PHONE = "tel"


@dataclass(frozen=True)
class When:
    """The question is asked when the answer at ``path`` (codes, ``true``/``false``) is one of ``values``."""

    path: str
    values: frozenset[str]


@dataclass(frozen=True)
class Question:
    """``sealed``: an identity number, kept as a token only. ``copies``: a box to tick when the object at ``path`` is the
    same as the one at ``copies``. ``divisions``: choose a district or county. ``group``: begins a group of this name."""

    path: str
    hint: str = ""
    label: str = ""
    unit: str = ""
    width: Width = Width.TEXT
    keypad: Keypad = Keypad.TEXT
    complete: str = ""
    optional: bool = False
    when: When | None = None
    sealed: bool = False
    copies: str = ""
    divisions: bool = False
    group: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows of one list of the facts. ``by`` is the field that decides which further questions a row has (``only``:
    question path → values of ``by``). ``starts_from``: field of the first row → path its value is taken from.
    ``titles`` calls each row by a name, from the typed facts."""

    path: str
    kind: type
    noun: str
    titles: Callable[[Any], Sequence[str]]
    questions: tuple[Question, ...]
    fresh: tuple[str, ...] = ()
    by: str = ""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    starts_from: Mapping[str, str] = field(default_factory=dict)
    starts_with: Mapping[str, str] = field(default_factory=dict)
    keyed: bool = False
    most: int = 60

    def asked(self, row: Mapping[str, Any]) -> tuple[Question, ...]:
        """The questions of this row."""
        chosen = str(row.get(self.by) or "")
        return tuple(each for each in self.questions if each.path not in self.only or chosen in self.only[each.path])


@dataclass(frozen=True)
class Topic:
    """One page of the form."""

    key: str
    title: str
    lead: str = ""
    questions: tuple[Question, ...] = ()
    rows: Rows | None = None

    def paths(self) -> tuple[str, ...]:
        """Every path the page may write, rows by the path of their list."""
        own = tuple(each.path for each in self.questions)
        return (*own, self.rows.path) if self.rows else own

    def top_keys(self) -> frozenset[str]:
        """The top-level keys of the facts the page belongs to."""
        return frozenset(path.split(".")[0] for path in self.paths())


@dataclass(frozen=True)
class PaperAsk:
    """How a paper is asked for. ``sample``: what a good one shows. ``dated``: ask until when it is valid. ``follows``: the
    path whose answer chooses among the kinds (``kinds``: answer → kind); ``writes``: choosing a kind answers that path."""

    sample: str = ""
    dated: bool = False
    follows: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False


@dataclass(frozen=True)
class Statement:
    """What the applicant declares by handing in; ``path`` is the field of the facts that records it."""

    title: str
    lines: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class ProcedureForm:
    """The form of a procedure. ``procedure`` is its code without the version; ``first`` the questions that decide which
    papers are needed."""

    procedure: str
    facts: type
    first: tuple[Question, ...]
    topics: tuple[Topic, ...]
    statement: Statement
    papers: Mapping[str, PaperAsk] = field(default_factory=dict)
    minutes: int = 20

    def topic(self, key: str) -> Topic:
        """Raises LookupError."""
        for topic in self.topics:
            if topic.key == key:
                return topic
        raise LookupError(f"没有“{key}”这一页")

    def after(self, topic: Topic) -> Topic | None:
        """The topic that follows, None after the last."""
        index = self.topics.index(topic) + 1
        return self.topics[index] if index < len(self.topics) else None

    def topic_of(self, path: str) -> Topic | None:
        """The page a field stands on."""
        for topic in self.topics:
            if any(path == each or path.startswith(f"{each}.") or each.startswith(f"{path}.") for each in topic.paths()):
                return topic
        return None


@cache
def hint_of(kind: type, path: str) -> Any:
    """The declared type of the field at ``path``, without ``Annotated`` and ``None``. Raises KeyError."""
    hint: Any = kind
    for name in path.split("."):
        hint = get_args(get_type_hints(hint, include_extras=True)[name])[0]
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        if type(None) in get_args(hint):
            hint = arms[0]
    return hint


@cache
def name_of(kind: type, path: str) -> str:
    """The name on the form of the field at ``path``. Raises KeyError."""
    parent, _, name = path.rpartition(".")
    return label_of(hint_of(kind, parent) if parent else kind, name)


def take(data: Any, path: str) -> Any:
    """The JSON value at ``path``, None when it is not there."""
    for name in path.split("."):
        if isinstance(data, list):
            data = data[int(name)] if name.isdigit() and int(name) < len(data) else None
        else:
            data = data.get(name) if isinstance(data, Mapping) else None
    return data


def put(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of ``data`` with ``value`` at ``path``; nothing ("", None, []) takes the field away. Rows by number."""
    name, _, rest = path.partition(".")
    copy = dict(data)
    if rest:
        inner = copy.get(name)
        if isinstance(inner, list):
            number, _, below = rest.partition(".")
            copy[name] = [put(row, below, value) if str(n) == number else row for n, row in enumerate(inner)]
        else:
            copy[name] = put(inner if isinstance(inner, Mapping) else {}, rest, value)
    elif value in (None, "", []):
        copy.pop(name, None)
    else:
        copy[name] = value
    return copy
