"""docs/adding-a-procedure.md is true: its code blocks, put where they say, make a procedure that runs to its end."""

import importlib
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from config.places import ROOT
from registry.services.reference import load_reference
from tests.architecture.test_flow_clauses import citations
from tests.builders.office import Office
from workflows import catalogue
from workflows.forms import book
from workflows.management.commands.draw_flows import drawings
from workflows.rules.clause_table import read_clause_files

GUIDE = ROOT / "docs" / "adding-a-procedure.md"
BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*[^\n]*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = "childcare.change.v2019"
ROW_BEFORE = '{article: "§10",'


def blocks() -> dict[str, str]:
    """Path → content, as the guide shows it."""
    return dict(BLOCK.findall(GUIDE.read_text(encoding="utf-8")))


@pytest.fixture
def house(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house beside ours with the guide's files in it. Ours looks there too while the test runs, and forgets it after."""
    shutil.copytree(ROOT / "registry" / "data", tmp_path / "registry" / "data")
    shutil.copytree(ROOT / "templates" / "documents", tmp_path / "templates" / "documents")
    (tmp_path / "static").symlink_to(ROOT / "static")
    for path, content in blocks().items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_inserted(place.read_text(encoding="utf-8"), content) if place.exists() else content, encoding="utf-8")
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(catalogue, "_procedures", dict(catalogue._procedures))
    before = set(sys.modules)
    rooms = [_open(package, tmp_path, monkeypatch) for package in ("workflows.flows", "workflows.services", "workflows.forms")]
    rooms.append(_open("tests.flows", tmp_path, monkeypatch))
    book._forms.cache_clear()
    yield tmp_path
    for name in set(sys.modules) - before:
        module = sys.modules.pop(name)
        for room in rooms:
            if getattr(room, name.rpartition(".")[2], None) is module:
                delattr(room, name.rpartition(".")[2])
    book._forms.cache_clear()


def _open(package: str, house: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    room = importlib.import_module(package)
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(house.joinpath(*package.split(".")))])
    return room


def _inserted(file: str, row: str) -> str:
    """A row of the guide goes below the one of §10."""
    lines = file.splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if ROW_BEFORE in line)
    return "".join([*lines[: place + 1], row, *lines[place + 1 :]])


@pytest.fixture
def procedure(house: Path) -> catalogue.Procedure:
    importlib.import_module("workflows.flows.childcare_change_v2019")
    return catalogue.get(CODE)


def test_the_guide_shows_a_whole_procedure() -> None:
    assert {Path(path).parent.as_posix() for path in blocks()} == {
        "registry/data", "registry/data/clauses", "workflows/services", "workflows/flows",
        "templates/documents/childcare.change", "workflows/forms", "tests/flows",
    }  # fmt: skip


def test_every_line_of_it_cites_a_clause_that_the_guide_puts_on_record(house: Path, procedure: catalogue.Procedure) -> None:
    table = read_clause_files(house / "registry" / "data" / "clauses")
    cited = [ref for _what, ref in citations(procedure)]
    assert None not in cited
    assert not table.missing([ref for ref in cited if ref], date(2026, 11, 24))


def test_it_has_a_form_and_a_drawing(procedure: catalogue.Procedure) -> None:
    assert book.form_of(procedure).procedure == procedure.name
    assert procedure in book.fillable()
    assert all("核对材料，换发回执" in drawing for drawing in drawings(procedure).values())


def test_its_own_tests_pass(house: Path, procedure: catalogue.Procedure, office: Office) -> None:
    """A site filed, its filing changed: from the form's answers to the renewed receipt as a PDF and the public list."""
    load_reference(folder=house / "registry" / "data")
    story = importlib.import_module("tests.flows.test_childcare_change")
    assert {name for name in vars(story) if name.startswith("test_")} == {
        "test_a_change_renews_the_receipt_and_ends_the_old_one",
        "test_a_site_without_a_filing_in_force_has_nothing_to_change",
    }
    story.test_a_change_renews_the_receipt_and_ends_the_old_one(office)
    story.test_a_site_without_a_filing_in_force_has_nothing_to_change(office)
