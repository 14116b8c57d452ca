"""Text of people on its way to a record or a paper: the same test for names, reasons, remarks and answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.documents.glyphs import unprintable
from workflows.rules import characters
from workflows.services.errors import Unmet

LONGEST = 2000


def plain(text: str, *, field: str, lines: bool = False, longest: int = LONGEST) -> str:
    """The text as it is kept. Raises ``Unmet`` at ``field`` for a character that nobody can read or no paper can show."""
    kept = characters.composed(text)
    message = _too_long(kept, longest) or characters.fault(kept, lines=lines) or _unprintable(kept)
    if message:
        raise Unmet(message, fields={field: message})
    return kept


def unprintable_fields(written: Mapping[str, Any]) -> dict[str, str]:
    """Path → message for each text of a draft (JSON) with a character that the papers' fonts lack."""
    return {path: message for path, text in _texts(written, "") if (message := _unprintable(text))}


def _too_long(text: str, longest: int) -> str:
    return f"太长（{len(text)}字），请写在{longest}字以内。" if len(text) > longest else ""


def _unprintable(text: str) -> str:
    lacking = unprintable(text)
    return f"“{lacking[:10]}”印不到文书上，请删去或换一个写法。" if lacking else ""


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, f"{path}.{number}")
