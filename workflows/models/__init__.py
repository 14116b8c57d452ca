from .cases import Case, CaseGrant, Definition, Round
from .clocks import ClockEvent, DutyClock
from .outbox import Outbox, SweepRun
from .papers import Attachment, Delivery, Document
from .proof import AccessEntry, Anchor, AuditEntry, AuditHead
from .work import Finding, Opinion, TaskRoute

__all__ = [
    "AccessEntry", "Anchor", "Attachment", "AuditEntry", "AuditHead", "Case", "CaseGrant", "ClockEvent", "Definition",
    "Delivery", "Document", "DutyClock", "Finding", "Opinion", "Outbox", "Round", "SweepRun", "TaskRoute",
]  # fmt: skip
