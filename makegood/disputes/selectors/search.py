"""One search over everything a person may see: disputes and invoices by number, calls by their id or their caller.

Every part starts from what is visible and uses an index, or reads a limited number of rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

from django.db import connection
from django.db.models import Q, QuerySet

from makegood.billing.models import Charge, Invoice
from makegood.billing.selectors import ChargeFacts, charges_visible_to, facts_of, invoices_visible_to
from makegood.billing.selectors.facts import WITH_SHARED
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import sql
from makegood.kernel.phones import to_e164
from makegood.parties.entries import Principal
from makegood.parties.selectors import vendors_visible_to
from makegood.parties.states import Verb

SIZE = 20
LONGEST = 100
LATEST = 20_000
"""By the end of a number the latest so many charges are searched."""

_ID_DIGITS = 18
_VISIBLE_DIGITS = 4
_FEWEST_DIGITS = 7
_DISPUTE = re.compile(r"(?:d\s*[-\u2013#]?\s*)?(\d{1,15})(?:\.(\d{1,5}))?", re.IGNORECASE)
_PHONE = re.compile(r"[\d\s()+.*/\u2010-\u2015-]+")


@dataclass(frozen=True)
class InvoiceFound:
    """An invoice: its number, and whose it is."""

    number: int
    customer: str


@dataclass(frozen=True)
class Found:
    """What a search found; each list has at most the size asked for, ``more`` names those that have more.

    ``by_ending`` says that calls were looked for by the end of their caller's number. ``adjusted`` are the vendor's
    own calls, its payout changed.
    """

    text: str
    disputes: tuple[DisputeRow, ...] = ()
    charges: tuple[ChargeFacts, ...] = ()
    invoices: tuple[InvoiceFound, ...] = ()
    adjusted: tuple[ChargeFacts, ...] = ()
    more: frozenset[str] = field(default_factory=frozenset)
    by_ending: bool = False

    @property
    def count(self) -> int:
        """How many things are listed."""
        return len(self.disputes) + len(self.charges) + len(self.invoices) + len(self.adjusted)


@dataclass(frozen=True)
class _Asked:
    """What a text can mean."""

    text: str
    number: int | None
    line: int | None
    is_dispute: bool
    digits: str

    @classmethod
    def of(cls, text: str) -> _Asked:
        dispute = _DISPUTE.fullmatch(text)
        digits = re.sub(r"\D", "", text) if text.isascii() or _PHONE.fullmatch(text) else ""
        return cls(
            text,
            number=int(dispute[1]) if dispute else None,
            line=int(dispute[2]) if dispute and dispute[2] else None,
            is_dispute=bool(dispute) and not text[:1].isdecimal(),
            digits=digits if _PHONE.fullmatch(text) else "",
        )

    @property
    def whole(self) -> int | None:
        """The number that the text is and nothing else."""
        return int(self.text) if self.text.isdecimal() and len(self.text) <= _ID_DIGITS else None


def search(principal: Principal, text: str, size: int = SIZE) -> Found:
    """What a text names among what the principal may see, at most ``size`` of each kind.

    ``D-10003``, ``10003`` and ``10003.2`` name disputes (a case with its lines); a whole number also an invoice; an id
    its call; a number in any punctuation its caller, four or more digits the end of it. Who sees numbers masked finds
    them by the whole number or the four digits that are shown, so that nobody feels their way to the rest.
    """
    asked = _Asked.of(text.strip()[:LONGEST])
    if not asked.text:
        return Found("")
    if principal.vendor_id is not None:
        return _adjusted(principal, asked, size)
    disputes = _disputes(principal, asked, size)
    if asked.is_dispute and disputes:
        return _found(principal, asked, size, disputes, [], [])
    invoices = _invoices(principal, asked, size)
    charges = _charges(principal, asked, size)
    if not charges and not disputes and not invoices and asked.whole is not None:
        charges = list(_seen(principal).filter(pk=asked.whole))
    return _found(principal, asked, size, disputes, charges, invoices)


def _found(
    principal: Principal,
    asked: _Asked,
    size: int,
    disputes: list[Dispute],
    charges: list[Charge],
    invoices: list[Invoice],
) -> Found:
    WITH_SHARED.fill(charges[:size])
    counts = {"disputes": len(disputes), "charges": len(charges), "invoices": len(invoices)}
    return Found(
        asked.text,
        tuple(rows_of(principal, disputes[:size])),
        tuple(map(partial(facts_of, principal), charges[:size])),
        tuple(InvoiceFound(invoice.number, invoice.customer.name) for invoice in invoices[:size]),
        more=frozenset(kind for kind, count in counts.items() if count > size),
        by_ending=_ending(principal, asked) != "",
    )


def _disputes(principal: Principal, asked: _Asked, size: int) -> list[Dispute]:
    """Those of a number: the dispute itself, or a case line by line."""
    if asked.number is None:
        return []
    labels = [f"D-{asked.number}" + (f".{asked.line}" if asked.line is not None else "")]
    if asked.line is None:
        labels += [f"D-{asked.number}.{line}" for line in range(1, size + 2)]
    found = disputes_visible_to(principal).filter(label__in=labels).exclude(stage=Stage.DRAFT)
    return list(found.order_by("number", "line")[: size + 1])


def _invoices(principal: Principal, asked: _Asked, size: int) -> list[Invoice]:
    if asked.whole is None:
        return []
    found = invoices_visible_to(principal).filter(number=asked.whole)
    return list(found.select_related("customer").order_by("pk")[: size + 1])


def _seen(principal: Principal) -> QuerySet[Charge]:
    visible = charges_visible_to(principal) if principal.can(Verb.CHARGE_VIEW) else Charge.objects.none()
    return visible.defer("raw")


def _ending(principal: Principal, asked: _Asked) -> str:
    """The digits to look for at the end of numbers; empty when the text is none, or a whole number."""
    most = _FEWEST_DIGITS + 2 if principal.can(Verb.PHONE_VIEW) else _VISIBLE_DIGITS
    return asked.digits if _VISIBLE_DIGITS <= len(asked.digits) <= most else ""


def _charges(principal: Principal, asked: _Asked, size: int) -> list[Charge]:
    """By id and by the whole number; by the end of a number among the latest alone."""
    seen = _seen(principal)
    e164 = to_e164(asked.text) if len(asked.digits) >= _FEWEST_DIGITS else None
    called = seen.filter(caller_e164=e164).order_by("-occurred_at", "-id")[: size + 1] if e164 else ()
    found = {charge.pk: charge for charge in (*seen.filter(external_id=asked.text)[: size + 1], *called)}
    if not found and (ending := _ending(principal, asked)):
        ended = seen.filter(_latest(principal), caller_e164__endswith=ending).order_by("-occurred_at", "-id")
        found = {charge.pk: charge for charge in ended[: size + 1]}
    return list(found.values())


def _latest(principal: Principal) -> Q:
    """The latest LATEST charges as a range of the log: compared with a list of them, every charge would be read."""
    log = charges_visible_to(principal).order_by("-occurred_at", "-id").values_list("occurred_at", "pk")
    for at, pk in log[LATEST - 1 : LATEST]:
        return Q(occurred_at__gte=at) & (Q(occurred_at__gt=at) | Q(pk__gte=pk))
    return Q()


def _adjusted(principal: Principal, asked: _Asked, size: int) -> Found:
    """The vendor's own calls by its id, its sub id or the call's id, where the payout changed."""
    vendors = list(vendors_visible_to(principal).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.adjusted_called"), {"vendors": vendors, "text": asked.text, "size": size + 1})
        ids = [row[0] for row in cursor.fetchall()]
    charges = {charge.pk: charge for charge in charges_visible_to(principal).filter(pk__in=ids).defer("raw")}
    rows = [charges[pk] for pk in ids if pk in charges]
    WITH_SHARED.fill(rows)
    return Found(
        asked.text,
        adjusted=tuple(facts_of(principal, charge) for charge in rows[:size]),
        more=frozenset({"adjusted"} if len(rows) > size else ()),
    )
