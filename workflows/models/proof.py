"""Proof: the audit chain, its anchors, and the log of who looked at personal data."""

from django.conf import settings
from django.db import models

from .cases import Case


class AuditEntry(models.Model):
    """What was done. Append-only, hash-chained: ``digest`` covers the row and the digest before it.

    ``chain`` is ``case:<id>`` or the name of a chain without a case (``registry``, ``access``).
    """

    append_only = True

    chain = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="audit")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acting_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    node = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "sequence"]
        indexes = [models.Index(fields=["case", "sequence"])]
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="one_entry_per_link")]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.action}"


class AuditHead(models.Model):
    """The head of a chain that belongs to no case. Locked while a link is added."""

    chain = models.CharField(max_length=40, primary_key=True)
    sequence = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence}"


class Anchor(models.Model):
    """A day's seal over all chain heads: whoever keeps the digest can prove that nothing before it was altered."""

    append_only = True

    on = models.DateField(unique=True)
    made_at = models.DateTimeField()
    chains = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    heads = models.JSONField("各链的末环")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    signature = models.TextField(blank=True)

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.digest[:12]}"


class AccessEntry(models.Model):
    """Somebody saw a page with personal data: one row per page. Kept apart from the audit, never under a case lock."""

    append_only = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"]), models.Index(fields=["person", "-at"])]

    def __str__(self) -> str:
        return f"{self.person} {self.what} {self.at:%F %T}"
