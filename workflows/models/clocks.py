"""The clock ledger: what the law bounds, event by event; and its cache for sorting."""

from django.conf import settings
from django.db import models

from .cases import Case


class ClockEvent(models.Model):
    """A legal event of a duty. Append-only: remaining time is computed from these rows and the calendar, always."""

    append_only = True

    class Kind(models.TextChoices):
        START = "start", "开始"
        PAUSE = "pause", "特别程序开始"
        RESUME = "resume", "特别程序结束"
        EXTEND = "extend", "延期"
        STOP = "stop", "结束"

    case = models.ForeignKey(Case, models.PROTECT, related_name="clock_events")
    duty = models.CharField("期限", max_length=60)
    run = models.PositiveSmallIntegerField("第几次计时")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField("发生日期")
    days = models.PositiveSmallIntegerField("延长天数", default=0)
    basis = models.CharField("依据", max_length=200)
    document = models.ForeignKey("workflows.Document", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["case_id", "id"]
        indexes = [models.Index(fields=["case", "duty", "run"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "duty", "run", "kind"],
                condition=models.Q(kind__in=["start", "stop"]),
                name="a_duty_starts_and_stops_once_per_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.get_kind_display()} {self.on}"


class DutyClock(models.Model):
    """The cache of one running or ended duty, rebuilt from the ledger by ``manage.py recompute_clocks``.

    ``notified_due`` is a date that was told to somebody: it is never shortened by a later calendar.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=60)
    run = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    clause = models.CharField(max_length=120)
    started_on = models.DateField()
    due_legal = models.DateField(null=True)
    due_promised = models.DateField(null=True)
    estimated = models.BooleanField(default=False)
    notified_due = models.DateField(null=True)
    stopped_on = models.DateField(null=True)
    fulfilled = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["due_legal"], name="duty_running", condition=models.Q(stopped_on__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["case", "duty", "run"], name="one_clock_per_duty_and_run")]

    def __str__(self) -> str:
        return f"{self.case}·{self.title}"
