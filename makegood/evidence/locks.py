"""Ordered locks of files."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from makegood.evidence.models import File


def files_for_share(among: QuerySet[File]) -> list[File]:
    """The files of a query, by id, none of which can be deleted until the transaction ends. Insists on one."""
    _insist()
    # The ORM knows no FOR SHARE; what was deleted while we waited is left out by the second look.
    ids = list(among.order_by("pk").values_list("pk", flat=True))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM evidence_file WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids])
    return list(among.filter(pk__in=ids).order_by("pk"))


def files_for_deletion(ids: Iterable[int], *, skip_locked: bool = False) -> list[File]:
    """The files, by id, that nobody else can name or delete until the transaction ends. Insists on one."""
    _insist()
    rows = File.objects.filter(pk__in=set(ids), deleted_at__isnull=True).order_by("pk")
    return list(rows.select_for_update(skip_locked=skip_locked))


def _insist() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
