"""The staff pages as the officers of a bureau use them, with every press of a button counted."""

from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.journeys.watching import Watch


class Officer:
    """One officer at his browser. ``presses`` counts since the checklist was last saved."""

    def __init__(self, page: Page, watch: Watch, *, script: bool = True) -> None:
        self.page, self.watch, self.script = page, watch, script
        self.presses = 0

    def look(self, name: str, *, phone: bool = False) -> None:
        if self.script:
            self.watch.look(self.page, name, phone=phone)

    def press(self, words: str) -> None:
        self.presses += 1
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=words).click()

    def claim(self, title: str, step: str) -> None:
        """领办 in 待办事项, the page one signs in to; the case opens."""
        if "/office/todo/" not in self.page.url:
            self.page.goto("/office/todo/?tab=pool")
        self.look("to do, to be claimed", phone=True)
        row = self.page.locator("tbody tr", has_text=title).filter(has_text=step)
        row.get_by_role("button", name="领办").click()
        expect(self.page.locator(".case-page h1")).to_have_text(title)
        self.look(f"case at {step}", phone=True)

    def open(self, title: str) -> None:
        """By 办件查询."""
        self.page.goto("/office/cases/")
        self.look("all cases", phone=True)
        self.page.get_by_role("link", name=title).click()

    def judge(self, unmet: Mapping[str, str] | None = None) -> None:
        """What the system measured, then each line it left open, then what is not met with its reason; saved."""
        fill = self.page.get_by_role("button", name="按系统测算填入")
        if fill.count():
            self.press("按系统测算填入")
        self.look("case, lines filled in")
        open_lines = self.page.locator("fieldset.judge-line[data-must]:not(:has(input:checked))")
        while open_lines.count():
            open_lines.first.locator("label.verdict-met").click()
        for key, reason in (unmet or {}).items():
            line = self.page.locator(f"#line-{key}")
            line.locator("label.verdict-unmet").click()
            line.locator("textarea").fill(reason)
        self.press("保存判断")
        expect(self.page.get_by_role("status").first).to_contain_text("已保存")
        self.presses = 0

    def finish(self, outcome: str) -> None:
        """One of the buttons at the foot of the case."""
        self.press(outcome)
        expect(self.page.get_by_role("status").first).to_contain_text("下一步")

    def visited(self, day: str, companion: str) -> None:
        """When the site was seen, and by whom beside this officer."""
        self.page.get_by_label("现场核实日期").fill(day)
        self.page.get_by_label(companion).check()
