"""The applicant's pages and the public ones, as people use them: they answer what a page asks, and press its buttons."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.filings import NAME, a_file
from tests.journeys.watching import Watch
from tests.machines import wait_until

MOST_UPLOADS = 60
PUBLIC_WITHIN = 60  # seconds
# Every control of a form that can be seen now, by name, in the order of the page.
ASKED = """controls => [...new Set(controls
    .filter(each => each.type !== "hidden" && each.type !== "file" && each.tagName !== "BUTTON" && each.checkVisibility())
    .map(each => each.name))]"""


class Form:
    """Answers questions from the facts and remembers what had to be typed."""

    def __init__(self, page: Page, facts: Mapping[str, Any]) -> None:
        self.page, self.facts = page, facts
        self.typed: list[str] = []
        self.labels: list[str] = []
        self.found_filled: list[str] = []

    def answer_all(self, form: Locator) -> None:
        """Everything the form asks, also what an answer brings up."""
        done: set[str] = set()
        while asked := [name for name in self._asked(form) if name not in done]:
            for name in asked:
                done.add(name)
                if ".new." not in name and not self._copied(name):
                    self.answer(name, self.value(name))

    def value(self, name: str) -> Any:
        """What the facts say at this path; None when they say nothing."""
        if name.endswith(".same"):
            return True
        place: Any = self.facts
        for part in name.split("."):
            place = place[int(part)] if isinstance(place, list) else place.get(part)
            if place is None:
                return None
        return place

    def answer(self, name: str, value: Any) -> None:
        """One question; what stands there already is left as it is."""
        if value is None:
            return
        if isinstance(value, list):
            fresh = [self._choose(f'[name="{name}"][value="{each}"]') for each in value]
            self._remember(name, typed=any(fresh))
            return
        text = str(value).lower() if isinstance(value, bool) else str(value)
        radio = f'input[type=radio][name="{name}"]'
        if name.endswith(".same"):
            self._remember(name, typed=self._choose(f'[name="{name}"]'))
        elif self.page.locator(radio).count():
            self._remember(name, typed=self._choose(f'{radio}[value="{text}"]'))
        else:
            self._write(self.page.locator(f'[name="{name}"]'), name, text)

    def _asked(self, form: Locator) -> list[str]:
        return form.locator("[name]").evaluate_all(ASKED)

    def _copied(self, name: str) -> bool:
        """Answered by the box 就是法定代表人: without a script the fields stay to be seen."""
        box = self.page.locator(f'[name="{name.rpartition(".")[0]}.same"]')
        return not name.endswith(".same") and bool(box.count()) and box.is_checked()

    def _choose(self, selector: str) -> bool:
        control = self.page.locator(selector)
        if control.is_checked():
            return False
        control.check()
        return True

    def _write(self, control: Locator, name: str, text: str) -> None:
        if control.input_value() == text:
            self._remember(name, typed=False)
            return
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(text)
        else:
            assert not control.input_value(), f"{name} holds something else"
            control.fill(text)
        self._remember(name, typed=True)

    def _remember(self, name: str, *, typed: bool) -> None:
        if not typed:
            self.found_filled.append(name)
            return
        self.typed.append(name)
        field = self.page.locator(".field").filter(has=self.page.locator(f'[name="{name}"]'))
        if not re.search(r"\.(\d+|new)\.", name):
            self.labels.append(field.locator("legend, label").first.inner_text())


class Applicant:
    """One applicant at his browser."""

    def __init__(self, page: Page, watch: Watch, facts: Mapping[str, Any], *, script: bool = True) -> None:
        self.page, self.watch, self.facts, self.script = page, watch, facts, script
        self.form = Form(page, facts)

    def look(self, name: str, *, phone: bool = False) -> None:
        if self.script:
            self.watch.look(self.page, name, phone=phone)

    def press(self, words: str, role: str = "button") -> None:
        """A button or link that leads to another page, or to this one anew."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role(role, name=words, exact=True).click()

    # Before there is a case

    def answer_the_six_questions(self) -> None:
        self.page.goto("/start/")
        self.look("six questions", phone=True)
        self.form.answer_all(self.page.locator("main form").first)
        self.press("生成我的材料单")
        self.look("list of papers", phone=True)

    def sign_up(self, name: str, phone: str, password: str) -> None:
        self.press("还没有账号，注册", "link")
        self.look("sign up", phone=True)
        for label, text in (("姓名", name), ("手机号", phone), ("密码", password), ("再输一次密码", password)):
            self.page.get_by_label(label, exact=True).fill(text)
        self.press("注册并登录")

    # The draft

    def fill_in(self) -> None:
        """From 开始填写 to the page of papers: one topic a page."""
        self.press("开始填写")
        while re.search(r"/form/\w+/", self.page.url):
            topic = self.page.url.split("/form/")[1].split("/")[0].split("#")[0]
            self._fill_topic(topic)
            self.look(f"topic {topic}", phone=True)
            before = self.page.url
            self.press("保存并继续")
            assert self.page.url.split("#")[0] != before.split("#")[0], self._complaints()

    def _fill_topic(self, topic: str) -> None:
        form = self.page.locator("#topic-form")
        self.form.answer_all(form)
        rows = self.facts.get(topic)
        for number, row in enumerate(rows[1:] if isinstance(rows, list) else [], start=1):
            for field in ("post", "name"):
                self.form.answer(f"{topic}.new.{field}", row[field])
            self.press("添加人员")
            expect(self.page.locator(f'[id="{topic}.{number}"]')).to_have_attribute("open", "")
            self.form.answer_all(form)

    def upload_everything(self, *, later: bool = False) -> None:
        """Every slot, and every person of a slot, by choosing a file; with ``later`` also what may follow later."""
        self.look("papers, none yet", phone=True)
        for number, subject in enumerate(self._empty_slots(later=later)):
            self.upload(subject, a_file(f"材料{number}", number))
        self.look("papers, all there", phone=True)

    def upload(self, subject: Locator, file: dict[str, Any]) -> None:
        """One file. What the answers said already (which kind of paper) stands chosen."""
        kinds = subject.locator("input[type=radio][name$=option]")
        assert not kinds.count() or subject.locator("input[type=radio][name$=option]:checked").count() == 1
        until = subject.locator("input[name=valid_until]")
        if until.count():
            until.fill("20291001")
        with self.page.expect_navigation():
            subject.locator("input[type=file]").first.set_input_files(file)
            if not self.script:
                subject.get_by_role("button", name="上传").click()

    def _empty_slots(self, *, later: bool) -> Iterator[Locator]:
        slots = self.page.locator(".slot")
        if not later:
            slots = slots.filter(has_not=self.page.locator("h3 .mark"))
        for _ in range(MOST_UPLOADS):
            empty = slots.locator(".subject").filter(has_not=self.page.locator(".document-row"))
            if not empty.count():
                return
            yield empty.first
        raise AssertionError("a file that was uploaded is not there")

    def submit(self) -> str:
        """From the page of papers to 已提交; the number of the case."""
        self.press("继续：核对承诺", "link")
        self.look("read back", phone=True)
        self.press("确认属实并提交")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("已提交")
        self.look("submitted", phone=True)
        return self.page.locator(".case-number").inner_text()

    def file(self) -> str:
        """Everything from the six questions to the number."""
        self.answer_the_six_questions()
        self.fill_in()
        self.upload_everything()
        return self.submit()

    # Afterwards

    def open_case(self, number: str) -> None:
        self.page.goto("/mine/")
        self.look("my cases", phone=True)
        self.page.locator("li", has_text=number).locator("p.title a").click()

    def download_of(self, paper: str) -> Locator:
        """The link that saves a paper we issued."""
        return self.page.get_by_role("link", name=re.compile(rf"下载\s*{paper}"))

    def _complaints(self) -> str:
        return "\n".join(self.page.locator(".wrong").all_inner_texts())


class Stranger:
    """Anybody, without an account: a parent who looks at the list or scans a paper."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page, self.watch = page, watch

    def finds(self, state: str, words: str) -> None:
        """The institution is in the list in this state, soon; its own page says ``words``."""
        wait_until(lambda: self._state() == state, f"the list says {state}", PUBLIC_WITHIN, self._state)
        self.watch.look(self.page, f"list: {state}", phone=True)
        self.page.get_by_role("link", name=NAME).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(NAME)
        expect(self.page.get_by_role("main")).to_contain_text(words)
        self.watch.look(self.page, f"in the list: {state}", phone=True)

    def scans(self, address: str) -> None:
        """The code on a paper: it is genuine."""
        self.page.goto(address)
        expect(self.page.locator("#verify-words")).to_have_text("真实有效")
        expect(self.page.locator("#verify-list")).to_contain_text(NAME)
        self.watch.look(self.page, "verified paper", phone=True)

    def _state(self) -> str:
        self.page.goto(f"/register/?q={NAME[3:6]}")
        row = self.page.locator("tbody tr", has_text=NAME)
        return row.locator(".tag").inner_text() if row.count() else ""
