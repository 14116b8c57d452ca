"""The drawings under docs/flows show the flows as they are in the code."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from config.places import ROOT
from workflows.catalogue import Procedure, all_procedures
from workflows.kit.nodes import BackgroundTask, PersonTask
from workflows.management.commands.draw_flows import FOLDER, drawings
from workflows.rules.clauses import ClauseRef

PROCEDURES = tuple(all_procedures())
DRAWN = ROOT / FOLDER


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_the_drawings_are_up_to_date(procedure: Procedure) -> None:
    for name, content in drawings(procedure).items():
        file = DRAWN / name
        assert file.is_file(), f"{FOLDER / name} is missing: run manage.py draw_flows"
        assert file.read_text(encoding="utf-8") == content, f"{FOLDER / name} is old: run manage.py draw_flows"


def test_no_drawing_outlives_its_flow() -> None:
    expected = {name for procedure in PROCEDURES for name in drawings(procedure)}
    assert {file.name for file in DRAWN.iterdir() if file.suffix in {".svg", ".bpmn"}} == expected


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_a_drawing_names_every_step_and_its_clause(procedure: Procedure) -> None:
    words = _words(DRAWN / f"{procedure.code}.svg")
    for node in procedure.flow.instance.nodes():
        if isinstance(node, PersonTask | BackgroundTask):
            clause = ClauseRef.parse(node.clause)
            assert {node.task_title, clause.instrument, clause.in_words} <= words


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_bpmn_edges_lead_somewhere(procedure: Procedure) -> None:
    tree = ET.parse(DRAWN / f"{procedure.code}.bpmn")
    ids = {element.get("id") for element in tree.iter()}
    edges = [element for element in tree.iter() if element.tag.endswith("}sequenceFlow")]
    assert edges
    assert all(edge.get(end) in ids for edge in edges for end in ("sourceRef", "targetRef"))


def _words(file: Path) -> set[str]:
    return {(element.text or "").strip() for element in ET.parse(file).iter() if element.tag.endswith("}text")}
