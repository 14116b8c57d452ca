"""Administrative divisions (行政区划) by GB/T 2260."""

from django.db import models


class Division(models.Model):
    """A city, district or county. ``code`` is the six-digit GB/T 2260 code, e.g. 230521 集贤县."""

    class Level(models.TextChoices):
        CITY = "city", "市"
        DISTRICT = "district", "区"
        COUNTY = "county", "县"

    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    abbreviation = models.CharField("简称", max_length=4, unique=True, help_text="用于发文机关代字，例：集")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^[1-9]\d{5}$"), name="division_code_six_digits"),
        ]

    def __str__(self) -> str:
        return self.name
