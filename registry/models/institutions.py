"""Institutions (机构), their sites (场所), and the filings (备案) of those sites."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, transition

from .applicants import validate_uscc
from .records import LegalRecord


class Institution(models.Model):
    """A legal person that runs one or more sites. On record from submission, not from a draft."""

    class Nature(models.TextChoices):
        FOR_PROFIT = "for_profit", "营利性"
        NON_PROFIT = "non_profit", "非营利性（社会服务机构）"
        PUBLIC = "public_institution", "事业单位"

    name = models.CharField("机构名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True, validators=[validate_uscc])
    nature = models.CharField("机构性质", max_length=20, choices=Nature.choices)
    registered_by = models.CharField("登记机关", max_length=120, blank=True)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where an institution serves children. Each site has a filing of its own (regulation A3.7)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="sites")
    division = models.ForeignKey("registry.Division", models.PROTECT, related_name="sites")
    address = models.CharField("地址", max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "address"], name="one_site_per_address")]

    def __str__(self) -> str:
        return f"{self.institution}（{self.address}）"


def is_in_force(record: models.Model) -> bool:
    """Only a filing in force is verified: before its receipt it is no filing, after its end there is nothing to find."""
    return isinstance(record, Filing) and record.status == Filing.Status.IN_FORCE


class Filing(LegalRecord):
    """A childcare filing (托育机构备案) of one site.

    ``status`` says where it stands in law: it is in force at its receipt (practice.md P7). ``verification`` is what the
    bureau found out on the spot afterwards. ``case_number`` names the file (办件) it came from.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "已提交"
        IN_FORCE = "in_force", "已备案"
        WITHDRAWN = "withdrawn", "已撤回"
        SUPERSEDED = "superseded", "已变更"
        CANCELLED = "cancelled", "已注销"

    class Verification(models.TextChoices):
        PENDING = "pending", "核实中"
        CONFORMING = "conforming", "符合"
        NONCONFORMING = "nonconforming", "不符合"
        HANDED_OVER = "handed_over", "已移送卫生监督"

    site = models.ForeignKey(Site, models.PROTECT, related_name="filings")
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="filings")
    case_number = models.CharField("办件编号", max_length=40, unique=True)
    number = models.CharField("备案编号", max_length=60, unique=True, null=True, blank=True)
    status = FSMField("备案状态", default=Status.SUBMITTED, choices=Status.choices, protected=True)
    verification = FSMField("核实结果", default=Verification.PENDING, choices=Verification.choices, protected=True)
    name = models.CharField("备案时的机构名称", max_length=120)
    services = ArrayField(models.CharField(max_length=20), verbose_name="服务", default=list)
    places = models.PositiveIntegerField("托位", default=0)
    classes = models.JSONField("班级", default=list)
    conditions = models.JSONField("备案时核对的条件", default=list)
    phone = models.CharField("公开电话", max_length=40, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    filed_on = models.DateField("备案日期", null=True, blank=True)
    verified_on = models.DateField("核实日期", null=True, blank=True)
    published_at = models.DateTimeField("公开时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        indexes = [
            models.Index(fields=["-filed_on", "-id"], name="register_order", condition=models.Q(status="in_force")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="in_force") | models.Q(number__isnull=False, filed_on__isnull=False),
                name="a_filing_in_force_has_number_and_date",
            ),
            models.CheckConstraint(
                condition=models.Q(verification="pending") | models.Q(filed_on__isnull=False),
                name="only_a_filed_site_is_verified",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["submitted", "in_force", "withdrawn", "superseded", "cancelled"]),
                name="filing_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(verification__in=["pending", "conforming", "nonconforming", "handed_over"]),
                name="filing_verification_known",
            ),
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(status="in_force"), name="one_filing_in_force_per_site"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.case_number

    @transition(status, source=Status.SUBMITTED, target=Status.IN_FORCE)
    def take_effect(self, *, number: str, on: date) -> None:
        """The receipt is the filing: from it the site stands in the list as 已备案（核实中）."""
        self.number, self.filed_on = number, on

    @transition(status, source=Status.SUBMITTED, target=Status.WITHDRAWN)
    def withdraw(self) -> None:
        """The applicant took the request back before its receipt."""

    @transition(status, source=Status.IN_FORCE, target=Status.SUPERSEDED)
    def supersede(self) -> None:
        """A later filing of the same site (change) took its place."""

    @transition(status, source=Status.IN_FORCE, target=Status.CANCELLED)
    def cancel(self) -> None:
        """The institution stopped its service at this site."""

    @transition(
        verification,
        source=[Verification.PENDING, Verification.NONCONFORMING],
        target=Verification.CONFORMING,
        conditions=[is_in_force],
    )
    def find_conforming(self, *, on: date) -> None:
        """Verified by two officers and signed by another: the site meets the standard."""
        self.verified_on = on

    @transition(
        verification,
        source=[Verification.PENDING, Verification.NONCONFORMING],
        target=Verification.NONCONFORMING,
        conditions=[is_in_force],
    )
    def find_nonconforming(self, *, on: date) -> None:
        """Verified and signed: the site does not meet the standard; reasons are told and published (§9)."""
        self.verified_on = on

    @transition(
        verification,
        source=Verification.NONCONFORMING,
        target=Verification.HANDED_OVER,
        conditions=[is_in_force],
    )
    def hand_over(self) -> None:
        """Never rectified: handed to health supervision (人口与计划生育法 §41)."""


class Disclosure(models.Model):
    """A public notice about a filing: what was found, why, when it was published, when it was resolved."""

    class Kind(models.TextChoices):
        CONFORMING = "conforming", "核实符合"
        NONCONFORMING = "nonconforming", "核实不符合"
        HANDED_OVER = "handed_over", "移送卫生监督"

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="disclosures")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reasons = models.JSONField("理由", default=list)
    published_at = models.DateTimeField("公开时间")
    resolved_at = models.DateTimeField("整改完成时间", null=True, blank=True)

    class Meta:
        ordering = ["published_at"]
        indexes = [models.Index(fields=["filing", "published_at"])]

    def __str__(self) -> str:
        return f"{self.filing}·{self.get_kind_display()}"
