"""``manage.py explain childcare.filing.v2019 --facts FILE [--on DATE]``: what each requirement says of these facts.

Prints one JSON object (docs/explain.md). Needs no database: the clauses are those of the files in registry/data.
Ends with 1 when a field of the file is wrong, with 2 when file, procedure or date cannot be read.
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry import clock
from workflows import catalogue
from workflows.rules.border import FactsError
from workflows.rules.checklist import Line, Part
from workflows.rules.clause_table import read_clause_files
from workflows.rules.duties import Duty

CLAUSES = Path(__file__).resolve().parents[3] / "registry" / "data" / "clauses"
WRONG_FACTS, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = "按事项逐条说明：要求、条款、是否需要、是否符合、条款是否核对过原文、为什么。"
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("procedure", help="事项编码，例如 childcare.filing.v2019")
        parser.add_argument("--facts", required=True, help="备案信息文件（JSON，格式见 docs/explain.md）")
        parser.add_argument("--on", default="", help="按哪一天判断，例如 2026-11-24；不写则为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        procedure, on = _procedure(options["procedure"]), _day(options["on"])
        facts = _facts(procedure, Path(options["facts"]))
        verified = read_clause_files(CLAUSES).verified(on)
        requirements = [
            {"checklist": name, **_requirement(line)}
            for name, checklist in (("materials", procedure.materials), ("standards", procedure.standards))
            for line in checklist.evaluate(facts, on=on, verified=verified)
        ]
        explained = {
            "procedure": procedure.code,
            "title": procedure.title,
            "on": on.isoformat(),
            "summary": _summary(requirements),
            "requirements": requirements,
            "duties": [_duty(duty, verified) for duty in procedure.duties],
        }
        self.stdout.write(json.dumps(explained, ensure_ascii=False, indent=2))


def _procedure(code: str) -> catalogue.Procedure:
    try:
        return catalogue.get(code)
    except catalogue.UnknownProcedureError as unknown:
        raise CommandError(str(unknown), returncode=UNREADABLE) from unknown


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise CommandError(f"没有“{text}”这一天，请写成 2026-11-24 的样子。", returncode=UNREADABLE) from error


def _facts(procedure: catalogue.Procedure, path: Path) -> Any:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"打不开文件 {path}：{error.strerror}。", returncode=UNREADABLE) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"文件 {path} 不是 UTF-8 编码的文字，请另存为 UTF-8。", returncode=UNREADABLE) from error
    except json.JSONDecodeError as error:
        fault = f"文件 {path} 不是正确的 JSON：第{error.lineno}行第{error.colno}列附近有误。"
        raise CommandError(fault, returncode=UNREADABLE) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"文件 {path} 里有太长的数字或太深的嵌套，读不了。", returncode=UNREADABLE) from error
    try:
        return procedure.facts.parse(data)
    except FactsError as wrong:
        lines = "\n".join(f"  - {error}" for error in wrong.errors)
        raise CommandError(f"文件 {path} 有{len(wrong.errors)}处要改：\n{lines}", returncode=WRONG_FACTS) from wrong


def _requirement(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "title": line.title,
        "clause": str(line.clause),
        "clause_in_words": line.clause.in_words,
        "level": line.level.value,
        "decided_by": line.decided_by.value,
        "needed": line.needed,
        "met": line.met,
        "verified": line.verified,
        "why": line.why or "；".join(filter(None, (line.measured, line.need and f"要求：{line.need}"))),
        "measured": line.measured,
        "need": line.need,
        "deferrable": line.deferrable,
        "fields": list(line.fields),
        "parts": [_part(part) for part in line.parts if part.subject != line.title],
    }


def _part(part: Part) -> dict[str, Any]:
    return {"subject": part.subject, "met": part.outcome.met, "measured": part.measured, "fields": list(part.fields)}


def _duty(duty: Duty, verified: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": duty.code,
        "title": duty.title,
        "clause": duty.clause,
        "days": duty.days,
        "kind": duty.kind.value,
        "since": duty.since,
        "until": duty.until,
        "verified": verified.get(duty.clause, "no"),
    }


def _summary(requirements: list[dict[str, Any]]) -> dict[str, int]:
    """How many requirements are met, unmet, open (needed or perhaps needed, not decided) and not needed."""
    needed = [each for each in requirements if each["needed"] is not False]
    return {
        "met": sum(each["met"] is True for each in needed),
        "unmet": sum(each["met"] is False for each in needed),
        "open": sum(each["met"] is None for each in needed),
        "not_needed": len(requirements) - len(needed),
    }
