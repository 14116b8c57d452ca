"""Every line of a procedure cites its clause, and every clause cited has a row in registry/data/clauses."""

from collections.abc import Iterator

import pytest

from config.places import ROOT
from workflows.catalogue import Procedure, all_procedures
from workflows.rules.clause_table import read_clause_files
from workflows.rules.clauses import ClauseRef

TABLE = read_clause_files(ROOT / "registry" / "data" / "clauses")
WITH_A_ROW = {str(row.ref) for row in TABLE.rows}


def citations(procedure: Procedure) -> Iterator[tuple[str, ClauseRef | None]]:
    """What cites, and the clause: nodes, duties, slots and checks. None where a line cites nothing."""
    for node in procedure.flow.instance.nodes():
        if node.task_type != "END":
            yield f"node {node.name}", ClauseRef.parse(node.clause) if node.clause else None
    for duty in procedure.duties:
        yield f"duty {duty.code}", duty.ref
    for checklist in (procedure.materials, procedure.standards):
        for item in (*checklist.slots, *checklist.checks):
            yield f"{type(item).__name__.lower()} {item.key}", checklist.clause_of(item)


CITED = [(procedure, what, ref) for procedure in all_procedures() for what, ref in citations(procedure)]
NAMES = [f"{procedure.code}: {what}" for procedure, what, _ref in CITED]


@pytest.mark.parametrize(("procedure", "what", "ref"), CITED, ids=NAMES)
def test_it_cites_a_clause_that_is_on_record(procedure: Procedure, what: str, ref: ClauseRef | None) -> None:
    assert ref is not None, f"{procedure.code}: {what} cites no clause"
    assert str(ref) in WITH_A_ROW, f"registry/data/clauses/ has no row for {ref}"
