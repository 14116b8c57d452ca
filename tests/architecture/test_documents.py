"""What README and docs say is true where a machine can see it: links, paths, commands, accounts, variables, pictures."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.places import ROOT
from registry.services.demo import PASSWORD, PEOPLE
from workflows import models

README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
ROOMS = ("config/", "projects/", "workflows/", "registry/", "templates/", "static/", "tests/", "docs/", "benchmarks/")
LARGEST_PICTURE = 200_000  # bytes


def text_of(file: Path) -> str:
    """Without its blocks of code: they show files that are to be made."""
    return re.sub(r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(file: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(text_of(file)) if "://" not in link]
    broken = [link for link in links if link and not (file.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("file", [README, ROOT / "docs" / "architecture.md"], ids=shown)
def test_paths_named_exist(file: Path) -> None:
    missing = [path for path in _paths(text_of(file)) if not list(ROOT.glob(path.rstrip("/")))]
    assert not missing


def _paths(text: str) -> Iterator[str]:
    for code in CODE.findall(text):
        if code.startswith(ROOMS) and re.fullmatch(r"[\w./*]+", code):
            yield code


def test_the_architecture_names_every_model_and_command() -> None:
    said = set(CODE.findall(text_of(ROOT / "docs" / "architecture.md")))
    commands = {file.stem for file in (ROOT / "workflows" / "management" / "commands").glob("[a-z]*.py")}
    assert set(models.__all__) <= said
    assert commands <= said


def test_the_readme_names_every_demo_account_and_the_password() -> None:
    text = README.read_text(encoding="utf-8")
    assert f"`{PASSWORD}`" in text
    assert not [person.username for person in PEOPLE if f"`{person.username}`" not in text]


def test_the_variables_of_the_readme_are_those_of_the_manual() -> None:
    manual = set(CODE.findall(text_of(ROOT / "docs" / "operations.md")))
    table = text_of(README).partition("## 配置")[2].partition("## ")[0]
    variables = {code for code in CODE.findall(table) if re.fullmatch(r"[A-Z_]{4,}", code)}
    assert variables
    assert variables <= manual


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    text = README.read_text(encoding="utf-8")
    assert pictures
    assert not [shown(picture) for picture in pictures if picture.stat().st_size >= LARGEST_PICTURE]
    assert not [shown(picture) for picture in pictures if shown(picture) not in text]
