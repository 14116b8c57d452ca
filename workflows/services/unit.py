"""The unit of work of one step: viewflow's tasks live in memory while the step runs and are written once at its end.

While a unit is open, the in-memory list of the process's tasks is the truth; nodes ask it, never the database.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from viewflow.workflow.models import Process, Task

from workflows.services.rows import Table

TASKS = Table(Task)
PROCESSES = Table(Process)
LINKS = Table(Task.previous.through)
_BLOCK = 64
_unit: ContextVar["Unit"] = ContextVar("unit_of_work")


class Unit:
    """The tasks of one process: read once, created and changed in memory, written by ``flush``."""

    def __init__(self, step: Any, process: Process, tasks: list[Task]) -> None:
        self.step = step
        self.process = process
        self.tasks = {task.pk: task for task in tasks}
        self.process_changed = False
        self._new: list[Task] = []
        self._links: list[tuple[int, int]] = []
        self._changed: dict[int, Task] = {}

    def add(self, task: Task, previous: Task | None) -> None:
        """A new task with a number taken from the sequence, after ``previous``."""
        task.pk = _take_id()
        task.process = self.process
        task.flow_task_type = task.flow_task.task_type  # set by Task.save, which bulk_create passes by
        self.tasks[task.pk] = task
        self._new.append(task)
        if previous is not None:
            self._links.append((task.pk, previous.pk))

    def touch(self, task: Task) -> None:
        """Write this task at the end, if it is not a new one anyway."""
        if task.pk not in {new.pk for new in self._new}:
            self._changed[task.pk] = task

    def previous_of(self, task: Task) -> set[int]:
        """Ids of the tasks that led to ``task`` within this step."""
        return {before for after, before in self._links if after == task.pk}

    def unfinished(self) -> list[Task]:
        """Tasks that still wait for somebody."""
        return [task for task in self.tasks.values() if task.finished is None]

    def flush(self) -> None:
        """Updates before inserts: an index over open rows must not see the old and the new one at once."""
        for task in self._changed.values():
            TASKS.update(task, ("status", "owner", "started", "finished", "data", "token"))
        TASKS.insert(self._new)
        LINKS.insert(LINKS.model(from_task_id=after, to_task_id=before) for after, before in self._links)
        if self.process_changed:
            PROCESSES.update(self.process, ("status", "finished"))


def current() -> Unit:
    """The open unit. Raises ``LookupError`` outside of a step: a flow only moves through the door."""
    return _unit.get()


@contextmanager
def opened(unit: Unit) -> Iterator[Unit]:
    """Make ``unit`` the one that viewflow's nodes write to. The step flushes it before the transaction ends."""
    mark = _unit.set(unit)
    try:
        yield unit
    finally:
        _unit.reset(mark)


class _Block(threading.local):
    """Task ids taken from the sequence ahead of need, per thread."""

    def __init__(self) -> None:
        self.ids: list[int] = []


_block = _Block()


def _forget_ids() -> None:
    """A forked child must not use the numbers its parent took."""
    _block.ids = []


os.register_at_fork(after_in_child=_forget_ids)


def _take_id() -> int:
    """A task id from this thread's block of the sequence. Ids are unique, not ordered in time."""
    if not _block.ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('viewflow_task', 'id')) FROM generate_series(1, %s)", [_BLOCK]
            )
            _block.ids.extend(row[0] for row in reversed(cursor.fetchall()))
    return _block.ids.pop()
