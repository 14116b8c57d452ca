"""Papers: what the applicant hands in, what we issue, and how it was delivered."""

import uuid

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from registry.models import LegalRecord

from .cases import Case


def attachment_path(attachment: "Attachment", _name: str) -> str:
    """Stored under a random name: nothing of the uploaded name reaches the disk."""
    return f"attachments/{attachment.id.hex[:2]}/{attachment.id.hex}"


class Attachment(models.Model):
    """A file handed in for a material slot. Never overwritten: a new one supersedes it, a decision keeps its sha256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    slot = models.CharField("材料", max_length=60)
    option = models.CharField("任一种中的哪一种", max_length=60, blank=True)
    subject = models.CharField("属于谁", max_length=80, blank=True)
    round = models.PositiveSmallIntegerField()
    name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField("字节")
    pages = models.PositiveSmallIntegerField("页数", default=1)
    sha256 = models.CharField(max_length=64)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    file = models.FileField(upload_to=attachment_path, max_length=120)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slot", "subject", "uploaded_at"]
        indexes = [models.Index(fields=["case", "slot"])]

    def __str__(self) -> str:
        return self.name


class Document(LegalRecord):
    """A paper that we issue (文书). The row commits with the decision; the worker renders it afterwards, once.

    ``statement`` is what is printed and signed; ``token`` the signed statement carried by the QR code.
    """

    class Rendering(models.TextChoices):
        PENDING = "pending", "正在生成"
        READY = "ready", "已生成"
        FAILED = "failed", "生成失败，将重试"

    class Validity(models.TextChoices):
        VALID = "valid", "有效"
        SUPERSEDED = "superseded", "已变更"
        CANCELLED = "cancelled", "已注销"
        VOID = "void", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    kind = models.CharField("文种", max_length=40)
    title = models.CharField("名称", max_length=60)
    issuer = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="documents")
    number = models.CharField("发文字号", max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    issued_on = models.DateField("成文日期")
    issued_at = models.DateTimeField()
    template = models.CharField(max_length=80)
    context = models.JSONField("印制内容")
    event = models.CharField("送达时发生的法律事件", max_length=40, blank=True)
    statement = models.JSONField("签名内容", null=True)
    token = models.TextField(blank=True)
    rendering = models.CharField(max_length=10, choices=Rendering.choices, default=Rendering.PENDING)
    rendered_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    file = models.FileField(max_length=120, blank=True)
    validity = FSMField("效力", default=Validity.VALID, choices=Validity.choices, protected=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    public = models.BooleanField("可公开核验", default=False)

    class Meta:
        ordering = ["issued_at"]
        indexes = [models.Index(fields=["case", "issued_at"])]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "year", "sequence"], name="one_paper_per_number"),
            models.CheckConstraint(
                condition=~models.Q(rendering="ready")
                | (~models.Q(sha256="") & ~models.Q(file="") & models.Q(rendered_at__isnull=False)),
                name="a_ready_paper_has_file_and_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @transition(validity, source=Validity.VALID, target=Validity.SUPERSEDED)
    def supersede(self) -> None:
        """A newer paper took its place."""

    @transition(validity, source=Validity.VALID, target=Validity.CANCELLED)
    def cancel(self) -> None:
        """What it attests has ended."""

    @transition(validity, source=Validity.VALID, target=Validity.VOID)
    def void(self) -> None:
        """The issuer withdrew it; its number stays taken."""


class Delivery(models.Model):
    """How and when a paper reached its addressee (送达, regulation G.5)."""

    append_only = True

    class Method(models.TextChoices):
        ELECTRONIC = "electronic", "电子送达"
        DIRECT = "direct", "直接送达"
        POST = "post", "邮寄送达"

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    method = models.CharField(max_length=12, choices=Method.choices)
    delivered_at = models.DateTimeField()
    evidence = models.CharField("凭证", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.document} {self.get_method_display()}"
