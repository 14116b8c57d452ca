"""Work on a case: routed tasks, judgments, opinions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .cases import Case


class TaskRoute(models.Model):
    """One human task as the lists show it: whose it is, by when. Kept by the door, one row per viewflow task.

    ``party`` says who must act. ``bureau`` is the acting bureau; for an applicant's task the one that waits.
    ``split`` and ``seat`` place it in a parallel consultation (docs/adr/0002); both are null for a sequential step.
    ``due`` is the date lists sort by (the earlier of promised and legal; 9999-12-31 where the law sets none).
    """

    class Party(models.TextChoices):
        BUREAU = "bureau", "部门"
        APPLICANT = "applicant", "申请人"

    class Closing(models.TextChoices):
        DONE = "done", "已办"
        SUPERSEDED = "superseded", "本轮已结束"
        WITHDRAWN = "withdrawn", "申请人撤回"
        LAPSED = "lapsed", "到期未办"
        DECIDED_ELSEWHERE = "decided_elsewhere", "他人已决定"
        DROPPED = "dropped", "不再需要"
        TAKEN_BACK = "taken_back", "意见已收回"
        MOVED = "moved", "已转其他部门"

    task = models.OneToOneField("viewflow.Task", models.PROTECT, primary_key=True, related_name="route")
    case = models.ForeignKey(Case, models.PROTECT, related_name="routes")
    round = models.PositiveSmallIntegerField()
    node = models.CharField(max_length=60)
    title = models.CharField("环节", max_length=60)
    party = models.CharField(max_length=10, choices=Party.choices)
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="routes")
    role = models.CharField(max_length=12, blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="routes")
    claimed_at = models.DateTimeField(null=True)
    duty = models.CharField("所系期限", max_length=60, blank=True)
    due = models.DateField()
    due_legal = models.DateField(null=True)
    due_promised = models.DateField(null=True)
    due_estimated = models.BooleanField(default=False)
    mark = models.CharField("标记", max_length=20, blank=True)
    split = models.ForeignKey("viewflow.Task", models.PROTECT, null=True, related_name="+")
    seat = models.PositiveSmallIntegerField("席位", null=True)
    votes = models.BooleanField("计入表决", default=True)
    open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=20, choices=Closing.choices, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["bureau", "role", "due", "task"], name="route_inbox", condition=Q(open=True)),
            models.Index(fields=["assignee", "due", "task"], name="route_mine", condition=Q(open=True)),
            models.Index(fields=["closed_by", "-closed_at", "-task"], name="route_done", condition=Q(open=False)),
            models.Index(fields=["due"], name="route_due", condition=Q(open=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(open=True, closed_at__isnull=True, closing="")
                | Q(open=False, closed_at__isnull=False) & ~Q(closing=""),
                name="a_closed_route_says_how",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True) | Q(claimed_at__isnull=False), name="a_claimed_route_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(split__isnull=True, seat__isnull=True) | Q(split__isnull=False, seat__isnull=False),
                name="split_and_seat_go_together",
            ),
            models.UniqueConstraint(fields=["split", "seat"], condition=Q(open=True), name="one_open_task_per_seat"),
            models.UniqueConstraint(
                fields=["split", "bureau", "role"], condition=Q(open=True), name="one_open_seat_per_bureau_and_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}·{self.title}"


class Finding(models.Model):
    """One line of a checklist as an officer judged it. Stored while he works: nothing typed is lost."""

    class Verdict(models.TextChoices):
        MET = "met", "符合"
        UNMET = "unmet", "不符合"
        NOT_APPLICABLE = "not_applicable", "不适用"

    case = models.ForeignKey(Case, models.PROTECT, related_name="findings")
    route = models.ForeignKey(TaskRoute, models.PROTECT, related_name="findings")
    round = models.PositiveSmallIntegerField()
    key = models.CharField("核对项", max_length=120)
    title = models.CharField(max_length=200)
    clause = models.CharField("依据", max_length=120)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reason = models.TextField("原因", blank=True)
    measured = models.CharField("系统测算", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["route_id", "id"]
        indexes = [models.Index(fields=["case", "round"])]
        constraints = [models.UniqueConstraint(fields=["route", "key"], name="one_finding_per_line_and_task")]

    def __str__(self) -> str:
        return f"{self.title}：{self.get_verdict_display()}"


class Opinion(models.Model):
    """What somebody decided at a step, readable for ever. A later round marks it superseded, never deletes it.

    ``acting_for`` is the principal when a substitute signed. ``people`` names who was on the spot (two or more).
    """

    class Standing(models.TextChoices):
        GIVEN = "given", "有效"
        SUPERSEDED = "superseded", "已被后一轮取代"
        TAKEN_BACK = "taken_back", "已收回"

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    route = models.ForeignKey(TaskRoute, models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    node = models.CharField(max_length=60)
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="+")
    outcome = models.CharField("结论", max_length=40)
    text = models.TextField("意见", blank=True)
    visible_to_applicant = models.BooleanField(default=False)
    people = models.JSONField("参加人", default=list)
    visited_on = models.DateField("现场日期", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    standing = models.CharField(max_length=12, choices=Standing.choices, default=Standing.GIVEN)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "node"])]
        constraints = [
            models.UniqueConstraint(fields=["route"], name="one_opinion_per_task"),
        ]

    def __str__(self) -> str:
        return f"{self.case}·{self.outcome}"
