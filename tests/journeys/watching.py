"""What no page of a journey may do: break a rule of WCAG, scroll sideways, say a wrong word, complain in the console."""

import re
from collections.abc import Callable

from playwright.sync_api import ConsoleMessage, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

# Words of a program, and words that a filing office does not use (a filing is no permit; 公示 invites objections).
WRONG_WORDS = re.compile(
    r"\b(?:None|True|False|null|undefined|NaN)\b|[a-z]{2,}_[a-z]{2,}"
    "|非法操作|系统异常|参数错误|请联系管理员|其他材料|逾期自负|已退件|不予备案|受理|收件箱|认领|公示名册|已公示|有条件同意"
)


class Watch:
    """Looks at each kind of page once; ``seen`` may outlive a journey. ``errors``: what the console said meanwhile."""

    def __init__(self, axe: Callable[[Page], None], seen: set[str]) -> None:
        self.axe, self.seen = axe, seen
        self.errors: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", lambda line: self._hear(page, line))

    def look(self, page: Page, name: str, *, phone: bool = False) -> None:
        """At 1280 px, and on a phone when asked; ``name`` tells this kind of page from others."""
        if name in self.seen:
            return
        self._at(page, name, DESK)
        if phone:
            page.set_viewport_size(PHONE)
            self._at(page, f"{name}, phone", PHONE)
            page.set_viewport_size(DESK)
        self.seen.add(name)

    def _at(self, page: Page, name: str, screen: dict[str, int]) -> None:
        self.axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= screen["width"], f"{name}: {wide} px wide in a window of {screen['width']}"
        words = page.locator("body").inner_text()
        assert not WRONG_WORDS.findall(words), f"{name}: {WRONG_WORDS.findall(words)}"

    def _hear(self, page: Page, line: ConsoleMessage) -> None:
        # The browser reports the page's own answer, such as 403, as a load that failed: the test looks at that itself.
        own = line.text.startswith("Failed to load resource") and line.location["url"] == page.url.split("#")[0]
        if line.type in {"error", "warning"} and not own:
            self.errors.append(f"{page.url}: {line.text}")
