"""What decisions stand on before they are judged: dispute, settings of the program, and what they name, at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.visible import view_parameters
from makegood.kernel import sql
from makegood.kernel.prepared import FEW, fetch_for
from makegood.parties.entries import Principal

_LARGEST = 2**63 - 1
"""Above it no row has its number."""


class Case(NamedTuple):
    """A dispute that a decision is for, with the settings of its program and the ids of findings by code.

    ``resolution_id`` is that of the resolution that was named (None: not on offer); ``accounts_missing`` whether an
    account that a credit would move has yet to be opened, as far as is known.
    """

    program_id: int
    resolution_id: int | None
    accounts_missing: bool
    settings: DisputeSettings
    findings: Mapping[str, int]


def cases_of(principal: Principal, named: Sequence[tuple[int, str]], findings: Iterable[str] = ()) -> dict[int, Case]:
    """The cases by dispute, of those that the principal sees.

    ``named`` are disputes with the code of a resolution (empty: none), ``findings`` codes that any of them names.
    """
    rows = fetch_for(
        len(named),
        sql.load("disputes.deciding_ground"),
        {
            "dispute_ids": [pk if abs(pk) <= _LARGEST else None for pk, _ in named],
            "resolutions": [code for _, code in named],
            "findings": sorted(set(findings)),
            "few": len(named) <= FEW,
            **view_parameters(principal),
        },
    )
    settings = {program: _settings(text) for _, program, _, _, text, _ in rows if text is not None}
    known = {program: json.loads(text) for _, program, *_, text in rows if text is not None}
    return {
        pk: Case(program, resolution, missing, settings[program], known.get(program, {}))
        for pk, program, resolution, missing, _, _ in rows
    }


@lru_cache(maxsize=64)
def _settings(text: str) -> DisputeSettings:
    return DisputeSettings.of(json.loads(text))
