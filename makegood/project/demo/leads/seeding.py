"""Sets the two lead programs up and brings their leads in, by the import that everybody uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from makegood.disputes.operations import install_preset, publish_policy
from makegood.disputes.policy.presets import preset
from makegood.imports.entries import Options
from makegood.imports.operations import import_calls
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import create_customer
from makegood.project.demo.leads.cast import CREDITS, DAILY_CAP, PROS, REVIEWS
from makegood.project.demo.leads.files import write_leads
from makegood.project.demo.leads.generator import Lead
from makegood.project.demo.problems import LogRefused
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.truth import Kind

_SOUNDS = {
    "SPAM": Kind.ROBOCALL,
    "SPAM_SOLICITOR": Kind.SOLICITOR,
    "SOLICITOR": Kind.SOLICITOR,
    "NO_CALLER": Kind.DEAD_AIR,
    "WRONG_NUMBER": Kind.WRONG_NUMBER,
}
_PRESETS = {CREDITS: ("lead_credit", "Home services leads"), REVIEWS: ("lead_review", "Reviewed leads")}


def found() -> None:
    """The programs, their buyers, and a limit of a few credit requests a day."""
    for key, (preset_key, name) in _PRESETS.items():
        program = install_preset(
            SYSTEM, preset_key=preset_key, key=key, name=name, currency="USD", zone=str(OPERATOR_ZONE)
        )
        if key == CREDITS:
            capped = {"type": "cap_count", "per": "buyer", "period": "day", "limit": DAILY_CAP, "severity": "block"}
            publish_policy(
                SYSTEM, program=program, rules=[*preset(preset_key).rules, capped], note="A few requests a day."
            )
    for pro in PROS:
        create_customer(
            SYSTEM, number=pro.number, name=pro.name, currency="USD", zone=pro.zone, billing_mode=pro.billing_mode
        )


def bring_in(program: str, leads: Sequence[Lead], folder: Path) -> None:
    """Write the log and import it. Raises LogRefused."""
    log = folder / f"{program}.csv"
    write_leads(log, leads)
    answer = import_calls(SYSTEM, path=log, options=Options(program=program, create_parties=True))
    if answer.tally.rejected:
        raise LogRefused(answer.messages)


def kinds(leads: Sequence[Lead]) -> dict[str, Kind]:
    """What their calls sound like, by id."""
    return {lead.id: _SOUNDS.get(lead.bad, Kind.ORDINARY) for lead in leads}
