"""`make check`: format, lint, types, import contracts, missing migrations, settings fit for the public network.

All of them run, also when one fails; the exit code says whether all were content.
"""

import os
import subprocess
import sys
import time

from config.places import ROOT

PYTHON = sys.executable
CODE = ["config", "projects", "workflows", "registry", "manage.py"]
# As it would stand behind a TLS proxy: the strict settings hang on the address being https.
IN_PUBLIC = {"PUBLIC_BASE_URL": "https://cases.example", "SECRET_KEY": "check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2}
CHECKS = {
    "格式": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "规则": [PYTHON, "-m", "ruff", "check", "."],
    "类型": [PYTHON, "-m", "mypy", *CODE],
    "引用方向": [str(ROOT / ".venv" / "bin" / "lint-imports")],
    "迁移": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "上线设置": [PYTHON, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
}


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        begun = time.monotonic()
        environment = os.environ | (IN_PUBLIC if name == "上线设置" else {})
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        seconds = time.monotonic() - begun
        print(f"{'通过' if done.returncode == 0 else '未过'}  {name}（{seconds:.1f} 秒）", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    print(f"未过：{'、'.join(failed)}" if failed else "全部通过")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
