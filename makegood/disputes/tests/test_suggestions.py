"""The grid of reasons and findings: what programs begin with, and what several findings suggest together."""

from __future__ import annotations

import pytest

from makegood.disputes.models import ReasonFinding
from makegood.disputes.operations import install_preset
from makegood.disputes.policy.suggestions import Advice, Cell, Suggestion, suggest
from makegood.disputes.selectors.matrix import cells_of
from makegood.disputes.states import DecisionKind
from makegood.parties.entries import SYSTEM
from tests.world import World

HEARD = ("ROBOCALL", "PRANK", "NOBODY", "SAME_JOB", "OTHER_JOB", "WRONG_SERVICE", "VOICEMAIL", "PRICE_SHOPPER",
         "LINE_FAULT")  # fmt: skip
TABLE = """
SPAM BOT              | Ap | Ap | Ap | L  | R | L  | R | R | A0
PRANK                 | Ap | Ap | L  | L  | R | L  | R | R | A0
DUPLICATE             | Ap | Ap | L  | Ap | R | L  | L | R | A0
TECHNICAL             | Ap | Ap | A0 | L  | R | L  | R | R | A0
NOT_QUALIFIED         | Ap | Ap | Ap | Ap | R | Ap | R | R | A0
WRONG_NUMBER          | Ap | Ap | L  | L  | R | Ap | R | R | A0
JOB_SEEKER SOLICITOR  | Ap | Ap | L  | L  | R | L  | R | R | A0
CURRENT_CUSTOMER      | Ap | Ap | L  | Ap | L | L  | R | R | A0
"""
"""The usual suggestions, as they were agreed on; a tenth finding, an ordinary inquiry, rejects in every row."""
SAID = {"accept proportional": "Ap", "accept none": "A0", "accept": "A", "reject": "R", "listen": "L"}


def agreed() -> dict[tuple[str, str], str]:
    found = {}
    for row in TABLE.strip().splitlines():
        names, *marks = (part.strip() for part in row.split("|"))
        for reason in names.split():
            found.update({(reason, heard): mark for heard, mark in zip(HEARD, marks, strict=True)})
            found[reason, "ORDINARY"] = "R"
    return found


def mark(cell: Cell) -> str:
    return SAID[" ".join(filter(None, (cell.advice.value, str(cell.clawback))))]


@pytest.mark.django_db
@pytest.mark.parametrize("preset", ["call_marketplace", "lead_credit", "lead_review"])
def test_programs_begin_with_the_grid_that_was_agreed_on(preset: str) -> None:
    program = install_preset(SYSTEM, preset_key=preset, key="seeded")
    cells = cells_of(program.pk)
    met = {place: want for place, want in agreed().items() if place in cells}
    takes_back = program.settings["clawback"] != "none"
    wanted = met if takes_back else {place: want.replace("Ap", "A").replace("A0", "A") for place, want in met.items()}
    assert {place: mark(cells[place]) for place in met} == wanted
    own = {(reason, heard) for reason, heard in agreed() if reason in {one for one, _ in cells}}
    assert own == set(met) != set()
    assert all(cell.is_default for cell in cells.values())


@pytest.mark.django_db
def test_where_the_finding_is_not_what_was_claimed_the_letter_says_so(world: World) -> None:
    cells = cells_of(world.program.pk)
    letter = 'You reported "Duplicate call". What we heard is "Robocall, solicitor", and that is not charged either.'
    assert cells["DUPLICATE", "ROBOCALL"].letter == letter
    assert cells["SPAM", "ROBOCALL"].letter == ""
    assert ReasonFinding.objects.filter(program=world.program).exclude(letter="").exists()


CELLS = {
    ("SPAM", "BOT"): Cell(Advice.ACCEPT, clawback="none", letter="So it was."),
    ("SPAM", "JOKE"): Cell(Advice.ACCEPT),
    ("SPAM", "HALF"): Cell(Advice.PARTIAL, 40),
    ("SPAM", "OTHER_HALF"): Cell(Advice.PARTIAL, 60),
    ("SPAM", "VALID"): Cell(Advice.REJECT),
    ("SPAM", "QUIET"): Cell(Advice.LISTEN),
}
FULL = Suggestion(DecisionKind.ACCEPT, 100, "none", "So it was.", "BOT")


@pytest.mark.parametrize(
    ("findings", "suggested"),
    [
        ([], None),
        (["BOT"], FULL),
        (["UNSET", "QUIET", "BOT"], FULL),
        (["BOT", "JOKE"], FULL),
        (["JOKE", "BOT"], Suggestion(DecisionKind.ACCEPT, 100, "", "", "JOKE")),
        (["HALF"], Suggestion(DecisionKind.PARTIAL, 40, "", "", "HALF")),
        (["HALF", "OTHER_HALF"], None),
        (["VALID"], Suggestion(DecisionKind.REJECT, 0, "", "", "VALID")),
        (["BOT", "VALID"], None),
        (["QUIET"], None),
    ],
)
def test_findings_suggest_together(findings: list[str], suggested: Suggestion | None) -> None:
    assert suggest(CELLS, "SPAM", findings) == suggested
    assert suggest(CELLS, "ANOTHER", findings) is None
