"""One filing on its way through the services, told in the words of the office.

``Journey.at("sign", office)`` is a case whose open step is the signing; every step on the way went through its service.
"""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from registry.clock import today
from registry.models import Filing, Person
from tests.builders.office import Office, a_person
from tests.builders.uploads import a_picture
from tests.rules.filing import complete
from workflows import catalogue
from workflows.models import AuditEntry, Case, Document, DutyClock, Opinion, Outbox, TaskRoute
from workflows.rules.childcare_facts import FilingFacts
from workflows.services import attachments, decisions, drafts, outbox, submission
from workflows.services.decisions import Decision

PROCEDURE = "childcare.filing.v2019"
ORDER = ("receive", "receipt", "verify", "sign")
_street = count(1)


class Journey:
    """A filing from its first draft on. Every method is one act of one person, by default of the one who is due."""

    def __init__(self, office: Office, *, applicant: Person | None = None, changes: Mapping[str, Any] | None = None) -> None:
        self.office = office
        self.applicant = applicant or a_person("郑申请")
        self.case_id = drafts.start_draft(procedure=PROCEDURE, person=self.applicant).pk
        # A site of its own: only one filing may be in force on one site.
        self.write({"institution.address": f"集贤县福利镇示例街{next(_street)}号", **(changes or {})})

    @classmethod
    def at(cls, node: str, office: Office, **how: Any) -> "Journey":
        """A case that waits at this step of an officer, without papers: quick to make."""
        journey = cls(office, **how)
        journey.submit(incomplete=True)
        acts = {"receive": journey.receive, "receipt": journey.issue_receipt, "verify": journey.verify}
        for done in ORDER[: ORDER.index(node)]:
            acts[done]()
        return journey

    # What stands on record

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    @property
    def state(self) -> str:
        return self.case.state

    @property
    def record(self) -> Filing:
        return Filing.objects.get(case_number=self.case.number)

    @property
    def open_steps(self) -> set[str]:
        return set(TaskRoute.objects.filter(case=self.case_id, open=True).values_list("node", flat=True))

    def route(self, node: str) -> TaskRoute:
        """The open route of this step."""
        return TaskRoute.objects.get(case=self.case_id, node=node, open=True)

    def task(self, node: str) -> int:
        return self.route(node).task_id

    def duty(self, code: str) -> DutyClock:
        """The latest run of a duty."""
        return DutyClock.objects.filter(case=self.case_id, duty=code).latest("run")

    def running(self) -> set[str]:
        return set(DutyClock.objects.filter(case=self.case_id, stopped_on=None).values_list("duty", flat=True))

    def papers(self, kind: str) -> list[Document]:
        return list(Document.objects.filter(case=self.case_id, kind=kind).order_by("issued_at"))

    def opinions(self, node: str) -> list[Opinion]:
        return list(Opinion.objects.filter(case=self.case_id, node=node))

    def acts(self) -> list[str]:
        """What the audit chain says, in order."""
        return list(AuditEntry.objects.filter(case=self.case_id).order_by("sequence").values_list("action", flat=True))

    # The applicant

    def write(self, changes: Mapping[str, Any]) -> None:
        """Put fields into the draft; the first time on top of a complete filing."""
        case = self.case
        written = complete(dict(changes)) if not case.draft and not case.facts else _changed(case, changes)
        for key in ("materials", "schema"):
            written.pop(key, None)
        drafts.save_draft(case_id=self.case_id, person=self.applicant, section=written)

    def upload(self, slot: str, *, option: str = "", subject: str = "", file: SimpleUploadedFile | None = None) -> Any:
        return attachments.attach(
            case_id=self.case_id, person=self.applicant, slot=slot, option=option, subject=subject, upload=file or a_picture()
        )

    def upload_all(self) -> None:
        """One paper for every slot that the facts need."""
        facts, _ = FilingFacts.parse_draft({"schema": 1, **(self.case.draft or {})})
        for line in catalogue.get(PROCEDURE).lines("materials", facts, on=today()):
            if line.key != line.slot or line.needed is False:
                continue
            slot = catalogue.get(PROCEDURE).materials.slot(line.key)
            chosen = {"site_proof": "lease", "fire_proof": "fire_filing_voucher"}.get(slot.key, "")
            for person in slot.people(facts) if slot.people else [None]:
                self.upload(slot.key, option=chosen, subject=person.key if person else "")

    def submit(self, *, incomplete: bool = False) -> Case:
        return submission.submit(case_id=self.case_id, person=self.applicant, incomplete=incomplete)

    def answer(self, **words: str) -> Case:
        """Answer a correction notice or hand in the rectification; ``words`` explain points by their key."""
        return submission.answer(case_id=self.case_id, person=self.applicant, answers=words)

    def withdraw(self, *, by: Person | None = None) -> Case:
        return submission.withdraw(case_id=self.case_id, person=by or self.applicant)

    # The bureau

    def claim(self, node: str, *, by: Person) -> TaskRoute:
        return decisions.claim(case_id=self.case_id, task_id=self.task(node), person=by)

    def judge(self, node: str, *, by: Person, unmet: Mapping[str, str] | None = None) -> None:
        """Judge every line that the law makes a condition: 符合, but for those named with a reason."""
        route = self.route(node)
        lines = decisions.judged_lines(self.case, route, on=today())
        verdicts = {line.key: ("met", "") for line in lines if decisions.must_judge(line)}
        verdicts |= {key: ("unmet", reason) for key, reason in (unmet or {}).items()}
        decisions.judge(case_id=self.case_id, task_id=route.task_id, person=by, verdicts=verdicts)

    def decide(self, node: str, outcome: str, *, by: Person, **more: Any) -> Case:
        decision = Decision(outcome, **more)
        return decisions.decide(case_id=self.case_id, task_id=self.task(node), person=by, decision=decision)

    def receive(self, *, by: Person | None = None) -> Case:
        clerk = by or self.office.clerk
        self.judge("receive", by=clerk)
        return self.decide("receive", "receive", by=clerk)

    def ask_correction(self, *, by: Person | None = None, **unmet: str) -> Case:
        clerk = by or self.office.clerk
        self.judge("receive", by=clerk, unmet=unmet)
        return self.decide("receive", "correct", by=clerk)

    def issue_receipt(self, *, by: Person | None = None) -> Case:
        return self.decide("receipt", "done", by=by or self.office.clerk)

    def verify(self, *, by: Person | None = None, on: date | None = None, **unmet: str) -> Case:
        verifier = by or self.office.verifier
        self.judge("verify", by=verifier, unmet=unmet)
        return self.decide("verify", "done", by=verifier, visited_on=on or today(), companions=(self.office.companion.pk,))

    def sign(self, *, by: Person | None = None) -> Case:
        return self.decide("sign", "sign", by=by or self.office.head)

    def send_back(self, remark: str, *, by: Person | None = None) -> Case:
        return self.decide("sign", "return", by=by or self.office.head, remark=remark)

    def hand_over(self, *, by: Person | None = None) -> Case:
        return self.decide("hand_over", "done", by=by or self.office.head)

    # The worker

    def work(self, *topics: str) -> None:
        """Let the outbox do what is due for this case, of these topics: background, publish, render."""
        while rows := self.waiting(*topics):
            done = sum(outbox.drain(key=key) for key in rows)
            assert done, f"the outbox did none of {rows}: {self.errors()}"

    def try_once(self, *topics: str) -> int:
        """One look of a worker at each row that is due, whatever comes of it. Returns how many were done."""
        return sum(outbox.drain(key=key, limit=1) for key in self.waiting(*topics))

    def waiting(self, *topics: str) -> list[str]:
        rows = Outbox.objects.filter(case=self.case_id, done_at=None, parked_at=None)
        return list((rows.filter(topic__in=topics) if topics else rows).order_by("due_at", "pk").values_list("key", flat=True))

    def errors(self) -> list[str]:
        return list(Outbox.objects.filter(case=self.case_id).exclude(error="").values_list("error", flat=True))


def _changed(case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they stand, with fields changed by path."""
    written = dict(case.draft if case.draft is not None else case.facts or {})
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = written
        for name in way:
            place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
        place[int(last) if isinstance(place, list) else last] = value
    return written
