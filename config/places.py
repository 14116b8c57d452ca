"""Where the house keeps what it makes: the data folder and what lies in it. Standard library only: set-up imports this.

An ordinary user's data stay in `var/` of the checkout. PostgreSQL refuses to run as root, so root's data must be
readable by another system user; HOME usually is not, hence `/var/lib/<name>-<hash of the checkout>`: no folder that
existed before has to change its mode.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

PROJECT = "casework"
ROOT = Path(__file__).resolve().parent.parent
_LONGEST_SOCKET_PATH = 100  # sun_path is 108 bytes on Linux, less the name of the socket's lock file


def data_dir() -> Path:
    """The data folder of this checkout; `DATA_DIR` overrides. Not created here."""
    if named := os.environ.get("DATA_DIR"):
        return Path(named).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib") / f"{PROJECT}-{_checkout_hash()}"
    return ROOT / "var"


def socket_dir() -> Path:
    """The folder of the unix sockets: in the data folder, unless its path is too long for a socket's address."""
    inside = data_dir() / "run"
    if len(str(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH:
        return inside
    return Path(tempfile.gettempdir()) / f"{PROJECT}-{os.geteuid()}-{_checkout_hash()}"


def secret(name: str) -> str:
    """A random text of this installation, made at the first call and kept, readable by the owner only, in `name`."""
    path = data_dir() / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # of two processes that start together the first one wins
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def _checkout_hash() -> str:
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
