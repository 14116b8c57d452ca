"""The city's own working-day table (工作日历). It wins over every other source."""

from django.db import models


class CalendarDay(models.Model):
    """One day that differs from what the weekday says, or confirms it, by a yearly notice."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("是否工作日")
    source = models.CharField("来源", max_length=120)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"
