"""The words a flow is written in.

``applicant_start`` · ``officer_task`` · ``applicant_task`` · ``when`` · ``background`` · ``end``, and ``CaseFlow`` to
write them in. A flow file only lists; what a word means is here, what it does to the records is in ``services``.
"""

from typing import Any

from viewflow.workflow import Flow
from viewflow.workflow.models import Process

from workflows.catalogue import Effect, Needs, TaskSpec
from workflows.kit.nodes import ApplicantStart, BackgroundTask, CaseLock, Finish, PersonTask, When
from workflows.models import TaskRoute

__all__ = [
    "CaseFlow",
    "Needs",
    "applicant_start",
    "applicant_task",
    "background",
    "end",
    "officer_task",
    "when",
]


class CaseFlow(Flow):
    """A flow over a plain viewflow process; the case points to it. Locked by the case row."""

    process_class = Process
    lock_impl = CaseLock()


def applicant_start(title: str, *, clause: str, does: Effect) -> ApplicantStart:
    """The applicant hands in for the first time; ``does`` puts the institution on record."""
    return ApplicantStart(TaskSpec(title, clause, TaskRoute.Party.APPLICANT), does=does)


def officer_task(
    title: str, *, clause: str, role: str, duties: tuple[str, ...] = (), judges: tuple[str, ...] = (), people: int = 1,
    not_by: tuple[str, ...] = (), words: str = "", does: Effect | None = None,
) -> PersonTask:  # fmt: skip
    """A task of the case's bureau, for the post ``role``. ``words`` is what the applicant reads meanwhile."""
    spec = TaskSpec(
        title, clause, TaskRoute.Party.BUREAU, role=role, duties=duties, judges=judges, people=people, not_by=not_by,
        public_words=words,
    )  # fmt: skip
    return PersonTask(spec, does=does)


def applicant_task(
    title: str, *, clause: str, duties: tuple[str, ...] = (), words: str = "", does: Effect | None = None
) -> PersonTask:
    """A task of the applicant."""
    spec = TaskSpec(title, clause, TaskRoute.Party.APPLICANT, duties=duties, public_words=words)
    return PersonTask(spec, does=does)


def when(condition: Any, *, title: str, clause: str) -> When:
    """A fork: ``condition`` takes the running step. Continue with ``.Then(…)`` and ``.Else(…)``."""
    return When(condition, title=title, clause=clause)


def background(title: str, *, clause: str, does: Effect) -> BackgroundTask:
    """Done by the worker after commit, once."""
    return BackgroundTask(title, clause=clause, does=does)


def end() -> Finish:
    """Nothing is left to do."""
    return Finish()
