"""Two flows of one shape: five human steps in a row, a fork, one automatic step, the end. No parallel branch.

``StockFlow`` is viewflow as its documentation shows it. ``EngineFlow`` is written in our words; each of its steps also
checks membership, routes to a bureau and post, keeps two duties' clocks, writes an opinion and an audit row.
"""

from typing import Any

from viewflow import this
from viewflow.workflow import Flow, flow, lock
from viewflow.workflow.models import Process

from registry.models import Filing, Role
from workflows import catalogue
from workflows.kit import CaseFlow, applicant_start, background, end, officer_task, when
from workflows.rules.checklist import Checklist
from workflows.rules.childcare_facts import FilingFacts
from workflows.rules.duties import DayKind, Duty

RULE = "国卫办人口发〔2019〕25号"


class StockFlow(Flow):
    """viewflow's own nodes; the row lock that its documentation recommends for PostgreSQL, waiting."""

    process_class = Process
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.receive)
    receive = flow.View(None).Next(this.receipt)
    receipt = flow.View(None).Next(this.verify)
    verify = flow.View(None).Next(this.sign)
    sign = flow.View(None).Next(this.conforms)
    conforms = flow.If(this.is_conforming).Then(this.publish).Else(this.publish)
    publish = flow.Function(this.do_publish).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any) -> Any:
        return activation.process

    def is_conforming(self, activation: Any) -> bool:
        return True

    def do_publish(self, activation: Any) -> None:
        """What the automatic step does is left out on both sides."""


def start_clocks(step: Any) -> None:
    step.clocks.happened("submitted", on=step.on, basis="提交")


def stop_clocks(step: Any) -> None:
    step.clocks.happened("receipt_issued", on=step.on, basis="回执")


def nothing(step: Any) -> None:
    """What the step does to the law's records is left out on both sides."""


class EngineFlow(CaseFlow):
    """Ours, in the same shape."""

    start = applicant_start("提交", clause=f"{RULE} §8", does=start_clocks).Next(this.receive)
    receive = officer_task("收件", clause=f"{RULE} §8", role=Role.CLERK, duties=("receipt",)).Next(this.receipt)
    receipt = officer_task("回执", clause=f"{RULE} §9", role=Role.CLERK, duties=("receipt",), does=stop_clocks).Next(
        this.verify
    )
    verify = officer_task("核实", clause=f"{RULE} §9", role=Role.VERIFIER, duties=("verification",)).Next(this.sign)
    sign = officer_task("签发", clause=f"{RULE} §9", role=Role.HEAD, duties=("verification",), not_by=("verify",)).Next(
        this.conforms
    )
    conforms = when(lambda step: True, title="符合", clause=f"{RULE} §9").Then(this.publish).Else(this.publish)
    publish = background("公开", clause=f"{RULE} §11", does=nothing).Next(this.end)
    end = end()


ENGINE = catalogue.register(
    catalogue.Procedure(
        code="bench.shape.v1",
        title="基准",
        act="childcare.filing",
        flow=EngineFlow,
        facts=FilingFacts,
        materials=Checklist(RULE),
        standards=Checklist(RULE),
        duties=(
            Duty("receipt", "回执", f"{RULE} §9", 5, DayKind.WORKING, since="submitted", until="receipt_issued"),
            Duty("verification", "核实", f"{RULE} §9", 15, DayKind.WORKING, since="submitted", until="published"),
        ),
        record=Filing,
    )
)
