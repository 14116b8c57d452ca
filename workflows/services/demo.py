"""Cases of the demonstration: invented institutions at every stage, made by the same services that people use."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont
from stdnum.cn import uscc

from registry.clock import going_on_from, now, today
from registry.models import Division, Person, Role
from registry.selectors.people import holders_of
from workflows import catalogue
from workflows.models import Case, Finding, TaskRoute
from workflows.services import attachments, decisions, drafts, submission
from workflows.services.decisions import Decision
from workflows.services.outbox import drain

PROCEDURE = "childcare.filing.v2019"
EXAMPLE = Path("docs/examples/childcare_filing.json")
A4 = (1240, 1754)  # 150 dots an inch


@dataclass(frozen=True)
class Story:
    """One demo case: whose, where, how many days ago it began, and how far it went."""

    name: str
    division: str
    street: str
    days_ago: int
    goes: Callable[["Teller"], None] | None
    applicant: str = "shenqing1"


class Teller:
    """Drives one case through the services, as its people would."""

    def __init__(self, story: Story, number: int) -> None:
        self.story = story
        self.number = number
        self.applicant = Person.objects.get(username=story.applicant)
        self.case: Case = drafts.start_draft(procedure=PROCEDURE, person=self.applicant)

    def write(self) -> None:
        """Fill in the form and hand in every paper the checklist asks for."""
        facts = _facts(self.story, self.number)
        self.case, _errors = drafts.save_draft(case_id=self.case.pk, person=self.applicant, section=facts)
        procedure = catalogue.get(PROCEDURE)
        typed, _errors = procedure.facts.parse_draft({"schema": 1, **facts})
        for slot in procedure.materials.slots:
            if slot.when(typed, today()).needed is False:
                continue
            for person in slot.people(typed) if slot.people else [None]:
                self.hand_in(slot, person)

    def hand_in(self, slot: Any, person: Any = None) -> None:
        """One paper."""
        option = {"site_proof": "lease", "fire_proof": "fire_filing_voucher"}.get(slot.key, "")
        attachments.attach(
            case_id=self.case.pk, person=self.applicant, slot=slot.key, subject=person.key if person else "",
            option=option or (slot.any_of[0].key if slot.any_of else ""),
            upload=_sample(slot.title, self.story.name, person.named if person else ""),
        )  # fmt: skip

    def submit(self) -> None:
        self.case = submission.submit(case_id=self.case.pk, person=self.applicant, incomplete=True)

    def act(self, node: str, role: str, outcome: str, *, unmet: dict[str, str] | None = None, remark: str = "") -> None:
        """Let the first holder of a post judge every line and decide."""
        route = TaskRoute.objects.get(case=self.case, node=node, open=True)
        held = [m.person for m in holders_of(self.case.authority, role, today())]
        person = route.assignee if route.assignee else held[0]
        lines = decisions.judged_lines(Case.objects.get(pk=self.case.pk), route, on=today())
        verdicts = {
            line.key: (Finding.Verdict.UNMET.value, unmet[line.key])
            if unmet and line.key in unmet
            else (Finding.Verdict.MET.value, "")
            for line in lines
            if decisions.must_judge(line)
        }
        if verdicts:
            decisions.judge(case_id=self.case.pk, task_id=route.task_id, person=person, verdicts=verdicts)
        companions = decisions.companions_for(self.case.authority, on=today())
        others = tuple(other.pk for other in companions if other.pk != person.pk and other.username.find("jingban") < 0)
        self.case = decisions.decide(
            case_id=self.case.pk, task_id=route.task_id, person=person,
            decision=Decision(outcome, remark=remark, visited_on=today(), companions=others[:1]),
        )  # fmt: skip
        drain(limit=100)


def to_receipt(teller: Teller) -> None:
    teller.act("receive", Role.CLERK, "receive")
    teller.act("receipt", Role.CLERK, "done")


def to_publication(teller: Teller) -> None:
    to_receipt(teller)
    teller.act("verify", Role.VERIFIER, "done")
    teller.act("sign", Role.HEAD, "sign")


def to_correction(teller: Teller) -> None:
    teller.act(
        "receive", Role.CLERK, "correct",
        unmet={"site_proof": "合同只有第1页，缺少租期和签字页。请上传完整合同。"},
    )  # fmt: skip


def to_rectification(teller: Teller) -> None:
    to_receipt(teller)
    teller.act("verify", Role.VERIFIER, "done", unmet={"monitoring": "活动室东侧没有摄像头，监控未覆盖全部生活和活动区域。"})
    teller.act("sign", Role.HEAD, "sign")


def to_verification(teller: Teller) -> None:
    to_receipt(teller)


def stay(teller: Teller) -> None:
    """Handed in, not opened yet."""


STORIES = (
    Story("集贤县晨星托育服务有限公司（演示）", "230521", "福利镇繁荣街（示例）11号", 40, to_publication, "shenqing2"),
    Story("尖山区向阳托育服务有限公司（演示）", "230502", "新兴大街（示例）6号", 35, to_publication, "shenqing2"),
    Story("集贤县童乐苑托育服务有限公司（演示）", "230521", "福利镇文明路（示例）23号", 14, to_rectification, "shenqing2"),
    Story("集贤县启萌托育服务有限公司（演示）", "230521", "集贤镇中心街（示例）8号", 12, to_verification, "shenqing2"),
    Story("集贤县小松鼠托育服务有限公司（演示）", "230521", "升昌镇（示例）2号", 8, stay, "shenqing2"),
    Story("集贤县爱芽托育服务有限公司（演示）", "230521", "丰乐镇（示例）15号", 3, to_correction, "shenqing1"),
    Story("集贤县小橡果托育服务有限公司（演示）", "230521", "福利镇繁荣街（示例）1号", 1, stay, "shenqing1"),
    Story("集贤县亲亲宝贝托育服务有限公司（演示）", "230521", "腰屯乡（示例）3号", 0, None, "shenqing1"),
)


def load_demo_cases() -> int:
    """Tell every story once. Returns how many cases were made: none when there are any already."""
    if Case.objects.exists():
        return 0
    for number, story in enumerate(STORIES, start=1):
        began = timezone.make_aware(datetime.combine(today() - timedelta(days=story.days_ago), time(10, number)))
        with going_on_from(began if story.days_ago else now()):
            teller = Teller(story, number)
            teller.write()
            if story.goes is not None:
                teller.submit()
                story.goes(teller)
    return len(STORIES)


def _facts(story: Story, number: int) -> dict[str, Any]:
    example = json.loads((settings.BASE_DIR / EXAMPLE).read_text(encoding="utf-8"))
    facts = {key: value for key, value in example.items() if key not in {"schema", "materials"}}
    facts["institution"] = {
        **facts["institution"],
        "name": story.name,
        "uscc": _code(story.division, number),
        "address": f"{Division.objects.get(code=story.division)}{story.street}",
        "division": story.division,
        "registration_authority": f"{Division.objects.get(code=story.division)}市场监督管理局",
        "legal_representative": {"name": "孙演示"},
        "head": {"name": "孙演示"},
    }
    return facts


def _code(division: str, number: int) -> str:
    """A well-formed code that nobody bears: the sequence is the demonstration's own."""
    body = f"91{division}MADEMK{number:03d}"
    return body + uscc.calc_check_digit(body)


@lru_cache(maxsize=64)
def _page(title: str, lines: tuple[str, ...]) -> bytes:
    """A sheet that says what it stands for, and that it is no real paper."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    large = ImageFont.truetype(str(folder / "NotoSerifSC-Regular.otf"), 60)
    small = ImageFont.truetype(str(folder / "NotoSerifSC-Regular.otf"), 34)
    sheet = Image.new("L", A4, 255)
    draw = ImageDraw.Draw(sheet)
    draw.text((A4[0] / 2, 220), title, font=large, fill=0, anchor="mm")
    for row, line in enumerate(lines):
        draw.text((150, 360 + 70 * row), line, font=small, fill=40)
    draw.text((A4[0] / 2, 1600), "演示样张，不是真实材料", font=small, fill=120, anchor="mm")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=False)
    return buffer.getvalue()


def _sample(title: str, name: str, person: str) -> SimpleUploadedFile:
    lines = tuple(line for line in (f"单位：{name}", f"人员：{person}" if person else "", "内容：此处为材料正文。") if line)
    return SimpleUploadedFile(f"{title[:20]}{person}.png", _page(title[:18], lines))
