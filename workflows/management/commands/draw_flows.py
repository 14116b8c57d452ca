"""`manage.py draw_flows`: the graph of each procedure as a picture (SVG) and as BPMN 2.0, generated from its flow.

The files are committed, so that a reader needs no system; a test fails when they no longer show the code.
"""

import re
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.core.management.base import BaseCommand
from viewflow.workflow import chart

from workflows.catalogue import Procedure, all_procedures
from workflows.rules.clauses import ClauseRef

FOLDER = Path("docs/flows")
ANSWERS = {"yes": "是", "no": "否"}
LINE = 18  # px between a title and the clause below it
LABEL_SIZE = 11  # px, as viewflow's template sets it


class Command(BaseCommand):
    help = "由各事项的流程定义生成流程图（docs/flows，SVG 和 BPMN 2.0）"

    def handle(self, *args: object, **options: object) -> None:
        folder = settings.BASE_DIR / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for procedure in all_procedures():
            for name, content in drawings(procedure).items():
                (folder / name).write_text(content, encoding="utf-8")
                print(FOLDER / name)


def drawings(procedure: Procedure) -> dict[str, str]:
    """File name → content. The same flow gives the same bytes."""
    return {f"{procedure.code}.svg": _svg(procedure), f"{procedure.code}.bpmn": _bpmn(procedure)}


def _svg(procedure: Procedure) -> str:
    grid = chart.calc_layout_data(procedure.flow)
    for cell in grid.cells:
        if cell.node.task_type not in ("START", "END") and cell.shape.text:
            _cite(cell)
    for edge in grid.edges:
        _label(edge)
    drawn = _tidy(chart.grid_to_svg(grid))
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return drawn.replace("<defs>", f"{ground}\n    <defs>", 1)


def _bpmn(procedure: Procedure) -> str:
    grid = chart.calc_layout_data(procedure.flow, edge_start_gap_size=0, edge_end_gap_size=0)
    for edge in grid.edges:
        edge.label = ANSWERS.get(edge.label, edge.label)
    grid.flow_class = SimpleNamespace(instance=procedure.flow.instance, process_title=procedure.title)
    return _tidy(chart.grid_to_bpmn(grid))


def _cite(cell: chart.Cell) -> None:
    """Write the clause below the title of a task."""
    clause = ClauseRef.parse(cell.node.clause)
    text, style, size, x, y = cell.shape.text[-1]
    cell.shape.text[-1] = (text, style, size, x, y - LINE)
    cell.shape.text += [
        (words, style, LABEL_SIZE, x, y + row * LINE) for row, words in enumerate((clause.instrument, clause.in_words))
    ]


def _label(edge: chart.Edge) -> None:
    """The words of an edge: only where there is a choice, in Chinese, and beside the boxes rather than over them."""
    if len(list(edge.src._outgoing())) == 1:
        edge.label = None
        return
    edge.label = ANSWERS.get(edge.label, edge.label)
    if len(edge.segments) < 2 or not edge.label:
        return
    (x1, y1), (x2, y2) = edge.segments[:2]
    width = LABEL_SIZE * len(edge.label)
    if y1 == y2 and abs(x2 - x1) < width:
        above = chart.DEFAULT_SHAPE["height"] // 2 + LABEL_SIZE // 2
        edge.label_pos = ((x1 + x2 - width) // 2, y1 - above)
    elif y2 < y1:
        edge.label_pos = (x1 - width - LABEL_SIZE // 2, y1 - LABEL_SIZE)


def _tidy(text: str) -> str:
    """Without the blanks that the templates leave at the ends of lines."""
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip() + "\n"
