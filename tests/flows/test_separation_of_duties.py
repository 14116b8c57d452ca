"""核实人和签发人须不同: over all acts of a case, by actor, companion and principal. And nobody handles his own case."""

from datetime import date

import pytest

from registry.clock import today
from registry.models import Agent, Role
from registry.services.people import appoint
from tests.builders.journey import Journey
from tests.builders.office import SINCE, Office, a_bureau, a_person, an_officer, substitute
from workflows.services.errors import NotPermitted, Unmet

NEXT_YEAR = date(2027, 6, 30)


def also_head(person, office: Office) -> None:
    appoint(person=person, bureau=office.bureau, role=Role.HEAD, valid_from=SINCE)


@pytest.mark.parametrize("who", ["verifier", "companion"])
def test_who_was_on_the_spot_may_not_sign(who: str, office: Office) -> None:
    journey = Journey.at("sign", office)
    person = getattr(office, who)
    also_head(person, office)
    with pytest.raises(NotPermitted, match="须不同"):
        journey.sign(by=person)
    with pytest.raises(NotPermitted, match="须不同"):
        journey.claim("sign", by=person)
    journey.sign(by=office.head)


def test_nor_a_substitute_who_acts_for_the_verifier(office: Office) -> None:
    also_head(office.verifier, office)
    deputy = a_person("代签人")
    substitute(deputy, of=office.verifier, bureau=office.bureau, role=Role.HEAD, until=NEXT_YEAR)
    journey = Journey.at("sign", office)
    with pytest.raises(NotPermitted, match="须不同"):
        journey.sign(by=deputy)


def test_nor_the_principal_of_the_verifier(office: Office) -> None:
    appoint(person=office.head, bureau=office.bureau, role=Role.VERIFIER, valid_from=SINCE)
    deputy = a_person("代核实人")
    substitute(deputy, of=office.head, bureau=office.bureau, role=Role.VERIFIER, until=NEXT_YEAR)
    journey = Journey.at("verify", office)
    journey.verify(by=deputy)
    with pytest.raises(NotPermitted, match="须不同"):
        journey.sign(by=office.head)
    journey.sign(by=office.other_head)


def test_a_substitute_of_two_heads_signs_for_the_one_who_did_not_verify(office: Office) -> None:
    also_head(office.verifier, office)
    deputy = a_person("代签人")
    substitute(deputy, of=office.verifier, bureau=office.bureau, role=Role.HEAD, until=NEXT_YEAR)
    substitute(deputy, of=office.head, bureau=office.bureau, role=Role.HEAD, until=NEXT_YEAR)
    journey = Journey.at("sign", office)
    journey.sign(by=deputy)
    assert journey.opinions("sign")[0].acting_for_id == office.head.pk


def test_a_substitute_signs_in_his_own_name_and_the_principals(office: Office) -> None:
    deputy = a_person("代签人")
    substitute(deputy, of=office.head, bureau=office.bureau, role=Role.HEAD, until=NEXT_YEAR)
    journey = Journey.at("sign", office)
    journey.sign(by=deputy)
    opinion = journey.opinions("sign")[0]
    assert (opinion.by_id, opinion.acting_for_id) == (deputy.pk, office.head.pk)


def test_over_all_acts_of_the_case(office: Office) -> None:
    """Who signed the first result may not verify in the second round, nor go along; who verified first may not sign then."""
    appoint(person=office.head, bureau=office.bureau, role=Role.VERIFIER, valid_from=SINCE)
    also_head(office.verifier, office)
    journey = Journey.at("verify", office)
    journey.verify(monitoring="没有监控")
    journey.sign(by=office.head)
    journey.work("background")
    journey.answer(monitoring="已加装")
    with pytest.raises(NotPermitted, match="须不同"):
        journey.verify(by=office.head)
    journey.judge("verify", by=office.companion)
    with pytest.raises(Unmet, match="须不同"):
        journey.decide("verify", "done", by=office.companion, visited_on=today(), companions=(office.head.pk,))
    journey.decide("verify", "done", by=office.companion, visited_on=today(), companions=(office.other_clerk.pk,))
    with pytest.raises(NotPermitted, match="须不同"):
        journey.sign(by=office.verifier)


def test_nobody_handles_his_own_application(office: Office) -> None:
    """C4: a second hat. The applicant was appointed clerk meanwhile; an officer is the applicant's agent."""
    journey = Journey.at("receive", office)
    appoint(person=journey.applicant, bureau=office.bureau, role=Role.CLERK, valid_from=SINCE)
    with pytest.raises(NotPermitted, match="回避"):
        journey.claim("receive", by=journey.applicant)
    Agent.objects.create(person=office.clerk, applicant=journey.case.applicant, valid_from=SINCE)
    with pytest.raises(NotPermitted, match="回避"):
        journey.receive(by=office.clerk)
    journey.receive(by=office.other_clerk)


def test_nor_goes_along_to_his_own_site(office: Office) -> None:
    journey = Journey.at("verify", office)
    appoint(person=journey.applicant, bureau=office.bureau, role=Role.VERIFIER, valid_from=SINCE)
    journey.judge("verify", by=office.verifier)
    with pytest.raises(Unmet, match="同行核实人"):
        journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(journey.applicant.pk,))


def test_a_colleague_of_health_supervision_makes_two(office: Office) -> None:
    """A county section has one or two people: the second may come from health supervision (P6)."""
    supervision = an_officer("冯监督", a_bureau(kind="health_supervision"), Role.VERIFIER)
    journey = Journey.at("verify", office)
    journey.judge("verify", by=office.verifier)
    journey.decide("verify", "done", by=office.verifier, visited_on=today(), companions=(supervision.pk,))
    assert [person["id"] for person in journey.opinions("verify")[0].people] == [office.verifier.pk, supervision.pk]
