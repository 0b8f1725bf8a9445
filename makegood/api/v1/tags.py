"""ETags of disputes. For those who decide: the version, a dot, and a digest of what was shown; for others the digest.

A claim changes what is shown but not what is reviewed, so it leaves the version as it is, and whoever read the dispute
before may go on. A version would tell the submitting side of a decision that waits, so theirs is the digest alone.
"""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec

from makegood.api.http import Request, Response
from makegood.api.matching import digest, etag, is_known, refuse_stale, sent_tags
from makegood.api.rendering import rendered
from makegood.api.v1.representations.dispute import Dispute, dispute
from makegood.disputes.selectors.dossiers import Handle, dossier_of
from makegood.parties.states import Verb


def _content(shown: Dispute) -> bytes:
    return b"".join(rendered(Response(body=shown)))


def tag_of(shown: Dispute, content: bytes) -> str:
    """The strong ETag of a dispute as it was shown."""
    of_content = digest(content)
    return etag(of_content if shown.version is None else f"{shown.version}.{of_content}")


def read(request: Request, body: Any) -> Response:
    """Anything that nobody changes through this address, with the digest of it as its ETag; 304 where it is known."""
    content = b"".join(rendered(Response(body=body)))
    tag = etag(digest(content))
    if is_known(request, tag):
        return Response(304, headers={"ETag": tag})
    return Response(headers={"ETag": tag}, content=content)


def check_unchanged(request: Request, body: Any) -> None:
    """Raise MatchRequired, BadHeader, or MatchFailed unless If-Match names what stands there now."""
    tags = sent_tags(request)
    tag = etag(digest(b"".join(rendered(Response(body=body)))))
    if tags is not None and tag not in tags:
        refuse_stale(tag, msgspec.to_builtins(body))


def answer(request: Request, shown: Dispute, status: int = 200, **headers: str) -> Response:
    """A dispute with its ETag; 304 without it where the caller has exactly this already."""
    content = _content(shown)
    tag = tag_of(shown, content)
    if request.method in ("GET", "HEAD") and is_known(request, tag):
        return Response(304, headers={"ETag": tag})
    return Response(status, headers={"ETag": tag, **headers}, content=content)


def version_to_change(request: Request, ref: Handle) -> int | None:
    """The version that a change may be made of; None where If-Match takes any.

    Raises MatchRequired, MatchFailed, BadHeader.
    """
    sent = sent_tags(request)
    if sent is None:
        return None
    tags = [tag[1:-1] for tag in sent]
    if request.principal.can(Verb.DISPUTE_DECIDE):
        if str(ref.lock_version) not in [tag.partition(".")[0] for tag in tags]:
            changed(request, ref)
        return ref.lock_version
    shown = dispute(dossier_of(request.principal, ref.public_id))
    if digest(_content(shown)) not in tags:
        changed(request, ref)
    return ref.lock_version


def changed(request: Request, ref: Handle) -> NoReturn:
    """Refuse with the dispute as it is now. Raises MatchFailed."""
    shown = dispute(dossier_of(request.principal, ref.public_id))
    refuse_stale(tag_of(shown, _content(shown)), msgspec.to_builtins(shown))
