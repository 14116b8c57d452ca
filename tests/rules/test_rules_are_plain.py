"""Rules know facts and dates; no framework, no database, no clock of their own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "workflows" / "rules").glob("*.py"))
CLOCKS = {"today", "now", "utcnow"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_rule_asks_what_day_it_is(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]


def test_the_rules_load_without_django():
    names = ", ".join(f"workflows.rules.{path.stem}" for path in MODULES if path.stem != "__init__")
    program = f"import sys, {names}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
