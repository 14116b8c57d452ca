"""`python -m benchmarks [--rounds N] [--cases N]`: steps per second against stock viewflow, and the inbox at size."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from config import embedded
from config.roles import act_as


def main() -> None:
    """A database of its own, made and dropped; stops by itself."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--rounds", type=int, default=7, help="measured rounds, alternating")
    parser.add_argument("--cases", type=int, default=20, help="cases per round and engine")
    parser.add_argument("--rows", type=int, default=100_000, help="cases in the large inbox")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    embedded.attach(valkey=True)
    django.setup()
    with database():
        # Their models can be imported only after the setup above.
        import_module("benchmarks.steps").run(rounds=options.rounds, cases=options.cases)
        import_module("benchmarks.inbox").run(rows=options.rows)


@contextmanager
def database() -> Iterator[None]:
    """Make the benchmark's database by the owner, serve as the runtime role, drop it at the end."""
    name = settings.BENCH_DATABASE
    _drop(name)
    with _server() as server:
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(embedded.OWNER)))
    act_as("owner", connection)
    call_command("migrate", interactive=False, verbosity=0)
    act_as("runtime", connection)
    call_command("load_reference", verbosity=0)
    try:
        yield
    finally:
        connection.close()
        _drop(name)


def _server() -> psycopg.Connection:
    return psycopg.connect(embedded.database_url(embedded.SUPERUSER, "postgres"), autocommit=True)


def _drop(name: str) -> None:
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    main()
