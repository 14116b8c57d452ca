"""Administrative divisions."""

from registry.models import Division


class UnknownDivisionError(LookupError):
    """No division has this code. The message is Chinese."""


def division_by_code(code: str) -> Division:
    """The district or county with this GB/T 2260 code. Raises UnknownDivisionError."""
    division = Division.objects.filter(code=code).exclude(level=Division.Level.CITY).first()
    if division is None:
        raise UnknownDivisionError(f"没有行政区划“{code}”，请从列表中选择所在县（区）")
    return division


def districts_and_counties() -> list[Division]:
    """The eight places that file, in code order."""
    return list(Division.objects.exclude(level=Division.Level.CITY).order_by("code"))
