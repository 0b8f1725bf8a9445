"""`makegood import corrections`: other amounts than were billed, to accept or to dismiss."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from makegood.imports.operations import accept_correction, dismiss_correction
from makegood.imports.selectors import OpenCorrection, open_corrections
from makegood.kernel.answers import Answer
from makegood.kernel.money import format_money, plain
from makegood.parties.entries import SYSTEM
from makegood.project.cli.environment import data_option, installed
from makegood.project.tables import table

_HEADS = ("ID", "Customer", "Call", "Billed", "Now says", "Payout", "Now says", "From")


@click.command("corrections")
@click.option("--accept", "accepted", multiple=True, type=int, metavar="ID", help="Bill this call anew; repeatable.")
@click.option("--dismiss", "dismissed", multiple=True, type=int, metavar="ID", help="Leave it billed as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@data_option
def corrections(*, accepted: tuple[int, ...], dismissed: tuple[int, ...], as_json: bool, data: Path) -> None:
    """List calls that a later file says other amounts for; accept or dismiss what it says.

    Exits with 1 when one was refused.
    """
    with installed(data):
        answers = accept_correction(SYSTEM, ids=accepted) if accepted else []
        answers += dismiss_correction(SYSTEM, ids=dismissed) if dismissed else []
        waiting = open_corrections(SYSTEM)
    if as_json:
        click.echo(json.dumps({"settled": [_settled(one) for one in answers], "open": [_open(one) for one in waiting]}))
    else:
        click.echo(_text(answers, waiting))
    sys.exit(0 if all(answer.ok for answer in answers) else 1)


def _text(answers: Sequence[Answer], waiting: Sequence[OpenCorrection]) -> str:
    lines = [f"{one.id}: {'done.' if one.ok else one.message}" for one in answers]
    if not waiting:
        return "\n".join([*lines, "No correction waits."])
    rows = [
        (
            str(one.id),
            one.customer,
            one.external_id,
            format_money(one.old[0], one.currency),
            format_money(one.new[0], one.currency) if one.is_billed else "not billed",
            format_money(one.old[2], one.payout_currency),
            format_money(one.new[2], one.payout_currency),
            f"{one.file_name}, row {one.row}",
        )
        for one in waiting
    ]
    return "\n".join([*lines, table(_HEADS, rows)])


def _settled(one: Answer) -> dict[str, Any]:
    return {"id": one.id, "ok": one.ok, "code": one.code, "message": one.message, **one.data}


def _open(one: OpenCorrection) -> dict[str, Any]:
    return {
        "id": one.id,
        "charge_id": one.charge_id,
        "source": one.external_source,
        "call": one.external_id,
        "customer": one.customer,
        "currency": one.currency,
        "billed": [plain(one.old[0], one.currency), plain(one.new[0], one.currency)],
        "tax": [plain(one.old[1], one.currency), plain(one.new[1], one.currency)],
        "payout": [plain(one.old[2], one.payout_currency), plain(one.new[2], one.payout_currency)],
        "is_billed": one.is_billed,
        "file": one.file_name,
        "row": one.row,
    }
