"""The law as rows: instruments (文件) and their clauses (条款), in our own short words, with how well each was checked."""

from django.db import models


class Instrument(models.Model):
    """A law, rule, standard or plan. ``number`` is how code cites it, e.g. 国卫办人口发〔2019〕25号."""

    number = models.CharField("文号或简称", max_length=60, unique=True)
    title = models.CharField("名称", max_length=120)
    short_title = models.CharField("简称", max_length=60)
    issuer = models.CharField("制定机关", max_length=120, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.title


class Clause(models.Model):
    """One clause in one version. Append-only.

    A new wording of the law is a new row with a later ``in_force_from``; a better reading or checking of the same wording
    is a new row with a higher ``version``. The latest of both that is in force on a day counts on that day.
    """

    append_only = True

    class Verified(models.TextChoices):
        PRIMARY = "primary", "已核原文"
        SECONDARY = "secondary", "转引，待核原文"
        NO = "no", "待核实"

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="clauses")
    article = models.CharField("条款", max_length=40, help_text="例：§8(二)")
    paraphrase = models.CharField("要点（本系统概括）", max_length=400)
    verified = models.CharField("核对情况", max_length=10, choices=Verified.choices)
    source = models.CharField("来源", max_length=200)
    fact = models.CharField("事实编号", max_length=20, blank=True)
    version = models.PositiveSmallIntegerField("本系统版次", default=1)
    in_force_from = models.DateField("施行日期")
    in_force_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        ordering = ["instrument__number", "article", "in_force_from", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "article", "in_force_from", "version"], name="one_wording_per_clause_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument.number} {self.article}"
