"""What makes a billed call look wrong: signs that the log itself shows. The statement ``imports.check_calls`` finds
them; a call counts under the first that it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

SHORT_S = 10
DUPLICATE_DAYS = 30


@dataclass(frozen=True)
class Sign:
    """A sign: its code, the reason of a dispute that fits, and its sentence."""

    code: str
    reason: str
    sentence: str


SIGNS = (
    Sign("NOT_CONNECTED", "TECHNICAL", "Billed although nobody answered."),
    Sign("HUNG_UP_IMMEDIATELY", "TECHNICAL", f"Billed although the talk ended within {SHORT_S} seconds."),
    Sign(
        "BELOW_BILLABLE_DURATION", "NOT_QUALIFIED", "Billed although the talk was shorter than the campaign asks for."
    ),
    Sign(
        "DUPLICATE",
        "DUPLICATE",
        f"The same caller was billed on the same campaign within its window before ({DUPLICATE_DAYS} days when it"
        " names none).",
    ),
    Sign("WITHHELD", "SPAM", "The caller withheld the number, as many machines do; worth a listen."),
)
