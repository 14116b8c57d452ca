"""Settings of the tests: the real ones, on a database, a broker and files of their own.

Every test process takes a slot: several runs may go on at once, and pytest-xdist needs nothing of its own. A worker
that a test starts is told the slot of that test.
"""

import fcntl
import os
from pathlib import Path

from config import embedded
from config.places import data_dir

SLOTS = 100


def _claim_slot() -> int:
    """The first free slot, held by an open file until this process ends."""
    folder = data_dir() / "services"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(SLOTS):
        file = os.open(folder / f"slot-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return number
    raise RuntimeError(f"{SLOTS} 个测试正在同时运行，请稍后再试。")


TEST_SLOT = int(os.environ["TEST_SLOT"]) if "TEST_SLOT" in os.environ else _claim_slot()
TEST_DATABASE = f"test_{embedded.DATABASE}_{TEST_SLOT}"
TEST_FOLDER = data_dir() / "tests" / str(TEST_SLOT)
# Always the embedded services: a test must never touch the database that the environment names.
TEST_ENVIRONMENT = {
    "DATABASE_URL": embedded.database_url(embedded.RUNTIME, TEST_DATABASE),
    "DATABASE_OWNER_URL": embedded.database_url(embedded.OWNER, TEST_DATABASE),
    "CELERY_BROKER_URL": embedded.broker_url(2 + 2 * TEST_SLOT),
    "CACHE_URL": embedded.cache_url(3 + 2 * TEST_SLOT),
    "MEDIA_ROOT": str(TEST_FOLDER / "media"),
    "DEMO": "1",
    "CLOCK_TEST_MODE": "1",
    "CLOCK_OFFSET_FILE": str(TEST_FOLDER / "clock-offset"),
}
os.environ.update(TEST_ENVIRONMENT)
os.environ.pop("DATABASE_ROLE", None)
Path(TEST_FOLDER).mkdir(parents=True, exist_ok=True)

from config.settings import *  # noqa: E402, F403  (reads the environment set above)
from config.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

DATABASES["default"]["CONN_MAX_AGE"] = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is not there; tests serve from the sources
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
