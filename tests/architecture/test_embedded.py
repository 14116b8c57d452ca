"""The embedded services: shared safely, recovered after kill -9, and never at the cost of somebody's folder."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from config.places import PROJECT, ROOT, data_dir

HOLD = "from config import embedded; embedded.attach(); print('up', flush=True); input()"
ANSWER_SECONDS = 60


class Holder:
    """Another process that holds a share of the services of a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=ROOT,
            env=os.environ | {"DATA_DIR": str(data)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "up\n"

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=ANSWER_SECONDS)


def answers(role: str = embedded.RUNTIME) -> str | None:
    """Who we are there, or None when no server answers."""
    try:
        with psycopg.connect(embedded.database_url(role)) as connection:
            return connection.execute("SELECT current_user::text").fetchone()[0]
    except psycopg.OperationalError:
        return None


def valkey_answers() -> bool:
    with redis.Redis.from_url(embedded.cache_url()) as valkey:
        try:
            return bool(valkey.ping())
        except redis.ConnectionError:
            return False


def modes() -> dict[Path, int]:
    """The mode of each folder above the data folder and above the servers' programs."""
    below = [data_dir(), Path(embedded.__file__), Path(sys.prefix)]
    return {folder: stat.S_IMODE(folder.stat().st_mode) for path in below for folder in path.parents}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder where the servers' user may go: pytest's own are closed to others, so root uses /var/lib."""
    if os.geteuid() != 0:
        yield tmp_path_factory.mktemp("data")
        return
    made = Path("/var/lib") / f"{PROJECT}-trial-{os.getpid()}"
    made.mkdir()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def own_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That folder as the data folder; its servers are stopped after each test, whatever happened."""
    monkeypatch.setenv("DATA_DIR", str(folder))
    yield folder
    embedded.attach().release()


def test_start_changes_no_folder_outside_its_own(own_data: Path) -> None:
    before = modes()
    Holder(own_data).end()
    assert modes() == before


def test_servers_last_as_long_as_one_process_holds_them(own_data: Path) -> None:
    first, second = Holder(own_data), Holder(own_data)
    first.end()
    assert answers() == "runtime"
    second.end()
    assert answers() is None


def test_sockets_and_data_are_closed_to_others(own_data: Path) -> None:
    holder = Holder(own_data)
    closed = [own_data / name for name in ("postgres", "valkey", "run")]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in closed} == {0o700}
    holder.end()


def test_a_server_that_was_killed_is_started_again(own_data: Path) -> None:
    holder = Holder(own_data)
    postmaster = int((own_data / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    other = Holder(own_data)
    assert answers() == "runtime"
    holder.end()
    other.end()


def test_the_holder_starts_again_what_was_killed(own_data: Path, wait_until: Callable[..., None]) -> None:
    share = embedded.attach()
    for file in (own_data / "postgres" / "data" / "postmaster.pid", own_data / "valkey" / "pid"):
        os.kill(int(file.read_text().split()[0]), signal.SIGKILL)

    def both_answer() -> bool:
        share.keep_up()
        return answers() == "runtime" and valkey_answers()

    wait_until(both_answer, "both servers answer again")
    share.release()


def test_a_server_left_by_a_killed_process_is_taken_over(own_data: Path) -> None:
    Holder(own_data).end(signal.SIGKILL)
    assert answers() == "runtime"
    Holder(own_data).end()
    assert answers() is None


def test_the_roles_have_no_more_than_they_need(own_data: Path) -> None:
    holder = Holder(own_data)
    with psycopg.connect(embedded.database_url(embedded.RUNTIME)) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
        ).fetchall()
        assert {role[0]: role[1:] for role in roles if role[0] in ("owner", "runtime")} == {
            "owner": (False,) * 4,
            "runtime": (False,) * 4,
        }
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    holder.end()
