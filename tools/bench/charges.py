"""Charges for measuring: copies of one call, each with an id of its own."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from tests.world import World

_COLUMNS = (
    "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
    " WHERE attrelid = 'billing_charge'::regclass"
    " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> ALL(%s)"
)
_OWN = {"external_id": "c.external_id || '-' || n", "usage_id": "nextval('billing_usage_id_seq')"}


def new_charges(world: World, size: int, varied: Mapping[str, str] | None = None) -> list[int]:
    """The ids of ``size`` new charges that nobody disputed, in their order.

    ``varied`` gives columns that are not the call's, as SQL over c (the call) and n (from 1 on).
    """
    first = world.charge()
    varied = {**_OWN, **(varied or {})}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [["id", *varied]])
        (same,) = cursor.fetchone() or ("",)
        cursor.execute(
            f"INSERT INTO billing_charge ({same}, {', '.join(varied)})"  # noqa: S608 - names from the catalog
            f" SELECT {same}, {', '.join(varied.values())}"
            " FROM billing_charge c, generate_series(1, %s) n WHERE c.id = %s ORDER BY n RETURNING id",
            [size, first.pk],
        )
        return [row[0] for row in cursor.fetchall()]
