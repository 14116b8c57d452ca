"""The product's settings on a database of the benchmark's own, with the stock flow beside ours."""

from config import embedded

BENCH_DATABASE = f"{embedded.DATABASE}_bench"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, INSTALLED_APPS, LOGGING  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
DATABASES["default"]["NAME"] = BENCH_DATABASE
LOGGING["root"]["level"] = "WARNING"
