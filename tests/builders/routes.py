"""Every address of the site, from the resolver: a route that is added is walked without being asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """``name`` with its namespace; ``parameters`` of the address; ``audience`` as the view declares it, "" if it does not."""

    name: str
    parameters: frozenset[str]
    audience: str

    def at(self, values: Mapping[str, Any]) -> str:
        return reverse(self.name, kwargs={key: values[key] for key in self.parameters})


def every_route() -> list[Route]:
    return list(_below(get_resolver(), ""))


def _below(resolver: URLResolver, space: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _below(entry, inner)
        elif isinstance(entry, URLPattern):
            yield Route(
                f"{space}{entry.name}",
                frozenset(entry.pattern.converters),
                getattr(entry.callback, "audience", ""),
            )
