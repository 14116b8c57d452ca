"""Load the reference data of registry/data into the database: repeatable, whole or not at all.

Who owns what, so that a bureau's own entries are never overwritten:

* divisions, bureau kinds, acts, instruments: the files; what differs is brought back to the files;
* bureaus: the files own ``name`` and ``name_printed``; section, telephone and address belong to the bureau;
* number formats: the files own ``title``; the issuer code belongs to the bureau once it is there;
* authorities, promised times, calendar days: the files only add what is missing;
* clauses: append-only. A row that says something else than the one on record is an error: it needs a row of its own,
  with a later ``in_force_from`` (the law changed) or a higher ``version`` (we read or checked it better).

Nothing is ever deleted: what a file no longer names stays until somebody ends it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import Error, transaction

from registry.services.reference_rows import SECTIONS, Change, Loading

DATA = Path(__file__).resolve().parent.parent / "data"


class ReferenceDataError(Exception):
    """A row of a reference file can't be loaded. The message is Chinese and names the file and the row."""


def load_reference(*, folder: Path = DATA) -> Sequence[Change]:
    """Load every ``*.yaml`` of ``folder`` and of its folder ``clauses``. Returns what changed; a second run returns nothing.

    Sections may stand in any file; they are loaded in the order of their dependence. Raises ReferenceDataError; then
    nothing was loaded.
    """
    files = [(path, _sections(path)) for path in sorted(folder.glob("*.yaml"))]
    files += [(path, _clause_sections(path)) for path in sorted((folder / "clauses").glob("*.yaml"))]
    loading = Loading()
    with transaction.atomic():
        for section in SECTIONS:
            for path, content in files:
                _load(loading, path, section, content.get(section) or ())
    return loading.changes


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ReferenceDataError(f"{path.name}：无法读取（{error}）") from error


def _sections(path: Path) -> dict[str, list[Any]]:
    content = _read(path)
    if not isinstance(content, dict):
        raise ReferenceDataError(f"{path.name}：应由“节名: 各行”组成")
    unknown = sorted(set(content) - set(SECTIONS))
    if unknown:
        raise ReferenceDataError(f"{path.name}：不认识的节：{'、'.join(map(str, unknown))}")
    return content


def _clause_sections(path: Path) -> dict[str, list[Any]]:
    """A clause file lists instruments, each with its clauses; a clause takes the instrument's days unless it has its own."""
    instruments, clauses = [], []
    for place, entry in enumerate(_read(path) or (), start=1):
        if not isinstance(entry, dict) or "number" not in entry:
            raise ReferenceDataError(f"{path.name}：第{place}个文件缺少 number")
        own = dict(entry)
        days = {name: own.pop(name) for name in ("in_force_from", "in_force_to") if name in own}
        clauses += [{"instrument": own["number"], **days, **clause} for clause in own.pop("clauses", ())]
        instruments.append(own)
    return {"instruments": instruments, "clauses": clauses}


def _load(loading: Loading, path: Path, section: str, rows: Sequence[Any]) -> None:
    for place, row in enumerate(rows, start=1):
        try:
            SECTIONS[section](loading, row)
        except (KeyError, TypeError, ValueError, ValidationError, ObjectDoesNotExist, Error) as error:
            raise ReferenceDataError(f"{path.name}：{section} 第{place}行（{_in_short(row)}）：{_reason(error)}") from error


def _in_short(row: Any) -> str:
    return "，".join(f"{key}: {str(value)[:30]}" for key, value in list(row.items())[:3]) if isinstance(row, dict) else str(row)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"缺少 {error.args[0]}"
    if isinstance(error, ValidationError):
        return "；".join(f"{name}：{'、'.join(messages)}" for name, messages in error.message_dict.items())
    return str(error).strip()
