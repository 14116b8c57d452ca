"""``manage.py verify_audit [--case 办件编号]``: recompute the audit chains; each broken row is named; exit code 1 if any."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.models import Case
from workflows.services.audit_check import CASE, Report, check_all, check_case


class Command(BaseCommand):
    help = "校验审计链：逐条重算摘要，与链首和每日锚定对照，指出被改动、删除、插入或调换的记录。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", metavar="办件编号", help="只校验这一个办件")

    def handle(self, *args: Any, **options: Any) -> None:
        report = _of_case(options["case"]) if options["case"] else check_all()
        numbers = _numbers(report)
        for fault in report.faults:
            number = numbers.get(fault.chain)
            self.stdout.write(f"{fault}（办件{number}）" if number else str(fault))
        checked = f"已校验{report.chains}条链、{report.entries}条记录、{report.anchors}个锚定"
        if report.whole:
            self.stdout.write(f"{checked}：完整。")
            return
        self.stdout.write(f"{checked}：发现{len(report.faults)}处问题。")
        sys.exit(1)


def _of_case(number: str) -> Report:
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise CommandError(f"没有办件编号为“{number}”的办件，请核对。")
    return check_case(case)


def _numbers(report: Report) -> dict[str, str]:
    wanted = {fault.chain for fault in report.faults if fault.chain.startswith(CASE)}
    ids = [int(chain.removeprefix(CASE)) for chain in wanted]
    return {f"{CASE}{pk}": number or "" for pk, number in Case.objects.filter(pk__in=ids).values_list("pk", "number")}
