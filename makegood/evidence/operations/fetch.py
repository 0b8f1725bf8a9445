"""Fetches recordings that wait: claims one, commits the claim, works outside any transaction, records what came."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import Q

from makegood.evidence.errors.recordings import AudioTooLarge, RecordingDeleted, RecordingThere
from makegood.evidence.models import Recording
from makegood.evidence.operations.attach import attach_processed
from makegood.evidence.operations.downloading import FetchFailed, download
from makegood.evidence.operations.processing import processed
from makegood.evidence.policy.fetch_schedule import FEW_TRIES, wait_after
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.outside.wire import Resolve, addresses_of
from makegood.parties.entries import SYSTEM

LEASE = timedelta(hours=1)
"""Longer than the longest recording takes; what is claimed longer than this was left by a process that is gone."""


@dataclass(frozen=True)
class Claimed:
    """A recording that is ours to fetch until the lease ends."""

    id: int
    url: str


def fetch_due(*, limit: int = 1, resolve: Resolve = addresses_of) -> int:
    """Fetch at most ``limit`` recordings that are due, one after the other; says how many were tried.

    A process that ends between claim and record leaves the claim; it ends after an hour. Refuses nothing.
    """
    done = 0
    while done < limit and (claimed := _claim()) is not None:
        _fetch(claimed, resolve)
        done += 1
    return done


@transaction.atomic
def _claim() -> Claimed | None:
    now = clock.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    due = Recording.objects.filter(free, state=RecordingState.WAITING, next_at__lte=now).exclude(source_url="")
    row = due.order_by("next_at", "pk").select_for_update(skip_locked=True).first()
    if row is None:
        return None
    row.claimed_until = now + LEASE
    row.save(update_fields=["claimed_until"])
    return Claimed(row.pk, row.source_url)


def _fetch(claimed: Claimed, resolve: Resolve) -> None:
    try:
        with TemporaryDirectory(prefix="makegood-fetch-") as folder:
            path = Path(folder) / "recording"
            came = download(claimed.url, path, resolve)
            with processed(path, name=came.name, content_type=came.content_type) as found:
                row = Recording.objects.select_related("charge__program").get(pk=claimed.id)
                attach_processed(SYSTEM, [row.charge], found, name=came.name)
    except FetchFailed as failure:
        _failed(claimed, failure)
    except (RecordingThere, RecordingDeleted):
        return  # somebody attached a file meanwhile, or it was deleted: nothing waits anymore
    except Refusal as refusal:
        most = 1 if isinstance(refusal, AudioTooLarge) else FEW_TRIES
        detail = refusal.message[:1].lower() + refusal.message[1:]
        _failed(claimed, FetchFailed(refusal.code, f"what came cannot be used: {detail}", most=most))


@transaction.atomic
def _failed(claimed: Claimed, failure: FetchFailed) -> None:
    """Count the try, and say when the next one is, or that there is none. What changed meanwhile stays."""
    row = Recording.objects.select_for_update().filter(pk=claimed.id, state=RecordingState.WAITING).first()
    if row is None or row.source_url != claimed.url:
        return
    row.tries += 1
    row.claimed_until = None
    row.fault, row.fault_detail = failure.code[:40], failure.detail[:500].replace("\0", "")
    wait = wait_after(row.tries, most=failure.most, luck=secrets.randbelow(101))
    row.next_at = None if wait is None else clock.now() + wait
    if wait is None:
        row.state = RecordingState.FAILED
    row.save()


@transaction.atomic
def retry_recordings(ids: list[int] | None = None) -> int:
    """Let failed recordings be fetched again, those named or all; says how many. Refuses nothing."""
    rows = Recording.objects.filter(state=RecordingState.FAILED).exclude(source_url="")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(state=RecordingState.WAITING, tries=0, next_at=clock.now(), claimed_until=None)
