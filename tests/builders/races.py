"""Several people at the same moment: each act in a thread of its own, on a connection of its own, let go by a barrier."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection

SECONDS = 30


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the exception it raised, in the order given. Fails when one hangs."""
    barrier = Barrier(len(acts), timeout=SECONDS)
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each, daemon=True) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), "an act hangs"
    return results


def refused(results: Sequence[Any]) -> list[Exception]:
    return [each for each in results if isinstance(each, Exception)]


def done(results: Sequence[Any]) -> list[Any]:
    return [each for each in results if not isinstance(each, Exception)]
