"""Who decides what, where (practice.md P4)."""

from datetime import date

from registry.models import Act, Authority, Division


class AuthorityError(LookupError):
    """No bureau, or more than one, answers for an act. The message is Chinese and says what to add."""


def authority_for(act: str | Act, division: Division, on: date, size: int | None = None) -> Authority:
    """The authority (with ``bureau``, ``mode``, ``clause``) for an act code in a division on a day.

    ``size`` is the floor area in ㎡; it may be left out where the authority does not depend on it. The table names the
    bureau for each division outright (a district without a bureau of its own has a row with the city's branch): there is
    no falling back to the parent. Raises AuthorityError.
    """
    code = act.code if isinstance(act, Act) else act
    rows = Authority.objects.filter(act__code=code, division=division, valid__contains=on)
    if size is not None:
        rows = rows.filter(size__contains=size)
    found = list(rows.select_related("act", "bureau__kind", "bureau__division", "division")[:2])
    if not found:
        raise AuthorityError(f"{division}在{on:%Y-%m-%d}没有“{code}”的主管部门，请名录管理员补充权责表")
    if len(found) > 1:
        raise AuthorityError(f"{division}的“{code}”按面积分属不同部门，请先填写建筑面积")
    return found[0]
