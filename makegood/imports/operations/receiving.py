"""Imports a file that somebody sent, within what they see, and keeps what was rejected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.db import connection

from makegood.imports.entries import BillAnswer, BillOptions, ImportAnswer, PaymentAnswer
from makegood.imports.errors import MissingOptions, SightLimited, UnknownProgram
from makegood.imports.models import RejectPart
from makegood.imports.operations.import_bills import import_bills
from makegood.imports.operations.import_calls import Told, import_calls
from makegood.imports.operations.import_payments import import_payments
from makegood.imports.selectors import sees_whole_programs
from makegood.imports.states import PAYMENTS, BillFormat
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

PART = 1024 * 1024
MOST_PARTS = 256
"""How many pieces of rejects are kept."""
BILLS = frozenset(format.value for format in BillFormat)
Received = ImportAnswer | BillAnswer | PaymentAnswer


def receive(principal: Principal, *, path: Path, options: BillOptions, told: Told | None = None) -> Received:
    """Import calls, or bills or payments where ``options.format`` is theirs; the rejects are kept with the batch.

    They are written beside the file first, so it lies in a folder of its own. A file may name any customer and vendor,
    so who imports sees whole programs. ``told`` hears bytes read, and in all.
    Errors: SIGHT_LIMITED, and what import_calls, import_bills or import_payments refuses. Raises NotPermitted.
    """
    demand(principal, Verb.IMPORT_RUN)
    if not sees_whole_programs(principal):
        raise SightLimited()
    wanted = replace(
        options, program=_program_in_scope(principal, options.program), rejects=path.with_name("rejects.csv")
    )
    with _unhurried():
        answer = _brought_in(principal, path, wanted, told)
    if answer.batch is not None and answer.rejects_file is not None:
        _keep(answer.batch, Path(answer.rejects_file))
    return answer


def _brought_in(principal: Principal, path: Path, options: BillOptions, told: Told | None) -> Received:
    if options.format in BILLS:
        return import_bills(principal, path=path, options=options, told=told)
    if options.format == PAYMENTS:
        return import_payments(principal, path=path, options=options, told=told)
    return import_calls(principal, path=path, options=options, told=told)


@contextmanager
def _unhurried() -> Iterator[None]:
    """No statement of the block has the limit of a call; a transaction that breaks off brings the limit back itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")


def _program_in_scope(principal: Principal, key: str) -> str:
    """The program to import into, by its key; empty where the file and the installation say. Raises UnknownProgram,
    MissingOptions."""
    if principal.scope.programs is None:
        return key
    keys = sorted(programs_visible_to(principal).values_list("key", flat=True))
    if key and key not in keys:
        raise UnknownProgram(key=key, keys=", ".join(keys) or "none yet")
    if not key and len(keys) != 1:
        raise MissingOptions({"program": f"the programs are {', '.join(keys)}"})
    return key or keys[0]


def _keep(batch_id: int, path: Path) -> None:
    """Keep the rejects, up to 256 MB of whole lines."""
    for number, content in enumerate(_parts(path), 1):
        RejectPart.objects.create(batch_id=batch_id, number=number, content=content)


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for _ in range(MOST_PARTS):
            lines = file.readlines(PART)
            if not lines:
                return
            yield b"".join(lines)
