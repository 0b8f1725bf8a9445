"""Opens accounts. In a short transaction of its own, beforehand: never inside a hot statement."""

from __future__ import annotations

from collections.abc import Iterable

from makegood.ledger.models import Account
from makegood.ledger.states import AccountKind


def open_accounts(keys: Iterable[tuple[str, str]]) -> None:
    """Make sure that an account exists for each (key, currency); the kind is the key's first part."""
    wanted = sorted(set(keys))
    if not wanted:
        return
    known = set(Account.objects.filter(key__in=[key for key, _ in wanted]).values_list("key", "currency"))
    Account.objects.bulk_create(
        [
            Account(key=key, currency=currency, kind=AccountKind(key.partition(":")[0]))
            for key, currency in wanted
            if (key, currency) not in known
        ],
        ignore_conflicts=True,
    )
