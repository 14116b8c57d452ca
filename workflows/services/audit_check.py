"""Is the audit whole? Recomputes every chain and names each row that was edited, deleted, inserted or moved.

Three witnesses are compared: the rows themselves (each covers the digest of the one before), the head kept with the case
(or in ``AuditHead``), and the daily anchors. Whoever rewrites a whole chain with its head is found by the anchors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cryptography.exceptions import InvalidSignature
from django.db import connection

from workflows.documents.keys import published_keys
from workflows.documents.statement import decode
from workflows.models import Anchor, AuditEntry, AuditHead, Case
from workflows.services.anchors import digest_of as anchor_digest
from workflows.services.audit import digest_of

CASE = "case:"


@dataclass(frozen=True, slots=True)
class Fault:
    """``sequence`` 0: the chain as a whole. ``what`` is a Chinese sentence part: 内容被改动."""

    chain: str
    sequence: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain} 第{self.sequence}条：{self.what}" if self.sequence else f"{self.chain}：{self.what}"


@dataclass(frozen=True)
class Report:
    """``chains`` and ``entries`` were checked, and ``anchors``."""

    chains: int
    entries: int
    anchors: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain as written beside it."""

    sequence: int
    digest: str


def check_all() -> Report:
    """Every chain and every anchor. Reads each row once, in order of chain and sequence."""
    heads = _heads()
    seen: set[str] = set()
    faults: list[Fault] = []
    entries = 0
    rows = AuditEntry.objects.order_by("chain", "sequence").iterator(chunk_size=2000)
    for chain, found in groupby(rows, key=lambda row: row.chain):
        links = list(found)
        seen.add(chain)
        entries += len(links)
        faults += check_links(chain, links, heads.get(chain))
    emptied = [(chain, head) for chain, head in heads.items() if head.sequence and chain not in seen]
    faults += [Fault(chain, 0, f"全部{head.sequence}条缺失") for chain, head in emptied]
    anchors = list(Anchor.objects.order_by("on"))
    faults += check_anchors(anchors)
    return Report(len(seen), entries, len(anchors), tuple(faults))


def check_case(case: Case) -> Report:
    """The chain of one case, against its head and against every anchor that names it."""
    return check_chain(f"{CASE}{case.pk}")


def check_chain(chain: str) -> Report:
    """One chain by name."""
    links = list(AuditEntry.objects.filter(chain=chain).order_by("sequence"))
    head = _head(chain)
    emptied = [Fault(chain, 0, f"全部{head.sequence}条缺失")] if head and head.sequence else []
    faults = check_links(chain, links, head) if links else emptied
    anchors = list(Anchor.objects.filter(heads__has_key=chain).order_by("on"))
    by_sequence = {link.sequence: link.digest for link in links}
    faults += [fault for anchor in anchors for fault in _against(anchor, chain, by_sequence)]
    return Report(1, len(links), len(anchors), tuple(faults))


def check_links(chain: str, links: Sequence[AuditEntry], head: Head | None) -> list[Fault]:
    """The rows of one chain in order of their sequence. Each fault is named once, at the row where it shows."""
    faults = _missing_and_extra(chain, links, head)
    wrong = [link for link in links if digest_of(link) != link.digest]
    moved = _moved(wrong)
    for link in wrong:
        was = moved.get(link.pk)
        faults.append(Fault(chain, link.sequence, f"次序被调换，原为第{was}条" if was else "内容被改动，与自身摘要不符"))
    told = {fault.sequence for fault in faults}
    for before, link in zip([None, *links[:-1]], links, strict=True):
        expected = before.digest if before is not None and before.sequence == link.sequence - 1 else ""
        follows = before is not None and before.sequence == link.sequence - 1
        broken = link.previous != expected and (follows or link.sequence == 1)
        if broken and link.sequence not in told and (before is None or before.sequence not in told):
            faults.append(Fault(chain, link.sequence, "与前一条的摘要不衔接，前一条或本条被改写或插入"))
    ends = head is not None and bool(links) and links[-1].sequence == head.sequence and links[-1].sequence not in told
    if ends and head is not None and links[-1].digest != head.digest:
        faults.append(Fault(chain, links[-1].sequence, "与链首登记的摘要不符，末条被改写"))
    return sorted(faults, key=lambda fault: fault.sequence)


def check_anchors(anchors: Sequence[Anchor], *, whole: bool = True) -> list[Fault]:
    """Each anchor: its own digest, its signature, the one before it, and the rows it names. ``whole``: the first of them
    is the first there is."""
    faults: list[Fault] = []
    before = "" if whole or not anchors else anchors[0].previous
    for anchor in anchors:
        name = _anchor_name(anchor.on)
        if anchor_digest(anchor) != anchor.digest:
            faults.append(Fault(name, 0, "锚定内容被改动，与自身摘要不符"))
        elif not _signed(anchor):
            faults.append(Fault(name, 0, "锚定的签名不对"))
        if anchor.previous != before:
            faults.append(Fault(name, 0, "与前一日锚定不衔接，中间的锚定被删或被改"))
        before = anchor.digest
        faults += _rows_against(anchor)
    return faults


def _missing_and_extra(chain: str, links: Sequence[AuditEntry], head: Head | None) -> list[Fault]:
    last = head.sequence if head is not None else 0
    present = {link.sequence for link in links}
    faults = []
    if head is None:
        faults.append(Fault(chain, 0, "没有链首登记，链被凭空添加或办件被删除"))
        last = max(present, default=0)
    faults += [Fault(chain, number, "缺失，被删除") for number in range(1, last + 1) if number not in present]
    return faults + [Fault(chain, number, "多出，链首没有登记这一条") for number in sorted(present) if number > last]


def _moved(wrong: Sequence[AuditEntry]) -> dict[int, int]:
    """Rows whose digest fits another place of the chain: id → the sequence it was written with."""
    found = {}
    for link in wrong:
        stands = link.sequence
        for other in wrong:
            link.sequence = other.sequence
            if other.pk != link.pk and digest_of(link) == link.digest:
                found[link.pk] = other.sequence
        link.sequence = stands
    return found


def _heads() -> dict[str, Head]:
    cases = Case.objects.exclude(audit_sequence=0).values_list("pk", "audit_sequence", "audit_head")
    heads = {f"{CASE}{pk}": Head(sequence, digest) for pk, sequence, digest in cases.iterator(chunk_size=5000)}
    return heads | {head.chain: Head(head.sequence, head.digest) for head in AuditHead.objects.all()}


def _head(chain: str) -> Head | None:
    if chain.startswith(CASE):
        case = Case.objects.filter(pk=int(chain.removeprefix(CASE))).values_list("audit_sequence", "audit_head").first()
        return Head(*case) if case else None
    head = AuditHead.objects.filter(chain=chain).first()
    return Head(head.sequence, head.digest) if head else None


def _signed(anchor: Anchor) -> bool:
    signature, content = decode(anchor.signature), anchor.digest.encode()
    for key in published_keys().values():
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        return True
    return False


def _against(anchor: Anchor, chain: str, digests: dict[int, str]) -> Iterator[Fault]:
    sequence, digest = anchor.heads[chain]
    if digests.get(sequence) != digest:
        yield Fault(chain, sequence, _anchor_says(anchor.on, missing=sequence not in digests))


def _rows_against(anchor: Anchor) -> list[Fault]:
    """The rows an anchor names that are gone or different now; compared in the database, for an anchor names them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.key, (h.value->>0)::int, e.digest IS NULL FROM workflows_anchor a "
            "CROSS JOIN LATERAL jsonb_each(a.heads) h "
            "LEFT JOIN workflows_auditentry e ON e.chain = h.key AND e.sequence = (h.value->>0)::int "
            "WHERE a.id = %s AND e.digest IS DISTINCT FROM h.value->>1 ORDER BY h.key",
            [anchor.pk],
        )
        return [Fault(chain, number, _anchor_says(anchor.on, missing=missing)) for chain, number, missing in cursor.fetchall()]


def _anchor_name(on: date) -> str:
    return f"锚定 {on.isoformat()}"


def _anchor_says(on: date, *, missing: bool) -> str:
    return f"{on.isoformat()}的锚定登记过这一条，现在{'缺失' if missing else '摘要不同'}"
