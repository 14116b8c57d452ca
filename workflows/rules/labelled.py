"""A closed choice with a code for storage and a Chinese label for people."""

from enum import StrEnum


class Labelled(StrEnum):
    """``MEMBER = "code", "中文"``. The value is the code (what is stored); ``label`` is what a person reads."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
