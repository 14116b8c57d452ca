"""The worker, as its own process on the test's database and broker, and the clock that all of them obey."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from config.celery import app
from config.places import ROOT
from registry import clock as clock_port

QUEUES = ("default", "documents")
READY_SECONDS = 40
STOP_SECONDS = 20


class Worker:
    """A Celery worker that a test may stop, kill and start again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.log = Path(settings.TEST_FOLDER) / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the worker answers a ping; fails with its log if it does not."""
        command = [
            sys.executable, "-m", "celery", "--app=config.celery", "worker", f"--queues={','.join(QUEUES)}", "--concurrency=1",
            "--prefetch-multiplier=1", "--without-gossip", "--without-mingle", "--loglevel=INFO",
        ]  # fmt: skip
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        wait_until(self.answers, "the worker answers", READY_SECONDS, self.last_lines)

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        assert self.runs(), f"the worker ended:\n{self.last_lines()}"
        return bool(app.control.ping(timeout=1, limit=1))

    def idle(self) -> bool:
        """Whether no task is in hand. A worker that does not answer is not idle."""
        said = app.control.inspect(timeout=1, limit=1).active()
        return said is not None and not any(said.values())

    def listen(self, *, to: bool = True) -> None:
        """Take messages from the queues, or leave them. Returns when the worker has said so."""
        order = app.control.add_consumer if to else app.control.cancel_consumer
        for queue in QUEUES:
            wait_until(
                lambda queue=queue: order(queue, reply=True, timeout=1), f"the worker heeds {queue}", explain=self.last_lines
            )

    def last_lines(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """Let it finish the task in hand."""
        if self.process is not None and self.runs():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """kill -9, with its children: the power cut."""
        if self.process is not None and self.runs():
            os.killpg(self.process.pid, 9)
            self.process.wait()


class Clock:
    """Moves the product's clock for the test, the web process and the worker alike. The clock goes on from there."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def advance(self, **duration: float) -> None:
        """Later by `timedelta(**duration)` than it is now: `clock.advance(days=6)`."""
        self._write(clock_port.now() - timezone.now() + timedelta(**duration))

    def go_to(self, moment: datetime | date) -> None:
        """To an aware moment, or to 09:00 of a day in the city."""
        if not isinstance(moment, datetime):
            moment = timezone.make_aware(datetime.combine(moment, time_of_day(9)))
        self._write(moment - timezone.now())

    def reset(self) -> None:
        self.file.unlink(missing_ok=True)

    def _write(self, offset: timedelta) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(str(offset.total_seconds()), encoding="ascii")
        draft.replace(self.file)


@pytest.fixture(scope="session")
def worker_machine(embedded_services: None, live_server: Any) -> Iterator[Worker]:
    """The one worker of this test process, started when a test first asks for it: a start takes four seconds."""
    environment = os.environ | settings.TEST_ENVIRONMENT
    environment |= {
        "TEST_SLOT": str(settings.TEST_SLOT),
        "DJANGO_SETTINGS_MODULE": "config.test_settings",
        "PUBLIC_BASE_URL": live_server.url,
    }
    machine = Worker(environment)
    yield machine
    machine.stop()


@pytest.fixture
def worker(worker_machine: Worker, transactional_db: None) -> Iterator[Worker]:
    """A running worker on this test's database. Its broker is empty at the start, and it is idle at the end.

    Between such tests it takes no messages: a test that works the outbox itself must not find it done by somebody else.
    """
    _empty_broker()
    if worker_machine.runs():
        worker_machine.listen()
    else:
        worker_machine.start()
    yield worker_machine
    if worker_machine.runs():
        worker_machine.listen(to=False)
    _empty_broker()
    if worker_machine.runs():
        wait_until(worker_machine.idle, "the worker finishes its task", STOP_SECONDS, worker_machine.last_lines)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The product's clock, put right again after the test."""
    moved = Clock(Path(settings.CLOCK_OFFSET_FILE))
    moved.reset()
    yield moved
    moved.reset()


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[..., None]:
    """`wait_until(condition, "what", seconds=20)`: the only way a test waits."""
    return wait_until


def wait_until(
    condition: Callable[[], object], what: str, seconds: float = 20, explain: Callable[[], str] = lambda: ""
) -> None:
    """Return as soon as `condition()` is true; fail after `seconds`, naming what did not happen."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s: {what}\n{explain()}")
        time.sleep(0.05)


def _empty_broker() -> None:
    """Drops what earlier tests left in the queues; the worker's own connections stay."""
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    with redis.Redis.from_url(address) as broker:
        for queue in QUEUES:
            broker.delete(queue)
