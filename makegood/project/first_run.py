"""What an empty installation starts with: one program, so that the first call log has somewhere to go."""

from __future__ import annotations

from makegood.disputes.operations import install_preset
from makegood.disputes.selectors.policies import has_program
from makegood.parties.entries import SYSTEM

KEY = "calls"
PRESET = "call_marketplace"


def ensure_program() -> bool:
    """Install the first program where there is none; whether it was needed."""
    if has_program():
        return False
    install_preset(SYSTEM, preset_key=PRESET, key=KEY)
    return True
