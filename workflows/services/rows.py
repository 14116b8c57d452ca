"""Rows without the query compiler, for the statements that every step runs.

Two thirds of a step's time went into building the same SQL again and again. A ``Table`` builds it once from the model's
fields and otherwise does what the ORM does: the same converters on the way in, the same preparation on the way out. No
signals are sent and no ``save`` is called, so it is for rows of the engine that have neither.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Table(Generic[M]):
    """Read, add and change rows of one model."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._updates: dict[tuple[str, ...], tuple[str, list[Any]]] = {}

    def load(self, where: str, params: Sequence[Any], *, order: str = "") -> list[M]:
        """Instances of the rows that satisfy ``where`` (our own SQL text, never a user's; values only in ``params``)."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self._select} WHERE {where}{f' ORDER BY {order}' if order else ''}", params)
            rows = cursor.fetchall()
        return [self._built(row) for row in rows]

    def insert(self, rows: Iterable[M], *, ignore_conflicts: bool = False) -> None:
        """Add rows in one statement. Rows without a key get theirs from the database."""
        rows = list(rows)
        if not rows:
            return
        keyed = rows[0].pk is not None
        fields = [field for field in self._fields if keyed or not field.primary_key]
        values = [field.get_db_prep_save(field.pre_save(row, True), connection=connection) for row in rows for field in fields]
        line = f"({', '.join(['%s'] * len(fields))})"
        columns = ", ".join(_quoted(field.column) for field in fields)
        text = f"INSERT INTO {self._name} ({columns}) VALUES {', '.join([line] * len(rows))}"
        text += " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        text += "" if keyed or ignore_conflicts else f" RETURNING {_quoted(self.model._meta.pk.column)}"
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            keys = [] if keyed or ignore_conflicts else [row[0] for row in cursor.fetchall()]
        for row, key in zip(rows, keys, strict=False):
            row.pk = key
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias

    def update(self, row: M, names: tuple[str, ...]) -> None:
        """Write these fields of one row."""
        if names not in self._updates:
            fields: list[Any] = [self.model._meta.get_field(name) for name in names]
            sets = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
            text = f"UPDATE {self._name} SET {sets} WHERE {_quoted(self.model._meta.pk.column)} = %s"
            self._updates[names] = (text, fields)
        text, fields = self._updates[names]
        values = [field.get_db_prep_save(field.pre_save(row, False), connection=connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(text, [*values, row.pk])

    @cached_property
    def _fields(self) -> list[Any]:
        return list(self.model._meta.concrete_fields)

    @cached_property
    def _name(self) -> str:
        return _quoted(self.model._meta.db_table)

    @cached_property
    def _select(self) -> str:
        return f"SELECT {', '.join(_quoted(field.column) for field in self._fields)} FROM {self._name}"

    @cached_property
    def _attributes(self) -> list[str]:
        return [field.attname for field in self._fields]

    @cached_property
    def _converters(self) -> list[tuple[int, Any]]:
        return [
            (position, converter)
            for position, field in enumerate(self._fields)
            for converter in field.get_db_converters(connection)
        ]

    def _built(self, row: tuple[Any, ...]) -> M:
        values = list(row)
        for position, converter in self._converters:
            values[position] = converter(values[position], None, connection)
        return self.model.from_db(connection.alias, self._attributes, values)


def _quoted(name: Any) -> str:
    return str(connection.ops.quote_name(name))
