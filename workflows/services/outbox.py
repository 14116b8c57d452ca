"""Work the outbox: lease what is due, do it, mark it done; once per key, whoever dies in between.

A row is leased in a short transaction (``SKIP LOCKED``), done outside of it, and marked in another. A worker that dies
leaves the lease to run out; the next sweep takes the row over. Handlers are idempotent.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from traceback import format_tb
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from registry.clock import now
from workflows.models import Outbox

LEASE = timedelta(minutes=5)
ATTEMPTS = 5
"""A row that fails this often is parked: it no longer holds others up, and an alarm names it."""

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_wakers: list[Callable[[], None]] = []
_logger = logging.getLogger(__name__)


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the handler of a topic."""

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def wakes(waker: Callable[[], None]) -> Callable[[], None]:
    """Register how a worker is woken after a commit. A wake-up may get lost: the sweep comes anyway."""
    _wakers.append(waker)
    return waker


def wake_after_commit() -> None:
    """Have a worker look at the outbox once the present transaction is committed."""
    for waker in _wakers:
        transaction.on_commit(waker, robust=True)


def send_later(topic: str, *, key: str, **payload: Any) -> None:
    """Have something done after the present transaction that belongs to no case, once per ``key``."""
    at = now()
    Outbox.objects.bulk_create([Outbox(key=key, topic=topic, payload=payload, created_at=at, due_at=at)], ignore_conflicts=True)
    wake_after_commit()


def drain(*, limit: int = 50, key: str | None = None) -> int:
    """Do up to ``limit`` rows that are due, the oldest first; only ``key`` if given. Returns how many were done."""
    done = 0
    for _ in range(limit):
        row = _lease(key)
        if row is None:
            break
        done += row.parked_at is None and _run(row)
    return done


def _lease(key: str | None) -> Outbox | None:
    at = now()
    with transaction.atomic():
        waiting = Outbox.objects.filter(
            Q(leased_until=None) | Q(leased_until__lt=at), done_at=None, parked_at=None, due_at__lte=at
        )
        if key is not None:
            waiting = waiting.filter(key=key)
        row = waiting.order_by("due_at", "id").select_for_update(skip_locked=True).first()
        if row is None:
            return None
        if row.attempts >= ATTEMPTS:
            # Its workers died over it, each time: nobody was left to park it.
            row.leased_until, row.parked_at, row.error = None, at, "WorkerLost"
            row.save(update_fields=["leased_until", "parked_at", "error"])
            return row
        row.leased_until, row.attempts = at + LEASE, row.attempts + 1
        row.save(update_fields=["leased_until", "attempts"])
    return row


def _run(row: Outbox) -> bool:
    try:
        _handlers[row.topic](row.payload)
    except Exception as error:  # one poisoned row must not hold up the others; it is logged and parked
        # The message of an error may name a person (a failing row prints its values): its kind and place are enough.
        place = "".join(format_tb(error.__traceback__))
        _logger.error("outbox %s failed (attempt %s): %s\n%s", row.key, row.attempts, type(error).__name__, place)
        _postpone(row, error)
        return False
    Outbox.objects.filter(pk=row.pk).update(done_at=now(), leased_until=None, error="")
    return True


def _postpone(row: Outbox, error: Exception) -> None:
    """Try again later, ever later; park it after the last attempt. Only the error's kind is kept, no personal data."""
    at = now()
    parked = at if row.attempts >= ATTEMPTS else None
    Outbox.objects.filter(pk=row.pk, done_at=None).update(
        leased_until=None, parked_at=parked, due_at=at + timedelta(seconds=5 * 4**row.attempts),
        error=type(error).__name__,
    )  # fmt: skip


def release_parked() -> int:
    """Try parked rows again, after their cause was mended. Returns how many."""
    return Outbox.objects.exclude(parked_at=None).update(parked_at=None, attempts=0, due_at=now(), error=F("error"))
