"""Whole numbers that come from an address or a form: what a browser sends may be anything."""

MOST = 2**63 - 1
"""The largest id a row can have."""


def whole_number(text: str, most: int = MOST) -> int | None:
    """The number that these ASCII digits write, from 0 to ``most``; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST))):
        return None
    number = int(text)
    return number if number <= most else None
