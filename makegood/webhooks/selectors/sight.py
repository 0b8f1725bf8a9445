"""What somebody may hear of: messages they are permitted to know, about what lies in their scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors import customer_predicate, has_customer_limits
from makegood.webhooks.events import Message


def in_sight(principal: Principal, messages: Sequence[Message]) -> list[Message]:
    """The messages a principal may hear, composed as parties' ``owned_predicate`` is for rows with an owner.

    What belongs to no customer (an import, a policy, a bulk plan) is heard by who is not limited by customer, and by
    whoever did it.
    """
    known = [message for message in messages if principal.can(message.needs)]
    scope = principal.scope
    if not known or scope.everything or scope.nothing:
        return known if scope.everything else []
    limited = has_customer_limits(scope)
    customers = _visible_customers(principal, known) if limited else frozenset()
    return [
        message
        for message in known
        if (not limited or _is_of(principal, message, customers))
        and (scope.programs is None or message.program_id in scope.programs)
        and (scope.vendors is None or message.vendor_id in scope.vendors)
    ]


def _is_of(principal: Principal, message: Message, customers: frozenset[int]) -> bool:
    if message.customer_id is None:
        return message.by is not None and message.by == principal.id
    return message.customer_id in customers


def _visible_customers(principal: Principal, messages: Iterable[Message]) -> frozenset[int]:
    asked = {message.customer_id for message in messages if message.customer_id is not None}
    visible = Customer.objects.filter(customer_predicate(principal.scope), pk__in=asked)
    return frozenset(visible.values_list("pk", flat=True))
