"""What set-up did last time, so that it does it once; kept beside what was made."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def read(file: Path) -> dict[str, str]:
    """The notes in `file`; empty when there are none."""
    return json.loads(file.read_text()) if file.exists() else {}


def note(file: Path, **facts: str) -> None:
    """Add `facts` to the notes in `file`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(read(file) | facts, indent=1))


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """A hash of the names and contents of `files` and of `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        digest.update(f"\0{file}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
