"""The virtual environment `.venv`, from a lock with hashes: by uv, in seconds; by pip where uv cannot be had."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.places import ROOT
from config.setup import state
from config.setup.report import give_up, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NOTES = VENV / "house.json"
RUNTIME, DEVELOPMENT, INSTALLER = (ROOT / f"requirements{part}.txt" for part in ("", "-dev", "-setup"))
INSTALL_SECONDS = 1800
# pip's settings that uv does not read by itself, so that a mirror named in pip.conf serves both.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}

# The hashes say which file is meant, so it does not matter which of several indexes hands it over.
UV_ALWAYS = {"UV_PYTHON_DOWNLOADS": "never", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def provide(*, development: bool) -> None:
    """Make `.venv` hold exactly what the lock says. Nothing is done when the lock is the one installed last."""
    if not PYTHON.exists():
        _make_venv()
    notes = state.read(NOTES)
    # An environment with the development tools keeps them when only `make run` is asked for.
    lock = DEVELOPMENT if development or "development" in notes.get("lock", "") else RUNTIME
    wanted = f"{'development' if lock == DEVELOPMENT else 'runtime'} {state.fingerprint([lock], sys.version)}"
    if notes.get("lock") == wanted:
        return
    say(f"安装 Python 软件包（{lock.name}，逐个核对散列值）……")
    if not (_by_uv(lock) or _by_pip(lock)):
        give_up("Python 软件包没有装上，请检查网络或 pip 的镜像设置后重试。")
    state.note(NOTES, lock=wanted)


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        give_up("缺少 python3-venv。请执行：sudo apt-get install -y python3-venv")
    say("建立 .venv ……")
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def _by_uv(lock: Path) -> bool:
    if not (VENV / "bin" / "uv").exists() and not _run(_pip("--require-hashes", "-r", str(INSTALLER))):
        return False
    command = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", str(lock)]
    return _run(command, os.environ | _uv_settings() | UV_ALWAYS)


def _by_pip(lock: Path) -> bool:
    say("uv 不可用，改用 pip（较慢）……")
    return _run(_pip("--require-hashes", "-r", str(lock)))


def _pip(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]


def _uv_settings() -> dict[str, str]:
    listed = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    settings = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        variable = PIP_TO_UV.get(name.rpartition(".")[2])
        if variable and variable not in os.environ:
            separator = " " if variable == "UV_INDEX" else ","
            settings[variable] = separator.join(value.strip("'\"").replace("\\n", " ").split())
    return settings


def _run(command: list[str], environment: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=environment, timeout=INSTALL_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        say(f"{Path(command[0]).name} 在 {INSTALL_SECONDS} 秒内没有完成。")
        return False
