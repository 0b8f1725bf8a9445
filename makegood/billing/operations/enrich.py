"""What the recording of a charge tells about it, filled in once, be it billed or not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Value
from django.db.models.functions import Coalesce

from makegood.billing.models import Charge


def enrich_charges(charge_ids: Sequence[int], *, recording_ms: int, speech_ms: int) -> None:
    """Fill in how long the recording of charges is and how long anybody speaks in it; what is known already stays.

    Where somebody speaks, there was not only ringing; whether silence was ringing nobody can tell from this. Refuses
    nothing. The caller has scoped the ids.
    """
    rang = {"ring_only": Coalesce("ring_only", Value(value=False))} if speech_ms else {}
    Charge.objects.filter(pk__in=list(charge_ids)).update(
        recording_ms=Coalesce("recording_ms", Value(recording_ms)),
        speech_s=Coalesce("speech_s", Value(Decimal(speech_ms).scaleb(-3))),
        **rang,
    )
