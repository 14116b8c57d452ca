"""`make run`: one supervisor; it says what it needs in Chinese, brings back what dies, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config import embedded
from config.places import PROJECT, ROOT

STARTED = "系统已启动"
START_SECONDS = 120
STOP_SECONDS = 60


class Running:
    """`python -m config.run` on a data folder and a port of its own, without demo data."""

    def __init__(self, data: Path, port: int) -> None:
        self.said = data.with_suffix(".out")
        environment = {key: value for key, value in os.environ.items() if key not in REAL_SERVICES}
        with open(self.said, "w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=ROOT,
                env=environment
                | {"DATA_DIR": str(data), "PORT": str(port), "DEMO": "0", "DJANGO_SETTINGS_MODULE": "config.settings"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def words(self) -> str:
        return self.said.read_text()

    def started(self) -> bool:
        assert self.process.poll() is None, self.words()
        return STARTED in self.words()

    def children(self, word: str = "") -> list[psutil.Process]:
        return [
            child for child in psutil.Process(self.process.pid).children(recursive=True) if word in " ".join(child.cmdline())
        ]


# The tests' own settings of these must not reach a system that is to stand alone.
REAL_SERVICES = {"DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "CACHE_URL", "MEDIA_ROOT", "CLOCK_TEST_MODE"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Root's must lie where the database's system user may go."""
    root = os.geteuid() == 0
    folder = Path("/var/lib") / f"{PROJECT}-run-{os.getpid()}" if root else tmp_path / "data"
    yield folder
    monkeypatch.setenv("DATA_DIR", str(folder))
    embedded.attach().release()  # also what a failed test left behind
    shutil.rmtree(folder)
    folder.with_suffix(".out").unlink()


@pytest.fixture
def start(data: Path, port: int) -> Iterator[Callable[[], Running]]:
    """Starts the system, and sees to it that it has ended when the test has."""
    started: list[Running] = []

    def starting() -> Running:
        started.append(Running(data, port))
        return started[-1]

    yield starting
    for system in started:
        if system.process.poll() is None:
            system.process.terminate()
            system.process.wait(STOP_SECONDS)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_starts_brings_back_its_worker_and_ends_everything(
    data: Path, start: Callable[[], Running], wait_until: Callable[..., None]
) -> None:
    system = start()
    wait_until(system.started, "the system starts", START_SECONDS, system.words)
    assert "create_registrar" in system.words()

    worker = system.children("celery --app=config.celery --quiet worker")[0]
    worker.kill()
    wait_until(lambda: "worker 已退出" in system.words(), "the death is told", explain=system.words)
    wait_until(lambda: system.children("celery --app=config.celery --quiet worker"), "the worker is back", explain=system.words)

    left = system.children()
    postmaster = psutil.Process(int((data / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
    system.process.send_signal(signal.SIGTERM)
    assert system.process.wait(STOP_SECONDS) == 0
    assert "已停止" in system.words()
    wait_until(lambda: not any(map(alive, [*left, postmaster])), "nothing is left", explain=lambda: str(left))


def test_a_taken_port_is_told_in_chinese(port: int, start: Callable[[], Running]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        system = start()
        assert system.process.wait(STOP_SECONDS) == 1
    assert f"127.0.0.1:{port}" in system.words()
    assert "端口已被别的程序占用" in system.words()
    assert f"make run PORT={port + 1}" in system.words()


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
