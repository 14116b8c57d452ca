"""How a clause is cited: instrument, one space, article. ``国卫办人口发〔2019〕25号 §8(二)``.

58号 issues two rules in one paper, so its instruments are cited ``国卫人口发〔2019〕58号·设置标准`` and ``…·管理规范``.
Where the article could not be read yet the article names the subject: ``WS/T 821-2023 §待核(一键式报警)``.
"""

import re
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_PLAIN_ARTICLE = re.compile(r"§(\d+)(?:¶(\d+))?(?:\((.+)\))?$")
_ITEM = re.compile(r"[一二三四五六七八九十]+$")
_ANY_ARTICLE = re.compile(r"§\S+$")


class ClauseRefError(ValueError):
    """The text is not a clause reference. The message is Chinese and names the text."""


@dataclass(frozen=True, order=True)
class ClauseRef:
    """``instrument`` as cited (the key of the clause table), ``article`` beginning with §."""

    instrument: str
    article: str

    @classmethod
    def parse(cls, text: str, *, instrument: str = "") -> "ClauseRef":
        """Read ``文号 §条``; a text that begins with § takes ``instrument``. Raises ClauseRefError."""
        named, mark, rest = text.strip().rpartition("§")
        article, source = f"§{rest}", named.strip() or instrument
        if not mark or not source or not _ANY_ARTICLE.match(article):
            raise ClauseRefError(f"条款写法不对：“{text}”。应写成“文号 §条”，例如“国卫办人口发〔2019〕25号 §8(二)”。")
        return cls(source, article)

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}"

    @property
    def in_words(self) -> str:
        """The article for people: ``§8(二)`` is 第八条第二项, ``§28¶3`` is 第二十八条第三款; others 第4.1.3条 or as written."""
        plain = _PLAIN_ARTICLE.match(self.article)
        if plain:
            article, paragraph, item = plain.groups()
            words = f"第{chinese_number(int(article))}条"
            words += f"第{chinese_number(int(paragraph))}款" if paragraph else ""
            if item:
                words += f"第{item}项" if _ITEM.match(item) else f"（{item}）"
            return words
        body = (
            self.article[1:].replace("待核(", "条号待核（").replace(")", "）") if "待核" in self.article else self.article[1:]
        )
        return f"第{body}条" if body[0].isdigit() else body


def chinese_number(number: int) -> str:
    """1–999 in Chinese as articles are numbered: 8 八, 28 二十八, 110 一百一十. Raises ValueError outside."""
    if not 0 < number < 1000:
        raise ValueError(f"条号超出范围：{number}")
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and units:
        text += "零"
    return text + (_DIGITS[units] if units else "")
