"""What the runtime role may do: read and write rows, and of an append-only table only read and add.

The owner role creates the tables and migrates; the runtime role serves. Without this split "append-only" is a word.
"""

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

log = logging.getLogger(__name__)


def append_only_tables() -> set[str]:
    """The tables of the models that declare `append_only = True`."""
    return {
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if getattr(model, "append_only", False)
    }


def grant_runtime(*, using: str, **_: Any) -> None:
    """After migrate: grant the runtime role its rights anew, on every table and sequence that exists."""
    connection = connections[using]
    role = settings.DATABASE_RUNTIME_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            log.warning("数据库只有一个角色 %s：只增表仅由触发器保护。请设置 DATABASE_OWNER_URL。", role)
            return
        for statement in _statements(connection, role):
            cursor.execute(statement)


def _statements(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    quote = connection.ops.quote_name
    to = quote(role)
    present = set(connection.introspection.table_names())
    ours = f"ON {', '.join(sorted(map(quote, present)))}"
    read_only = {MigrationRecorder.Migration._meta.db_table} & present
    add_only = append_only_tables() & present
    changeable = present - add_only - read_only
    statements = [
        f"GRANT CONNECT ON DATABASE {quote(connection.settings_dict['NAME'])} TO {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"REVOKE ALL {ours} FROM {to}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {to}",
    ]
    for rights, tables in (("SELECT", read_only), ("SELECT, INSERT", add_only), ("SELECT, INSERT, UPDATE, DELETE", changeable)):
        if tables:
            statements.append(f"GRANT {rights} ON {', '.join(sorted(map(quote, tables)))} TO {to}")
    return statements
