"""People, and the memberships that decide what they may do (部门、岗位、起止、授权代签)."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """The posts of a bureau. An applicant has none."""

    CLERK = "clerk", "经办人"
    VERIFIER = "verifier", "核实人"
    HEAD = "head", "签发人"
    SUPERVISOR = "supervisor", "市级监督"
    REGISTRAR = "registrar", "名录管理员"
    AUDITOR = "auditor", "审计员"


class Person(AbstractUser):
    """Somebody who signs in: an applicant or an official. ``name`` is the full Chinese name as on the identity card."""

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机号", max_length=20, blank=True)
    must_change_password = models.BooleanField("首次登录须改密码", default=False)

    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)


class Membership(models.Model):
    """Who holds which post in which bureau, from a day to a day (both included; ``valid_to`` null = open).

    ``acting_for`` makes it a substitution (授权代签): the holder acts for that person, and papers name both.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="memberships")
    role = models.CharField("岗位", max_length=12, choices=Role.choices)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    acting_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["bureau_id", "role", "person_id"]
        indexes = [models.Index(fields=["bureau", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(acting_for__isnull=True) | ~models.Q(acting_for=models.F("person")),
                name="nobody_acts_for_himself",
            ),
            models.CheckConstraint(
                condition=models.Q(acting_for__isnull=True) | models.Q(valid_to__isnull=False),
                name="a_substitution_has_an_end",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
            models.UniqueConstraint(
                fields=["person", "bureau", "role", "valid_from"],
                condition=models.Q(acting_for__isnull=True),
                name="one_membership_per_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}·{self.bureau}·{self.get_role_display()}"
