#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL the embedded services are started, or shared, for as long as a command runs."""

import os
import sys

from django.core.management import execute_from_command_line

from config import embedded

# These change or plan the schema, so they connect as the owner of the tables; everything else as the runtime role.
SCHEMA_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "squashmigrations", "optimizemigration", "flush"}
WITHOUT_SERVICES = {"check", "collectstatic", "compilemessages", "help", "makemessages", "diffsettings", "startapp"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in SCHEMA_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    if command not in WITHOUT_SERVICES and not {"-h", "--help", "--version"} & set(sys.argv):
        postgres, valkey = embedded.needed()
        if postgres or valkey:
            embedded.attach(postgres=postgres, valkey=valkey)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
