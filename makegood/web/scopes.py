"""What each permission lets somebody do, in the words of the pages."""

from __future__ import annotations

from collections.abc import Collection

from makegood.parties.states import Verb

GROUPS: tuple[tuple[str, tuple[tuple[Verb, str], ...]], ...] = (
    (
        "Read",
        (
            (Verb.DISPUTE_VIEW, "see disputes"),
            (Verb.CUSTOMER_VIEW, "search customers and see their bills"),
            (Verb.CHARGE_VIEW, "see charges and what can be disputed"),
            (Verb.PHONE_VIEW, "see whole phone numbers"),
            (Verb.RECORDING_LISTEN, "listen to recordings"),
            (Verb.PAYOUT_VIEW, "see payouts"),
            (Verb.LEDGER_VIEW, "see the ledger"),
        ),
    ),
    (
        "Dispute",
        (
            (Verb.DISPUTE_CREATE, "file disputes and withdraw them"),
            (Verb.DISPUTE_EDIT, "change disputes"),
            (Verb.DISPUTE_OVERRIDE, "file in spite of a rule that may be overridden"),
        ),
    ),
    (
        "Settle",
        (
            (Verb.DISPUTE_DECIDE, "decide and credit disputes"),
            (Verb.DISPUTE_DECIDE_ANY, "decide what others have in review"),
            (Verb.DISPUTE_DECIDE_OVER_LIMIT, "decide above the limit of the role"),
            (Verb.DISPUTE_REVERSE, "reverse credits"),
            (Verb.DISPUTE_FEE, "charge reversal fees"),
            (Verb.DISPUTE_CLOSE, "close disputes"),
            (Verb.DISPUTE_REOPEN, "reopen disputes"),
            (Verb.REVIEW_PROACTIVE, "review charges that nobody disputed"),
            (Verb.STATEMENT_CLOSE, "close statements"),
        ),
    ),
    (
        "Run",
        (
            (Verb.IMPORT_RUN, "import calls, leads and bills"),
            (Verb.PROGRAM_VIEW, "see programs, catalogs and calendars"),
            (Verb.PROGRAM_EDIT, "change programs, catalogs and calendars"),
            (Verb.POLICY_VIEW, "see policies"),
            (Verb.POLICY_EDIT, "publish policies"),
            (Verb.USER_VIEW, "see people and roles"),
            (Verb.USER_EDIT, "invite, change and limit people"),
            (Verb.HEALTH_VIEW, "see the health of the installation"),
            (Verb.TOKEN_MANAGE, "make and revoke tokens"),
            (Verb.WEBHOOK_MANAGE, "manage webhooks"),
        ),
    ),
)
WORDS: dict[str, str] = {verb.value: words for _, verbs in GROUPS for verb, words in verbs}


def said(scopes: Collection[str]) -> list[str]:
    """The permissions in words, in the order of the groups; one that nobody knows any more by its name."""
    known = [words for value, words in WORDS.items() if value in scopes]
    return known + sorted(scope for scope in scopes if scope not in WORDS)
