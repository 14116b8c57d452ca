"""How often a race is run: a few times in `make test`, often in `make soak`."""

import os

SOAK = bool(os.environ.get("SOAK"))


def times(usual: int, *, soak: int) -> int:
    return soak if SOAK else usual
