"""`python -m config.run`: the whole system in one terminal: database, broker, web, worker, clock of the worker (beat).

One supervisor holds them: a child that dies is started again, later each time; one that cannot stay up ends everything
with the reason. Ctrl-C and SIGTERM end everything, the embedded database last.
"""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config import embedded
from config.places import ROOT, data_dir

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)
ANSWER_SECONDS = 60
STOP_SECONDS = 20
LOOK_SECONDS = 0.5
LONGEST_PAUSE = 30
DEATHS, WITHIN_SECONDS = 5, 60  # so many deaths in so short a time: it will not come up
LARGEST_LOG = 10_000_000  # bytes; an older log is dropped at the next start
PR_SET_PDEATHSIG = 1
PORT_TROUBLE = {errno.EADDRINUSE: "端口已被别的程序占用", errno.EACCES: "没有权限使用这个端口"}

PYTHON = [sys.executable, "-m"]
CELERY = [*PYTHON, "celery", "--app=config.celery", "--quiet"]
COMMANDS = {
    "web": [
        *PYTHON, "gunicorn", "config.wsgi", f"--bind={HOST}:{PORT}", "--workers=2", "--threads=4", "--timeout=60",
        "--graceful-timeout=15", "--max-requests=5000", "--max-requests-jitter=500", "--access-logfile=-",
        "--no-control-socket",
    ],
    "worker": [
        *CELERY, "worker", "--queues=default,documents", "--concurrency=2", "--prefetch-multiplier=1", "--without-gossip",
        "--without-mingle", "--loglevel=INFO",
    ],
    "beat": [*CELERY, "beat", "--pidfile=", "--loglevel=INFO"],
}  # fmt: skip


class StartError(RuntimeError):
    """The system cannot run; the text says why, for the person at the terminal."""


@dataclass
class Child:
    """A process that must be there, its log, and when it died lately (monotonic seconds)."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0

    @property
    def log(self) -> Path:
        return data_dir() / "log" / f"{self.name}.log"

    def start(self) -> None:
        with _open_log(self.log) as output:
            # A group of its own: Ctrl-C reaches the supervisor alone, which then ends its children in order.
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  (this process has no threads)
            )

    def look_after(self) -> None:
        """Start it if it is not there and its pause is over. Raises StartError when it dies again and again."""
        if self.process is not None and self.process.poll() is not None:
            now = time.monotonic()
            self.deaths = [moment for moment in self.deaths if now - moment < WITHIN_SECONDS] + [now]
            if len(self.deaths) >= DEATHS:
                raise StartError(
                    f"{self.name} 反复退出（代码 {self.process.returncode}），系统停止。最后的日志：\n{self.last_lines()}"
                )
            pause = min(2 ** (len(self.deaths) - 1), LONGEST_PAUSE)
            print(f"{self.name} 已退出（代码 {self.process.returncode}），{pause} 秒后重新启动；日志：{self.log}", flush=True)
            self.process, self.start_at = None, now + pause
        if self.process is None and time.monotonic() >= self.start_at:
            self.start()

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number) if number == signal.SIGKILL else os.kill(self.process.pid, number)


def main() -> int:
    os.environ.setdefault("DEMO", "1")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    share: embedded.Share | None = None
    children = [Child(name, command) for name, command in COMMANDS.items()]
    try:
        _check_port()
        postgres, valkey = embedded.needed()
        if postgres or valkey:
            share = embedded.attach(postgres=postgres, valkey=valkey)
        _serve(children, share, stop)
    except (StartError, embedded.EmbeddedServiceError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        _end(children)
        if share is not None:
            share.release()
    print("已停止。", flush=True)
    return 0


def _serve(children: list[Child], share: embedded.Share | None, stop: threading.Event) -> None:
    """Bring everything up and keep it up until `stop`. Raises StartError, EmbeddedServiceError."""
    accounts = _prepare_data(stop)
    if not stop.is_set():
        for child in children:
            child.start()
        _wait_for_answer(children, stop)
    if not stop.is_set():
        _greet(accounts)
    while not stop.wait(LOOK_SECONDS):
        if share is not None:
            share.keep_up()
        for child in children:
            child.look_after()


def _check_port() -> None:
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            why = PORT_TROUBLE.get(error.errno or 0, f"本机没有地址 {HOST}")
            raise StartError(f"不能在 {HOST}:{PORT} 上提供服务：{why}。可以换一个端口：make run PORT={PORT + 1}") from None


def _prepare_data(stop: threading.Event) -> str:
    """Migrate and load; what config.data printed (the accounts). Raises StartError with its last lines."""
    print("准备数据库与基础数据（首次启动约需一分钟）……", flush=True)
    process = subprocess.Popen(
        [*PYTHON, "config.data"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while True:
        try:
            printed, trouble = process.communicate(timeout=LOOK_SECONDS)
            break
        except subprocess.TimeoutExpired:
            if stop.is_set():
                process.terminate()
    if process.returncode and not stop.is_set():
        raise StartError(f"数据没有准备好：\n{printed}{trouble}")
    return printed


def _wait_for_answer(children: list[Child], stop: threading.Event) -> None:
    url = f"http://{'127.0.0.1' if HOST in ('0.0.0.0', '::') else HOST}:{PORT}/"
    end = time.monotonic() + ANSWER_SECONDS
    # Not through a proxy: the address is our own.
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    while not stop.is_set():
        try:
            browser.open(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # it answers; what it says is the page's matter
        except OSError:
            if time.monotonic() > end:
                raise StartError(
                    f"网页服务在 {ANSWER_SECONDS} 秒内没有应答。最后的日志：\n{children[0].last_lines()}"
                ) from None
        for child in children:
            child.look_after()
        stop.wait(0.2)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _greet(accounts: str) -> None:
    address = os.environ.get("PUBLIC_BASE_URL") or f"http://{HOST}:{PORT}"
    print(f"\n{accounts}\n系统已启动：{address}\n日志：{data_dir() / 'log'}\n按 Ctrl-C 停止。", flush=True)


def _end(children: list[Child]) -> None:
    """Ask all to finish what they are doing; whoever has not after STOP_SECONDS is killed with its own children."""
    for child in children:
        child.signal(signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is not None:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.signal(signal.SIGKILL)
                child.process.wait()


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    too_large = path.exists() and path.stat().st_size > LARGEST_LOG
    return open(path, "wb" if too_large else "ab")


def _end_with_parent() -> None:
    """In the child, before its program: when the supervisor is killed, be asked to end too (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
