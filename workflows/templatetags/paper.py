"""What a printed page needs: the seal, the QR code, the letterhead's size, dates in full."""

from datetime import date

from django import template
from django.utils.safestring import SafeString, mark_safe

from workflows.documents.qr import qr_svg
from workflows.documents.seal import seal_svg
from workflows.rules.clauses import chinese_number

from .wording import long_date as long_date_words

register = template.Library()
_PRINT_WIDTH_PT = 442  # 156 mm, GB/T 9704
_LARGEST_PT = 46.0


@register.simple_tag
def seal(issuer: str, purpose: str) -> SafeString:
    """The drawn seal (样章) of ``issuer``."""
    return seal_svg(issuer, purpose)


@register.simple_tag
def qr(url: str) -> SafeString:
    """The QR code of ``url``."""
    return mark_safe(qr_svg(url))


@register.filter
def letterhead_size(issuer: str) -> str:
    """The font size in pt at which the issuer's name fills one line of the page, at most 46."""
    return f"{min(_LARGEST_PT, _PRINT_WIDTH_PT / (len(issuer) * 1.06)):.1f}"


@register.filter
def long_date(value: date | str) -> str:
    """2026年11月9日: Arabic digits, no leading zeros (GB/T 9704). A text in ISO form, as a snapshot keeps it, also serves."""
    return long_date_words(date.fromisoformat(value) if isinstance(value, str) else value)


@register.filter
def numeral(count: int) -> str:
    """The Chinese numeral of a heading: 1 → 一, 12 → 十二."""
    return chinese_number(count)


@register.filter
def sentence(text: str) -> str:
    """The text with a full stop, unless it ends with a mark already."""
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"
