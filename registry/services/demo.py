"""People of the demonstration: every post once, names that nobody bears. Cases are added by the engine's own demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from registry.models import Bureau, Membership, Person, Role

PASSWORD = "yanshi-2026"
SINCE = date(2020, 1, 1)
# What a notice prints where a bureau has not entered its own yet.
PHONE, ADDRESS = "0469-0000000（演示）", "演示地址"


class DemoRefusedError(Exception):
    """Demo people must not get into a system that is in use. The message is Chinese."""


@dataclass(frozen=True)
class DemoPerson:
    """``kind`` and ``division`` name the bureau, ``role`` the post; an applicant has none of them."""

    username: str
    name: str
    kind: str = ""
    division: str = ""
    role: str = ""
    does: str = "填写、提交备案，补正、整改，下载回执"


_CLERK, _VERIFIER, _HEAD = "核对材料、收件、一次性告知、出具回执", "现场核实（两人）", "签发核实结果"

PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("shenqing1", "蒋演示"),
    DemoPerson("shenqing2", "沈演示"),
    DemoPerson("jx-jingban", "赵演示", "health", "230521", Role.CLERK, _CLERK),
    DemoPerson("jx-heshi1", "钱演示", "health", "230521", Role.VERIFIER, _VERIFIER),
    DemoPerson("jx-heshi2", "孙演示", "health", "230521", Role.VERIFIER, _VERIFIER),
    DemoPerson("jx-qianfa", "李演示", "health", "230521", Role.HEAD, _HEAD),
    DemoPerson("js-jingban", "吴演示", "health", "230502", Role.CLERK, _CLERK),
    DemoPerson("js-heshi", "郑演示", "health", "230502", Role.VERIFIER, _VERIFIER),
    DemoPerson("js-qianfa", "王演示", "health", "230502", Role.HEAD, _HEAD),
    DemoPerson("js-jiandu", "冯演示", "health_supervision", "230502", Role.VERIFIER, "卫生监督人员，可作为第二名核实人同行"),
    DemoPerson("shi-jiandu", "陈演示", "health", "230500", Role.SUPERVISOR, "查看全市办件，不办理"),
    DemoPerson("shi-minglu", "褚演示", "health", "230500", Role.REGISTRAR, "维护人员岗位、工作日历、承诺时限"),
    DemoPerson("shi-shenji", "卫演示", "health", "230500", Role.AUDITOR, "查看审计记录，校验审计链"),
)


@transaction.atomic
def load_demo_people() -> Sequence[Person]:
    """Add the demo people and their posts, and a telephone for their bureaus where none is entered. Repeatable.

    Existing accounts keep their password. Returns those added. Raises DemoRefusedError unless settings.DEMO.
    """
    if not getattr(settings, "DEMO", False):
        raise DemoRefusedError("本系统不是演示环境（DEMO=0），不载入演示人员")
    known = set(Person.objects.filter(username__in=[each.username for each in PEOPLE]).values_list("username", flat=True))
    password = make_password(PASSWORD)  # hashing is slow on purpose: once is enough for one well-known password
    added = []
    for each in PEOPLE:
        if each.username in known:
            continue
        person = Person.objects.create(username=each.username, name=each.name, password=password)
        added.append(person)
        if each.role:
            bureau = Bureau.objects.get(kind__code=each.kind, division__code=each.division)
            Membership.objects.create(person=person, bureau=bureau, role=each.role, valid_from=SINCE)
            Bureau.objects.filter(pk=bureau.pk, phone="").update(phone=PHONE, address=ADDRESS)
    return added


def demo_table() -> str:
    """The accounts as a table for the terminal or the README."""
    posts = dict(Role.choices)
    bureaus = {
        (bureau.kind.code, bureau.division.code): bureau.name for bureau in Bureau.objects.select_related("kind", "division")
    }
    rows = [("账号", "密码", "姓名", "部门", "岗位", "做什么")]
    rows += [
        (
            each.username,
            PASSWORD,
            each.name,
            bureaus[each.kind, each.division] if each.role else "（申请人）",
            str(posts.get(each.role, "申请人")),
            each.does,
        )
        for each in PEOPLE
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
