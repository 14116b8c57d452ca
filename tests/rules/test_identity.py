"""公民身份号码, GB 11643-1999."""

from datetime import date

import pytest

from workflows.rules.identity import check_character, fault, tidy

ON = date(2026, 11, 24)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "230502199003070017"])
def test_the_check_character_is_mod_11_2(number: str) -> None:
    """The first two are the examples of the standard; the second was born before 1900."""
    assert check_character(number[:17]) == number[17]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("230502199003070017", ""),
        ("11010519491231002X", ""),
        ("23050219900307001", "应为18位，现在是17位"),
        ("23050219900307001７８", "应为18位"),
        ("2305021990030700A7", "前17位应为数字"),
        ("230502199002300014", "出生日期"),
        ("230502202611250014", "出生日期"),
        ("440524188001010014", "出生日期"),
        ("230502199003070018", "校验位不符"),
        ("230502199003070071", "校验位不符"),
    ],
)
def test_what_is_wrong_is_said(number: str, says: str) -> None:
    found = fault(number, on=ON)
    assert (says in found) if says else not found


def test_as_people_type_it() -> None:
    assert tidy(" 110105 19491231 002x ") == "11010519491231002X"
    assert tidy("１１０１０５194912310０２ｘ") == "11010519491231002X"
