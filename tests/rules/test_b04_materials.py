"""B.4 备案材料（备案办法第八条），每项在什么情况下需要；E.9 哪些可以容缺。"""

from datetime import date

import pytest

from workflows.rules.checklist import Decision, Level, Outcome
from workflows.rules.childcare_facts import FilingFacts, FireProof
from workflows.rules.childcare_materials import MATERIALS

from .filing import TODAY, complete, facts, line

ALWAYS = ["registration_certificate", "site_proof", "staff_qualification", "staff_health_pass", "hygiene_report", "fire_proof"]


def without(slot: str, person: str | None = None) -> dict:
    kept = [m for m in complete()["materials"] if m["slot"] != slot or (person and m.get("person") != person)]
    return {"materials": kept}


def with_paper(**paper) -> dict:
    return {"materials": [m for m in complete()["materials"] if m["slot"] != paper["slot"]] + [paper]}


@pytest.mark.parametrize("slot", ALWAYS)
def test_m1_to_m5_are_always_needed(slot):
    assert line(slot).met is True
    missing = line(slot, without(slot))
    assert missing.needed is True
    assert missing.met is None
    assert missing.blocks


@pytest.mark.parametrize("proof", list(FireProof))
def test_m5_any_of_the_five_fire_proofs_is_enough(proof):
    changes = with_paper(slot="fire_proof", option=proof.value) | {"fire_proof": proof.value}
    assert line("fire_proof", changes).met is True
    assert line("fire_proof_kind", changes).met is True


def test_m5_a_paper_of_unknown_kind_is_not_counted():
    found = line("fire_proof", with_paper(slot="fire_proof", title="照片.jpg"))
    assert found.outcome is Outcome.UNKNOWN
    assert "请选择" in found.measured


def test_m5_the_paper_must_be_the_one_that_was_chosen():
    found = line("fire_proof_kind", {"fire_proof": "fire_acceptance"})
    assert found.met is False


def test_m5_old_acceptance_needs_the_declaration_of_no_alteration():
    assert line("unaltered_declaration", {"fire_proof": "original_acceptance"}).needed is True
    assert line("unaltered_declaration").needed is False
    assert line("unaltered_declaration", {"fire_proof": None}).needed is None


@pytest.mark.parametrize(
    ("meals", "own", "caterer"),
    [("cooked_here", True, False), ("delivered", False, True), ("none", False, False), (None, None, None)],
)
def test_m6_food_licence_depends_on_who_cooks(meals, own, caterer):
    changes = {"meals": meals}
    assert line("food_licence", changes).needed is own
    assert line("caterer_licence", changes).needed is caterer
    assert line("catering_contract", changes).needed is caterer


def test_m6_the_page_says_why_a_paper_is_not_needed():
    assert line("food_licence", {"meals": "delivered"}).why == "您填写的是“外部配送”，所以不需要这一项。"


@pytest.mark.parametrize(("until", "met"), [("2026-11-24", True), ("2026-11-23", False)])
def test_an_expired_paper_does_not_count(until, met):
    assert line("food_licence", with_paper(slot="food_licence", valid_until=until)).met is met


@pytest.mark.parametrize(("built", "needed"), [(2006, False), (2005, True), (None, None)])
def test_m2_structural_report_for_a_house_of_more_than_20_years(built, needed):
    assert line("structural_report", {"premises.built_year": built}, on=date(2026, 11, 24)).needed is needed


def test_m2_the_plan_lets_the_structural_report_stand_for_lost_papers():
    found = line("structural_report", {"premises.original_papers": False})
    assert found.needed is True
    assert "附件1(二)4" in found.why


def test_m2_the_proof_fits_the_tenure():
    assert line("site_proof_kind", {"premises.tenure": "own"}).met is False
    assert line("site_proof_kind", with_paper(slot="site_proof", option="title_deed") | {"premises.tenure": "own"}).met is True
    assert line("right_to_let", {"premises.tenure": "own"}).needed is False


def test_m3_one_paper_per_person_and_the_missing_one_is_named():
    found = line("staff_health_pass", without("staff_health_pass", "p2"))
    assert found.measured == "保育员赵云：未上传"
    assert [part.key for part in found.parts if part.outcome is Outcome.UNKNOWN] == ["p2"]


def test_m3_the_cook_needs_a_health_pass_but_no_qualification():
    assert line("staff_qualification", without("staff_qualification", "p10")).met is True
    assert line("staff_health_pass", without("staff_health_pass", "p10")).met is None


def test_the_business_scope_names_childcare():
    assert line("scope", {"institution.business_scope": "3岁以下婴幼儿照护服务"}).met is True
    assert line("scope", {"institution.business_scope": "教育咨询"}).met is False
    assert line("scope", {"institution.business_scope": ""}).outcome is Outcome.UNKNOWN


def test_an_unfinished_form_names_its_missing_fields():
    found = line("filing_form", {"institution.phone": "", "premises.outdoor_area": None})
    assert found.fields == ("institution.phone", "premises.outdoor_area")
    assert found.blocks


@pytest.mark.parametrize(
    "path",
    [
        "institution.name",
        "institution.uscc",
        "institution.address",
        "institution.division",
        "institution.registered_on",
        "institution.registration_authority",
        "institution.nature",
        "institution.legal_representative.name",
        "institution.legal_representative.id_number",
        "institution.head.name",
        "institution.head.id_number",
        "institution.contact",
        "institution.phone",
        "services",
        "premises.tenure",
        "premises.building_area",
        "premises.indoor_area",
        "premises.outdoor_area",
        "classes",
        "meals",
    ],
)
def test_b10_everything_the_form_asks_for_is_needed(path):
    empty: object = [] if path in ("services", "classes") else None
    assert line("filing_form", {path: empty}).fields == (path,)


@pytest.mark.parametrize(
    ("nature", "office"),
    [("for_profit", "市场监管部门"), ("non_profit", "民政部门"), ("public_institution", "机构编制部门")],
)
def test_a01_the_nature_says_who_registers(nature, office):
    found = line("registrar", {"institution.nature": nature})
    assert found.need == f"应由{office}登记"
    assert found.decided_by is Decision.PERSON
    assert not found.blocks


def test_without_the_promise_nothing_is_submitted():
    assert line("filing_promise", {"promises.filing": False}).met is False
    assert line("filing_promise", {"promises.filing": None}).blocks


def test_a_complete_filing_can_be_submitted():
    assert [each.key for each in MATERIALS.evaluate(facts(), on=TODAY) if each.blocks] == []


def test_e9_safety_and_health_are_never_deferrable():
    deferrable = {slot.key for slot in MATERIALS.slots if slot.deferrable}
    assert deferrable == {"legal_representative_id", "floor_plan", "security_proof", "liability_insurance"}


def test_e9_local_extras_never_block():
    extras = [each for each in MATERIALS.evaluate(facts(), on=TODAY) if each.level is Level.SHOULD]
    assert extras
    assert not any(each.blocks for each in extras)


def test_an_empty_draft_is_unknown_and_never_a_crash():
    lines = MATERIALS.evaluate(FilingFacts(), on=TODAY)
    assert {each.outcome for each in lines} == {Outcome.UNKNOWN}
    assert all(each.met is None for each in lines)
