"""Cases (办件), their rounds (轮次), and the definition each is pinned to."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition
from guardian.models import UserObjectPermissionBase

from registry.models import Bureau, Division, LegalRecord


class Definition(models.Model):
    """A procedure as it stood: graph, checklist, duties, templates, clause versions. Keyed by hash, never changed."""

    append_only = True

    procedure = models.CharField("事项编码", max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.procedure}@{self.digest[:12]}"


class Case(LegalRecord):
    """One application. Where it stands in general; the legal record in the registry says where it stands in law.

    ``facts`` is the answer last submitted, ``draft`` the one being written (null when none). ``process`` is viewflow's.
    The audit chain's head lives here because this row is locked by every step anyway.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿，尚未提交"
        SUBMITTED = "submitted", "已提交，等待核对材料"
        CORRECTING = "correcting", "需要补正"
        RECEIVED = "received", "已收件"
        IN_HAND = "in_hand", "办理中"
        DECIDED = "decided", "已有结果"
        CLOSED = "closed", "已办结"
        WITHDRAWN = "withdrawn", "已撤回"

    class Mode(models.TextChoices):
        OWN = "own", "本系统主办"
        LINKED = "linked", "协同回填"

    class Channel(models.TextChoices):
        ONLINE = "online", "网上申请"
        COUNTER = "counter", "窗口代录"

    number = models.CharField("办件编号", max_length=40, unique=True, null=True, blank=True)
    procedure = models.CharField("事项编码", max_length=80)
    definition = models.ForeignKey(Definition, models.PROTECT, null=True, related_name="cases")
    process = models.OneToOneField("viewflow.Process", models.PROTECT, null=True, related_name="case")
    state = FSMField("状态", default=State.DRAFT, choices=State.choices, protected=True)
    mode = models.CharField("办理方式", max_length=10, choices=Mode.choices, default=Mode.OWN)
    channel = models.CharField("申请方式", max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    applicant = models.ForeignKey("registry.Applicant", models.PROTECT, null=True, related_name="cases")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, null=True, related_name="cases")
    division = models.ForeignKey("registry.Division", models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey("registry.Site", models.PROTECT, null=True, related_name="+")
    title = models.CharField("机构或项目", max_length=160, blank=True)
    facts = models.JSONField("已提交的内容", null=True)
    draft = models.JSONField("正在填写的内容", null=True)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    version = models.PositiveIntegerField(default=0)
    outcome = models.CharField("办结类型", max_length=40, blank=True)
    created_at = models.DateTimeField("开始填写")
    updated_at = models.DateTimeField("最近变动")
    submitted_at = models.DateTimeField("提交时间", null=True)
    received_on = models.DateField("收件日期（材料到齐）", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    audit_sequence = models.PositiveIntegerField(default=0)
    audit_head = models.CharField(max_length=64, blank=True)

    class Meta:
        permissions = [("edit_case", "可以共同填写"), ("see_case", "可以查看")]
        indexes = [
            models.Index(fields=["created_by", "-updated_at"]),
            models.Index(fields=["bureau", "-submitted_at", "-id"], name="case_by_bureau"),
            models.Index(fields=["applicant", "-updated_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(number__isnull=False, bureau__isnull=False, submitted_at__isnull=False, facts__isnull=False),
                name="a_submitted_case_is_complete",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False), name="a_closed_case_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"草稿{self.pk}"

    @property
    def authority_id(self) -> int:
        """Its key, without reading it."""
        if self.bureau_id is None:
            raise LookupError(f"{self}还没有提交，没有主办部门")
        return self.bureau_id

    @property
    def authority(self) -> Bureau:
        """The bureau in charge. A draft has none yet: ``LookupError``."""
        if self.bureau is None:
            raise LookupError(f"{self}还没有提交，没有主办部门")
        return self.bureau

    @property
    def place(self) -> Division:
        """The district or county of the site. A draft has none yet: ``LookupError``."""
        if self.division is None:
            raise LookupError(f"{self}还没有提交，没有所在县（区）")
        return self.division

    @transition(state, source=[State.DRAFT, State.CORRECTING], target=State.SUBMITTED)
    def submit(self) -> None:
        """The applicant handed in, the first time or again after a correction notice."""

    @transition(state, source=State.SUBMITTED, target=State.CORRECTING)
    def ask_correction(self) -> None:
        """Everything that is missing was told, once."""

    @transition(state, source=State.SUBMITTED, target=State.RECEIVED)
    def receive(self, *, on: date) -> None:
        """The papers are complete; ``on`` is the day on which the last needed one arrived."""
        self.received_on = on

    @transition(state, source=[State.RECEIVED, State.DECIDED], target=State.IN_HAND)
    def take_in_hand(self) -> None:
        """Work on the substance began, or began again after a rectification."""

    @transition(state, source=State.IN_HAND, target=State.DECIDED)
    def decide(self) -> None:
        """A decision was signed."""

    @transition(state, source=[State.DECIDED, State.IN_HAND], target=State.CLOSED)
    def close(self, *, at: datetime, outcome: str) -> None:
        """Nothing is left to do for anybody."""
        self.closed_at, self.outcome = at, outcome

    @transition(state, source=[State.SUBMITTED, State.CORRECTING, State.RECEIVED], target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """The applicant took the request back; papers stay."""
        self.closed_at, self.outcome = at, "撤回"


class Round(models.Model):
    """A round of a case. A return or a correction opens the next and cancels the open tasks of the one before.

    ``asked`` is what the notice asked for, ``facts`` and ``materials`` what was answered: the case's own snapshot.
    """

    class Reason(models.TextChoices):
        SUBMISSION = "submission", "首次提交"
        CORRECTION = "correction", "补正"
        RECTIFICATION = "rectification", "整改"
        RETURN = "return", "退回"

    case = models.ForeignKey(Case, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked = models.JSONField("告知的内容", default=list)
    facts = models.JSONField("提交的内容", null=True)
    materials = models.JSONField("提交的材料", default=list)
    answers = models.JSONField("逐项说明", default=dict)
    answered_at = models.DateTimeField("提交时间", null=True)

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_round_per_number")]

    def __str__(self) -> str:
        return f"{self.case} 第{self.number}轮"


class CaseGrant(UserObjectPermissionBase):
    """A one-off grant on one case (django-guardian, direct foreign key), with an end date (null = open)."""

    content_object = models.ForeignKey(Case, models.CASCADE, related_name="grants")
    valid_to = models.DateField("止", null=True, blank=True)
