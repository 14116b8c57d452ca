"""``manage.py unverified_rules``: the rules whose clause was not read in the original, to be taken to the bureau.

Ends with 0 always: the list is work to do, not a fault. Needs no database.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry import clock
from workflows import catalogue
from workflows.rules.clause_table import ClauseRow, Verified, read_clause_files
from workflows.rules.clauses import ClauseRef

CLAUSES = Path(__file__).resolve().parents[3] / "registry" / "data" / "clauses"


class Command(BaseCommand):
    help = "列出条款尚未核对原文的规则：核对情况、条款、规则、来源。"
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("procedure", nargs="?", default="", help="事项编码；不写则列出全部事项")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["procedure"]
        procedures = [each for each in catalogue.all_procedures() if only in ("", each.code)]
        if not procedures:
            raise CommandError(f"没有事项“{only}”。", returncode=2)
        rows = read_clause_files(CLAUSES).on(clock.today())
        for procedure in procedures:
            self._list(procedure, rows)

    def _list(self, procedure: catalogue.Procedure, rows: Any) -> None:
        found = [(title, ref, rows.get(str(ref))) for title, ref in _rules(procedure)]
        unread = [each for each in found if each[2] is None or each[2].verified is not Verified.PRIMARY]
        self.stdout.write(f"{procedure.code} {procedure.title}：{len(found)}条规则，{len(unread)}条尚未核对原文")
        for title, ref, row in unread:
            self.stdout.write(f"  [{_state(row)}] {ref}  {title}  {row.source if row else ''}".rstrip())


def _state(row: ClauseRow | None) -> str:
    return row.verified.label if row else "条款表中没有"


def _rules(procedure: catalogue.Procedure) -> Iterator[tuple[str, ClauseRef]]:
    for checklist in (procedure.materials, procedure.standards):
        for slot in checklist.slots:
            yield slot.title, checklist.clause_of(slot)
        for check in checklist.checks:
            yield check.title, checklist.clause_of(check)
    for duty in procedure.duties:
        yield duty.title, duty.ref
