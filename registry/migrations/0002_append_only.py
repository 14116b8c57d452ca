"""Append-only tables are kept by the database: whoever connects, a row once written is neither changed nor deleted."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_change_of_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% 只可追加，不可修改或删除', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""

ROWS = """
CREATE TRIGGER clause_append_only BEFORE UPDATE OR DELETE ON registry_clause
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_append_only()
"""

WHOLE = """
CREATE TRIGGER clause_append_only_whole BEFORE TRUNCATE ON registry_clause
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_append_only()
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change_of_append_only()"),
        migrations.RunSQL(ROWS, "DROP TRIGGER clause_append_only ON registry_clause"),
        migrations.RunSQL(WHOLE, "DROP TRIGGER clause_append_only_whole ON registry_clause"),
    ]
