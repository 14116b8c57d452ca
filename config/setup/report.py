"""What set-up says to the person at the terminal."""

import sys
from typing import NoReturn


def say(text: str) -> None:
    print(text, flush=True)


def give_up(text: str) -> NoReturn:
    """End set-up: without this nothing can work."""
    print(text, file=sys.stderr, flush=True)
    sys.exit(1)
