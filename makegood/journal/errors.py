"""What the journal refuses."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class KeyReused(Refusal):
    """This idempotency key was already used for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422


class KeyInUse(Refusal):
    """The first request with this idempotency key is still running."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    status = 409
