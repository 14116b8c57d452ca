"""Template words of the staff pages."""

from typing import Any

from django import template

from registry.models import Role
from workflows.selectors.visibility import OFFICER_ROLES

register = template.Library()
MEGABYTE, KILOBYTE = 1024 * 1024, 1024


@register.simple_tag(takes_context=True)
def posts_held(context: template.Context) -> dict[str, bool]:
    """{% posts_held as held %}: which parts of the staff pages today's posts open (``seen_by`` read them)."""
    request = context.get("request")
    held = {post.role for post in getattr(request, "memberships", ())}
    return {
        "handles": bool(held & OFFICER_ROLES),
        "supervises": Role.SUPERVISOR in held,
        "audits": Role.AUDITOR in held,
        "registers": Role.REGISTRAR in held,
    }


@register.filter
def file_size(size: int) -> str:
    """1.2MB, 340KB: as people say the size of a file."""
    return f"{size / MEGABYTE:.1f}MB" if size >= MEGABYTE else f"{max(1, round(size / KILOBYTE))}KB"


@register.filter
def get(mapping: Any, key: str) -> Any:
    """{{ numbers|get:answer.path }}: the value of a key that is known only when the page is made; "" for none."""
    return mapping.get(key, "") if mapping else ""
