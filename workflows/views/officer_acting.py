"""Whether the reader of 办件页 may act on the open task, and why not. A hint for the page: the door decides again."""

from dataclasses import dataclass

from registry.models import Membership, Person
from workflows import catalogue
from workflows.catalogue import Outcome
from workflows.models import Case, Opinion, TaskRoute


@dataclass(frozen=True)
class Acting:
    """``may``: the foot of the page is open to him. ``claimable``: nobody has it. ``why_not``: one sentence.

    ``judges``: the task judges lines. ``people`` who must take part; ``acts_for``: the principal of a substitute.
    """

    may: bool = False
    claimable: bool = False
    held: bool = False
    why_not: str = ""
    judges: bool = False
    people: int = 1
    acts_for: str = ""
    outcomes: tuple[Outcome, ...] = ()


def acting_of(case: Case, route: TaskRoute | None, memberships: list[Membership], person: Person) -> Acting:
    """What ``person`` may do on the case now."""
    if route is None or route.party != TaskRoute.Party.BUREAU:
        return Acting(why_not="现在没有需要本单位办理的环节。" if route is None else "正在等待申请人，暂不用办理。")
    node = catalogue.get(case.procedure).flow.instance.node(route.node)
    spec = node.spec
    posts = [m for m in memberships if m.bureau_id == route.bureau_id and m.role == route.role]
    post = min(posts, key=lambda m: m.acting_for_id is not None, default=None)
    common = {"judges": bool(spec.judges), "people": spec.people, "outcomes": node.outcomes}
    if post is None:
        return Acting(why_not=f"“{route.title}”由{route.bureau}办理，您可以查看。", **common)
    hands = {person.pk, post.acting_for_id} - {None}
    if route.assignee_id is not None and route.assignee_id not in hands:
        return Acting(why_not=f"“{route.title}”由{route.assignee}办理，您可以查看。", **common)
    acts_for = post.acting_for.name if post.acting_for else ""
    if spec.not_by and _was_in_it(case, spec.not_by, hands):
        return Acting(why_not="您的岗位不能签发：核实人和签发人须不同。请由本局其他签发人办理。", **common)
    return Acting(
        may=True, claimable=route.assignee_id is None, held=route.assignee_id is not None, acts_for=acts_for, **common
    )  # fmt: skip


def _was_in_it(case: Case, nodes: tuple[str, ...], hands: set[int | None]) -> bool:
    for opinion in Opinion.objects.filter(case=case, node__in=nodes):
        if hands & {opinion.by_id, opinion.acting_for_id, *(person["id"] for person in opinion.people)}:
            return True
    return False
