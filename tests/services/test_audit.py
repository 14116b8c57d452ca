"""The audit chain: every act one link, a refusal a link of its own, all of it sealed once a day.

What an edited, deleted or moved row looks like to ``verify_audit`` is tested with that command.
"""

from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError, connection, transaction

from tests.builders.journey import Journey
from tests.builders.office import Office, a_person
from tests.builders.races import at_once, refused
from tests.machines import Clock
from workflows.documents.keys import signing_key
from workflows.documents.statement import decode
from workflows.models import Anchor, AuditEntry
from workflows.services import submission
from workflows.services.anchors import digest_of, make_anchor
from workflows.services.audit import record
from workflows.services.audit_check import check_all
from workflows.services.errors import NotPermitted, Refused
from workflows.services.lapses import sweep


def chain(journey: Journey) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(case=journey.case_id).order_by("sequence"))


def test_the_chain_of_a_published_filing(office: Office) -> None:
    """Who did what in which post: one link per act, in order, none missing."""
    journey = Journey.at("receive", office)
    journey.ask_correction(site_proof="缺页")
    journey.answer(site_proof="见原件")
    journey.receive()
    journey.issue_receipt()
    journey.verify()
    journey.send_back("补充说明")
    journey.verify()
    journey.sign()
    journey.work("background", "publish")
    assert journey.acts()[:-2] == [
        "submitted",
        "judged", "decided", "issued",
        "answered",
        "judged", "decided",
        "decided", "issued", "issued", "filed",
        "judged", "decided",
        "decided",
        "judged", "decided",
        "decided",
    ]  # fmt: skip
    assert set(journey.acts()[-2:]) == {"published", "result_published"}
    links = chain(journey)
    assert [link.sequence for link in links] == list(range(1, len(links) + 1))
    assert all(link.previous == before.digest for before, link in pairwise(links))
    signed = next(link for link in reversed(links) if link.action == "decided")
    assert (signed.actor, signed.bureau, signed.data["outcome"]) == (office.head, office.bureau, "sign")
    assert check_all().whole


def test_the_chain_of_a_handed_over_filing(office: Office, clock: Clock) -> None:
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign()
    journey.work("background")
    clock.advance(days=90)
    sweep()
    journey.hand_over()
    lapsed = AuditEntry.objects.get(case=journey.case_id, action="lapsed")
    assert lapsed.actor is None, "nobody did it: the term ran out"
    assert journey.acts()[-1] == "handed_over"
    assert check_all().whole


def test_the_chain_of_a_withdrawn_filing(office: Office) -> None:
    journey = Journey.at("receipt", office)
    journey.withdraw()
    assert journey.acts()[-1] == "withdrawn"
    assert check_all().whole


def test_a_refusal_is_recorded_although_nothing_else_is(office: Office) -> None:
    """The act is rolled back whole; that it was tried, by whom and why it was refused stands in a transaction of its own."""
    journey = Journey.at("receive", office)
    before = journey.case.version
    with pytest.raises(NotPermitted) as refusal:
        journey.receive(by=office.verifier)
    tried = chain(journey)[-1]
    assert (tried.action, tried.actor) == ("refused", office.verifier)
    assert tried.data == {"of": "judge", "code": "not_permitted", "why": refusal.value.message}
    assert journey.case.version == before
    assert check_all().whole


def test_an_error_of_ours_is_no_refusal(office: Office) -> None:
    """What breaks in the middle leaves nothing, not even a link."""
    journey = Journey.at("receipt", office)
    links = len(chain(journey))
    office.bureau.number_formats.all().delete()
    with pytest.raises(Exception, match="代字") as error:
        journey.issue_receipt()
    assert not isinstance(error.value, Refused)
    assert len(chain(journey)) == links
    assert journey.record.number is None


def test_refusals_and_acts_at_once_make_one_chain(office: Office) -> None:
    journey = Journey.at("receive", office)
    outsider = a_person("路人")
    withdraw = lambda: submission.withdraw(case_id=journey.case_id, person=outsider)  # noqa: E731
    results = at_once(withdraw, withdraw, lambda: journey.claim("receive", by=office.clerk), withdraw, withdraw)
    assert len(refused(results)) == 4
    assert journey.acts().count("refused") == 4
    assert journey.acts().count("claimed") == 1
    assert check_all().whole


def test_a_draft_leaves_its_chain_only_for_what_was_refused(office: Office) -> None:
    journey = Journey(office)
    assert journey.acts() == []
    with pytest.raises(Refused):
        journey.submit()
    assert set(journey.acts()) <= {"refused"}
    assert check_all().whole


def test_a_chain_without_a_case_is_linked_too(office: Office) -> None:
    """Memberships, calendar, reference data: several administrators at once, one chain."""
    results = at_once(*[lambda n=n: record("registry", "tried", actor=office.head, number=n) for n in range(8)])
    assert not refused(results)
    links = list(AuditEntry.objects.filter(chain="registry").order_by("sequence"))
    assert [link.sequence for link in links] == list(range(1, 9))
    assert check_all().whole


def test_each_day_is_sealed_over_all_chains(office: Office, clock: Clock) -> None:
    """An anchor names the head of every chain, covers the anchor before, and is signed with the platform's key."""
    first_case = Journey.at("receive", office)
    first = make_anchor()
    assert make_anchor() == first, "once a day"
    clock.advance(days=1)
    second_case = Journey.at("receive", office)
    second = make_anchor()
    heads = {f"case:{journey.case_id}": [len(chain(journey)), journey.case.audit_head] for journey in (first_case, second_case)}
    assert second.heads == heads
    assert (first.previous, second.previous) == ("", first.digest)
    assert second.digest == digest_of(second)
    key: Ed25519PublicKey = signing_key().public_key()
    key.verify(decode(second.signature), second.digest.encode())
    assert (second.chains, second.entries) == (2, sum(head[0] for head in heads.values()))
    assert check_all().whole


@pytest.mark.parametrize("table", ["auditentry", "anchor", "clockevent", "definition", "delivery", "accessentry"])
def test_the_runtime_role_cannot_change_what_was_written(table: str, office: Office) -> None:
    """Append-only is kept by rights, not by good will."""
    Journey.at("receive", office)
    make_anchor()
    for statement in (f"DELETE FROM workflows_{table}", f"UPDATE workflows_{table} SET id = id", f"TRUNCATE workflows_{table}"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Anchor.objects.exists()
