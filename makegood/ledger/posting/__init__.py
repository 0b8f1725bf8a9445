"""Verbs of the ledger. Hot verbs of disputes include its published ``.sql`` parts; accounts are opened here."""

from makegood.ledger.posting.accounts import open_accounts

__all__ = ["open_accounts"]
