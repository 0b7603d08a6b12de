"""Every address that the project answers, as its pattern."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(frozen=True, slots=True)
class Route:
    """A pattern such as ``portal/<customer_id>/usage/`` and the name of its view, if any."""

    pattern: str
    name: str

    @property
    def parameters(self) -> list[str]:
        """Return the names of the parts that vary."""
        return CONVERTER.findall(self.pattern)


def every_route() -> list[Route]:
    """Return all routes, each pattern once, in the order in which they are tried."""
    found: dict[str, Route] = {}
    for route in _routes(get_resolver(), ""):
        found.setdefault(route.pattern, route)
    return list(found.values())


def _routes(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + _readable(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, pattern)
        elif isinstance(entry, URLPattern):
            yield Route(pattern, entry.name or "")


def _readable(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return CONVERTER.sub(r"<\1>", str(pattern))
    assert isinstance(pattern, RegexPattern)
    text = NAMED_GROUP.sub(r"<\1>", str(pattern))
    return text.removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace("\\", "")
