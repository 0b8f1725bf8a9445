"""What people typed into the form that files a dispute: read, kept over a lost sign-in, told apart when sent twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core import signing
from django.http import HttpRequest

from makegood.disputes.entries import SubmitItem
from makegood.disputes.selectors.asking import Terms
from makegood.disputes.selectors.claim import Draft
from makegood.disputes.states import Origin
from makegood.kernel import ids
from makegood.parties.entries import Principal
from makegood.parties.states import RoleKey
from makegood.web.middleware import PageRequest

LONGEST = 5_000
LONGEST_CAUSE = 1_000
LONGEST_AMOUNT = 40
SALT = "makegood.web.claim"
DAY = 86_400
_KEPT = "kept_claim"


@dataclass(frozen=True)
class Typed:
    """What stands in the form. ``ticket`` says whose form it is and makes sending it twice harmless."""

    reason: str = ""
    description: str = ""
    amount: str = ""
    override_cause: str = ""
    ticket: str = ""

    def item(self, charge_id: int, terms: Terms | None, draft: Draft | None) -> SubmitItem:
        """The claim that it means. Raises BadAmount, AmountTooFine."""
        micros = terms.asked(self.amount) if terms else None
        draft_id = draft.id if draft else None
        return SubmitItem(charge_id, self.reason, self.description, micros, self.override_cause, draft_id)


def typed_in(request: HttpRequest) -> Typed:
    """What was sent."""
    post = request.POST
    return Typed(
        reason=post.get("reason", "")[:LONGEST_AMOUNT],
        description=post.get("description", "")[:LONGEST],
        amount=post.get("amount", "")[:LONGEST_AMOUNT],
        override_cause=post.get("override_cause", "")[:LONGEST_CAUSE],
        ticket=post.get("ticket", "")[:200],
    )


def origin_of(principal: Principal) -> Origin:
    """Who files: a representative for a customer, or the buyer."""
    return Origin.CSR if principal.role == RoleKey.CSR else Origin.BUYER


def new_ticket(principal: Principal) -> str:
    """A ticket for a form that this person opens now."""
    return signing.dumps([principal.id, ids.ulid("form")], salt=SALT)


def key_of(principal: Principal, ticket: str) -> str | None:
    """The idempotency key of a form; None for a ticket that is not this person's, or older than a day."""
    try:
        owner, form = signing.loads(ticket, salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return None
    return str(form) if owner == principal.id else None


def keep_over_sign_in(request: HttpRequest, charge_id: int) -> None:
    """Keep what somebody sent whose sign-in has expired, for the same person and charge; only our own forms count."""
    typed = typed_in(request)
    try:
        owner, _ = signing.loads(typed.ticket, salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return
    request.session[_KEPT] = {"owner": owner, "charge": charge_id, "typed": asdict(typed)}


def kept_over_sign_in(request: PageRequest, charge_id: int) -> Typed | None:
    """What this person had typed for the charge before the sign-in expired."""
    kept = request.session.get(_KEPT)
    if not kept or kept["owner"] != request.principal.id or kept["charge"] != charge_id:
        return None
    return Typed(**kept["typed"])


def forget_kept(request: PageRequest) -> None:
    """What was kept is saved or sent by now."""
    request.session.pop(_KEPT, None)
