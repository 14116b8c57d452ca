"""Who sees what: every address of the site is walked with the ids of somebody else. A new one fails until it is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from registry.clock import today
from registry.models import Agent, Membership, Person, Role
from registry.selectors.people import memberships_of
from registry.services.people import end_membership
from tests.builders.journey import Journey
from tests.builders.office import CITY, JIANSHAN, SINCE, Office, a_bureau, a_person, an_officer
from tests.builders.routes import Route, every_route
from workflows.models import Case, CaseGrant
from workflows.selectors.visibility import visible_attachments, visible_cases, visible_documents
from workflows.services import drafts, grants
from workflows.services.audit import record
from workflows.views.access import AUDIENCES

NOBODY = {"pk": 10**9, "grant": 10**9, "paper": UUID(int=0), "key": "institution", "slot": "site_proof", "name": "registry"}
NOBODYS_FILE = {"pk": UUID(int=0)}
OURS = "files:attachment", "files:document"


@dataclass(frozen=True)
class World:
    """One filing that waits for its correction, with everything that may be asked for by id."""

    journey: Journey
    ids: Mapping[str, Mapping[str, Any]]
    registrar: Person

    def ids_of(self, route: Route) -> Mapping[str, Any]:
        return self.ids.get(route.name) or self.ids[route.name.partition(":")[0]]


@pytest.fixture
def world(office: Office) -> World:
    journey = Journey(office)
    paper = journey.upload("site_proof", option="lease")
    journey.submit(incomplete=True)
    friend = a_person("帮忙人")
    until = today() + timedelta(days=9)
    grant = grants.grant_edit(case_id=journey.case_id, person=journey.applicant, username=friend.username, valid_to=until)
    journey.ask_correction(site_proof="缺页")
    journey.work("render")
    registrar = an_officer("名录员", a_bureau(CITY), Role.REGISTRAR)
    record("registry", "seen_in_tests")
    case = {"pk": journey.case_id, "name": "registry"}
    ids: dict[str, Mapping[str, Any]] = {
        "applicant": {**case, "key": "institution", "slot": "site_proof", "paper": paper.pk, "grant": grant.pk},
        "officer": case,
        "files:attachment": {"pk": paper.pk},
        "files:document": {"pk": journey.papers("correction_notice")[0].pk},
        "administration": {"pk": office.clerk.pk},
        "administration:post_end": {"pk": office.clerk.memberships.get().pk},
        "administration:bureau": {"pk": office.bureau.pk},
    }
    return World(journey, ids, registrar)


def by(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asks(client: Client, route: Route, values: Mapping[str, Any]) -> list[HttpResponse]:
    return [client.get(route.at(values)), client.post(route.at(values))]


def test_p1_every_route_declares_its_audience() -> None:
    """P1: a route without a declared audience is not let out of the house."""
    routes = every_route()
    assert len(routes) > 30
    assert [route.name for route in routes if route.audience not in AUDIENCES] == []


def of_objects() -> list[Route]:
    return [route for route in every_route() if route.parameters and route.audience != "public"]


def test_p1_every_route_with_an_id_is_walked(world: World) -> None:
    """P1: the walk knows an id of ours for every parameter of every address; its owner is let in with it."""
    for route in of_objects():
        assert route.parameters <= set(world.ids_of(route)), f"{route.name}: say in `world` which id to try"
    people = {
        "applicant": world.journey.applicant,
        "officer": world.journey.office.clerk,
        "registrar": world.registrar,
        "signed_in": world.journey.applicant,
        "auditor": an_officer("审计员", a_bureau(CITY), Role.AUDITOR),
    }
    for route in of_objects():
        answer = by(people[route.audience]).get(route.at(world.ids_of(route)))
        assert answer.status_code in {200, 302, 405}, f"{route.name}: {answer.status_code} for its owner"


def strangers(office: Office) -> dict[str, Callable[[], Person]]:
    other = a_bureau(JIANSHAN)
    return {
        "another applicant": lambda: a_person("别的申请人"),
        "a clerk of another county": lambda: an_officer("外县经办", other, Role.CLERK),
        "another bureau of the same county": lambda: an_officer("民政经办", a_bureau(kind="civil_affairs"), Role.CLERK),
        "a supervisor of another kind": lambda: an_officer("民政监督", a_bureau(CITY, "civil_affairs"), Role.SUPERVISOR),
        "a registrar of another county": lambda: an_officer("外县名录", other, Role.REGISTRAR),
    }


@pytest.mark.parametrize("who", ["another applicant", "a clerk of another county", "another bureau of the same county",
                                 "a supervisor of another kind", "a registrar of another county"])  # fmt: skip
def test_p1_another_persons_ids(who: str, world: World) -> None:
    """P1: 404 where the audience fits; where it does not, the same answer as for an id that does not exist."""
    stranger = strangers(world.journey.office)[who]()
    client, before, tried = by(stranger), fingerprint(), 0
    for route in of_objects():
        nobody = NOBODYS_FILE if route.name in OURS else NOBODY
        for found, absent in zip(asks(client, route, world.ids_of(route)), asks(client, route, nobody), strict=True):
            assert found.status_code in {403, 404, 405}, f"{route.name}: {found.status_code}"
            assert found.status_code == absent.status_code, f"{route.name}: tells that the id exists"
            text = found.content.decode()
            for secret in (world.journey.case.number, world.journey.case.title, world.journey.applicant.name):
                assert secret not in text, route.name
            tried += found.status_code == 404
    assert tried, "somewhere the audience fits"
    assert fingerprint() == before


def test_p1_a_stranger_to_the_house_signs_in_first(world: World) -> None:
    """P1: without an account every address of an object leads to the sign-in page, and to nothing else."""
    for route in of_objects():
        for answer in asks(Client(), route, world.ids_of(route)):
            assert answer.status_code in {302, 405}, route.name
            assert answer.status_code == 405 or answer["Location"].startswith("/sign-in/"), route.name


def test_p1_claiming_by_a_made_up_pair(world: World) -> None:
    """P1: the claim form takes case and task from the page: a foreign pair says nothing about the case, and no error 500."""
    journey = world.journey
    other = Journey.at("receive", journey.office)
    outsider = by(an_officer("外县经办", a_bureau(JIANSHAN), Role.CLERK))
    for pair in (f"{other.case_id}:{other.task('receive')}", f"{journey.case_id}:{other.task('receive')}", "1:999999", "x"):
        for name in ("one", "task"):
            answer = outsider.post("/office/todo/claim/", {name: pair}, follow=True)
            assert answer.status_code == 200, (pair, name)
            assert other.case.number not in answer.content.decode()
            assert other.case.title not in answer.content.decode()
    insider = by(journey.office.clerk)
    assert insider.post("/office/todo/claim/", {"one": f"{journey.case_id}:{other.task('receive')}"}).status_code == 302
    assert insider.post(f"/office/cases/{journey.case_id}/release/", {"task": other.task("receive")}).status_code == 409
    assert other.route("receive").assignee is None
    assert "refused" not in other.acts(), "what one may not see is not even tried"


def test_p2_a_file_by_its_copied_link(world: World) -> None:
    """P2: the link serves who may see the case, while he may; nobody else, and never from a cache."""
    journey = world.journey
    links = [f"/{kind.replace(':', '/')}/{world.ids[kind]['pk']}/" for kind in OURS]
    for link in links:
        for person in (journey.applicant, journey.office.clerk, journey.office.head):
            answer = by(person).get(link)
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
            assert answer["X-Content-Type-Options"] == "nosniff"
        for stranger in (a_person("外人"), an_officer("外县", a_bureau(JIANSHAN), Role.HEAD)):
            assert by(stranger).get(link).status_code == 404
    clerk, client = journey.office.clerk, by(journey.office.clerk)
    Membership.objects.filter(person=clerk).update(valid_to=today() - timedelta(days=1))
    assert client.get(links[0]).status_code == 404, "the post ended while the page was open"


def test_p3_a_revoked_expert_keeps_no_side_door(world: World) -> None:
    """P3: revoked on the case: page, files, papers, lists and counts close at once; what he wrote stays."""
    journey = world.journey
    friend = Person.objects.get(name="帮忙人")
    client = by(friend)
    inside = [f"/mine/{journey.case_id}/", f"/files/attachment/{world.ids['files:attachment']['pk']}/"]
    assert [client.get(page).status_code for page in inside] == [200, 200]
    assert journey.case.title in client.get("/mine/").content.decode()
    grant = world.ids["applicant"]["grant"]
    grants.revoke_edit(case_id=journey.case_id, person=journey.applicant, grant_id=grant)
    assert [client.get(page).status_code for page in inside] == [404, 404]
    assert journey.case.title not in client.get("/mine/").content.decode()


def seen(person: Person) -> tuple[int, int, int]:
    """How many cases, files, papers: the same three querysets that every page, search and count uses."""
    posts = list(memberships_of(person, today()))
    querysets = (visible_cases, visible_attachments, visible_documents)
    return tuple(queryset(person, posts, today()).count() for queryset in querysets)  # type: ignore[return-value]


def test_p4_an_ended_right_shows_nothing(world: World, clock) -> None:
    """P4: the day after its last day a grant, an agency, a post show nothing any more, in lists and totals alike."""
    journey = world.journey
    agent, friend = a_person("代办人"), Person.objects.get(name="帮忙人")
    Agent.objects.create(person=agent, applicant=journey.case.applicant, valid_from=SINCE, valid_to=today())
    end_membership(membership=journey.office.verifier.memberships.get(), last_day=today(), today=today())
    people = (agent, friend, journey.office.verifier)
    assert [seen(person) for person in people] == [(1, 1, 1)] * 3
    clock.advance(days=1)
    assert [seen(person) for person in people] == [(0, 0, 0), (1, 1, 1), (0, 0, 0)]
    clock.advance(days=9)
    assert seen(friend) == (0, 0, 0)
    assert seen(journey.applicant) == (1, 1, 1)


def test_p4_a_grant_dies_with_its_draft(office: Office) -> None:
    """P4: a deleted draft leaves no grant that a later row of the same number could inherit."""
    journey, friend = Journey(office), a_person("帮忙人")
    until = today() + timedelta(days=5)
    grants.grant_edit(case_id=journey.case_id, person=journey.applicant, username=friend.username, valid_to=until)
    drafts.discard_draft(case_id=journey.case_id, person=journey.applicant)
    assert not CaseGrant.objects.filter(content_object=journey.case_id).exists()
    assert seen(friend) == (0, 0, 0)


def test_p4_a_draft_belongs_to_its_author(office: Office) -> None:
    """P4: what was not handed in yet is no office's business."""
    journey = Journey(office)
    for person in (office.clerk, office.head, an_officer("市监督", a_bureau(CITY), Role.SUPERVISOR)):
        assert seen(person) == (0, 0, 0)
    assert seen(journey.applicant)[0] == 1


def test_c2_looking_changes_nothing(world: World) -> None:
    """C2: a mail scanner follows every link, signed in as whoever: no act, no receipt, no claim."""
    journey = world.journey
    clients = [by(person) for person in (journey.applicant, journey.office.clerk, world.registrar)]
    before = fingerprint()
    for client in clients:
        for route in every_route():
            if route.parameters and route.audience == "public":
                continue
            address = route.at(world.ids_of(route)) if route.parameters else route.at({})
            assert client.get(address).status_code < 500, address
            if client is clients[1]:
                assert client.head(address).status_code < 500, address
    assert fingerprint() == before


def test_c2_a_post_without_its_token_does_nothing(world: World) -> None:
    """C2: only a form of ours, sent by who is signed in, acts."""
    journey = world.journey
    client = Client(enforce_csrf_checks=True)
    client.force_login(journey.applicant, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/mine/{journey.case_id}/withdraw/").status_code == 403
    assert Case.objects.get(pk=journey.case_id).state == "correcting"


LOOKING_WRITES = ("django_session", "workflows_accessentry", "axes_")


def fingerprint() -> dict[str, str]:
    """A digest of every table but those that looking itself writes: sessions, the log of readings, failed sign-ins."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(LOOKING_WRITES)]
    found = {}
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"SELECT count(*) || ':' || md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t")
            found[name] = cursor.fetchone()[0]
    return found
