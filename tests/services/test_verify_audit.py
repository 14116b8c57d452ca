"""The audit chain: what was edited, deleted, inserted or moved behind the product's back is named; nobody may from inside.

The attacker is the database's superuser with triggers off (``session_replication_role=replica``).
"""

from collections.abc import Callable, Iterator
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from registry.models import Role
from tests.builders.journey import Journey
from tests.builders.office import CITY, Office, a_bureau, an_officer
from tests.database import superuser
from tests.machines import Clock
from workflows.models import Anchor, AuditEntry, Case
from workflows.services.anchors import make_anchor
from workflows.services.audit import digest_of, record
from workflows.services.audit_check import check_all, check_case

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = "workflows_auditentry"


@pytest.fixture
def journey(office: Office) -> Journey:
    """A case with a chain of some length."""
    return Journey.at("verify", office)


@pytest.fixture
def attack(journey: Journey) -> Iterator[Callable[..., None]]:
    """Runs a statement that no role of the product may run. ``{case}`` is the id of the journey's case."""
    with superuser(settings.TEST_DATABASE, "-c session_replication_role=replica") as attacker:
        yield lambda statement, *values: attacker.execute(statement.replace("{case}", str(journey.case_id)), values)


def verify(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    output = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=output)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


def faults(case: Case) -> set[tuple[int, str]]:
    return {(fault.sequence, fault.what) for fault in check_case(case).faults}


def swap(attack: Callable[..., None], one: int, other: int) -> None:
    for now, then in ((one, 9999), (other, one), (9999, other)):
        attack(f"UPDATE {ENTRY} SET sequence = {then} WHERE chain = 'case:{{case}}' AND sequence = {now}")


def test_an_untouched_audit_is_whole(journey: Journey) -> None:
    record("registry", "post_given", person=1)
    make_anchor()
    code, output = verify()
    assert code == 0
    assert "完整" in output
    assert verify("--case", journey.case.number or "")[0] == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "'withdrawn'"),
        ("data", "'{}'"),
        ("at", "at + interval '1 second'"),
        ("actor_id", "NULL"),
        ("node", "'sign'"),
        ("bureau_id", "NULL"),
    ],
)
def test_an_edited_row_is_named(journey: Journey, attack: Callable[..., None], column: str, value: str) -> None:
    wanted = AuditEntry.objects.filter(case=journey.case_id, action="decided").first()
    assert wanted is not None
    attack(f"UPDATE {ENTRY} SET {column} = {value} WHERE id = {wanted.pk}")
    assert faults(journey.case) == {(wanted.sequence, "内容被改动，与自身摘要不符")}
    code, output = verify()
    assert code == 1
    assert f"case:{journey.case_id} 第{wanted.sequence}条：内容被改动" in output
    assert f"办件{journey.case.number}" in output


def test_an_edited_row_with_a_fitting_digest_breaks_the_next(journey: Journey, attack: Callable[..., None]) -> None:
    entry = AuditEntry.objects.get(case=journey.case_id, sequence=2)
    entry.action = "withdrawn"
    attack(f"UPDATE {ENTRY} SET action = 'withdrawn', digest = %s WHERE id = {entry.pk}", digest_of(entry))
    assert {sequence for sequence, _ in faults(journey.case)} == {3}
    assert "不衔接" in next(iter(faults(journey.case)))[1]


def test_a_deleted_row_is_named(journey: Journey, attack: Callable[..., None]) -> None:
    attack(f"DELETE FROM {ENTRY} WHERE chain = 'case:{{case}}' AND sequence = 3")
    assert faults(journey.case) == {(3, "缺失，被删除")}
    assert verify()[0] == 1


def test_a_deleted_tail_is_named(journey: Journey, attack: Callable[..., None]) -> None:
    last = journey.case.audit_sequence
    attack(f"DELETE FROM {ENTRY} WHERE chain = 'case:{{case}}' AND sequence > {last - 2}")
    assert faults(journey.case) == {(last - 1, "缺失，被删除"), (last, "缺失，被删除")}


def test_a_deleted_tail_with_its_head_is_named_by_the_anchor(journey: Journey, attack: Callable[..., None]) -> None:
    make_anchor()
    last = journey.case.audit_sequence
    attack(f"DELETE FROM {ENTRY} WHERE chain = 'case:{{case}}' AND sequence = {last}")
    before = AuditEntry.objects.get(case=journey.case_id, sequence=last - 1)
    attack("UPDATE workflows_case SET audit_sequence = %s, audit_head = %s WHERE id = {case}", last - 1, before.digest)
    found = faults(journey.case)
    assert [sequence for sequence, _ in found] == [last]
    assert "锚定登记过这一条，现在缺失" in next(iter(found))[1]
    assert any("锚定登记过这一条" in str(fault) for fault in check_all().faults)


def test_a_whole_chain_deleted_is_named(journey: Journey, attack: Callable[..., None]) -> None:
    attack(f"DELETE FROM {ENTRY} WHERE chain = 'case:{{case}}'")
    assert any(fault.chain == f"case:{journey.case_id}" and "全部" in fault.what for fault in check_all().faults)
    assert "全部" in next(iter(faults(journey.case)))[1]


def test_a_row_put_in_is_named(journey: Journey, attack: Callable[..., None]) -> None:
    last = journey.case.audit_sequence
    attack(
        f"INSERT INTO {ENTRY} (chain, sequence, case_id, at, action, node, data, previous, digest) "
        f"VALUES ('case:{{case}}', {last + 1}, {{case}}, now(), 'withdrawn', '', '{{}}', %s, repeat('0', 64))",
        journey.case.audit_head,
    )
    assert (last + 1, "多出，链首没有登记这一条") in faults(journey.case)


def test_two_rows_swapped_are_named(journey: Journey, attack: Callable[..., None]) -> None:
    swap(attack, 2, 4)
    assert faults(journey.case) == {(2, "次序被调换，原为第4条"), (4, "次序被调换，原为第2条")}
    assert verify()[0] == 1


def test_a_chain_written_anew_is_named_by_the_anchor(journey: Journey, attack: Callable[..., None]) -> None:
    """Every row with fitting digests, the head too: only the seal of the day before knows better."""
    make_anchor()
    previous = ""
    for entry in AuditEntry.objects.filter(case=journey.case_id).order_by("sequence"):
        entry.data, entry.previous = {}, previous
        previous = digest_of(entry)
        attack(f"UPDATE {ENTRY} SET data = '{{}}', previous = %s, digest = %s WHERE id = {entry.pk}", entry.previous, previous)
    attack("UPDATE workflows_case SET audit_head = %s WHERE id = {case}", previous)
    found = faults(journey.case)
    assert len(found) == 1
    assert "现在摘要不同" in next(iter(found))[1]
    code, output = verify()
    assert code == 1
    assert "锚定登记过这一条" in output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("entries = entries + 1, heads = '{}'", "与自身摘要不符"),
        ("signature = 'AAAA'", "签名不对"),
    ],
)
def test_an_edited_anchor_is_named(attack: Callable[..., None], change: str, said: str) -> None:
    make_anchor()
    attack(f"UPDATE workflows_anchor SET {change}")
    assert any(said in fault.what for fault in check_all().faults)


def test_a_deleted_anchor_is_named(journey: Journey, attack: Callable[..., None], clock: Clock) -> None:
    for _ in range(3):
        make_anchor()
        clock.advance(days=1)
    middle = Anchor.objects.order_by("on")[1]
    attack(f"DELETE FROM workflows_anchor WHERE id = {middle.pk}")
    assert [fault.what for fault in check_all().faults] == ["与前一日锚定不衔接，中间的锚定被删或被改"]


def test_a_chain_without_a_case_is_checked_too(attack: Callable[..., None]) -> None:
    for n in range(3):
        record("registry", "post_given", person=n)
    attack(f"UPDATE {ENTRY} SET data = '{{}}' WHERE chain = 'registry' AND sequence = 2")
    assert "registry 第2条：内容被改动" in verify()[1]


def test_only_one_case(journey: Journey, office: Office, attack: Callable[..., None]) -> None:
    other = Journey.at("receive", office)
    attack(f"DELETE FROM {ENTRY} WHERE chain = 'case:{{case}}' AND sequence = 1")
    assert verify("--case", other.case.number or "")[0] == 0
    assert verify("--case", journey.case.number or "")[0] == 1
    with pytest.raises(CommandError, match="没有办件编号"):
        call_command("verify_audit", "--case", "2026-0")


def test_the_auditors_page_names_it_too(journey: Journey, attack: Callable[..., None]) -> None:
    attack(f"UPDATE {ENTRY} SET data = '{{}}' WHERE chain = 'case:{{case}}' AND sequence = 2")
    client = Client()
    auditor = an_officer("卫审计", a_bureau(CITY), Role.AUDITOR)
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("officer:audit_case", args=[journey.case_id])).content.decode()
    assert "记录不完整，发现1处问题" in page
    assert "内容被改动，与自身摘要不符" in page


@pytest.mark.parametrize("table", [ENTRY, "workflows_anchor", "workflows_accessentry", "workflows_clockevent"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_runtime_role_cannot(journey: Journey, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("statement", ["UPDATE {} SET action = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_owner_cannot_either(journey: Journey, statement: str) -> None:
    """Triggers keep the tables even from the role that owns them."""
    with psycopg.connect(settings.DATABASE_URLS["owner"], autocommit=True) as owner, pytest.raises(psycopg.Error) as refused:
        owner.execute(statement.format(ENTRY))
    assert isinstance(refused.value, psycopg.errors.RestrictViolation)
