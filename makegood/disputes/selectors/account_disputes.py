"""The disputes of a customer for whoever answers its calls: how each stands, what is due, who waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.selectors.mine import ORDER, SIZE, Followed, Total, followed_of, totals_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel.paging import Page, page_of, place_of
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class AccountDisputes:
    """Those that wait for the customer's answer first, then a page of all the others; totals per currency."""

    answers: tuple[Followed, ...]
    page: Page[Followed]
    totals: tuple[Total, ...]


def account_disputes(principal: Principal, customer_id: int, after: str, before: str) -> AccountDisputes:
    """The disputes in scope of a customer, drafts left out."""
    found = disputes_visible_to(principal).filter(customer_id=customer_id).exclude(stage=Stage.DRAFT)
    waiting = found.filter(stage=Stage.INFO_NEEDED)
    rest = found.exclude(stage=Stage.INFO_NEEDED)
    page = page_of(rest, ORDER, place_of(after, before, ORDER), SIZE)
    return AccountDisputes(
        tuple(followed_of(principal, list(waiting.order_by("id")[:SIZE]))),
        page.with_rows(followed_of(principal, page.rows)),
        totals_of(found),
    )
