"""Which problem codes a call may answer: those of every call, and its own."""

from __future__ import annotations

from collections.abc import Iterable

from makegood.api import errors as edge
from makegood.api.problems import statuses
from makegood.api.routing import Keyed, Route
from makegood.journal.errors import KeyReused
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotPermitted

Code = type[Refusal] | str
_EVERY: tuple[Code, ...] = (
    edge.BadParameter,
    edge.BadHeader,
    edge.AddressUnknown,
    edge.NotAcceptable,
    edge.Broken,
    edge.ServiceAway,
)
_SIGNED: tuple[Code, ...] = (edge.NotAuthenticated, edge.TokenInAddress, NotPermitted, edge.RateLimited)
_BODY: tuple[Code, ...] = (
    edge.MalformedJson,
    edge.BodyTooLarge,
    edge.UnsupportedMediaType,
    edge.UnknownField,
    edge.FieldRequired,
    edge.FieldInvalid,
)
_KEYED: tuple[Code, ...] = (edge.KeyMalformed, edge.KeyInProgress, KeyReused)
_MATCHED: tuple[Code, ...] = (edge.MatchRequired, edge.MatchFailed)


def common() -> dict[int, list[str]]:
    """By status, the codes that every call with a token may answer, where its own add none."""
    found: dict[int, list[str]] = {}
    for code, status in sorted((kind.code, kind.status) for kind in (*_EVERY, *_SIGNED) if not isinstance(kind, str)):
        found.setdefault(status, []).append(code)
    return found


def codes_of(route: Route) -> dict[str, int]:
    """Each code the call may answer with its status, in the order of the status."""
    return dict(sorted(((_code(kind), _status(kind)) for kind in _kinds(route)), key=lambda pair: (pair[1], pair[0])))


def _kinds(route: Route) -> Iterable[Code]:
    yield from _EVERY
    if not route.public:
        yield from _SIGNED
    if route.scope is not None or "{" in route.path:
        yield edge.NoAccess
    if route.body is not None or not takes_json(route):
        yield from _BODY
    if route.keyed is not Keyed.NO:
        yield from _KEYED
    if route.keyed is Keyed.REQUIRED:
        yield edge.KeyRequired
    if route.matched:
        yield from _MATCHED
    if route.method != "GET":
        yield edge.Lost
    yield from route.refusals


def takes_json(route: Route) -> bool:
    """Whether the body, if there is one, is JSON (a patch document is)."""
    return all(media.endswith("json") and "ndjson" not in media for media in route.media)


def _code(kind: Code) -> str:
    return kind if isinstance(kind, str) else kind.code


def _status(kind: Code) -> int:
    return statuses()[kind] if isinstance(kind, str) else kind.status
