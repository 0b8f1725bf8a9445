"""The registry of codes: what each means, and what its reader does next. Pages and documents are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from makegood.api.problems import RULE_STATUS, page_of, title_of
from makegood.disputes.policy import RULE_TYPES
from makegood.kernel.errors import subclasses

_TODO: Mapping[int, str] = {
    400: "Correct the request; repeating it as it is gives the same answer.",
    401: "Send a token that is valid: Authorization: Bearer mg_... It may have ended, been revoked, or be limited to "
    "other addresses.",
    403: "Ask an administrator for the permission, or use the token of somebody who has it. Nothing was changed.",
    404: "Check the address and the number. What a token may not see answers exactly like what does not exist.",
    405: "Use a method that the header Allow names.",
    406: "Ask for application/json, or leave the header Accept out.",
    409: "Read the object again: its state does not allow this step now. Nothing was changed.",
    410: "Start again; what was kept for this step has ended.",
    412: "Read the object again, decide whether your change still fits, and send it with the new ETag.",
    413: "Send less at once.",
    415: "Send the body as one of the media types that the header Accept or Accept-Patch names.",
    416: "Ask for a range within the recording.",
    422: "Correct what errors[] names: each entry has the field and a sentence. Nothing was changed.",
    428: "Read the object first, then send its ETag as If-Match.",
    429: "Wait as many seconds as Retry-After says.",
    500: "This is our fault. Repeat it with the same Idempotency-Key; if it stays, report the number of the request.",
    501: "Ask for the same with the options that are offered.",
    503: "Nothing was done. Repeat it after as many seconds as Retry-After says, with the same Idempotency-Key.",
}


@dataclass(frozen=True)
class Explained:
    """One code: its status, what is said with it (templates), and what to do."""

    code: str
    status: int
    sentences: tuple[str, ...]
    todo: str
    is_rule: bool = False

    @property
    def title(self) -> str:
        """The code in words."""
        return title_of(self.code)

    @property
    def page(self) -> str:
        """The address of its page."""
        return page_of(self.code)


@cache
def registry() -> Mapping[str, Explained]:
    """Every code by its name, sorted."""
    said: dict[str, tuple[int, list[str], bool]] = {}
    for kind in subclasses():
        if kind.__module__.startswith("makegood.") and ".tests." not in kind.__module__:
            _add(said, kind.code, kind.status, kind.__doc__, is_rule=False)
    for rule in RULE_TYPES.values():
        _add(said, rule.code, RULE_STATUS, rule.__doc__, is_rule=True)
    return {
        code: Explained(code, status, tuple(sentences), _TODO.get(status, _TODO[409]), is_rule)
        for code, (status, sentences, is_rule) in sorted(said.items())
    }


def explained(slug: str) -> Explained | None:
    """What ``amount-too-high`` means; None for a code that is not there."""
    return registry().get(slug.upper().replace("-", "_")) if slug == slug.lower() else None


def _add(
    said: dict[str, tuple[int, list[str], bool]], code: str, status: int, doc: str | None, *, is_rule: bool
) -> None:
    sentence = " ".join((doc or "").split("\n\n")[0].replace("``", "").split())
    known = said.setdefault(code, (status, [], is_rule))
    if sentence not in known[1]:
        known[1].append(sentence)
