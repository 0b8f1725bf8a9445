"""What an address names, if the caller may know of it: absent and not theirs read alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from makegood.api.errors import BadParameter, NoAccess
from makegood.api.http import Request
from makegood.api.v1 import ids
from makegood.billing.selectors import charges_visible_to
from makegood.disputes.selectors.decisions import DecisionRow, decision_of
from makegood.disputes.selectors.dossiers import Handle, handle_of
from makegood.kernel.errors import AmountTooFine, BadAmount, UnknownCurrency
from makegood.kernel.money import exponent, parse_amount
from makegood.kernel.paging import moment
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@contextmanager
def absent_as(kind: str, text: str) -> Iterator[None]:
    """What the block does not find is told as every thing that is absent or somebody else's. Raises NoAccess."""
    try:
        yield
    except NotFound as error:
        raise NoAccess(kind=kind, id=ids.spoken(text)) from error


def dispute(request: Request) -> Handle:
    """The dispute of the path. Raises NotPermitted for who sees no disputes at all, NoAccess."""
    demand(request.principal, Verb.DISPUTE_VIEW)
    public_id = request.params["dispute"]
    with absent_as("Dispute", public_id):
        return handle_of(request.principal, public_id)


def decision(request: Request) -> DecisionRow:
    """The decision of the path; one that waits is known to those who decide. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.DISPUTE_VIEW)
    text = request.params["decision"]
    number = ids.number_of(ids.DECISION, text)
    with absent_as("Decision", text):
        return decision_of(request.principal, number or 0)


def demand_charges(principal: Principal) -> None:
    """Raise NotPermitted for who reads neither what is charged nor what is paid out."""
    if not (principal.can(Verb.CHARGE_VIEW) or principal.can(Verb.PAYOUT_VIEW)):
        raise NotPermitted(verb=Verb.CHARGE_VIEW.value)


def charge(request: Request) -> int:
    """The charge of the path. Raises NotPermitted, NoAccess."""
    demand_charges(request.principal)
    text = request.params["charge"]
    number = ids.number_of(ids.CHARGE, text)
    if number is None or not charges_visible_to(request.principal).filter(pk=number).exists():
        raise NoAccess(kind="Charge", id=ids.spoken(text))
    return number


def at(request: Request, name: str) -> datetime | None:
    """A moment of the address. Raises BadParameter."""
    text = request.one(name)
    found = moment(text.replace(" ", "+")) if text else None
    if text and found is None:
        raise BadParameter(field=name, cause="it is a moment with its zone, such as 2026-03-01T12:00:00Z")
    return found


def number(request: Request, name: str) -> int | None:
    """A whole number of the address. Raises BadParameter."""
    text = request.one(name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadParameter(field=name, cause="it is a whole number")
    return int(text)


def one_of(request: Request, name: str, words: frozenset[str]) -> str:
    """A word of the address. Raises BadParameter for one that is not among ``words``."""
    text = request.one(name)
    if text and text not in words:
        raise BadParameter(field=name, cause="it is one of " + ", ".join(sorted(words)))
    return text


def currency(request: Request) -> str:
    """The currency of the address; empty where none is named. Raises BadParameter."""
    code = request.one("currency").upper()
    if code:
        try:
            exponent(code)
        except UnknownCurrency as error:
            raise BadParameter(field="currency", cause="it is a currency in three letters, such as USD") from error
    return code


def micros(request: Request, name: str) -> int | None:
    """An amount of the address in micros, of the currency beside it if there is one. Raises BadParameter."""
    text = request.one(name)
    if not text:
        return None
    try:
        return parse_amount(text, currency(request) or "USD")
    except (BadAmount, AmountTooFine) as error:
        raise BadParameter(field=name, cause="it is a decimal number such as 9.99") from error
