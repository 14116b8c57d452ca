"""The daily anchor: one digest over the head of every audit chain."""

import hashlib
import json

from django.db import transaction
from django.db.models import Max, Sum

from registry.clock import now, today
from workflows.documents.keys import signing_key
from workflows.documents.statement import encode
from workflows.models import Anchor, AuditEntry


def digest_of(anchor: Anchor) -> str:
    """SHA-256 over the canonical JSON of an anchor and the one before it."""
    content = {"on": anchor.on.isoformat(), "heads": anchor.heads, "previous": anchor.previous}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic
def make_anchor() -> Anchor:
    """Today's anchor, signed with the platform's key; the one that exists if it was made already, by whichever beat."""
    existing = Anchor.objects.filter(on=today()).first()
    if existing is not None:
        return existing
    tops = AuditEntry.objects.values("chain").annotate(top=Max("sequence"))
    heads = {
        entry.chain: [entry.sequence, entry.digest]
        for entry in AuditEntry.objects.raw(
            "SELECT DISTINCT ON (chain) * FROM workflows_auditentry ORDER BY chain, sequence DESC"
        )
    }
    last = Anchor.objects.order_by("-on").first()
    anchor = Anchor(
        on=today(), made_at=now(), chains=len(heads), entries=tops.aggregate(n=Sum("top"))["n"] or 0, heads=heads,
        previous=last.digest if last else "",
    )  # fmt: skip
    anchor.digest = digest_of(anchor)
    anchor.signature = encode(signing_key().sign(anchor.digest.encode()))
    Anchor.objects.bulk_create([anchor], ignore_conflicts=True)
    return Anchor.objects.get(on=anchor.on)
