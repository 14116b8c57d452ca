"""The audit chain: one row per act, each covering the digest of the one before."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from registry.clock import now
from workflows.models import AuditEntry, AuditHead, Case


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of a row and the digest before it. What `verify_audit` recomputes."""
    content = {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "case": entry.case_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "acting_for": entry.acting_for_id,
        "bureau": entry.bureau_id,
        "action": entry.action,
        "node": entry.node,
        "data": entry.data,
        "previous": entry.previous,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def link(case: Case, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Chain the entries after the case's head and move the head. The case row must be locked; the caller saves both."""
    linked = []
    for entry in entries:
        case.audit_sequence += 1
        entry.case, entry.chain, entry.sequence = case, f"case:{case.pk}", case.audit_sequence
        entry.previous = case.audit_head
        entry.digest = case.audit_head = digest_of(entry)
        linked.append(entry)
    return linked


@transaction.atomic
def record(chain: str, action: str, *, actor: Any = None, at: datetime | None = None, **data: Any) -> AuditEntry:
    """Add a link to a chain that belongs to no case (``registry`` for memberships, calendar, reference data)."""
    AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
    head = AuditHead.objects.select_for_update().get(chain=chain)
    entry = AuditEntry(
        chain=chain, sequence=head.sequence + 1, at=at or now(), actor=actor, action=action, data=data,
        previous=head.digest,
    )  # fmt: skip
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    head.sequence, head.digest = entry.sequence, entry.digest
    head.save(update_fields=["sequence", "digest"])
    return entry
