"""Append-only tables of the engine: whoever connects, a row once written is neither changed nor deleted."""

from django.db import migrations

TABLES = ("definition", "clockevent", "auditentry", "anchor", "accessentry", "delivery")


def _trigger(table: str) -> migrations.RunSQL:
    name = f"{table}_append_only"
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON workflows_{table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_append_only()",
            f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON workflows_{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_append_only()",
        ],
        [
            f"DROP TRIGGER {name} ON workflows_{table}",
            f"DROP TRIGGER {name}_whole ON workflows_{table}",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial"), ("registry", "0002_append_only")]

    operations = [_trigger(table) for table in TABLES]
