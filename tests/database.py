"""The database of the tests: made by the owner from a template, used by the runtime role, restored by a superuser.

Cleaning up by TRUNCATE, as Django does, is refused to the runtime role and by the append-only triggers. Instead a
superuser, with triggers off, puts back what a test changed: it compares each table with the state after
`load_reference`. That also keeps the reference data.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

from config import embedded
from config.places import ROOT, data_dir
from config.roles import act_as

TEMPLATE = f"{embedded.DATABASE}_template_"
# Whatever decides what stands in the template: when one of these changes it is made anew.
SOURCES = ("config", "registry", "workflows/migrations", "workflows/models", "workflows/flows", "projects")

KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.tables (name text, copied text, rows bigint);
DO $$
DECLARE t record; n bigint;
BEGIN
    FOR t IN
        SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS copied
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = ''
        GROUP BY c.relname
    LOOP
        EXECUTE format('CREATE TABLE kept.%I AS SELECT %s FROM public.%I', 'data_' || t.name, t.copied, t.name);
        EXECUTE format('SELECT count(*) FROM public.%I', t.name) INTO n;
        INSERT INTO kept.tables VALUES (t.name, t.copied, n);
    END LOOP;
END $$;
"""

# A table is untouched if it has as many rows as before and none written since: xmin is the writer's transaction.
RESTORE = """
DO $$
DECLARE t record; touched boolean;
BEGIN
    FOR t IN SELECT * FROM kept.tables LOOP
        EXECUTE format(
            'SELECT count(*) <> %s OR count(*) FILTER (WHERE xmin::text::bigint >= %s) > 0 FROM public.%I',
            t.rows, current_setting('kept.since'), t.name) INTO touched;
        IF touched THEN
            EXECUTE format('DELETE FROM public.%I', t.name);
            EXECUTE format(
                'INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%3$I',
                t.name, t.copied, 'data_' || t.name);
        END IF;
    END LOOP;
END $$;
"""


def superuser(database: str, options: str = "") -> psycopg.Connection:
    """A connection that may do anything, for setting up and cleaning up only; autocommit."""
    return psycopg.connect(embedded.database_url(embedded.SUPERUSER, database), autocommit=True, options=options)


@pytest.fixture(scope="session")
def embedded_services() -> Iterator[None]:
    share = embedded.attach()
    yield
    share.release()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: pytest.FixtureRequest, embedded_services: None
) -> Iterator[None]:
    """A database of this process's own, with the schema and the reference data in it."""
    name = settings.TEST_DATABASE
    with django_db_blocker.unblock():
        template = _template()
        _replace(name, template)
        act_as("runtime", connection)
        connection.settings_dict["NAME"] = name
    with superuser(name, "-c session_replication_role=replica -c lock_timeout=20s") as cleaner:
        since = cleaner.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
        cleaner.execute(sql.SQL("SET kept.since = {}").format(sql.Literal(since)))
        TransactionTestCase._fixture_teardown = lambda case: cleaner.execute(RESTORE)
        yield
    with django_db_blocker.unblock():
        connection.close()
        _drop(name)


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> None:
    """Nothing cached by one test is seen by the next."""
    if "django_db_setup" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("embedded_services")
        cache.clear()


def _template() -> str:
    """The name of a migrated database with reference data, made by whoever comes first, kept while the sources stay."""
    name = TEMPLATE + _fingerprint()
    with open(data_dir() / "services" / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with superuser("postgres") as server:
            found = {
                row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{TEMPLATE}%"])
            }
            if name in found:
                return name
            for stale in found:
                _drop(stale)
            draft = f"{TEMPLATE}draft"
            _replace(draft, "template1")
            _fill(draft)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _fill(database: str) -> None:
    connection.settings_dict["NAME"] = database
    act_as("owner", connection)
    call_command("migrate", interactive=False, verbosity=0)
    act_as("runtime", connection)
    call_command("load_reference", verbosity=0)
    connection.close()
    with superuser(database) as server:
        server.execute(KEEP)
        server.execute("ANALYZE")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        for file in sorted(path for path in Path(ROOT / source).rglob("*") if path.suffix in {".py", ".yaml", ".sql"}):
            digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _replace(name: str, template: str) -> None:
    _drop(name)
    with superuser("postgres") as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*map(sql.Identifier, (name, embedded.OWNER, template)))
        )


def _drop(name: str) -> None:
    with superuser("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
