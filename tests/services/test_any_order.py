"""Anybody does anything in any order to one case: refused or done, but never left half done."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from registry.clock import today
from registry.models import Person
from tests.builders.counts import SOAK, times
from tests.builders.journey import Journey
from tests.builders.office import Office, a_person
from tests.machines import Clock
from workflows.models import DutyClock, Opinion, TaskRoute
from workflows.selectors.watchdog import LIVE, stuck_cases
from workflows.services import decisions, submission
from workflows.services.audit_check import check_chain
from workflows.services.decisions import Decision
from workflows.services.errors import Refused
from workflows.services.lapses import sweep

DONE = ("decided", "closed")


class Play:
    """One case and everybody who may lay hands on it. Acts aim at the latest task of a step, open or not."""

    def __init__(self, office: Office, clock: Clock, stranger: Person) -> None:
        self.journey, self.office, self.clock = Journey(office), office, clock
        self.people = [
            self.journey.applicant, office.clerk, office.other_clerk, office.verifier, office.companion, office.head,
            office.other_head, stranger,
        ]  # fmt: skip

    def task(self, node: str) -> int:
        route = TaskRoute.objects.filter(case=self.journey.case_id, node=node).order_by("-opened_at").first()
        return route.task_id if route else 0

    def judge(self, node: str, person: Person, unmet: dict[str, str]) -> None:
        route = TaskRoute.objects.filter(pk=self.task(node)).first()
        lines = decisions.judged_lines(self.journey.case, route, on=today()) if route else ()
        verdicts = {line.key: ("met", "") for line in lines if decisions.must_judge(line)}
        verdicts |= {key: ("unmet", reason) for key, reason in unmet.items()}
        decisions.judge(case_id=self.journey.case_id, task_id=self.task(node), person=person, verdicts=verdicts)

    def decide(self, node: str, person: Person, outcome: str, **more: object) -> None:
        decision = Decision(outcome, **more)  # type: ignore[arg-type]
        decisions.decide(case_id=self.journey.case_id, task_id=self.task(node), person=person, decision=decision)

    # One method per verb: what a person, or the machine, may try at any moment.

    def submit(self, person: Person) -> None:
        submission.submit(case_id=self.journey.case_id, person=person, incomplete=True)

    def receive(self, person: Person) -> None:
        self.judge("receive", person, {})
        self.decide("receive", person, "receive")

    def correct(self, person: Person) -> None:
        self.judge("receive", person, {"site_proof": "缺页"})
        self.decide("receive", person, "correct")

    def answer(self, person: Person) -> None:
        words = {"site_proof": "见原件", "monitoring": "已加装"}
        submission.answer(case_id=self.journey.case_id, person=person, answers=words)

    def receipt(self, person: Person) -> None:
        self.decide("receipt", person, "done")

    def visit(self, person: Person, **unmet: str) -> None:
        self.judge("verify", person, unmet)
        companions = tuple(other.pk for other in (self.office.companion, self.office.clerk) if other != person)[:1]
        self.decide("verify", person, "done", visited_on=today(), companions=companions)

    def find_fault(self, person: Person) -> None:
        self.visit(person, monitoring="没有监控")

    def sign(self, person: Person) -> None:
        self.decide("sign", person, "sign")

    def send_back(self, person: Person) -> None:
        self.decide("sign", person, "return", remark="再看")

    def hand_over(self, person: Person) -> None:
        self.decide("hand_over", person, "done")

    def claim(self, person: Person) -> None:
        for node in self.journey.open_steps:
            decisions.claim(case_id=self.journey.case_id, task_id=self.task(node), person=person)

    def withdraw(self, person: Person) -> None:
        submission.withdraw(case_id=self.journey.case_id, person=person)

    def work(self, _person: Person) -> None:
        self.journey.work("background", "publish")

    def months_go_by(self, _person: Person) -> None:
        self.clock.advance(days=50)
        sweep()


A, C, V, H, ANY = 0, 1, 3, 5, 7
VERBS: dict[str, tuple[Callable[[Play, Person], None], int]] = {
    verb.__name__: (verb, due)
    for verb, due in (
        (Play.submit, A), (Play.receive, C), (Play.correct, C), (Play.answer, A), (Play.receipt, C), (Play.visit, V),
        (Play.find_fault, V), (Play.sign, H), (Play.send_back, H), (Play.hand_over, H), (Play.claim, ANY),
        (Play.withdraw, A), (Play.work, ANY), (Play.months_go_by, ANY),
    )
}  # fmt: skip
NEXT = {
    "receive": ["receive", "correct"],
    "correct": ["answer"],
    "receipt": ["receipt"],
    "verify": ["visit", "find_fault"],
    "sign": ["sign", "send_back"],
    "rectify": ["answer", "months_go_by"],
    "hand_over": ["hand_over"],
    "": ["work"],
}
"""What usually comes next at an open step. Three moves in four go this way, by whose turn it is: so that cases come far."""
MOVES = st.tuples(
    st.integers(0, 1), st.sampled_from([None] * 42 + sorted(VERBS)), st.sampled_from([None] * 24 + list(range(8)))
)


@settings(
    max_examples=times(25, soak=1500), deadline=None, database=None, derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(moves=st.lists(MOVES, min_size=5, max_size=12))
def test_no_order_of_acts_leaves_a_case_half_done(
    office: Office, clock: Clock, moves: list[tuple[int, str | None, int | None]]
) -> None:
    clock.go_to(date(2026, 3, 2))
    play = Play(office, clock, a_person("路人"))
    play.submit(play.journey.applicant)
    done = []
    for usual, other, who in moves:
        ways = NEXT["".join(play.journey.open_steps)]
        name = other or ways[usual % len(ways)]
        verb, due = VERBS[name]
        person = play.people[due if who is None else who]
        try:
            verb(play, person)
        except Refused:
            continue
        finally:
            done.append(f"{name} by {person}")
            whole(play.journey, " → ".join(done))
            event(play.journey.state)
    assert check_chain(f"case:{play.journey.case_id}").whole, " → ".join(done)


def whole(journey: Journey, story: str) -> None:
    """What holds after every act, done or refused."""
    case = journey.case
    routes = list(TaskRoute.objects.filter(case=case, open=True).select_related("task"))
    waiting = {task.pk for task in case.process.task_set.filter(finished=None) if task.flow_task_type == "HUMAN"}
    assert {route.task_id for route in routes} == waiting, f"an open route is an open task: {story}"
    assert sum(route.party == "applicant" for route in routes) <= 1, story
    assert len(routes) <= 1, f"one step at a time: {story}"
    assert case.state in LIVE or not routes, story
    if case.state in DONE:
        assert Opinion.objects.filter(case=case, node="sign", outcome="签发").exists(), story
    filing = journey.record
    assert (filing.status == "in_force") == (filing.number is not None), story
    runs = list(DutyClock.objects.filter(case=case, stopped_on=None).values_list("duty", flat=True))
    assert len(runs) == len(set(runs)), f"a duty runs once: {runs} {story}"
    hands = {node: {p["id"] for o in journey.opinions(node) for p in o.people} for node in ("verify", "sign")}
    assert not hands["verify"] & hands["sign"], f"verifier and signer differ: {story}"
    assert not [trouble for trouble in stuck_cases() if trouble.case_id == case.pk], story


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_refused_or_harmless_on_a_closed_case(verb: str, office: Office, clock: Clock) -> None:
    play = Play(office, clock, a_person("路人"))
    play.submit(play.journey.applicant)
    for step, who in (("receive", C), ("receipt", C), ("visit", V), ("sign", H), ("work", ANY)):
        VERBS[step][0](play, play.people[who])
    before = (play.journey.state, play.journey.record.verification, len(play.journey.opinions("sign")))
    act, due = VERBS[verb]
    try:
        act(play, play.people[due])
    except Refused:
        assert play.journey.acts()[-1] == "refused"
    assert (play.journey.state, play.journey.record.verification, len(play.journey.opinions("sign"))) == before
