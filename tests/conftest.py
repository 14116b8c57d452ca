"""What tests stand on: the embedded PostgreSQL and Valkey, a real worker, real HTTP, a real browser.

Tests connect as the runtime role, so a missing grant shows. Reference data is loaded once and is there in every test.
The parts: tests/database.py, tests/machines.py (worker, clock), tests/browsers.py, tests/printing.py.
"""

pytest_plugins = ["tests.database", "tests.machines", "tests.browsers", "tests.printing"]
