"""A drawn round seal (样章). It is a picture: it has no legal force (国务院令第716号 §9) and says so."""

from math import cos, pi, sin

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARK = "样章"
RED = "#c8161d"
_SIZE = 420  # units of the drawing; the page sets the size on paper
_CENTRE = _SIZE / 2
_RIM = 9
_ARC_RADIUS = 150
_GLYPH = 47
_WIDEST_STEP = 20.0  # degrees between glyphs of a short name
_ARC = 220.0  # degrees that the longest name may take


def seal_svg(name: str, purpose: str) -> SafeString:
    """The seal of the bureau ``name`` with ``purpose`` (e.g. 备案专用章) below the star, as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seal" viewBox="0 0 {_SIZE} {_SIZE}">',
        f'<g fill="{RED}" text-anchor="middle" font-weight="700">',
        f'<circle cx="{_CENTRE}" cy="{_CENTRE}" r="{_CENTRE - _RIM}" fill="none" stroke="{RED}" stroke-width="{_RIM}"/>',
        f'<path d="{_star(_CENTRE, _CENTRE - 8, 62)}"/>',
        *_arc(name),
        _line(purpose, 356, 36),
        _line(MARK, 394, 30),
        "</g></svg>",
    ]
    return mark_safe("".join(parts))


def _arc(name: str) -> list[str]:
    """Each glyph is placed by its own transform: text on a path is not drawn alike by all programs."""
    step = min(_WIDEST_STEP, _ARC / max(len(name) - 1, 1))
    narrow = min(1.0, 0.98 * step * pi / 180 * _ARC_RADIUS / _GLYPH + 0.12)
    first = -step * (len(name) - 1) / 2
    return [
        f'<text font-size="{_GLYPH}" transform="{_place(first + step * index, narrow)}">{escape(glyph)}</text>'
        for index, glyph in enumerate(name)
    ]


def _place(angle: float, narrow: float) -> str:
    x = _CENTRE + _ARC_RADIUS * sin(angle * pi / 180)
    y = _CENTRE - _ARC_RADIUS * cos(angle * pi / 180)
    return f"translate({x:.2f} {y:.2f}) rotate({angle:.2f}) scale({narrow:.3f} 1)"


def _line(text: str, y: float, size: float) -> str:
    return f'<text x="{_CENTRE}" y="{y}" font-size="{size}">{escape(text)}</text>'


def _star(x: float, y: float, radius: float) -> str:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.382
        angle = pi * index / 5
        points.append(f"{x + reach * sin(angle):.2f} {y - reach * cos(angle):.2f}")
    return f"M{'L'.join(points)}Z"
