"""What no page of a journey may do: break a rule of WCAG, scroll sideways, or complain in the console."""

from collections.abc import Callable

from playwright.sync_api import ConsoleMessage, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


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

    def _hear(self, page: Page, line: ConsoleMessage) -> None:
        # The browser reports the page's own answer, such as 403, as a load that failed: the test looks at that itself.
        own = line.text.startswith("Failed to load resource") and line.location["url"] == page.url.split("#")[0]
        if line.type in {"error", "warning"} and not own:
            self.errors.append(f"{page.url}: {line.text}")
