"""Fonts for paper, and the fontconfig file that names them and nothing else, so that a paper looks alike everywhere.

仿宋, 楷体, 黑体 and 宋体 come from Fandol, which Debian ships in `texlive-lang-chinese`: its package is fetched by apt and
unpacked, not installed. Fandol lacks rare characters of names (堃, 喆): Noto CJK, from Debian or a wheel, fills in.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from config.places import data_dir
from config.setup import state
from config.setup.environment import VENV
from config.setup.packages import NOTO_FOLDER
from config.setup.report import say

PACKAGE = "texlive-lang-chinese"
INSIDE = "./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
DOWNLOAD_SECONDS = 600
# One weight of each: Fandol calls its bold and its regular alike, and fontconfig would take either.
WANTED = ("FandolFang-Regular", "FandolKai-Regular", "FandolHei-Regular", "FandolSong-Bold")
ALIASES = {
    "仿宋": ("FandolFang", "Noto Serif CJK SC", "Noto Serif SC"),
    "楷体": ("FandolKai", "Noto Serif CJK SC", "Noto Serif SC"),
    "黑体": ("FandolHei", "Noto Sans CJK SC", "Noto Sans SC"),
    "宋体": ("FandolSong", "Noto Serif CJK SC", "Noto Serif SC"),
    "serif": ("Noto Serif CJK SC", "Noto Serif SC"),
    "sans-serif": ("Noto Sans CJK SC", "Noto Sans SC"),
}


def provide() -> None:
    """Fetch Fandol if it can be had, then write fonts.conf over what there is."""
    folder = data_dir() / "fonts"
    if not _present(folder) and not _fetch_fandol(folder):
        say("没有取得 Fandol 字体（仿宋、楷体），文书改用思源宋体。")
    _write_configuration(folder)


def _fetch_fandol(folder: Path) -> bool:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        Path(scratch).chmod(0o755)  # apt fetches as its own user when root calls it
        command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", PACKAGE]
        try:
            fetched = subprocess.run(command, cwd=scratch, capture_output=True, timeout=DOWNLOAD_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        packages = list(Path(scratch).glob("*.deb"))
        if fetched.returncode or not packages:
            return False
        _unpack(packages[0], Path(scratch))
        for name in WANTED:
            (Path(scratch) / INSIDE / f"{name}.otf").replace(folder / f"{name}.otf")
        for other in set(folder.glob("Fandol*.otf")) - {folder / f"{name}.otf" for name in WANTED}:
            other.unlink()
    return _present(folder)


def _present(folder: Path) -> bool:
    """The wanted fonts are there, and no other of the family."""
    return {font.stem for font in folder.glob("Fandol*.otf")} == set(WANTED)


def _unpack(package: Path, into: Path) -> None:
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(into), INSIDE], stdin=archive.stdout, check=True)


def _wheel_folder() -> list[Path]:
    return list(VENV.glob("lib/python3*/site-packages/pylopdf_fonts_zh_cn"))


def _write_configuration(folder: Path) -> None:
    sources = [folder, *([NOTO_FOLDER] if NOTO_FOLDER.exists() else []), *_wheel_folder()]
    lines = [f"  <dir>{escape(str(source))}</dir>" for source in sources]
    lines.append(f"  <cachedir>{escape(str(data_dir() / 'fontcache'))}</cachedir>")
    for family, preferred in ALIASES.items():
        names = "".join(f"<family>{name}</family>" for name in preferred)
        lines.append(f'  <alias binding="same"><family>{family}</family><prefer>{names}</prefer></alias>')
    body = "\n".join(lines)
    text = f'<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n{body}\n</fontconfig>\n'
    (data_dir() / "fonts.conf").write_text(text)


def fingerprint() -> str:
    """Changes whenever the fonts a paper could use change."""
    folders = [data_dir() / "fonts", NOTO_FOLDER, *_wheel_folder()]
    names = sorted(str(font) for folder in folders for font in folder.glob("*.[ot]t[fc]"))
    return state.fingerprint([data_dir() / "fonts.conf"], *names)
