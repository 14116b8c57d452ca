"""The outbox: what happens later, written in the business transaction; Celery only executes it."""

from django.db import models
from django.db.models import Q

from .cases import Case


class Outbox(models.Model):
    """One thing to do, once per ``key``. ``leased_until`` lets a dead worker's work be taken over."""

    key = models.CharField(max_length=160, unique=True)
    topic = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="outbox_waiting", condition=Q(done_at__isnull=True, parked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.key


class SweepRun(models.Model):
    """When each periodic sweep last ran to its end: an old one raises an alarm."""

    name = models.CharField(max_length=40, primary_key=True)
    finished_at = models.DateTimeField()
    handled = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.finished_at:%F %T}"
