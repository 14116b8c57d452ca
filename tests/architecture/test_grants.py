"""The runtime role: it serves, but it owns nothing, and of an append-only table it changes no row."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from config.grants import append_only_tables

pytestmark = pytest.mark.django_db


def test_tests_connect_as_the_runtime_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == ("runtime", False)


def test_the_runtime_role_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'owner'")
        assert cursor.fetchall() == []


@pytest.mark.parametrize("table", sorted(append_only_tables()))
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_append_only_tables_refuse_the_runtime_role(table: str, statement: str) -> None:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    column = model._meta.pk.column
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(connection.ops.quote_name(table), connection.ops.quote_name(column)))
