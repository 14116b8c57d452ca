"""Bureaus (部门) and the dated table of who decides what, where (practice.md P4)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import F, Func, Value


class BureauKind(models.Model):
    """What a bureau does, e.g. ``health`` 卫生健康. One bureau per kind and division."""

    code = models.SlugField(unique=True)
    name = models.CharField("名称", max_length=40)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Bureau(models.Model):
    """An authority: a kind of bureau in a division. ``name_printed`` is its name in the 2022 plan where that differs."""

    kind = models.ForeignKey(BureauKind, models.PROTECT, related_name="bureaus")
    division = models.ForeignKey("registry.Division", models.PROTECT, related_name="bureaus")
    name = models.CharField("名称", max_length=80, unique=True)
    name_printed = models.CharField("方案原文名称", max_length=80, blank=True)
    section = models.CharField("承办股室", max_length=40, blank=True)
    phone = models.CharField("咨询电话", max_length=40, blank=True)
    address = models.CharField("办公地址", max_length=120, blank=True)

    class Meta:
        ordering = ["division__code", "kind__code"]
        constraints = [models.UniqueConstraint(fields=["kind", "division"], name="one_bureau_per_kind_and_division")]

    def __str__(self) -> str:
        return self.name


class Act(models.Model):
    """A legal act that some authority performs, e.g. ``childcare.filing`` 托育机构备案."""

    class Mode(models.TextChoices):
        OWN = "own", "本系统主办"
        LINKED = "linked", "协同回填"

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField("名称", max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SingletonRange(Func):
    """``int8range(x, x, '[]')``: lets an exclusion constraint compare integers for equality without an extension."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, column: str) -> None:
        super().__init__(F(column), F(column), Value("[]"))


def any_size() -> NumericRange:
    """The size range of an authority that does not depend on the floor area."""
    return NumericRange(0, None, "[)")


class Authority(models.Model):
    """Act × division × size → bureau, from a day to a day, with its clause. ``size`` is the floor area in ㎡."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="authorities")
    division = models.ForeignKey("registry.Division", models.PROTECT, related_name="+")
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="authorities")
    size = IntegerRangeField("面积范围（㎡）", default=any_size)
    valid = DateRangeField("生效期间")
    mode = models.CharField("办理方式", max_length=10, choices=Act.Mode.choices, default=Act.Mode.OWN)
    clause = models.CharField("依据", max_length=120)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["act__code", "division__code"]
        constraints = [
            ExclusionConstraint(
                name="one_authority_at_a_time",
                index_type="GIST",
                expressions=[
                    (SingletonRange("act_id"), RangeOperators.OVERLAPS),
                    (SingletonRange("division_id"), RangeOperators.OVERLAPS),
                    ("size", RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act}·{self.division}→{self.bureau}"


class PromisedTime(models.Model):
    """A promised time (承诺时限, P12) beside a legal one, in the unit of the duty. ``bureau`` null: the whole city."""

    duty = models.CharField(max_length=80, help_text="事项编码:期限编码")
    bureau = models.ForeignKey(Bureau, models.PROTECT, null=True, blank=True, related_name="promises")
    days = models.PositiveSmallIntegerField("天数")
    source = models.CharField("来源", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "bureau"], name="one_promise_per_bureau"),
            models.UniqueConstraint(fields=["duty"], condition=models.Q(bureau__isnull=True), name="one_promise_for_the_city"),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.days}"
