"""Deadlocks and serialization failures are retried in a new transaction, at most three times."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

_RETRYABLE = {"40P01", "40001"}
_ATTEMPTS = 3


def retrying(verb: Callable[P, R]) -> Callable[P, R]:
    """Run the verb again when PostgreSQL chose it as a deadlock's victim. Inside a transaction it cannot: raised."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in _RETRYABLE or attempt == _ATTEMPTS or connection.in_atomic_block:
                    raise
        raise AssertionError("unreachable")

    return run
