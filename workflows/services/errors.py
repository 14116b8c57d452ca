"""Why the engine refuses. Each message is for the person who reads it and says what to do."""

from datetime import datetime

from django.utils import timezone


class Refused(Exception):  # noqa: N818 - the family is named for what happened
    """An act of ours was refused; nothing was written. ``clause`` is the law behind it, when there is one."""

    code = "refused"

    def __init__(self, message: str, *, clause: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.clause = clause


class NotPermitted(Refused):
    """The person may see the case but not do this (403)."""

    code = "not_permitted"


class Conflict(Refused):
    """Somebody else was faster, or the page is stale (409)."""

    code = "conflict"

    @classmethod
    def handled(cls, who: str, at: datetime | None) -> "Conflict":
        return cls(f"该环节已由{who}处理{_moment(at)}，请刷新查看。")

    @classmethod
    def claimed(cls, who: str, at: datetime | None) -> "Conflict":
        return cls(f"该环节已由{who}领办{_moment(at)}，请刷新查看。")


class Unmet(Refused):
    """A clause or a condition of the step is not met (422). ``items`` names each, ``fields`` where to mend it."""

    code = "unmet"

    def __init__(self, message: str, *, items: tuple[str, ...] = (), fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.items = items
        self.fields = fields or {}


def _moment(at: datetime | None) -> str:
    return f"（{timezone.localtime(at):%-m月%-d日 %H:%M}）" if at else ""
