"""Who calls: the token of the Authorization header, and how often it may."""

from __future__ import annotations

import re

from makegood.api.errors import NotAuthenticated, TokenInAddress
from makegood.api.http import Request
from makegood.kernel import clock
from makegood.parties.entries import TOKEN_PREFIX, SignedIn
from makegood.parties.operations import NOTED_EVERY, touch_token
from makegood.parties.selectors import sign_in

_BEARER = re.compile(r"bearer +(?P<token>[A-Za-z0-9_\-]{8,128})", re.IGNORECASE | re.ASCII)
_WRAP = re.compile(r'wrap +access_token="(?P<token>[A-Za-z0-9_\-]{8,128})"', re.IGNORECASE | re.ASCII)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="makegood", WRAP'}
_IN_ADDRESS = ("token=", TOKEN_PREFIX)
_NAMES = frozenset({"access_token", "token"})
_SECRET = re.compile(TOKEN_PREFIX + r"[A-Za-z0-9_\-]{20,}", re.ASCII)


def signed_in(request: Request) -> SignedIn:
    """Whom the token lets in. Raises NotAuthenticated, TokenInAddress, BadParameter."""
    if _stands_in_address(request):
        raise TokenInAddress(headers=_CHALLENGE)
    header = request.headers.get("authorization", "")
    found = _BEARER.fullmatch(header) or _WRAP.fullmatch(header)
    if found is None:
        raise NotAuthenticated(headers=_CHALLENGE)
    signed = sign_in(found["token"], request_id=request.request_id, ip=request.ip)
    if signed is None:
        raise NotAuthenticated(headers=_CHALLENGE)
    if signed.last_used_at is None or signed.last_used_at < clock.now() - NOTED_EVERY:
        touch_token(signed.token_id)
    return signed


def _stands_in_address(request: Request) -> bool:
    """Whether a token stands where logs and histories keep it, with or without the header beside it."""
    if not any(mark in request.query_string for mark in _IN_ADDRESS):
        return False
    return any(name.lower() in _NAMES or _SECRET.fullmatch(value) for name, value in request.query)
