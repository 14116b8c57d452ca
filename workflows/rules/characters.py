"""Which characters a text may hold: those a reader sees as what they are, so that no name can look like another."""

import unicodedata

REFUSED = {
    "Cc": "控制字符",
    "Cf": "看不见的排版字符",
    "Cs": "残缺的字符",
    "Co": "自造字",
    "Cn": "没有定义的字符",
    "Zl": "换行字符",
    "Zp": "分段字符",
    "Mn": "单独的附加符号",
    "Me": "单独的附加符号",
}
"""General categories of Unicode. Cf turns the order of reading (U+202E) or hides; marks pile up over other letters."""


def composed(text: str) -> str:
    """One spelling per text: composed (NFC), lines ended by one character, no white space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fault(text: str, *, lines: bool = False) -> str:
    """What is wrong with the first refused character, and what to do; empty when all may stay. ``lines``: may have lines."""
    for character in text:
        kind = REFUSED.get(unicodedata.category(character))
        if kind and not (lines and character == "\n"):
            return f"含有无法打印的字符（U+{ord(character):04X}，{kind}），请删去这个字符，重新输入。"
    return ""
