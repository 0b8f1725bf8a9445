"""Notes which recordings are to be fetched: of calls that were imported, or disputed, where the program wants them.

It reads the journal behind the import, so an import takes no longer for it: an event tells program and days, and the
calls of those days that name an address, or whose program has a template for one, get a waiting row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind
from makegood.evidence.models import Recording
from makegood.evidence.policy.recording_settings import Fetch, RecordingSettings
from makegood.evidence.policy.url_template import TEXT_FIELDS, address_of
from makegood.evidence.states import RecordingState
from makegood.journal import operations as journal
from makegood.kernel import clock, ids
from makegood.ledger.selectors import charges_of_disputes, disputed_charges
from makegood.parties.models import Program

READER = "recordings"
BATCH = 500
_ROWS = 1_000
_IMPORTED, _DISPUTED = "charges.imported", "dispute.submitted"
_OPEN = (RecordingState.WAITING, RecordingState.FAILED)


def expect_recordings(*, limit: int = BATCH) -> int:
    """Read at most ``limit`` events and note what they make worth fetching; says how many were read.

    Rows and cursor commit together, and a call has one recording: a run that breaks off is simply run again. Refuses
    nothing; a program whose settings cannot be read is passed over.
    """
    with transaction.atomic():
        events = journal.read(READER, limit)
        if not events:
            return 0
        days: dict[int, set[str]] = {}
        for event in events:
            if event.event == _IMPORTED and event.program_id is not None:
                days.setdefault(event.program_id, set()).update(event.changes.get("days") or ())
        disputes = [event.object_id for event in events if event.event == _DISPUTED]
        programs = {program.pk: program for program in Program.objects.select_related("zone")}
        for program_id, touched in days.items():
            _expect(_of_days(program_id, touched), programs, Fetch.ALL)
            _expect(_of_days(program_id, touched).filter(pk__in=disputed_charges()), programs, Fetch.DISPUTED)
        if disputes:
            _expect(Charge.objects.filter(pk__in=charges_of_disputes(disputes).values()), programs, Fetch.DISPUTED)
        journal.advance(READER, events[-1])
        return len(events)


def _of_days(program_id: int, days: Iterable[str]) -> QuerySet[Charge]:
    """Charges of a program that were received on some days (UTC)."""
    within = Q(pk__in=[])
    for day in days:
        begin = datetime.combine(date.fromisoformat(day), time(0), UTC)
        within |= Q(received_at__gte=begin, received_at__lt=begin + timedelta(days=1))
    return Charge.objects.filter(within, program_id=program_id)


def _expect(charges: QuerySet[Charge], programs: Mapping[int, Program], wanted: Fetch) -> None:
    """Make rows for those that have an address and none yet, and mend the address of those that did not come."""
    settings = {pk: RecordingSettings.kept(program.settings) for pk, program in programs.items()}
    wanting = [pk for pk, said in settings.items() if said.fetch is wanted]
    by_template = [pk for pk in wanting if settings[pk].url_template]
    named = ~Q(recording_url="") | (Q(program__in=by_template) & ~Q(recording_enabled=False) & ~Q(answered=False))
    done = Recording.objects.filter(charge=OuterRef("pk")).exclude(state__in=_OPEN)
    open_ones = charges.filter(named, ~Exists(done), program__in=wanting).exclude(kind=ChargeKind.INVOICE_FEATURE)
    for part in _parts(open_ones.order_by("pk").iterator(chunk_size=_ROWS)):
        addresses = {
            charge.pk: address
            for charge in part
            if (address := source_of(charge, settings[charge.program_id], programs[charge.program_id]))
        }
        _note(addresses)


def _parts(charges: Iterator[Charge]) -> Iterator[list[Charge]]:
    while part := list(islice(charges, _ROWS)):
        yield part


def source_of(charge: Charge, settings: RecordingSettings, program: Program) -> str:
    """Where the recording of a charge is: what its record says, else by the program's template; empty if nowhere.

    Folders of a template are named by the program's own time.
    """
    if charge.recording_url:
        return charge.recording_url
    zone = ZoneInfo(program.zone.name) if program.zone else UTC
    texts = {name: str(getattr(charge, name)) for name in TEXT_FIELDS}
    return address_of(settings.url_template, texts, charge.occurred_at.astimezone(zone))


def _note(addresses: Mapping[int, str]) -> None:
    """Waiting rows for charges that have none, and new addresses for those whose old one gave nothing."""
    now = clock.now()
    there = Recording.objects.filter(charge__in=list(addresses))
    known = dict(there.values_list("charge_id", "source_url"))
    Recording.objects.bulk_create(
        [
            Recording(public_id=ids.ulid("rec"), charge_id=pk, source_url=address, next_at=now, created_at=now)
            for pk, address in addresses.items()
            if pk not in known
        ],
        ignore_conflicts=True,
    )
    moved = [pk for pk, url in known.items() if url != addresses[pk]]
    for row in Recording.objects.select_for_update().filter(charge__in=moved, state__in=_OPEN).order_by("pk"):
        row.source_url, row.state, row.tries, row.next_at = addresses[row.charge_id], RecordingState.WAITING, 0, now
        row.fault = row.fault_detail = ""
        row.save(update_fields=["source_url", "state", "tries", "next_at", "fault", "fault_detail"])
