"""Reads of imports: what is known before row one, corrections that wait, transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.imports.models import Correction, ImportBatch, RejectPart, Transcript, Upload
from makegood.imports.policy.mapping import GENERIC, Mapping, mappings
from makegood.imports.policy.turns import Turn, turns_of
from makegood.imports.states import CorrectionState
from makegood.kernel import sql
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, Program
from makegood.parties.selectors import demand, has_customer_limits
from makegood.parties.states import Verb


def programs() -> dict[str, Program]:
    """Every program by key."""
    return {program.key: program for program in Program.objects.select_related("zone").order_by("key")}


def customer_numbered(number: str) -> Customer | None:
    """The customer with that number."""
    return Customer.objects.filter(number=number).first()


def earlier_batch(sha256: str) -> ImportBatch | None:
    """The last finished import of exactly this file."""
    finished = ImportBatch.objects.filter(sha256=sha256, finished_at__isnull=False)
    return finished.order_by("-started_at").first()


def sees_whole_programs(principal: Principal) -> bool:
    """Whether somebody's sight is limited by nothing but programs: a file may name any customer and vendor."""
    scope = principal.scope
    return scope.everything or not (scope.nothing or has_customer_limits(scope) or scope.vendors is not None)


def batches_visible_to(principal: Principal) -> QuerySet[ImportBatch]:
    """The imports that somebody may know of. Raises NotPermitted."""
    demand(principal, Verb.IMPORT_RUN)
    rows = ImportBatch.objects.select_related("program")
    if not sees_whole_programs(principal):
        return rows.none()
    programs = principal.scope.programs
    return rows if programs is None else rows.filter(program__in=programs)


def uploads_visible_to(principal: Principal) -> QuerySet[Upload]:
    """The files sent to the page that somebody may know of: those of whoever sees whole programs. Raises NotPermitted.

    Who sees some programs only sees their own files.
    """
    demand(principal, Verb.IMPORT_RUN)
    rows = Upload.objects.select_related("by", "batch__program")
    if not sees_whole_programs(principal):
        return rows.none()
    return rows if principal.scope.programs is None else rows.filter(by=principal.id)


def chosen_mapping(name: str) -> Mapping:
    """The format of that name, else the general one."""
    return mappings().get(name) or mappings()[GENERIC]


def format_choices() -> tuple[tuple[str, str], ...]:
    """Name and title of every format of call logs."""
    return tuple((mapping.name, mapping.title) for mapping in mappings().values())


def batches_with_rejects(batches: Sequence[ImportBatch]) -> frozenset[int]:
    """Of these imports, those whose rejects are kept. The caller has scoped them."""
    kept = RejectPart.objects.filter(batch__in=[batch.pk for batch in batches], number=1)
    return frozenset(kept.values_list("batch", flat=True))


def rejects_of(batch: ImportBatch) -> Iterator[bytes]:
    """The kept rejects of an import, piece by piece; together one CSV. The caller has scoped the import."""
    parts = RejectPart.objects.filter(batch=batch).order_by("number")
    for pk in list(parts.values_list("pk", flat=True)):
        yield bytes(RejectPart.objects.values_list("content", flat=True).get(pk=pk))


@dataclass(frozen=True)
class OpenCorrection:
    """A proposed correction: which charge, and what it says in micros before and after (billed, tax, payout)."""

    id: int
    charge_id: int
    external_source: str
    external_id: str
    customer: str
    currency: str
    payout_currency: str
    old: tuple[int, int, int]
    new: tuple[int, int, int]
    is_billed: bool
    file_name: str
    row: int
    proposed_at: datetime


def open_corrections(principal: Principal) -> list[OpenCorrection]:
    """What waits for somebody to accept or dismiss it, oldest first. Raises NotPermitted."""
    demand(principal, Verb.IMPORT_RUN)
    waiting = Correction.objects.filter(state=CorrectionState.PROPOSED).select_related("charge__customer", "batch")
    return [
        OpenCorrection(
            id=one.pk,
            charge_id=one.charge_id,
            external_source=one.external_source,
            external_id=one.external_id,
            customer=one.charge.customer.number,
            currency=one.currency,
            payout_currency=one.payout_currency,
            old=(one.old_billed_micros, one.old_tax_micros, one.old_payout_micros),
            new=(one.new_billed_micros, one.new_tax_micros, one.new_payout_micros),
            is_billed=one.new_billed_at is not None,
            file_name=one.batch.file_name,
            row=one.row,
            proposed_at=one.proposed_at,
        )
        for one in waiting.order_by("id")
    ]


def transcript(key: str) -> Transcript | None:
    """The transcript that a charge names by its ``transcript_key``; who may see the charge may read it."""
    return Transcript.objects.filter(key=key).first()


@dataclass(frozen=True)
class Words:
    """What the source of a call wrote down of it: its transcript in turns, and its tags."""

    turns: tuple[Turn, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        """Whether any turn says when it was spoken."""
        return any(turn.at_ms is not None for turn in self.turns)


def words_of(principal: Principal, charge_id: int) -> Words:
    """What was written down of a call in scope, for who may read charges; nothing for anybody else."""
    if not principal.can(Verb.CHARGE_VIEW):
        return Words()
    row = charges_visible_to(principal).filter(pk=charge_id).values_list("transcript_key", "platform_tags").first()
    key, tags = row or (None, ())
    kept = transcript(key) if key else None
    return Words(turns_of(kept.text) if kept else (), tuple(dict.fromkeys(tags)))


def versions(charge_id: int) -> list[int]:
    """A charge and the charges that corrected it in turn, the one that stands last."""
    accepted = Correction.objects.filter(charge=charge_id, state=CorrectionState.ACCEPTED)
    later = accepted.order_by("new_charge").values_list("new_charge", flat=True)
    return [charge_id, *later]


def open_dispute_on(charge_ids: Sequence[int]) -> Dispute | None:
    """A dispute on one of these charges that is neither a draft, nor withdrawn, nor closed."""
    filed = Dispute.objects.exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    return filed.filter(charge__in=charge_ids, closed_at__isnull=True).order_by("id").first()


def has_money_moved(charge_ids: Sequence[int]) -> bool:
    """Whether a credit or a claw-back on one of these charges stands."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("imports.money_moved"), {"charges": list(charge_ids)})
        (found,) = cursor.fetchone() or (False,)
        return bool(found)
