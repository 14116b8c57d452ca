"""The stand-alone program, run as a stranger would: the file alone, the public key alone, no project around it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.documents.keys import key_set, signing_key
from workflows.documents.qr import verify_url
from workflows.documents.statement import Statement, sign

from .conftest import NAME


@pytest.fixture
def program(settings: Any, tmp_path: Path, keys_dir: Path) -> Any:
    """``program(text)`` → the finished process, in a folder with nothing but the program and key.json."""
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(settings.BASE_DIR / "workflows" / "documents" / "offline.py", alone)
    (alone / "key.json").write_text(json.dumps(key_set()), encoding="utf-8")

    def run(text: str, key: str = "key.json") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "offline.py", "--key", key, text]
        return subprocess.run(
            command, cwd=alone, capture_output=True, encoding="utf-8", timeout=60, env={"PYTHONUTF8": "1"}, check=False
        )

    return run


def test_it_prints_what_was_signed(program: Any, statement: Statement) -> None:
    token = sign(statement, signing_key())
    done = program(verify_url("https://yilaoyixiao.example.cn", token))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("签名有效；当前状态未查询（离线）\n文书：托育机构备案回执\n编号：集卫托备〔2026〕17号\n")
    assert f"机构名称：{NAME}\n" in done.stdout
    assert program(token).stdout == done.stdout


def test_a_changed_token_is_not_trusted(program: Any, statement: Statement) -> None:
    head, tail = sign(statement, signing_key()).split(".")
    done = program(f"{head[:40]}{'A' if head[40] != 'A' else 'B'}{head[41:]}.{tail}")
    assert done.returncode == 1
    assert "不可信" in done.stderr
    assert done.stdout == ""


def test_a_stranger_s_signature_is_not_trusted(program: Any, statement: Statement) -> None:
    done = program(sign(statement, Ed25519PrivateKey.generate()))
    assert done.returncode == 1
    assert "不在公布的密钥中" in done.stderr


@pytest.mark.parametrize("text", ["", "https://yilaoyixiao.example.cn/v", "abc", "abc.def", "乱码.乱码"])
def test_a_cut_token_can_not_be_judged(program: Any, text: str) -> None:
    done = program(text)
    assert done.returncode == 2
    assert "请擦净重拍" in done.stderr


def test_every_cut_is_told_from_a_forgery(program: Any, statement: Statement) -> None:
    done = program(sign(statement, signing_key())[:-1])
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("content", "words"), [(None, "打不开密钥文件"), ("[]", "不是公布的格式"), ('{"keys":[{"x":"AA"}]}', "不是公布的格式")]
)
def test_a_bad_key_file_is_named(program: Any, tmp_path: Path, statement: Statement, content: str | None, words: str) -> None:
    path = tmp_path / "other.json"
    if content is not None:
        path.write_text(content)
    done = program(sign(statement, signing_key()), key=str(path))
    assert done.returncode == 2
    assert words in done.stderr
