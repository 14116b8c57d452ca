"""What happens later: once, whoever dies in between; a broken piece of work holds up nobody."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from config.celery import app
from config.places import ROOT
from registry.clock import now
from registry.models import Disclosure
from tests.builders.journey import Journey
from tests.builders.office import Office
from tests.builders.races import at_once, refused
from tests.machines import Clock, Worker, wait_until
from workflows.models import Anchor, Case, Outbox
from workflows.selectors.watchdog import alarms, stuck_cases
from workflows.services import background, outbox
from workflows.services.anchors import make_anchor
from workflows.services.lapses import sweep

GHOST = "6f1c2f0e-6b1e-4a57-9a53-0d5cf1c7a001"


def signed(office: Office, **unmet: str) -> Journey:
    journey = Journey.at("verify", office)
    journey.verify(**unmet)
    journey.sign()
    return journey


def test_b1_a_job_delivered_twice_acts_once(office: Office) -> None:
    """B1: the same background step at once in two workers, and again later: one effect, one successor."""
    journey = signed(office, monitoring="没有监控")
    payload = Outbox.objects.get(case=journey.case_id, topic="background").payload
    assert not refused(at_once(*[lambda: background.run_background(payload)] * 2))
    background.run_background(payload)
    assert Disclosure.objects.filter(filing=journey.record).count() == 1
    assert len(journey.papers("nonconformity_notice")) == 1
    assert journey.open_steps == {"rectify"}
    assert journey.acts().count("nonconformity_told") == 1


def test_b1_two_workers_drain_one_row(office: Office) -> None:
    """B1: both look at the outbox at the same moment: one leases the row, the other passes it by."""
    for _ in range(5):
        journey = signed(office)
        rows = journey.waiting("background", "publish")
        results = at_once(*[lambda rows=rows: sum(outbox.drain(key=key) for key in rows)] * 2)
        assert not refused(results)
        assert sum(results) == len(rows) == 2
        assert set(Outbox.objects.filter(key__in=rows).values_list("attempts", flat=True)) == {1}
        assert (journey.acts().count("published"), journey.acts().count("result_published")) == (1, 1)


def test_b1_publication_delivered_twice(office: Office) -> None:
    """B1: the first time counts, and stands once in the chain."""
    journey = Journey.at("verify", office)
    journey.work("publish")
    first = journey.record.published_at
    background.publish({"case": journey.case_id})
    assert journey.record.published_at == first
    assert journey.acts().count("published") == 1


def test_b1_the_lease_of_a_dead_worker_runs_out(office: Office, clock: Clock) -> None:
    """B1: while a lease holds nobody else takes the row; afterwards the next one does."""
    journey = signed(office)
    row = Outbox.objects.get(case=journey.case_id, topic="background")
    assert outbox._lease(row.key) is not None, "a worker takes it, and dies"
    assert outbox.drain(key=row.key) == 0
    clock.advance(minutes=6)
    assert outbox.drain(key=row.key) == 1
    assert journey.state == "closed"


KILLED = """
import os, signal, django
django.setup()
from registry.models import Person
from workflows.services import decisions, outbox
outbox._wakers.insert(0, lambda: os.kill(os.getpid(), signal.SIGKILL))
decisions.decide(case_id={case}, task_id={task}, person=Person.objects.get(pk={person}),
                 decision=decisions.Decision("sign"))
print("still alive")
"""
AWAY = """
import django
django.setup()
from time import perf_counter
from registry.models import Person
from workflows.services import decisions
start = perf_counter()
decisions.decide(case_id={case}, task_id={task}, person=Person.objects.get(pk={person}),
                 decision=decisions.Decision("sign"))
print("done in", perf_counter() - start)
"""


def in_another_process(script: str, journey: Journey, **environment: str) -> subprocess.CompletedProcess[str]:
    """Sign from a process of its own, as the web server does."""
    code = script.format(case=journey.case_id, task=journey.task("sign"), person=journey.office.head.pk)
    settings_module = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | settings.TEST_ENVIRONMENT | settings_module | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_b2_killed_between_commit_and_publish(worker: Worker, office: Office) -> None:
    """B2: kill -9 after the commit, before the message: the decision stands, beat's next look does the work."""
    journey = Journey.at("sign", office)
    journey.work("publish")
    dead = in_another_process(KILLED, journey)
    assert (dead.returncode, dead.stdout) == (-9, "")
    assert (journey.state, len(journey.waiting("background"))) == ("decided", 1)
    assert not stuck_cases(), "the row is there: the case is not dead"
    app.send_task("workflows.drain_outbox")
    wait_until(lambda: journey.state == "closed", "beat's look finds the row", explain=worker.last_lines)


def test_b2_the_broker_is_away_for_a_while(worker: Worker, office: Office) -> None:
    """B2: the person sees success at once; the row waits and is done when the broker is back."""
    journey = Journey.at("sign", office)
    journey.work("publish")
    nowhere = settings.TEST_ENVIRONMENT["CELERY_BROKER_URL"].replace("valkey.sock", "nowhere.sock")
    assert nowhere != settings.CELERY_BROKER_URL
    result = in_another_process(AWAY, journey, CELERY_BROKER_URL=nowhere)
    assert result.returncode == 0, result.stderr
    assert float(result.stdout.split()[-1]) < 5
    assert (journey.state, len(journey.waiting("background"))) == ("decided", 1)
    app.send_task("workflows.drain_outbox")
    wait_until(lambda: journey.state == "closed", "the broker is back", explain=worker.last_lines)


def test_b2_the_worker_is_woken_by_the_commit(worker: Worker, office: Office) -> None:
    """B2: with everything up nobody waits for beat."""
    journey = Journey.at("sign", office)
    journey.sign()
    wait_until(lambda: journey.state == "closed", "the worker is woken", explain=worker.last_lines)


def test_b3_a_rolled_back_act_leaves_no_work(office: Office) -> None:
    """B3: no row, no message, no paper after a rollback."""
    journey = Journey.at("sign", office)
    before = Outbox.objects.count()
    with transaction.atomic():
        journey.sign()
        transaction.set_rollback(True)
    assert Outbox.objects.count() == before
    assert (journey.state, journey.open_steps) == ("in_hand", {"sign"})


def test_b3_work_that_finds_no_row_fails_loudly(office: Office) -> None:
    """B3: not silently done: tried again, then parked and named."""
    later("render", document=GHOST)
    assert outbox.drain() == 0
    row = Outbox.objects.get(key="poison")
    assert (row.done_at, row.error, row.attempts) == (None, "DoesNotExist", 1)


def test_b4_two_beats_at_once(office: Office, clock: Clock) -> None:
    """B4: two schedulers fire the same slot: one anchor a day, one lapse a task."""
    journey = signed(office, monitoring="没有监控")
    journey.work("background")
    clock.advance(days=60)
    lapses = at_once(sweep, sweep)
    assert sum(lapses) == 1
    assert journey.acts().count("lapsed") == 1
    anchors = at_once(make_anchor, make_anchor, make_anchor)
    assert {each.digest for each in anchors} == {Anchor.objects.get().digest}


def later(topic: str, key: str = "poison", **payload: str) -> Outbox:
    """A row as a step writes it, due since long ago."""
    at = now() - timedelta(hours=1)
    return Outbox.objects.create(key=key, topic=topic, payload=payload, created_at=at, due_at=at)


def test_b5_poison_is_parked_after_five_tries_and_others_go_on(office: Office, clock: Clock) -> None:
    """B5: the broken row is first in line; those behind it are done; after five tries it is parked and named."""
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    later("render", document=GHOST)
    assert outbox.drain(limit=2) == 1, "the poison failed, the notice behind it is made"
    assert journey.papers("correction_notice")[0].rendering == "ready"
    for tries in range(2, 6):
        assert outbox.drain(key="poison") == 0, "not before its time"
        assert Outbox.objects.get(key="poison").attempts == tries - 1
        clock.advance(hours=1)
        outbox.drain(key="poison")
    row = Outbox.objects.get(key="poison")
    assert row.attempts == 5
    assert row.parked_at is not None
    assert outbox.drain(key="poison") == 0
    assert ["poison" in trouble.why and "已停放" in trouble.why for trouble in alarms() if "poison" in trouble.why] == [True]
    assert outbox.release_parked() == 1
    outbox.drain(key="poison")
    assert Outbox.objects.get(key="poison").attempts == 1


def test_b5_a_row_that_kills_its_workers_is_parked(office: Office) -> None:
    """B5: nobody was left to count the failures: the sixth worker parks it instead of dying too."""
    row = later("render", document=GHOST)
    Outbox.objects.filter(pk=row.pk).update(attempts=5, leased_until=now() - timedelta(minutes=1))
    assert outbox.drain() == 0
    row.refresh_from_db()
    assert (row.error, row.attempts) == ("WorkerLost", 5)
    assert row.parked_at is not None


def test_b5_oldest_due_first(office: Office) -> None:
    """B5: a backlog is worked in the order in which it fell due."""
    young, old = signed(office), signed(office)
    row = Outbox.objects.get(case=old.case_id, topic="background")
    Outbox.objects.filter(pk=row.pk).update(due_at=now() - timedelta(days=1))
    assert outbox.drain(limit=1) == 1
    assert (old.state, young.state) == ("closed", "decided")


def test_b5_a_failing_case_does_not_stop_the_sweep(office: Office, clock: Clock) -> None:
    """B5/T6: one case breaks while it lapses (another procedure's code in its row); the sweep goes on to the next."""
    broken, sound = (signed(office, monitoring="没有监控") for _ in range(2))
    for journey in (broken, sound):
        journey.work("background")
    Case.objects.filter(pk=broken.case_id).update(procedure="gone.v1")
    clock.advance(days=60)
    assert sweep() == 1
    assert sound.open_steps == {"hand_over"}
    assert [(trouble.case_id, "不存在" in trouble.why) for trouble in stuck_cases()] == [(broken.case_id, True)]


SECRET = "230521199001010010 郑申请"


@pytest.fixture
def telltale() -> Iterator[None]:
    """Work whose error names a person, as a database does when it prints the row that failed."""

    @outbox.handles("telltale")
    def fail(payload: dict[str, Any]) -> None:
        raise ValueError(f"Failing row contains ({SECRET})")

    yield
    del outbox._handlers["telltale"]


@pytest.mark.usefixtures("telltale")
def test_d3_an_error_that_names_a_person(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """D3: neither the outbox nor the log repeats the message of an error; its kind and its place are enough."""
    caplog.set_level(logging.DEBUG)
    later("telltale")
    assert outbox.drain() == 0
    assert Outbox.objects.get(key="poison").error == "ValueError"
    logged = [record.getMessage() + str(record.exc_text or "") for record in caplog.records]
    assert any("poison failed" in text and "test_background.py" in text for text in logged)
    assert not any(SECRET in text or "郑申请" in text for text in logged)


def test_d3_tasks_hold_no_personal_data(office: Office) -> None:
    """D3: a background step fails (no issuer code): viewflow's task keeps neither the exception nor the locals of a frame."""
    journey = Journey.at("verify", office)
    office.bureau.number_formats.filter(kind="nonconformity_notice").delete()
    journey.verify(monitoring="没有监控")
    journey.sign()
    assert journey.try_once("background") == 0
    assert (journey.state, journey.errors()) == ("decided", ["FormatMissingError"])
    tasks = list(journey.case.process.task_set.all())
    assert {key for task in tasks for key in task.data} == {"outcome"}
    assert journey.case.process.data == {}
    payloads = Outbox.objects.filter(case=journey.case_id).values_list("payload", flat=True)
    assert {key for payload in payloads for key in payload} <= {"task", "document", "case"}
