"""State icons drawn for this product. Everything else comes from heroicons (mini, 20 × 20)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons import _render_icon as heroicon

# 20 × 20; one shape per state, so that a grey print still tells them apart.
STATE_SHAPES = {
    "ok": '<path d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm4.7 7-5.5 5.7-3.6-3.5 1.3-1.4 2.3 2.2 4.1-4.4Z"/>',
    "active": '<path d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 2v14a7 7 0 0 1 0-14Z" fill-rule="evenodd"/>',
    "soon": '<path d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm-1 2h2v4.6l3 1.8-1 1.7'
    '-4-2.4Z" fill-rule="evenodd"/>',
    "late": '<path d="M10 1.5 19.5 18H.5Zm-1 5.7.3 5.3h1.4l.3-5.3ZM9 14v2h2v-2Z" fill-rule="evenodd"/>',
    "locked": '<path d="M10 1a4.5 4.5 0 0 0-4.5 4.5V9H4v9h12V9h-1.5V5.5A4.5 4.5 0 0 0 10 1ZM7.5 9V5.5a2.5 2.5 0 0 1 5 0V9Z"'
    ' fill-rule="evenodd"/>',
    "ended": '<path d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM5.5 9v2h9V9Z"'
    ' fill-rule="evenodd"/>',
    "open": '<path d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z" fill-rule="evenodd"/>',
}
_SVG = '<svg class="icon" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true" focusable="false">{}</svg>'


def draw(name: str) -> SafeString:
    """The inline SVG of a state ("ok", "late", …) or of a heroicon ("magnifying-glass"). Decoration: words stand beside it.

    Raises heroicons.IconDoesNotExist for a name that neither knows.
    """
    if name in STATE_SHAPES:
        return format_html(_SVG, mark_safe(STATE_SHAPES[name]))
    attributes: dict[str, object] = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return mark_safe(heroicon("mini", name, None, attributes))
