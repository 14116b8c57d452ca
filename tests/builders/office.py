"""Who takes part: the people of a bureau, and the applicant."""

from dataclasses import dataclass
from datetime import date
from itertools import count

from registry.models import Bureau, Membership, Person, Role
from registry.services.people import appoint

SINCE = date(2020, 1, 1)
JIXIAN, JIANSHAN, CITY = "230521", "230502", "230500"
_number = count(1)


def a_person(name: str) -> Person:
    """Somebody with an account and no post: an applicant."""
    return Person.objects.create(username=f"person-{next(_number)}", name=name)


def a_bureau(division: str = JIXIAN, kind: str = "health") -> Bureau:
    return Bureau.objects.get(kind__code=kind, division__code=division)


def an_officer(name: str, bureau: Bureau, role: Role, *, until: date | None = None) -> Person:
    """Somebody with a post, since long ago."""
    person = a_person(name)
    appoint(person=person, bureau=bureau, role=role, valid_from=SINCE, valid_to=until)
    return person


def substitute(person: Person, *, of: Person, bureau: Bureau, role: Role, until: date) -> Membership:
    """授权代签: ``person`` signs for ``of``."""
    return appoint(person=person, bureau=bureau, role=role, valid_from=SINCE, valid_to=until, acting_for=of)


@dataclass(frozen=True)
class Office:
    """A county's health bureau with two people in each post."""

    bureau: Bureau
    clerk: Person
    other_clerk: Person
    verifier: Person
    companion: Person
    head: Person
    other_head: Person


def an_office(division: str = JIXIAN) -> Office:
    bureau = a_bureau(division)
    return Office(
        bureau=bureau,
        clerk=an_officer("赵经办", bureau, Role.CLERK),
        other_clerk=an_officer("吴经办", bureau, Role.CLERK),
        verifier=an_officer("钱核实", bureau, Role.VERIFIER),
        companion=an_officer("孙核实", bureau, Role.VERIFIER),
        head=an_officer("李签发", bureau, Role.HEAD),
        other_head=an_officer("周签发", bureau, Role.HEAD),
    )
