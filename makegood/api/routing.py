"""The table of addresses: what each takes, needs and answers. Requests are dispatched and documents made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from makegood.api.errors import AddressUnknown, MethodNotAllowed
from makegood.api.http import JSON, Request, Response
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb

Handler = Callable[[Request], Response]
SMALL_BODY = 64 * 1024
BODY = 1024 * 1024


class Keyed(Enum):
    """Whether the call takes an Idempotency-Key."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Param:
    """A parameter of the address; ``kind`` is its type for msgspec, ``known`` whether it must be there."""

    name: str
    kind: Any = str
    about: str = ""
    required: bool = False
    place: str = "query"
    example: Any = None


@dataclass(frozen=True)
class Route:
    """One call. ``path`` holds names in braces; ``name`` is the stable operationId.

    ``verb`` is the permission it needs, asked after ``scope``, which raises for what the caller must not know of.
    ``body`` is the type of the JSON it takes (None: none is read), ``answer`` the type of what it gives, ``media`` what
    bodies it takes. ``refusals`` are the codes beside those that every call may answer.
    """

    method: str
    path: str
    name: str
    handler: Handler
    summary: str
    tag: str
    verb: Verb | None = None
    scope: Callable[[Request], Any] | None = None
    public: bool = False
    body: Any = None
    optional_body: bool = False
    answer: Any = None
    status: int = 200
    statuses: Mapping[int, Any] = field(default_factory=dict)
    keyed: Keyed = Keyed.NO
    refusals: tuple[type[Refusal] | str, ...] = ()
    query: tuple[Param, ...] = ()
    description: str = ""
    examples: Mapping[str, Any] = field(default_factory=dict)
    answer_example: Any = None
    media: tuple[str, ...] = (JSON,)
    answer_media: str = JSON
    limit: int = BODY
    matched: bool = False
    """Whether it needs If-Match."""

    def path_of(self, params: Mapping[str, str]) -> str:
        """The canonical address with its names filled in."""
        return "/".join(params[part[1:-1]] if part.startswith("{") else part for part in self.path.split("/"))


class Router:
    """Finds the route of an address. Words of a path are matched as written or all in lower case."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        self._plain: dict[str, dict[str, Route]] = {}
        self._named: dict[int, list[tuple[tuple[str, ...], dict[str, Route]]]] = {}
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        if "{" not in route.path:
            for path in {route.path, route.path.lower()}:
                self._put(self._plain.setdefault(path, {}), route)
            return
        parts = tuple(route.path.split("/"))
        shelf = self._named.setdefault(len(parts), [])
        methods = next((methods for known, methods in shelf if known == parts), None)
        if methods is None:
            methods = {}
            shelf.append((parts, methods))
        self._put(methods, route)

    @staticmethod
    def _put(methods: dict[str, Route], route: Route) -> None:
        if route.method in methods:
            raise ValueError(f"two routes for {route.method} {route.path}")
        methods[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and the named parts of the path. Raises AddressUnknown, MethodNotAllowed."""
        methods, params = self._methods(path)
        wanted = "GET" if method == "HEAD" else method
        if wanted in methods:
            return methods[wanted], params
        allowed = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
        raise MethodNotAllowed(method=method[:20], headers={"Allow": ", ".join(allowed)})

    def _methods(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        if (methods := self._plain.get(path)) is not None:
            return methods, {}
        parts = path.split("/")
        for known, methods in self._named.get(len(parts), ()):
            params = _matched(known, parts)
            if params is not None:
                return methods, params
        raise AddressUnknown()


def _matched(known: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for word, part in zip(known, parts, strict=True):
        if word.startswith("{"):
            if not part:
                return None
            params[word[1:-1]] = part
        elif part not in (word, word.lower()):
            return None
    return params
