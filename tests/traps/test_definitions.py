"""Versions of live cases: a case goes by the definition it was submitted under; what was released is not changed silently."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.places import ROOT
from registry.models import Clause
from tests.builders.journey import PROCEDURE, Journey
from tests.builders.office import Office
from workflows import catalogue
from workflows.kit.nodes import CaseLock
from workflows.models import Case, Definition
from workflows.selectors.definitions import FOLDER, content_of, digest_of
from workflows.selectors.watchdog import stuck_cases
from workflows.services import drafts, submission

RELEASED = sorted((ROOT / FOLDER).glob("*.json"))
HOW = "make a new procedure code, or (not released yet) run manage.py release_definitions and note it in CHANGELOG.md"


def test_v1_every_procedure_has_its_released_definition() -> None:
    """V1: released = merged with a CHANGELOG entry; the file holds what was released."""
    assert {file.stem for file in RELEASED} == {procedure.code for procedure in catalogue.all_procedures()}


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_v1_a_released_definition_does_not_change_silently(file: Path) -> None:
    """V1: graph, ways out, form, checklists, duties and templates are those of the file, and CHANGELOG.md names its digest."""
    released = json.loads(file.read_text(encoding="utf-8"))
    now = content_of(catalogue.get(file.stem))
    changed = [part for part in now if now[part] != released["content"].get(part)]
    assert not changed, f"{file.stem}: {changed} differ from what was released: {HOW}"
    assert released["digest"] == digest_of(now)
    assert released["digest"][:12] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), HOW


def test_v1_a_case_is_pinned_when_it_is_submitted(office: Office) -> None:
    """V1: the digest covers the definition and the clause versions of that day; cases of one day share the row."""
    first, second = Journey.at("receive", office), Journey.at("receive", office)
    pinned = first.case.definition
    assert pinned is not None
    assert pinned == second.case.definition
    assert pinned.digest == digest_of(pinned.content)
    assert pinned.content["code"] == PROCEDURE
    assert pinned.content["clauses"]["国卫办人口发〔2019〕25号 §9"].endswith("#1")


def test_v1_a_better_read_clause_is_another_definition(office: Office) -> None:
    """V1: a new version of a clause touches no case on its way; the next case is pinned to it."""
    before = Journey.at("receive", office)
    clause = Clause.objects.get(instrument__number="国卫办人口发〔2019〕25号", article="§9")
    Clause.objects.create(
        instrument=clause.instrument, article="§9", paraphrase=clause.paraphrase, verified="primary", source="测试",
        version=clause.version + 1, in_force_from=clause.in_force_from,
    )  # fmt: skip
    after = Journey.at("receive", office)
    assert before.case.definition != after.case.definition
    assert after.case.definition.content["clauses"]["国卫办人口发〔2019〕25号 §9"].endswith("#2")
    assert Definition.objects.count() == 2


@pytest.fixture
def register() -> Iterator[Any]:
    """Put a procedure into the catalogue for one test, in place of one of the same code if there is one."""
    kept = dict(catalogue._procedures)
    yield lambda procedure: catalogue._procedures.update({procedure.code: procedure})
    catalogue._procedures.clear()
    catalogue._procedures.update(kept)


def test_v1_a_new_version_leaves_running_cases_alone(office: Office, register: Any) -> None:
    """V1: v2 is published: no live row changes, the running case ends on v1, each step once."""
    running = Journey.at("verify", office)
    before = Case.objects.filter(pk=running.case_id).values().get()
    v1 = catalogue.get(PROCEDURE)
    register(replace(v1, code="childcare.filing.v2099", duties=tuple(replace(d, days=d.days + 1) for d in v1.duties)))
    assert Case.objects.filter(pk=running.case_id).values().get() == before
    running.verify()
    running.sign()
    running.work("background")
    assert (running.state, running.acts().count("filed"), running.case.procedure) == ("closed", 1, PROCEDURE)

    new = drafts.start_draft(procedure="childcare.filing.v2099", person=running.applicant)
    written = {**running.case.facts, "institution": {**running.case.facts["institution"], "address": "新址1号"}}
    drafts.save_draft(case_id=new.pk, person=running.applicant, section=written)
    new = submission.submit(case_id=new.pk, person=running.applicant, incomplete=True)
    assert new.definition != running.case.definition


def test_v1_two_modules_cannot_claim_one_code() -> None:
    """V1: the catalogue refuses a second procedure of the same code."""
    with pytest.raises(catalogue.DuplicateProcedureError):
        catalogue.register(catalogue.get(PROCEDURE))


def test_v2_a_case_keeps_what_it_was_asked_and_what_it_answered(office: Office, register: Any) -> None:
    """V2: a slot and a check are dropped from the form: the round still holds question, answer and the paper's hash."""
    journey = Journey(office)
    journey.upload("hygiene_report")
    journey.submit(incomplete=True)
    journey.ask_correction(site_proof="缺页")
    asked = journey.case.rounds.last().asked
    kept = journey.case.rounds.first()
    v1 = catalogue.get(PROCEDURE)
    slots = tuple(slot for slot in v1.materials.slots if slot.key != "hygiene_report")
    register(replace(v1, materials=replace(v1.materials, slots=slots)))
    assert [item["slot"] for item in journey.case.rounds.first().materials] == ["hygiene_report"]
    assert journey.case.rounds.first().facts == kept.facts
    assert journey.case.rounds.last().asked == asked
    assert "hygiene_report" in "".join(journey.case.definition.content["slots"]), "as it was asked then"


def test_v3_a_step_that_is_gone_is_named(office: Office, register: Any) -> None:
    """V3: a release without the node where a case stands: the check lists the case; nothing is skipped in silence."""
    journey = Journey.at("verify", office)
    v1 = catalogue.get(PROCEDURE)
    nodes = [node for node in v1.flow.instance.nodes() if node.name != "verify"]
    register(replace(v1, flow=SimpleNamespace(instance=SimpleNamespace(nodes=lambda: nodes))))
    assert [(trouble.case_id, "“verify”在现行流程中不存在" in trouble.why) for trouble in stuck_cases()] == [
        (journey.case_id, True)
    ]


def test_j1_every_flow_is_locked_by_its_case() -> None:
    """J1: viewflow's default is no lock at all; a flow of ours locks the case row."""
    for procedure in catalogue.all_procedures():
        assert isinstance(procedure.flow.lock_impl, CaseLock)
