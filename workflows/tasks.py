"""Celery's doors. They carry no arguments that matter: what is to be done stands in the database."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from workflows.services import background, outbox
from workflows.services.anchors import make_anchor
from workflows.services.lapses import sweep

__all__ = ["background", "drain_outbox", "make_daily_anchor", "sweep_due"]

_logger = logging.getLogger(__name__)


@shared_task(name="workflows.drain_outbox")
def drain_outbox() -> int:
    """Do what is due. Run by beat every few seconds, and nudged after a commit."""
    return outbox.drain()


@shared_task(name="workflows.sweep_due")
def sweep_due() -> int:
    """Fire what fell due."""
    return sweep()


@shared_task(name="workflows.make_daily_anchor")
def make_daily_anchor() -> str:
    """Seal the audit chains as they stood at the end of yesterday."""
    return make_anchor().digest


@outbox.wakes
def wake_worker() -> None:
    """Tell a worker that there is something to do. With the broker away the row waits for beat's next look."""
    try:
        drain_outbox.apply_async(retry=False)
    except OperationalError:
        _logger.warning("消息队列暂时连不上，待办工作已存入发件箱，恢复后自动处理")
