"""What the steps of a childcare filing do to the records. Called by the flow's nodes inside a step, never by a page."""

from typing import Any

from registry.models import Disclosure, Filing, Site
from registry.selectors.clauses import verification_of
from registry.services.filings import disclose, publish, resolve_disclosures
from registry.services.institutions import SiteElsewhereError, record_site
from workflows.models import Finding, Opinion, Round
from workflows.rules.checklist import Decision, Level, Line
from workflows.rules.clauses import ClauseRef
from workflows.selectors.facts import facts_of, last_handed_in
from workflows.services.errors import Unmet
from workflows.services.papers import issue, overtaken
from workflows.services.step import Step

TEMPLATES = "documents/childcare.filing"


def open_record(step: Step) -> None:
    """At the first submission: the institution and its site come on record, the clocks start (§9)."""
    case = step.case
    step.record = Filing(bureau=case.bureau, case_number=case.number, submitted_at=step.at)
    _put_on_record(step)
    papers_came_in(step)


def papers_came_in(step: Step) -> None:
    """Papers arrived: if they prove complete, both clocks of §9 count from this day, whatever day they are opened."""
    step.clocks.happened("submitted", on=step.on, basis="提交备案材料")
    step.clocks.happened("papers_complete", on=step.on, basis="材料到齐之日（收件时核对）")


def corrected(step: Step) -> None:
    """The applicant answered the correction notice. A code or an address that was wrong leads to the right site now."""
    overtaken(step, "correction_delivered")
    _put_on_record(step)
    step.case.submit()
    papers_came_in(step)


def ask_correction(step: Step) -> None:
    """Tell everything that is missing, once (一次性告知). The clocks of §9 never started: the papers were not complete."""
    points = _points(step)
    for code in ("receipt", "verification"):
        step.clocks.stop(code, on=step.on, basis="材料不齐，尚未收件", fulfilled=False)
    step.case.ask_correction()
    step.open_round(Round.Reason.CORRECTION, asked=points)
    issue(
        step, kind="correction_notice", event="correction_delivered", title="一次性告知书",
        template=f"{TEMPLATES}/correction_notice.html",
        subject=[("机构名称", step.case.title), ("办件编号", step.case.number or "")],
        body={
            "addressee": step.case.title,
            "case_number": step.case.number,
            "submitted_on": last_handed_in(step.case).isoformat(),
            "where": "登录本系统，在“我的办件”中打开本办件，选择“补正”，也可到窗口办理",
            "contact": _contact(step),
            "points": [_printed(step, point) for point in points],
        },
    )  # fmt: skip


def receive(step: Step) -> None:
    """The papers are complete. Received counts from the day on which the last one came in."""
    running = step.clocks.running("receipt")
    step.clocks.stop("correction", on=step.on, basis="材料齐全，无需告知")
    step.case.receive(on=running.started_on if running else step.on)


def issue_receipt(step: Step) -> None:
    """The receipt is the filing: in force from here, listed as 已备案（核实中） (P7). With it goes the notice of conditions."""
    case, record, facts = step.case, step.legal_record(), facts_of(step.case)
    # Two filings of one site at once: the second waits here and is told. What is on record now is what this case says.
    Site.objects.select_for_update(no_key=True).get(pk=record.site_id)
    _put_on_record(step)
    record.conditions = _conditions(step, facts)
    subject = _subject(record, facts)
    notice = issue(
        step, kind="notice_of_conditions", title="托育机构基本条件告知书", public=True,
        template=f"{TEMPLATES}/notice_of_conditions.html", subject=[("机构名称", record.name)],
        body={"addressee": record.name, "contact": _contact(step)},
    )  # fmt: skip
    receipt = issue(
        step, kind="filing_receipt", event="receipt_delivered", title="托育机构备案回执", subject=subject,
        template=f"{TEMPLATES}/receipt.html",
        public=True, body={
            "addressee": record.name,
            "submitted_on": last_handed_in(step.case).isoformat(),
            "nature": facts.institution.nature.label,
            "legal_representative": facts.institution.legal_representative.name or "—",
            "head": facts.institution.head.name or "—",
        },
    )  # fmt: skip
    record.take_effect(number=receipt.number, on=step.on)
    record.updated_at = step.at
    record.save()
    case.take_in_hand()
    step.clocks.happened("receipt_issued", on=step.on, basis=f"备案回执{receipt.number}")
    step.later("publish", key=f"publish:{case.pk}", case=case.pk)
    step.note("filed", number=receipt.number, notice=notice.number)


def list_publicly(step: Step) -> None:
    """Put the filing on the public register with the date (outbox; 政府信息公开条例 §26). A second call changes nothing."""
    record = step.legal_record()
    if record.published_at is not None:
        step.leave()
        return
    publish(filing=record, at=step.at)
    step.clocks.happened("published", on=step.on, basis="列入已备案机构名单")
    step.note("published")


def conclude(step: Step) -> None:
    """The head signed: what the verifiers found becomes the result."""
    record = step.legal_record()
    if _unmet(step, node="verify"):
        record.find_nonconforming(on=step.on)
    else:
        record.find_conforming(on=step.on)
    record.updated_at = step.at
    record.save()
    step.case.decide()


def conforming(step: Step) -> bool:
    """Does the site meet the standard, as signed?"""
    return bool(step.legal_record().verification == Filing.Verification.CONFORMING)


def send_back(step: Step) -> None:
    """The head returns the verification: a new round, the verifiers' opinion stays readable, superseded.

    What they judged is there again, to be mended and not to be typed anew.
    """
    last = _verification(step)
    step.carry_over("verify", Finding.objects.filter(route=last.route_id))
    step.open_round(Round.Reason.RETURN)
    Opinion.objects.filter(pk=last.pk).update(standing=Opinion.Standing.SUPERSEDED)


def publish_result(step: Step) -> None:
    """Publish that the site conforms, and close."""
    record = step.legal_record()
    resolve_disclosures(filing=record, at=step.at)
    disclose(filing=record, kind=Disclosure.Kind.CONFORMING, at=step.at)
    step.clocks.happened("result_delivered", on=step.on, basis="公开核实结果：符合")
    step.case.close(at=step.at, outcome="已备案，核实符合")
    step.note("result_published", result="conforming")


def notify_nonconformity(step: Step) -> None:
    """Tell the institution, with reasons, and the public (§9); then wait for its rectification."""
    record = step.legal_record()
    points = _points(step, node="verify")
    reasons = [{"title": p["title"], "clause": p["clause"], "reason": p["reason"]} for p in points]
    disclose(filing=record, kind=Disclosure.Kind.NONCONFORMING, reasons=reasons, at=step.at)
    step.open_round(Round.Reason.RECTIFICATION, asked=points)
    step.clocks.happened("nonconformity_told", on=step.on, basis="告知不符合")
    rectify_by = step.clocks.tell("rectification")
    issue(
        step, kind="nonconformity_notice", event="result_delivered", title="托育机构备案不符合告知书", public=True,
        template=f"{TEMPLATES}/nonconformity_notice.html",
        subject=[("机构名称", record.name), ("备案编号", record.number or "")],
        body={
            "addressee": record.name,
            "filing_number": record.number,
            "verified_on": (_verification(step).visited_on or step.on).isoformat(),
            "verifiers": "、".join(person["name"] for person in _verification(step).people),
            "published_at_place": "本系统“已备案机构名单”",
            "where": "整改完成后登录本系统，在“我的办件”中打开本办件，选择“提交整改”，也可到窗口办理",
            "contact": _contact(step),
            "rectify_by_on": rectify_by.isoformat(),
            "points": [_printed(step, point) for point in points],
        },
    )  # fmt: skip
    step.note("nonconformity_told", points=[point["key"] for point in points])


def rectified(step: Step) -> None:
    """The applicant says that everything was mended: verify again."""
    overtaken(step, "result_delivered")
    record = step.legal_record()
    _describe(record, facts_of(step.case))
    record.updated_at = step.at
    record.save()
    step.case.take_in_hand()
    step.clocks.happened("rectified", on=step.on, basis="提交整改情况")


def not_rectified(step: Step) -> None:
    """The time for rectification ran out: the bureau decides on handing over."""
    step.clocks.stop("rectification", on=step.on, basis="到期未提交整改", fulfilled=False)
    step.note("lapsed", node="rectify")


def hand_over(step: Step) -> None:
    """Handed to health supervision (人口与计划生育法 §41), publicly."""
    record = step.legal_record()
    record.hand_over()
    record.updated_at = step.at
    record.save()
    disclose(filing=record, kind=Disclosure.Kind.HANDED_OVER, at=step.at)
    step.case.close(at=step.at, outcome="已备案，核实不符合，移送卫生监督")
    step.note("handed_over")


def _put_on_record(step: Step) -> None:
    """The institution and its site, as the facts name them; what is on record under that code stays as it is."""
    facts, case, record = facts_of(step.case), step.case, step.legal_record()
    of = facts.institution
    try:
        case.site = record_site(
            name=of.name, uscc=of.uscc, nature=of.nature.value, registered_by=of.registration_authority,
            registered_on=of.registered_on, division=case.place, address=of.address, at=step.at,
        )  # fmt: skip
    except SiteElsewhereError as error:
        raise Unmet(str(error), fields={"institution.division": str(error)}) from error
    _require_free_site(case.site)
    step.changed("site")
    record.site, record.updated_at = case.site, step.at
    _describe(record, facts)
    record.save()


def _require_free_site(site: Site) -> None:
    """One filing in force per site: what changes afterwards is a change of filing, not a new one."""
    standing = Filing.objects.filter(site=site, status=Filing.Status.IN_FORCE).first()
    if standing is not None:
        raise Unmet(f"这个场所已有有效备案（{standing.number}）。内容有变化的，请办理变更备案；停止服务的，请办理注销备案。")


def _describe(record: Filing, facts: Any) -> None:
    """What the register shows, from the facts. A filing in force keeps its name: a change is a procedure of its own."""
    if record.number is None:
        record.name = facts.institution.name
    record.services = [service.label for service in type(next(iter(facts.services))) if service in facts.services]
    record.places = facts.capacity or 0
    record.classes = [
        {"name": name, "kind": each.kind.label if each.kind else "", "children": each.children or 0}
        for name, each in zip(facts.class_names, facts.classes, strict=True)
    ]
    record.phone = facts.institution.phone


def _subject(record: Filing, facts: Any) -> list[tuple[str, str]]:
    return [
        ("机构名称", record.name),
        ("统一社会信用代码", facts.institution.uscc),
        ("机构住所", facts.institution.address),
        ("服务范围", "、".join(record.services)),
        ("收托规模", f"{record.places}人"),
    ]


def _conditions(step: Step, facts: Any) -> list[dict[str, Any]]:
    """What the public page shows of the check: requirement, clause, measured, result. No personal names."""
    lines = [
        *step.procedure.lines("materials", facts, on=step.on),
        *step.procedure.lines("standards", facts, on=step.on),
    ]
    return [
        {
            "title": line.title,
            "clause": str(line.clause),
            "measured": "" if line.parts and any(part.key for part in line.parts) else _publicly(line),
            "met": line.met,
        }
        for line in lines
        if line.level is Level.MANDATORY and line.needed
    ]


def _publicly(line: Line) -> str:
    """At the receipt the officer has checked what no rule can measure."""
    return "已由工作人员核对" if line.decided_by is Decision.PERSON and line.met is None else line.measured


def _unmet(step: Step, *, node: str) -> list[Finding]:
    """The lines found 不符合 at the last standing opinion of a node."""
    opinion = Opinion.objects.filter(case=step.case, node=node, standing=Opinion.Standing.GIVEN).last()
    if opinion is None:
        return []
    return _faults(step, opinion.route_id)


def _faults(step: Step, route_id: int) -> list[Finding]:
    """What was found 不符合 and counts: a recommendation may be noted, it is told to nobody as a fault."""
    found = Finding.objects.filter(route=route_id, verdict=Finding.Verdict.UNMET)
    return [finding for finding in found if step.procedure.is_condition(finding.key)]


def _points(step: Step, *, node: str = "") -> list[dict[str, Any]]:
    """What is to be mended: one point per failed line, with the fields and the slot to mend it in."""
    assert node or step.route is not None
    failed = _unmet(step, node=node) if node else _faults(step, step.route.pk)  # type: ignore[union-attr]
    facts = facts_of(step.case)
    lines = {line.key: line for name in ("materials", "standards") for line in step.procedure.lines(name, facts, on=step.on)}
    return [
        {
            "key": finding.key,
            "title": finding.title,
            "clause": finding.clause,
            "reason": finding.reason,
            "need": lines[finding.key].remedy if finding.key in lines else "",
            "slot": lines[finding.key].slot if finding.key in lines else "",
            "fields": list(lines[finding.key].fields) if finding.key in lines else [],
        }
        for finding in failed
    ]


def _printed(step: Step, point: dict[str, Any]) -> dict[str, Any]:
    """A point as the notice prints it."""
    return {
        "title": point["title"],
        "clause": _citation(step, point["clause"]),
        "fact": point["reason"],
        "remedy": point["need"] or "请按上述依据补正",
    }


def _citation(step: Step, clause: str) -> dict[str, str]:
    """A clause as a paper cites it. The template prints article and wording only when the source was read."""
    reference = ClauseRef.parse(clause)
    row = verification_of([reference], step.on).get(str(reference))
    return {
        "instrument": row.instrument.title if row else reference.instrument,
        "article": reference.in_words,
        "wording": row.paraphrase if row else "",
        "verified": row.verified if row else "no",
    }


def _verification(step: Step) -> Opinion:
    """The verifiers' standing opinion."""
    return Opinion.objects.filter(case=step.case, node="verify", standing=Opinion.Standing.GIVEN).latest("at")


def _contact(step: Step) -> str:
    bureau = step.case.authority
    return "，".join(part for part in (bureau.name + bureau.section, bureau.phone) if part)
