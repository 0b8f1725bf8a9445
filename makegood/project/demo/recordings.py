"""Gives calls of the demo their recordings: each clip is made and read once, and shared by all calls that sound so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import soundfile

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.evidence.operations.attach import attach_processed
from makegood.evidence.operations.processing import Processed, processed
from makegood.ledger.selectors import disputed_charges
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import change_settings
from makegood.parties.selectors import programs_visible_to
from makegood.project.demo.clips import CLIPS, OF_KIND
from makegood.project.demo.dice import dice
from makegood.project.demo.sounds import RATE
from makegood.project.demo.truth import REASONS, Kind

UNDISPUTED = 40
"""Of the latest calls that nobody disputes so many have a recording too,"""
SAMPLED = 60
"""and so many of the week before, evenly spread, so that quality assurance has something to hear."""
ODD = 20
"""So many of that week, the latest, should not have been billed: there is something to find."""
MOST_DISPUTED = 10_000
"""Of the disputed calls so many, the latest, have one."""
SETTINGS = {
    "fetch": "off",
    "retention_days": 365,
    "consent": "The caller heard at the beginning that the call is recorded.",
}
_AT_ONCE = 200


class Clips:
    """Clips that are made and read beside other work; :meth:`all` waits for them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._found: dict[str, Processed] = {}
        self._problem: BaseException | None = None
        self._let_go = Event()
        self._ready = Event()
        self._thread = Thread(target=self._make, name="clips", daemon=True)

    def all(self) -> Mapping[str, Processed]:
        """Every clip by its name, as one pass over it found it. Raises what went wrong."""
        self._ready.wait()
        if self._problem is not None:
            raise self._problem
        return self._found

    def _make(self) -> None:
        try:
            with TemporaryDirectory(prefix="makegood-clips-") as folder, ExitStack() as open_ones:
                for name, make in CLIPS.items():
                    path = Path(folder) / f"{name}.wav"
                    rng = np.random.default_rng(dice(self._seed, f"clip {name}").getrandbits(64))
                    soundfile.write(path, make(rng), RATE, subtype="ULAW")
                    self._found[name] = open_ones.enter_context(processed(path))
                self._ready.set()
                self._let_go.wait()
        except BaseException as problem:  # noqa: BLE001 - whoever waits gets it
            self._problem = problem
        finally:
            self._ready.set()


@contextmanager
def clips(seed: int) -> Iterator[Clips]:
    """Begin with the clips; their files last as long as the block."""
    made = Clips(seed)
    made._thread.start()
    try:
        yield made
    finally:
        made._let_go.set()
        made._thread.join()


def attach(found: Mapping[str, Processed], kinds: Mapping[str, Kind], since: datetime) -> int:
    """Give every disputed call that was recorded, and some others, the sound of its kind; says how many.

    ``kinds`` says by external id what a call really was. Others are the latest, and some ``since`` a time, among them
    calls that should not have been billed.
    """
    for program in programs_visible_to(SYSTEM):
        if {"call", "lead"}.intersection(program.unit_kind):
            change_settings(SYSTEM, program=program, settings={"recordings": SETTINGS})
    recorded = charges_visible_to(SYSTEM).filter(recording_enabled=True).select_related("program")
    disputed = recorded.filter(pk__in=disputed_charges())
    others = recorded.filter(billed_micros__gt=0).exclude(pk__in=disputed_charges())
    groups: dict[str, list[Charge]] = {name: [] for name in found}
    latest = ("-occurred_at", "pk")
    new = list(others.order_by(*latest)[:UNDISPUTED])
    week = others.filter(occurred_at__gte=since).exclude(pk__in=[charge.pk for charge in new]).order_by("pk")
    ids = list(week.values_list("pk", flat=True))
    known = week.order_by(*latest).values_list("pk", "external_id")
    odd = [pk for pk, name in known if kinds.get(name, Kind.ORDINARY) in REASONS][:ODD]
    spread = others.filter(pk__in={*ids[:: len(ids) // SAMPLED + 1], *odd})
    for charge in [*disputed.order_by(*latest)[:MOST_DISPUTED], *new, *spread]:
        names = [name for name in OF_KIND[kinds.get(charge.external_id, Kind.ORDINARY)] if name in found] or [*found]
        groups[names[charge.pk % len(names)]].append(charge)
    for name, charges in groups.items():
        for start in range(0, len(charges), _AT_ONCE):
            attach_processed(SYSTEM, charges[start : start + _AT_ONCE], found[name], name=f"{name}.wav")
    return sum(len(charges) for charges in groups.values())
