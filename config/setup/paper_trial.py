"""Prints one line of Chinese on paper and looks at the fonts inside. Run by set-up in a process of its own.

Without any font Pango ends the process by a segmentation fault; without a Chinese one WeasyPrint prints empty boxes and
reports success. So neither the exit code nor the file's existence is proof: the embedded font is.
"""

import io
import sys

import pikepdf
import weasyprint

SAMPLE = "<style>body{font-family:仿宋,serif}h1{font-family:黑体,sans-serif}</style><h1>备案回执</h1><p>托育机构 赵堃 2026</p>"


def embedded_fonts() -> list[str]:
    """The names of the fonts inside a small Chinese paper, rendered now."""
    file = io.BytesIO(weasyprint.HTML(string=SAMPLE).write_pdf())
    with pikepdf.open(file) as paper:
        fonts = [item for item in paper.objects if isinstance(item, pikepdf.Dictionary) and "/FontFile3" in item]
        return sorted(str(font.FontName) for font in fonts)


if __name__ == "__main__":
    names = embedded_fonts()
    print(" ".join(names))
    sys.exit(0 if any("Fandol" in name or "SC" in name or "CJK" in name for name in names) else 3)
