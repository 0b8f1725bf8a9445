"""The log of leads, in the layout of a generic call log."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from makegood.project.demo.leads.generator import HEADER, Lead


def write_leads(path: Path, leads: Sequence[Lead]) -> None:
    """Write the leads, one row each."""
    with path.open("w", newline="", encoding="ascii") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(lead.row for lead in leads)
