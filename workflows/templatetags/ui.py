"""Template words of the pages: icons, state tags, dates, deadlines, numbers with units, display settings.

A state is one of "ok" 正常, "active" 办理中, "soon" 临期/待您, "late" 超期/不符合, "locked" 暂停/锁定, "ended" 结束/草稿,
"open" 未开始.
"""

from datetime import date
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from . import wording
from .icons import draw

register = template.Library()

register.filter("long_date", wording.long_date)
register.filter("short_date", wording.short_date)
register.filter("short_moment", wording.short_moment)
register.filter("moment_words", wording.moment_words)
register.filter("date_with_weekday", wording.date_with_weekday)
register.filter("remaining_words", wording.remaining_words)
register.filter("remaining_state", wording.remaining_state)

# Cookie → the values it may have. A cookie is the visitor's to write, so anything else counts as absent.
DISPLAY_COOKIES = {"size": ("normal", "large", "largest"), "contrast": ("normal", "high")}


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "late" %}, {% icon "magnifying-glass" %}: decoration, the words stand beside it."""
    return draw(name)


@register.inclusion_tag("components/tag.html")
def state_tag(state: str, words: str) -> dict[str, str]:
    """{% state_tag "ok" "已备案" %}: icon and words on a coloured ground. For states only."""
    return {"state": state, "words": words}


@register.inclusion_tag("components/state_words.html")
def state_words(state: str, words: str) -> dict[str, str]:
    """{% state_words "ok" "符合" %}: the same without a ground, for use in a line."""
    return {"state": state, "words": words}


@register.inclusion_tag("components/mark.html")
def mark(words: str, weight: str = "") -> dict[str, str]:
    """{% mark "已补正" "strong" %}, {% mark "督办" "urgent" %}: outlined, so that it never looks like a state."""
    return {"words": words, "weight": weight}


@register.simple_tag
def deadline(due: date, remaining: int, estimated: bool = False) -> str:
    """{% deadline clock.due clock.remaining clock.estimated %}: 还剩3个工作日（6月5日前）."""
    return wording.deadline_words(due, remaining, estimated)


@register.simple_tag
def unit(value: Any, name: str) -> SafeString:
    """{% unit 2775 "个" %}: 2,775个, never broken between lines. None is 「—」, for unknown is not zero."""
    if value is None or value == "":
        return mark_safe("—")
    shown = f"{value:,}" if isinstance(value, int | float) else value
    return format_html('<span class="nowrap">{}{}</span>', shown, name)


@register.filter
def thousands(value: int | None) -> str:
    """2775 → 2,775; 「—」 for unknown."""
    return "—" if value is None else f"{value:,}"


@register.filter
def or_dash(value: Any) -> Any:
    """「—」 for nothing; 0 stays 0."""
    return "—" if value is None or value == "" else value


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The input of a form field in the look of the theme; the widget's own classes (its width) are kept."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        look = "form-check-input"
    elif isinstance(widget, forms.Select):
        look = "form-select"
    else:
        look = "form-control"
    classes = [look, widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.simple_tag
def choice(option: BoundWidget) -> SafeString:
    """One radio button or check box of a group, in the look of the theme."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()


@register.simple_tag(takes_context=True)
def display_attributes(context: template.Context) -> SafeString:
    """The attributes of <html> that carry 字号 and 高对比, from the visitor's cookies."""
    chosen = chosen_display(context.get("request"))
    # Bootstrap draws its own arrows and ticks light when told that the page is dark.
    theme = "dark" if chosen["contrast"] == "high" else "light"
    return format_html('data-size="{}" data-contrast="{}" data-bs-theme="{}"', chosen["size"], chosen["contrast"], theme)


@register.inclusion_tag("components/display_settings.html", takes_context=True)
def display_settings(context: template.Context) -> dict[str, Any]:
    """The links 字号 标准 大 特大 and 高对比. Plain links: they work without JavaScript."""
    request = context.get("request")
    return {"chosen": chosen_display(request), "back": request.get_full_path() if request else "/"}


def chosen_display(request: HttpRequest | None) -> dict[str, str]:
    """The display settings in force for ``request``; the first value of each where none, or nonsense, was sent."""
    cookies = request.COOKIES if request else {}
    return {name: cookies[name] if cookies.get(name) in allowed else allowed[0] for name, allowed in DISPLAY_COOKIES.items()}
