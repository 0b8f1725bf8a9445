"""A customer as a representative sees it: who it is, what it owes as far as that is known, what is in dispute."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.selectors.balance import Balance, balances
from makegood.disputes.selectors.disputed import InDispute, in_dispute
from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors import demand
from makegood.parties.selectors.contacts import ContactCard, contact_of_customer
from makegood.parties.selectors.customers_named import Near, children_of, parents_of
from makegood.parties.selectors.heads import PartyHead, customer_seen, head_of
from makegood.parties.states import Verb

MOST_BELOW = 20


@dataclass(frozen=True, kw_only=True)
class Account(PartyHead):
    """The head of a customer's page."""

    parents: tuple[Near, ...]
    below: tuple[Near, ...]
    contact: ContactCard | None
    balances: tuple[Balance, ...]
    in_dispute: tuple[InDispute, ...]


def account(principal: Principal, customer_id: int) -> Account:
    """A customer in scope. Raises NotPermitted, and NotFound for one that is not there or out of scope."""
    found = account_seen(principal, customer_id)
    return Account(
        **head_of(found),
        parents=tuple(parents_of(principal, found)),
        below=tuple(children_of(principal, found.pk, MOST_BELOW)),
        contact=contact_of_customer(found.pk),
        balances=tuple(balances(principal, found.pk)),
        in_dispute=tuple(in_dispute(principal, found.pk)),
    )


def account_seen(principal: Principal, customer_id: int) -> Customer:
    """The customer. Raises NotPermitted, and NotFound for one that is not there or out of scope."""
    for verb in (Verb.CUSTOMER_VIEW, Verb.CHARGE_VIEW, Verb.DISPUTE_VIEW):
        demand(principal, verb)
    return customer_seen(principal, customer_id)
