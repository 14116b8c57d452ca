"""Imports run one way: config → projects → workflows → registry, and downwards inside the rooms (pyproject.toml)."""

import subprocess
from pathlib import Path
from sys import executable

from config.places import ROOT


def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_ci_runs_exactly_make_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line.removeprefix("exec ") for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]
