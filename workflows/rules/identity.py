"""公民身份号码 by GB 11643-1999: 17 digits and a check character (ISO 7064, MOD 11-2).

The area code is not checked: codes were withdrawn over the decades and people keep the number they were given.
"""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
LENGTH = 18
EARLIEST_YEAR = 1900


def tidy(number: str) -> str:
    """Without spaces, full-width digits and a small x made plain."""
    table = str.maketrans("０１２３４５６７８９ＸｘX", "0123456789XXX")
    return "".join(number.split()).translate(table).upper()


def check_character(first: str) -> str:
    """The 18th character for the first 17 digits."""
    return _CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def fault(number: str, *, on: date) -> str:
    """What is wrong with a tidied number, in words for its owner; empty when nothing is. ``on`` is the present day."""
    if len(number) != LENGTH:
        return f"公民身份号码应为{LENGTH}位，现在是{len(number)}位，请对照身份证核对。"
    first = number[:17]
    if not (first.isascii() and first.isdigit()):
        return "公民身份号码前17位应为数字，请对照身份证核对。"
    born = _birthday(first[6:14])
    if born is None or born > on or born.year < EARLIEST_YEAR:
        return "公民身份号码第7位至第14位不是有效的出生日期，请对照身份证核对。"
    if number[17] != check_character(first):
        return "公民身份号码与校验位不符，请对照身份证逐位核对。"
    return ""


def _birthday(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
