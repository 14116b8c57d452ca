"""What the people of a journey write down and hand in: a small institution that meets every rule, and its papers."""

from copy import deepcopy
from typing import Any

from tests.builders.uploads import a_picture, pdf_bytes
from tests.rules.filing import complete
from workflows.rules.identity import check_character

NAME = "集贤县小橡果托育服务有限公司"
STAFF = {"p1", "p2", "p8", "p9", "p10"}
ID_NUMBER = "23052119850312002"


def small_filing() -> dict[str, Any]:
    """Seven children in one class, five people; numbers as people type them."""
    facts = complete({"classes": [{"kind": "older", "name": "大橡果班", "children": 7, "carers": 1}]})
    facts["staff"] = [person for person in facts["staff"] if person["key"] in STAFF]
    person = facts["institution"]["legal_representative"]
    person["id_number"] = ID_NUMBER + check_character(ID_NUMBER)
    facts["institution"]["head"] = deepcopy(person)
    return facts


def a_file(title: str, number: int = 0) -> dict[str, Any]:
    """A PDF or a picture as a browser chooses it, small and real."""
    if number % 2:
        return {"name": f"{title}.png", "mimeType": "image/png", "buffer": a_picture().read()}
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
