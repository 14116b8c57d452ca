"""The two roles of the database, for the few places that need both in one process: set-up of the data, and tests."""

from typing import Literal

import dj_database_url
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

Role = Literal["owner", "runtime"]


def act_as(role: Role, connection: BaseDatabaseWrapper) -> None:
    """Let `connection` be made anew as `role`; the database it points at stays the same one."""
    parsed = dj_database_url.parse(settings.DATABASE_URLS[role])
    connection.close()
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        connection.settings_dict[key] = parsed[key]
