"""Ordered locks for the verbs that use the ORM: disputes by charge, ascending, like the hot statements."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from makegood.disputes.models import Dispute, GuidedDispute, Policy


def locked_disputes(ids: Iterable[int], among: QuerySet[Dispute] | None = None) -> dict[int, Dispute]:
    """The disputes by id (those in ``among``), locked until the transaction ends. Insists on an open transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    rows = Dispute.objects.all() if among is None else among
    found = rows.select_for_update(of=("self",)).filter(id__in=set(ids)).order_by("charge_id", "id")
    # What every step asks of a dispute comes with it, or a batch would look it up one by one.
    found = found.select_related("program", "charge").defer("charge__raw")
    return {dispute.pk: dispute for dispute in found}


def locked_with_balances(ids: Iterable[int]) -> dict[int, Dispute]:
    """The same, with the balances of their charges: for what makes a dispute the open one of its charge.

    Filing locks a balance and then writes the key that says which dispute is open; whoever reopens does so in the same
    order, or the two wait for each other.
    """
    wanted = set(ids)
    hold_still(wanted)
    return locked_disputes(wanted)


def hold_still(ids: Iterable[int]) -> None:
    """Lock disputes with the balances of their charges, so that the next statement sees what the last one left.

    Insists on an open transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id FROM disputes_dispute d JOIN ledger_charge_balance b ON b.charge_id = d.charge_id"
            " WHERE d.id = ANY(%s) ORDER BY d.charge_id, d.id FOR UPDATE OF d, b",
            [list(set(ids))],
        )


def lock_policy(program_id: int) -> None:
    """Lock a program's policy until the transaction ends, so that what is read of it now still holds when it changes.

    Insists on an open transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    Policy.objects.select_for_update().get(program=program_id)


def locked_guided(public_ids: Iterable[str], among: QuerySet[GuidedDispute]) -> dict[str, GuidedDispute]:
    """Those of some guided disputes that are among the rows, by public id, locked until the transaction ends.

    Insists on an open transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    found = among.select_for_update(of=("self",)).filter(public_id__in=set(public_ids)).order_by("pk")
    return {row.public_id: row for row in found.select_related("customer", "invoice")}
