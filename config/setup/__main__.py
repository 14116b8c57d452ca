"""`python3 -m config.setup [--tests] [--without-database]`: make a checkout ready."""

import os
import subprocess
import sys
import time

from config.places import ROOT, data_dir
from config.setup import environment, fonts, packages, state
from config.setup.report import give_up, say

NOTES = data_dir() / "setup.json"
PAPER_SECONDS = 120


def main(arguments: list[str]) -> None:
    """--tests: also what the tests need; --without-database: leave the database to the caller."""
    begun = time.monotonic()
    tests = "--tests" in arguments
    data_dir().mkdir(parents=True, exist_ok=True)
    packages.provide(tests=tests)
    environment.provide(development=tests)
    fonts.provide()
    _try_paper()
    _collect_static()
    if "--without-database" not in arguments and _manage("migrate", "--noinput", "--verbosity=0"):
        give_up("数据库结构没有建好，原因见上。")
    say(f"准备完成，用时 {time.monotonic() - begun:.1f} 秒。数据存放在 {data_dir()}")


def _try_paper() -> None:
    """One paper, rendered in a process of its own; said again at each set-up as long as it fails."""
    kind = fonts.fingerprint() + state.fingerprint([environment.NOTES]) + " ".join(packages.missing(tests=False))
    if state.read(NOTES).get("paper") == kind:
        return
    environ = os.environ | {"FONTCONFIG_FILE": str(data_dir() / "fonts.conf")}
    command = [str(environment.PYTHON), "-m", "config.setup.paper_trial"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=PAPER_SECONDS, check=False)
    if done.returncode == 0:
        say(f"文书自检通过，嵌入字体：{done.stdout.strip()}")
        state.note(NOTES, paper=kind)
    elif done.returncode == 3:
        say("文书自检：没有中文字体，文书会出现空白方框。请安装 fonts-noto-cjk 后重新运行。")
    elif done.returncode < 0:
        say("文书自检：没有可用字体，排版程序中止。请安装 fonts-noto-cjk 后重新运行。")
    else:
        last = (done.stderr.strip().splitlines() or ["原因不明"])[-1]
        say(f"文书自检未通过，暂时不能生成 PDF 文书：{last.partition('.  ')[0]}")


def _collect_static() -> None:
    sources = [file for file in (ROOT / "static").rglob("*") if file.is_file()]
    code = [ROOT / "config" / "static_files.py", ROOT / "config" / "settings.py", environment.NOTES]
    kind = state.fingerprint([*sources, *code])
    if state.read(NOTES).get("static") == kind and (data_dir() / "static" / "staticfiles.json").exists():
        return
    if _manage("collectstatic", "--noinput", "--clear", "--verbosity=0"):
        give_up("页面的样式文件没有整理好，原因见上。")
    state.note(NOTES, static=kind)


def _manage(*arguments: str) -> int:
    return subprocess.run([str(environment.PYTHON), "manage.py", *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    main(sys.argv[1:])
