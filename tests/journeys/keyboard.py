"""Reading and acting with the keyboard alone."""

from playwright.sync_api import Locator, Page

MOST_TABS = 150
# The focus is seen: drawn with an outline, and not covered by something that stays in place (WCAG 2.4.7, 2.4.11).
SEEN = """each => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    const x = box.left + Math.min(box.width, innerWidth) / 2, y = box.top + Math.min(box.height, innerHeight) / 2;
    const top = document.elementFromPoint(x, y);
    const label = each.labels?.[0];
    const uncovered = top && (each.contains(top) || top.contains(each) || label?.contains(top));
    const drawn = [each, label].some(one => one && getComputedStyle(one).outlineStyle !== "none");
    return Boolean(uncovered) && drawn;
}"""


def tab_to(target: Locator) -> None:
    """Press Tab until the focus is there; it must be seen on the way."""
    page = target.page
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if focus.count():
            assert focus.evaluate(SEEN), f"the focus cannot be seen: {focus.evaluate('each => each.outerHTML')[:200]}"
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"not reached with {MOST_TABS} tabs: {target}")


def type_into(target: Locator, text: str) -> None:
    tab_to(target)
    target.page.keyboard.insert_text(text)


def press(target: Locator, key: str = "Enter") -> None:
    tab_to(target)
    target.page.keyboard.press(key)


def choose_file(page: Page, target: Locator, file: dict[str, object]) -> None:
    """Space on the control opens the system's own dialogue."""
    tab_to(target)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(file)
