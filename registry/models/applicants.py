"""Applicants (申请人): the unit that files, and the people who act for it."""

from django.core.exceptions import ValidationError
from django.db import models
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError as NumberError


def validate_uscc(value: str) -> None:
    """统一社会信用代码: 18 characters with the check character of GB 32100-2015. Raises ValidationError in Chinese."""
    try:
        uscc_number.validate(value)
    except NumberError as error:
        if len(value) != 18:
            raise ValidationError(f"统一社会信用代码应为18位，现在是{len(value)}位，请对照营业执照核对") from error
        raise ValidationError("统一社会信用代码有误（校验位不符），请对照营业执照逐位核对") from error


class Applicant(models.Model):
    """The unit that applies. Not unique by code: knowing a code gives no right over what others filed under it."""

    name = models.CharField("名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, validators=[validate_uscc])
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["uscc"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uscc="") | models.Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="applicant_uscc_shape",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A person who acts for an applicant, from a day to a day (both included)."""

    person = models.ForeignKey("registry.Person", models.CASCADE, related_name="agencies")
    applicant = models.ForeignKey(Applicant, models.CASCADE, related_name="agents")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "applicant"], name="one_agency_per_applicant"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="agency_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}→{self.applicant}"
