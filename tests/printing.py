"""Where Pango cannot be had, a test that prints a paper is skipped by name instead of failing.

Which tests print is seen, not listed: WeasyPrint says on the way that its libraries are lacking. With Pango installed
this changes nothing.
"""

import ctypes.util
from collections.abc import Generator
from typing import Any

import pytest

LACKING = not ctypes.util.find_library("pango-1.0")
WORDS = ("WeasyPrint could not import some external libraries", "cannot load library")
REASON = "本机没有 Pango，不能生成文书：sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if LACKING and report.failed and any(word in report.longreprtext + report.capstdout for word in WORDS):
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (path, line, f"Skipped: {REASON}")
    return report
