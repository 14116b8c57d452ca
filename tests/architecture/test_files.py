"""The house rules that a machine can see, on every file under version control."""

import ast
import importlib.metadata
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.places import ROOT

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
# Host names of package registries and folders of one person's machine have no place in a committed file.
FOREIGN = re.compile(r"pypi\.org|pythonhosted|npmjs\.(org|com)|deb\.debian\.org|/(home|root|work|Users)/\w|/tmp/[a-z]+/")
FOREIGN_NAMES = {"utils.py", "helpers.py", "common.py"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def committed(pattern: str = "*") -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [file for file in committed("*.py") if "migrations" not in file.parts]


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in python_files():
        yield file, ast.parse(file.read_text())


def shown(file: Path, line: int = 1) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


def test_files_are_short() -> None:
    long = [f"{shown(file)} {count}" for file in python_files() if (count := len(file.read_text().splitlines())) > LONGEST_FILE]
    assert not long


def test_functions_are_short() -> None:
    long = [
        f"{shown(file, node.lineno)} {node.name}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_no_module_is_a_drawer() -> None:
    assert not [shown(file) for file in python_files() if file.name in FOREIGN_NAMES]


def test_no_import_hides_in_a_function() -> None:
    """WeasyPrint excepted, which loads system libraries; a benchmark starts Django itself before it knows the models."""
    hidden = [
        shown(file, inner.lineno)
        for file, tree in trees()
        if "benchmarks" not in file.parts
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom) and "weasyprint" not in ast.dump(inner)
    ]
    assert not hidden


def test_no_code_asks_which_procedure_it_is() -> None:
    """A procedure is one module in flows/: a branch on its code elsewhere would be a second home for its rules."""
    question = re.compile(r"procedure(_code)?\s*(==|!=|\bin\b)\s*[\[({\"']")
    asked = [
        shown(file, number)
        for file in python_files()
        if "tests" not in file.parts
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if question.search(line)
    ]
    assert not asked


def test_no_file_names_a_registry_or_a_machine() -> None:
    named = []
    for file in committed():
        if file == Path(__file__):
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue  # a picture or a font
        named += [f"{shown(file, n)} {line[:80]}" for n, line in enumerate(text.splitlines(), 1) if FOREIGN.search(line)]
    assert not named


def test_one_django_fsm_is_installed() -> None:
    """Two distributions own the import name django_fsm; with both, the one written last wins silently."""
    names = {distribution.metadata["Name"].lower() for distribution in importlib.metadata.distributions()}
    assert {"django-fsm", "django-fsm-2", "django-fsm-log"} & names == {"django-fsm-2"}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "requirements-setup.txt"])
def test_locks_are_hashed_and_name_no_index(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert not [line for line in lines if re.search(r"^\s*-[^-]|^\s*--(?!hash)|://| @ ", line)]
    pins = [number for number, line in enumerate(lines) if re.match(r"[A-Za-z0-9]", line)]
    assert pins
    assert all("==" in lines[number] and "--hash=" in lines[number + 1] for number in pins)
