"""Numbers of papers and files (发文字号、办件编号): numeric counters without gaps, formats per bureau (regulation G.8)."""

from django.db import models


class NumberFormat(models.Model):
    """A bureau's issuer code (发文机关代字) for a kind of paper, e.g. 集卫托备 → 集卫托备〔2026〕1号."""

    bureau = models.ForeignKey("registry.Bureau", models.PROTECT, related_name="number_formats")
    kind = models.CharField("文种", max_length=40)
    title = models.CharField("文种名称", max_length=40, default="")
    prefix = models.CharField("发文机关代字", max_length=20)
    confirmed = models.BooleanField("已由该局确认", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "kind"], name="one_format_per_bureau_and_kind"),
            models.UniqueConstraint(fields=["prefix"], name="one_bureau_per_prefix"),
        ]

    def __str__(self) -> str:
        return self.prefix


class NumberCounter(models.Model):
    """The last number taken in a series and year. The row stays locked from taking until commit, so no gap arises."""

    series = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_series_and_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"
