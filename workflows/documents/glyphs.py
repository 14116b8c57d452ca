"""Which characters our papers can show. Asked before a text is taken: a decision whose paper can't be made helps nobody."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from django.conf import settings
from fontTools.ttLib import TTFont

_FONT_FILES = (".otf", ".ttf", ".ttc")


def unprintable(text: str) -> str:
    """The characters of ``text`` that no font of the paper has, each once, in order; empty when all can be printed.

    Common Chinese is known to be there and costs nothing; the fonts are read once per process, for the first rare character.
    """
    return "".join(dict.fromkeys(each for each in text if not each.isspace() and not _common(each) and not _drawn(each)))


def _common(character: str) -> bool:
    """Of GB/T 2312, which every Chinese font covers."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _drawn(character: str) -> bool:
    """Without fonts no paper is made at all (``render.require_fonts``): then GBK is what they will have once they are there."""
    points = _points(Path(settings.FONTCONFIG_FILE))
    if points:
        return ord(character) in points
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _points(configuration: Path) -> frozenset[int]:
    """The code points of the fonts in the folders that the configuration names; of a collection the first face speaks."""
    if not configuration.is_file():
        return frozenset()
    folders = [Path(entry.text or "") for entry in ET.parse(configuration).iter("dir")]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix.lower() in _FONT_FILES]
    found: set[int] = set()
    for file in files:
        with TTFont(file, fontNumber=0, lazy=True) as font:
            found |= set(font.getBestCmap() or ())
    return frozenset(found)
