"""Debian packages: installed when we are root, otherwise named in one line to type."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from config.setup.report import say

FOR_PAPER = {"libpango-1.0-0": "pango-1.0", "libpangoft2-1.0-0": "pangoft2-1.0", "libharfbuzz-subset0": "harfbuzz-subset"}
NOTO_FOLDER = Path("/usr/share/fonts/opentype/noto")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
UPDATE_SECONDS, INSTALL_SECONDS = 300, 1200


def missing(*, tests: bool) -> list[str]:
    """The names of the Debian packages this machine lacks, sorted; what is there in another form is not asked for."""
    lacks = [package for package, library in FOR_PAPER.items() if not ctypes.util.find_library(library)]
    if not list(NOTO_FOLDER.glob("NotoSerifCJK*")):
        lacks.append("fonts-noto-cjk")
    if importlib.util.find_spec("ensurepip") is None:
        lacks.append("python3-venv")
    if tests and not any(map(shutil.which, CHROMIUM)):
        lacks.append("chromium")
    if tests and not shutil.which("pdftotext"):
        lacks.append("poppler-utils")
    return sorted(lacks)


def provide(*, tests: bool) -> None:
    """Install what is missing if that is possible here; otherwise say what to type and go on."""
    lacks = missing(tests=tests)
    if not lacks:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"安装系统软件包：{' '.join(lacks)}")
        if _apt("update", seconds=UPDATE_SECONDS) and _apt(
            "install", "-y", "--no-install-recommends", *lacks, seconds=INSTALL_SECONDS
        ):
            return
        say("系统软件包没有装上（上面是 apt 的说明），先继续。")
    elif shutil.which("apt-get"):
        say("缺少系统软件包。请让管理员执行下面一行，再重新运行本命令：")
        say(f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(lacks)}")
    else:
        say(f"缺少系统软件（Debian 中的名称）：{' '.join(lacks)}。请用本机的软件管理工具安装。")
    say("现在先继续：" + "；".join(_consequences(lacks)) + "。")


def _consequences(lacks: list[str]) -> list[str]:
    said = []
    if set(lacks) & set(FOR_PAPER):
        said.append("暂时不能生成 PDF 文书")
    if "fonts-noto-cjk" in lacks:
        said.append("文书使用安装包自带的字体")
    if "chromium" in lacks:
        said.append("浏览器测试将跳过")
    return said or ["其余功能不受影响"]


def _apt(*arguments: str, seconds: int) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        say(f"apt-get {arguments[0]} 在 {seconds} 秒内没有完成。")
        return False
    if done.returncode:
        say(done.stdout.strip())
    return done.returncode == 0
