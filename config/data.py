"""`python -m config.data`: the schema by the owner, then what belongs in it by the runtime role, in one process.

Prints what a person at the terminal must know: the demo accounts, or how to make the first administrator.
"""

import os

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import embedded
from config.roles import act_as

FIRST_ADMINISTRATOR = """系统中没有演示数据。请建立第一个管理员：
  .venv/bin/python manage.py createsuperuser"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    postgres, _ = embedded.needed()
    if postgres:
        embedded.attach(valkey=False)
    django.setup()
    act_as("owner", connection)
    call_command("migrate", interactive=False, verbosity=0)
    act_as("runtime", connection)
    call_command("load_reference")
    if os.environ.get("DEMO", "1") == "0":
        print(FIRST_ADMINISTRATOR)
    else:
        call_command("load_demo")
        print(f"演示账号（{settings.PUBLIC_BASE_URL}）：")
        call_command("load_demo", "--print")


if __name__ == "__main__":
    main()
